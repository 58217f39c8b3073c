// What the programs in here do when they start, and what ends them.
#pragma once

#include <boost/asio/signal_set.hpp>

namespace bully::net {

/// Before anything is opened: a reader of stdout that is gone doesn't end the program (no SIGPIPE), and where stdin,
/// stdout or stderr is closed, no socket takes its number.
void prepare_program();

/// Ctrl-C, SIGTERM, and SIGHUP unless it is ignored (nohup).
void add_ends(boost::asio::signal_set& signals);

}  // namespace bully::net
