// bully_sim: replays scenario files of leader elections, checks what must hold, and shows what happened.
#include "core/cli/options.hpp"
#include "core/cli/version.hpp"
#include "core/cli/words.hpp"
#include "sim/cli/command_advise.hpp"
#include "sim/cli/command_check.hpp"
#include "sim/cli/command_run.hpp"
#include "sim/cli/command_sweep.hpp"
#include "sim/cli/command_view.hpp"
#include "sim/cli/options.hpp"
#include "sim/scenario/strict_yaml.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using namespace bully::sim;

constexpr auto examples = R"(Examples:
  bully_sim scenarios/leader_crash.yaml                 watch the leader die and another one win
  bully_sim scenarios/partition_heals.yaml --mode strict   the same rules without their repairs
  bully_sim scenarios/leader_crash.yaml --seed 7 --json    another run, as JSON
  bully_sim scenarios/leader_crash.yaml --trace run.jsonl  record each step ...
  bully_sim replay run.jsonl                               ... and run it through the core again
  bully_sim view scenarios/leader_crash.yaml -o run.html   a page that shows a run, for any browser
  bully_sim scenarios/leader_crash.yaml --set processes=8 --set expect=[]   with other values
  bully_sim sweep scenarios/leader_crash.yaml --over processes=3..8   many runs: how long, how many messages
  bully_sim check --processes 3                         every run of a small group, with a crash in it
  bully_sim lint scenarios/*.yaml                          check scenario files without running them
  bully_sim advise --delay uniform:1ms,10ms                find timeouts for these delays
)";

constexpr auto exit_codes = R"(
Exit codes: 0 everything that was demanded held; 1 an expectation or a property was violated (replay: or a step
differs; sweep: only with --check; runs without agreement are shown, but aren't violations; check: in some run); 2 bad
usage, scenario or trace; 3 an internal error, or the output couldn't be written; 4 check: the memory was used up before
all runs were looked at; 130 interrupted by Ctrl-C. NO_COLOR is honoured.)";

constexpr auto usage = R"(
Usage: bully_sim SCENARIO [OPTIONS]
       bully_sim view SCENARIO [OPTIONS]
       bully_sim replay TRACE [OPTIONS]
       bully_sim lint SCENARIO...
       bully_sim sweep SCENARIO [OPTIONS]
       bully_sim merge SHARD... [OPTIONS]
       bully_sim advise --delay DELAY [OPTIONS]
       bully_sim check [SCENARIO] [OPTIONS]
)";

// A word in place of a scenario may be a mistyped command.
Exit refuse_word(const CLI::App& app, const std::string& word, std::string_view meant) {
    std::cerr << bully::cli::usage_text(
        app, "`" + word + "` is neither a command nor a file, expected `" + std::string(meant) + "` perhaps");
    return Exit::usage;
}

std::optional<std::string_view> mistyped(const std::string& word) {
    const auto meant = nearest(word, {"view", "replay", "lint", "sweep", "merge", "advise", "check"});
    std::error_code ignored;
    return std::filesystem::exists(word, ignored) ? std::nullopt : meant;
}

Exit dispatch(int argc, char** argv) {
    CLI::App app("Simulates leader elections by the Bully algorithm from scenario files.", "bully_sim");
    app.set_version_flag("--version", bully::cli::version_of("bully_sim"));
    bully::cli::set_up(app, examples, usage);
    app.footer(exit_codes);

    RunCommand run;
    app.add_option("SCENARIO", run.chosen.scenario, "a scenario file");
    add_chosen(app, run.chosen);
    auto* json = app.add_flag("--json", run.verbosity.json, "the summary as one JSON object on stdout");
    app.add_option("--trace", run.trace, "record each step in this file; - for stdout")->option_text("FILE");
    add_verbosity(app, run.verbosity, *json);

    ViewCommand view_options;
    const auto* view = add_view(app, view_options);

    ReplayCommand trace;
    auto* replay = app.add_subcommand("replay", "run a trace through the core again, and check the properties");
    replay->add_option("TRACE", trace.trace, "a file that bully_sim or bully_live wrote with --trace; - for stdin")
        ->required();
    const auto any_time = bully::cli::duration(bully::Duration::zero());
    bully::cli::add(*replay, "--tolerance", trace.tolerance, any_time,
                    "how late timers may fire [250ms for a live trace, 0s for a simulated one]", "TIME");
    bully::cli::add(
        *replay, "--delta", trace.delta, any_time,
        "the longest delay of a message, for P12 to P18 [250ms for a live trace, as recorded for a simulated one]",
        "TIME");
    auto* found = replay->add_flag("--json", trace.verbosity.json, "the findings as one JSON object on stdout");
    add_verbosity(*replay, trace.verbosity, *found);

    std::vector<std::string> scenarios;
    auto* lint = app.add_subcommand("lint", "check scenario files without running them");
    lint->add_option("SCENARIO", scenarios, "scenario files")->required();

    SweepCommand sweep_options;
    const auto* sweep = add_sweep(app, sweep_options);
    MergeCommand merge_options;
    const auto* merge = add_merge(app, merge_options);
    AdviseCommand advise;
    const auto* advising = add_advise(app, advise);
    CheckCommand check;
    const auto* checking = add_check(app, check);

    if (const auto misread = bully::cli::find_misread(app, argc, argv)) {
        std::cerr << bully::cli::usage_text(app, *misread);
        return Exit::usage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (const auto meant = mistyped(run.chosen.scenario)) return refuse_word(app, run.chosen.scenario, *meant);
        // CLI11's own exit codes would contradict the documented ones.
        return app.exit(error) == 0 ? Exit::held : Exit::usage;
    }
    if (!app.get_subcommands().empty() && !run.chosen.scenario.empty()) {
        std::cerr << "bully_sim: both a scenario and a command, expected one of the two\n";
        return Exit::usage;
    }
    if (view->parsed()) return view_command(view_options);
    if (replay->parsed()) return replay_command(trace);
    if (lint->parsed()) return lint_command(scenarios);
    if (sweep->parsed()) return sweep_command(sweep_options, argv);
    if (merge->parsed()) return merge_command(merge_options);
    if (advising->parsed()) return advise_command(advise);
    if (checking->parsed()) return check_command(check);
    if (run.chosen.scenario.empty()) {
        std::cerr << bully::cli::usage_text(app, "no scenario, expected bully_sim SCENARIO or a command");
        return Exit::usage;
    }
    if (const auto meant = mistyped(run.chosen.scenario)) return refuse_word(app, run.chosen.scenario, *meant);
    return run_command(run);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto exit = dispatch(argc, argv);
        if (!std::cout.flush() || std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
            std::cerr << "bully_sim: writing failed: is the disk full?\n";
            return static_cast<int>(Exit::internal);
        }
        return static_cast<int>(exit);
    } catch (const std::exception& error) {
        std::cerr << "bully_sim: internal error: " << error.what() << "\n";
        return static_cast<int>(Exit::internal);
    }
}
