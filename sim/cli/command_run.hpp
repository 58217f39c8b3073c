// The commands of bully_sim. Each is a function from options to an exit code.
#pragma once

#include "core/settings.hpp"
#include "sim/checks/result.hpp"
#include "sim/cli/load.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// Exit codes, documented in --help.
enum class Exit : int { held = 0, violated = 1, usage = 2, internal = 3, unfinished = 4, interrupted = 130 };

struct Verbosity {
    bool quiet = false;
    bool verbose = false;
    bool no_color = false;
    bool json = false;
};

struct RunCommand {
    ChosenRun chosen;
    std::string trace;  ///< A file, "-" for stdout, empty for none.
    Verbosity verbosity;
};

struct ReplayCommand {
    std::string trace;
    std::optional<Duration> tolerance;  ///< As in ReplayOptions.
    std::optional<Duration> delta;      ///< Likewise.
    Verbosity verbosity;
};

[[nodiscard]] Exit run_command(const RunCommand& command);
[[nodiscard]] Exit replay_command(const ReplayCommand& command);
[[nodiscard]] Exit lint_command(const std::vector<std::string>& scenarios);
/// What a run that was shown comes to.
[[nodiscard]] Exit exit_of(const RunResult& result);

/// Whether to colour what goes to this file descriptor: a terminal, and neither --no-color nor NO_COLOR.
[[nodiscard]] bool use_colour(int descriptor, const Verbosity& verbosity);
/// Columns of the terminal on stdout; 100 where there is none.
[[nodiscard]] std::size_t terminal_width();

/// Ctrl-C from here on asks the run to end, once; a second one kills.
void catch_interrupt();
[[nodiscard]] bool was_interrupted();

}  // namespace bully::sim
