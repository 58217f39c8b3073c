#include "sim/cli/command_run.hpp"

#include "core/names.hpp"
#include "sim/checks/checked_run.hpp"
#include "sim/cli/output_files.hpp"
#include "sim/cli/progress.hpp"
#include "sim/report/replay_report.hpp"
#include "sim/report/summary.hpp"
#include "sim/report/timeline.hpp"
#include "sim/trace/replay.hpp"
#include "sim/trace/trace_writer.hpp"
#include "sim/util/files.hpp"
#include "sim/util/text.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace bully::sim {
namespace {

TimelineStyle timeline_style(const Verbosity& verbosity) {
    return {use_colour(STDOUT_FILENO, verbosity), verbosity.verbose, terminal_width()};
}

}  // namespace

Exit exit_of(const RunResult& result) {
    if (result.interrupted) return Exit::interrupted;
    return result.held() ? Exit::held : Exit::violated;
}

RunResult run_with_progress(const Scenario& scenario, RunOptions options) {
    Progress progress;
    options.progress = [&](Time at) {
        progress.at(static_cast<double>(at.count()) / static_cast<double>(scenario.duration.count()));
        return !was_interrupted();
    };
    return run_scenario(scenario, options);
}

Exit run_command(const RunCommand& command) {
    const auto refuse = [](const std::string& why) {
        std::cerr << "bully_sim: " << why << "\n";
        return Exit::usage;
    };
    const bool trace_to_stdout = is_stdout(command.trace);
    if (trace_to_stdout && command.verbosity.verbose) {
        return refuse("both --verbose and --trace " + command.trace +
                      " write to stdout, expected one of the two, or a file for the trace");
    }
    const auto scenario = load(command.chosen);
    if (!scenario) return Exit::usage;
    if (const auto obstacle =
            output_obstacle(scenario_files(scenario->file, scenario->delay_files), {{"--trace", command.trace}})) {
        return refuse(*obstacle);
    }
    catch_interrupt();

    RunOptions options;
    options.seed = command.chosen.seed;
    options.mode = command.chosen.mode;
    // With the trace on stdout nothing else may go there.
    std::ostream& out = trace_to_stdout ? std::cerr : std::cout;

    std::optional<OutputStream> trace_file;
    std::unique_ptr<TraceWriter> trace;
    if (!command.trace.empty()) {
        trace_file.emplace(command.trace);
        trace = std::make_unique<TraceWriter>(*trace_file, command.chosen.seed.value_or(scenario->seed),
                                              command.chosen.mode.value_or(scenario->mode));
        options.observers.push_back(trace.get());
    }
    std::unique_ptr<Timeline> timeline;
    if (!command.verbosity.quiet && !command.verbosity.json && !trace_to_stdout) {
        out << scenario->name << "\n";
        if (!scenario->about.empty()) {
            const auto width = std::min<std::size_t>(terminal_width(), 100);
            for (const auto& line : wrapped(scenario->about, width)) out << line << "\n";
        }
        out << "\n";
        timeline = std::make_unique<Timeline>(out, timeline_style(command.verbosity));
        options.observers.push_back(timeline.get());
    }
    const auto result = run_with_progress(*scenario, options);
    const auto failed = trace_file ? trace_file->finish() : std::error_code();
    if (command.verbosity.json) {
        write_json(out, result);
    } else {
        write_summary(
            out, result,
            {use_colour(trace_to_stdout ? STDERR_FILENO : STDOUT_FILENO, command.verbosity), command.verbosity.quiet});
    }
    if (failed) {
        std::cerr << "bully_sim: writing " << command.trace << " failed: " << failed.message() << "\n";
        return Exit::internal;
    }
    return exit_of(result);
}

Exit replay_command(const ReplayCommand& command) {
    const bool is_stdin = command.trace == "-";
    const auto path = is_stdin ? std::string("stdin") : command.trace;
    std::ifstream named;
    if (!is_stdin) named.open(path, std::ios::binary);
    std::istream& file = is_stdin ? std::cin : named;
    const bool has_bytes = file && file.peek() != std::istream::traits_type::eof();
    if (is_stdin ? file.bad() : !named.is_open() || named.bad()) {
        std::cerr << "bully_sim: " << why_unreadable(path) << "\n";
        return Exit::usage;
    }
    if (!has_bytes) {
        std::cerr << path << ":1: an empty file, expected a trace\n";
        return Exit::usage;
    }
    ReplayOptions options{{}, command.tolerance, command.delta};
    Timeline timeline(std::cout, timeline_style(command.verbosity));
    if (!command.verbosity.quiet && !command.verbosity.json) options.observers.push_back(&timeline);
    const auto outcome = replay(file, options);
    if (!outcome) {
        const auto& error = outcome.error();
        std::cerr << path << ":" << error.line << ": " << error.what << ", expected " << error.expected << "\n";
        return Exit::usage;
    }
    if (command.verbosity.json) {
        write_replay_json(std::cout, path, *outcome);
    } else {
        write_replay(std::cout, path, *outcome,
                     {use_colour(STDOUT_FILENO, command.verbosity), command.verbosity.quiet});
    }
    return outcome->held() ? Exit::held : Exit::violated;
}

Exit lint_command(const std::vector<std::string>& scenarios) {
    bool good = true;
    for (const auto& path : scenarios) {
        const auto scenario = load(path);
        good = good && scenario.has_value();
        if (scenario) std::cout << path << ": good: " << scenario->name << "\n";
    }
    return good ? Exit::held : Exit::usage;
}

}  // namespace bully::sim
