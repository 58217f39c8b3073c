// The commands of bully_sim: each is a function from options to an exit code.
#pragma once

#include "core/settings.hpp"
#include "sim/checks/checked_run.hpp"
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
    std::string trace;  ///< A file, or "-" for stdout. Empty: no trace.
    Verbosity verbosity;
};

struct ReplayCommand {
    std::string trace;
    std::optional<Duration> tolerance;  ///< As in ReplayOptions.
    std::optional<Duration> delta;      ///< As in ReplayOptions.
    Verbosity verbosity;
};

/// Shows how far the run is on a terminal; Ctrl-C ends it.
[[nodiscard]] RunResult run_with_progress(const Scenario& scenario, RunOptions options);
[[nodiscard]] Exit run_command(const RunCommand& command);
[[nodiscard]] Exit replay_command(const ReplayCommand& command);
[[nodiscard]] Exit lint_command(const std::vector<std::string>& scenarios);
/// What a run that was shown comes to.
[[nodiscard]] Exit exit_of(const RunResult& result);

/// Whether output to this file descriptor has colour: on a terminal, without --no-color and NO_COLOR.
[[nodiscard]] bool use_colour(int descriptor, const Verbosity& verbosity);
/// The number of columns of the terminal on stdout; 100 if stdout isn't a terminal.
[[nodiscard]] std::size_t terminal_width();

/// Catches Ctrl-C from now on: the first sets was_interrupted(), the second kills the process.
void catch_interrupt();
[[nodiscard]] bool was_interrupted();

}  // namespace bully::sim
