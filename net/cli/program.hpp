// What the programs in here do when they start, and what ends them.
#pragma once

#include "net/log/line_output.hpp"

#include <boost/asio/signal_set.hpp>

#include <string>

namespace bully::net {

/// Before anything is opened: a reader of stdout that is gone doesn't end the program (no SIGPIPE), and where stdin,
/// stdout or stderr is closed, no socket takes its number.
void prepare_program();

/// Of stderr, for the messages of `program` while it runs.
[[nodiscard]] LineOutput::Options for_errors(std::string program);
/// Of stdout, for its log. What goes wrong is told on `errors`, which must outlive it.
[[nodiscard]] LineOutput::Options for_log(std::string program, LineOutput& errors, bool json);
/// Ends it. False if it couldn't be written to its end, which is told.
[[nodiscard]] bool finish_log(const std::string& program, LineOutput& log, LineOutput& errors);

/// Ctrl-C, SIGTERM, and SIGHUP unless it is ignored (nohup).
void add_ends(boost::asio::signal_set& signals);

}  // namespace bully::net
