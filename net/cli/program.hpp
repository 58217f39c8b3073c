// Start and end of the programs in net.
#pragma once

#include "net/log/line_output.hpp"

#include <boost/asio/signal_set.hpp>

#include <string>

namespace bully::net {

/// Ignores SIGPIPE, so that the program survives its reader, and opens /dev/null for a closed stdin, stdout or stderr,
/// so that no socket takes its number. Requires: nothing is opened yet.
void prepare_program();

/// Options of stderr, for the messages of `program` while it runs.
[[nodiscard]] LineOutput::Options for_errors(std::string program);
/// Options of stdout, for the log of `program`. Errors are told on `errors`, which must outlive the log.
[[nodiscard]] LineOutput::Options for_log(std::string program, LineOutput& errors, bool json);
/// Ends the log. False, and a message on `errors`, if it couldn't be written to its end.
[[nodiscard]] bool finish_log(const std::string& program, LineOutput& log, LineOutput& errors);

/// Adds the signals that end a program: SIGINT, SIGTERM, and SIGHUP unless it is ignored (nohup).
void add_ends(boost::asio::signal_set& signals);

}  // namespace bully::net
