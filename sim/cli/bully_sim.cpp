// bully_sim: replays scenario files of leader elections, checks what must hold, and shows what happened.
#include "core/cli/version.hpp"
#include "core/cli/words.hpp"
#include "sim/cli/command_advise.hpp"
#include "sim/cli/command_check.hpp"
#include "sim/cli/command_run.hpp"
#include "sim/cli/command_sweep.hpp"
#include "sim/cli/options.hpp"
#include "sim/scenario/strict_yaml.hpp"

#include <CLI/CLI.hpp>

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
  bully_sim scenarios/leader_crash.yaml                 watch a leader die and another being elected
  bully_sim scenarios/partition_heals.yaml --mode strict   the same rules without their repairs
  bully_sim scenarios/leader_crash.yaml --seed 7 --json    another run, for a program
  bully_sim scenarios/leader_crash.yaml --trace run.jsonl  record each step ...
  bully_sim replay run.jsonl                               ... and run it through the core again
  bully_sim scenarios/leader_crash.yaml --set processes=8 --set expect=[]   with other values
  bully_sim sweep scenarios/leader_crash.yaml --over processes=3..8   many runs: how long, how many messages
  bully_sim check --processes 2 --mode strict           every run of a small group, with a crash and a restart
  bully_sim lint scenarios/*.yaml                          check scenario files
  bully_sim advise --delay uniform:1ms,10ms                which timeouts to choose
)";

constexpr auto exit_codes = R"(
Exit codes: 0 all held that was demanded; 1 an expectation or a property was violated (replay: or a step differs;
sweep: only --check looks for it, and runs that don't come to agreement are shown, not violations; check: by some run);
2 bad usage, scenario or trace; 3 an internal error, or the output couldn't be written; 4 check: not all runs were looked
at; 130 interrupted by Ctrl-C.
NO_COLOR is honoured.)";

class ExamplesFirst : public CLI::Formatter {
  public:
    std::string make_description(const CLI::App* app) const override {
        const auto description = CLI::Formatter::make_description(app);
        return app->get_parent() != nullptr ? description : std::string(examples) + "\n" + description;
    }

    std::string make_usage(const CLI::App* app, std::string name) const override {
        if (app->get_parent() != nullptr) return CLI::Formatter::make_usage(app, std::move(name));
        return "\nUsage: bully_sim SCENARIO [OPTIONS]\n       bully_sim replay TRACE [OPTIONS]\n"
               "       bully_sim lint SCENARIO...\n       bully_sim sweep SCENARIO [OPTIONS]\n"
               "       bully_sim merge SHARD... [OPTIONS]\n       bully_sim advise --delay DELAY [OPTIONS]\n"
               "       bully_sim check [SCENARIO] [OPTIONS]\n";
    }
};

// A word in the place of a scenario may be a command, mistyped.
Exit refuse_word(const CLI::App& app, const std::string& word, std::string_view meant) {
    std::cerr << app.get_name() << ": `" << word << "` is neither a command nor a file, expected `" << meant
              << "` perhaps\nRun with --help for more information.\n";
    return Exit::usage;
}

std::optional<std::string_view> mistyped(const std::string& word) {
    const auto meant = nearest(word, {"replay", "lint", "sweep", "merge", "advise", "check"});
    std::error_code ignored;
    return std::filesystem::exists(word, ignored) ? std::nullopt : meant;
}

Exit dispatch(int argc, char** argv) {
    CLI::App app("Simulates leader elections by the Bully algorithm from scenario files.", "bully_sim");
    app.set_version_flag("--version", bully::cli::version_of("bully_sim"));
    app.footer(exit_codes);
    app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
        return "bully_sim: " + bully::cli::why(*failed, error) + "\nRun with --help for more information.\n";
    });
    app.formatter(std::make_shared<ExamplesFirst>());
    app.get_formatter()->column_width(34);

    RunCommand run;
    app.add_option("SCENARIO", run.scenario, "a scenario file");
    app.add_option("--seed", run.seed, "instead of the scenario's")->check(whole_number())->type_name("N");
    add_mode(app, run.mode);
    add_set(app, run.overrides);
    auto* json = app.add_flag("--json", run.verbosity.json, "the summary as one JSON object on stdout");
    app.add_option("--trace", run.trace, "write each step to this file; - for stdout")->option_text("FILE");
    add_verbosity(app, run.verbosity, *json);

    ReplayCommand trace;
    auto* replay = app.add_subcommand("replay", "run a trace through the core again, and check its properties");
    replay->add_option("TRACE", trace.trace, "a file written by --trace, of bully_sim or bully_live; - for stdin")
        ->required();
    add_duration(*replay, "--tolerance", trace.tolerance,
                 "how late timers may fire; without it 250ms in a live trace, 0s in a simulated one");
    add_duration(
        *replay, "--delta", trace.delta,
        "no message took longer, for P12 to P18; without it 250ms in a live trace, as recorded in a simulated one");
    auto* found = replay->add_flag("--json", trace.verbosity.json, "what was found as one JSON object on stdout");
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
        std::cerr << "bully_sim: " << *misread << "\nRun with --help for more information.\n";
        return Exit::usage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (const auto meant = mistyped(run.scenario)) return refuse_word(app, run.scenario, *meant);
        // CLI11 has exit codes of its own; ours are documented.
        return app.exit(error) == 0 ? Exit::held : Exit::usage;
    }
    if (!app.get_subcommands().empty() && !run.scenario.empty()) {
        std::cerr << "bully_sim: both a scenario and a subcommand, expected one of them\n";
        return Exit::usage;
    }
    if (replay->parsed()) return replay_command(trace);
    if (lint->parsed()) return lint_command(scenarios);
    if (sweep->parsed()) return sweep_command(sweep_options, argv);
    if (merge->parsed()) return merge_command(merge_options);
    if (advising->parsed()) return advise_command(advise);
    if (checking->parsed()) return check_command(check);
    if (run.scenario.empty()) {
        std::cerr << "bully_sim: no scenario\nRun with --help for more information.\n";
        return Exit::usage;
    }
    if (const auto meant = mistyped(run.scenario)) return refuse_word(app, run.scenario, *meant);
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
