// The command line of bully_live, as a plain struct.
#pragma once

#include "net/log/live_log.hpp"
#include "net/node/group.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>

namespace bully::net {

/// Exit codes, documented in --help.
enum class LiveExit : int {
    ended = 0,     ///< Ended as asked: --for is over, Ctrl-C, SIGTERM, SIGHUP; the demo has shown an election.
    no_part = 1,   ///< No part in the group; the demo: no agreement in time.
    usage = 2,     ///< Bad usage, or the address is in use.
    internal = 3,  ///< An internal error, or the output couldn't be written.
};

struct LiveCommand {
    GroupOptions group;
    LogStyle style;
    std::string trace;  ///< File of the trace; empty: none.
    std::optional<Duration> duration;
    bool demo = false;
};

/// Reads the command line. The error is the exit code after --help, or after bad usage, which is told on stderr.
[[nodiscard]] tl::expected<LiveCommand, LiveExit> parse_live_command(int argc, const char* const* argv);

}  // namespace bully::net
