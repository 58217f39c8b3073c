#include "sim/cli/command_check.hpp"

#include "core/cli/options.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/progress.hpp"
#include "sim/explore/explorer.hpp"
#include "sim/explore/report.hpp"
#include "sim/scenario/parser.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>
#include <utility>

namespace bully::sim {
namespace {

constexpr std::size_t default_processes = 3;
constexpr std::uint8_t most_points = 8;
constexpr explore::Budget one_crash_and_restart{1, 1, 0, 0, 0, 0};

cli::Read<std::size_t> read_size(const std::string& text) {
    constexpr std::size_t least = std::size_t{16} << 20U;
    constexpr std::size_t greatest = std::size_t{1000} << 30U;
    const bool in_megabytes = text.ends_with('M');
    if (in_megabytes || text.ends_with('G')) {
        const auto number = cli::read_whole_number<std::size_t>(text.substr(0, text.size() - 1), 1, 1'000'000);
        const auto bytes = number ? *number << (in_megabytes ? 20U : 30U) : 0;
        if (bytes >= least && bytes <= greatest) return bytes;
    }
    return cli::wrong(text, "a size from 16M to 1000G, such as 500M or 4G");
}

constexpr auto command_name = "bully_sim check: ";

Exit refuse_check(const std::string& why) {
    std::cerr << command_name << why << "\n";
    return Exit::usage;
}

// Errors: whole lines, as they are shown.
tl::expected<explore::Model, std::string> model_for(const CheckCommand& command) {
    const auto points = command.points.value_or(2);
    explore::Faults faults{one_crash_and_restart, false};
    explore::Model model;
    if (command.scenario.empty()) {
        model = explore::tight_model(command.processes.value_or(default_processes), command.mode.value_or(Mode::robust),
                                     points);
    } else {
        std::vector<Override> overrides;
        if (command.processes) {
            overrides.push_back({"processes", std::to_string(*command.processes), "--processes"});
        }
        const auto scenario = load_scenario(command.scenario, overrides);
        if (!scenario) {
            std::string all;
            for (const auto& diagnostic : scenario.error()) all += (all.empty() ? "" : "\n") + to_string(diagnostic);
            return tl::unexpected(all);
        }
        const auto mode = command.mode.value_or(scenario->mode);
        const auto file = explore::model_of(*scenario, mode);
        if (!file && (command.file_timing || scenario->processes.size() > explore::most_processes)) {
            return tl::unexpected(command_name + command.scenario + ": " + file.error());
        }
        model = command.file_timing ? *file : explore::tight_model(scenario->processes.size(), mode, points);
        model.settled = scenario->settled;
        model.settings.probing = scenario->probing;
        if (!command.faults) {
            const auto found = explore::faults_of(*scenario);
            if (!found) return tl::unexpected(command_name + command.scenario + ": " + found.error());
            faults = *found;
        }
    }
    if (command.faults) faults = *command.faults;
    model.budget = faults.budget;
    model.refused = faults.refused;
    model.ties_free = command.ties_free;
    return model;
}

Exit exit_of(explore::Verdict::Kind kind) {
    using Kind = explore::Verdict::Kind;
    switch (kind) {
        case Kind::proved: return Exit::held;
        case Kind::violated:
        case Kind::wedged:
        case Kind::endless: return Exit::violated;
        case Kind::out_of_memory: return Exit::unfinished;
        case Kind::stopped: return Exit::interrupted;
    }
    return Exit::internal;
}

}  // namespace

CLI::App* add_check(CLI::App& app, CheckCommand& command) {
    auto* check = app.add_subcommand("check", "look at every run of a small group");
    check->footer(
        "Each message takes any time of its range, each gap too, and a fault may happen at any time: all runs are "
        "looked "
        "at. The verdict is proved, or refuted by the shortest run.\n"
        "Exit codes: 0 proved; 1 a run violates a property, and is shown; 2 bad usage or scenario; 3 an internal "
        "error; "
        "4 the memory was used up before all runs were looked at; 130 interrupted.");
    check->add_option("SCENARIO", command.scenario,
                      "a scenario file: its group and mode, and its faults, each at any time");
    cli::add(*check, "--processes", command.processes, cli::whole_number<std::size_t>(1, explore::most_processes),
             "the number of processes [3]", "N");
    add_mode(*check, command.mode);
    cli::add(
        *check, "--faults", command.faults, explore::parse_faults,
        "what may happen, and how often: crash, restart, loss, feign, cut and refresh (R8); and `refused` alone, if "
        "the hosts of dead processes refuse connections [crash=1,restart=1]",
        "KIND=N,...");
    cli::add(*check, "--timing", command.file_timing, cli::one_of<bool>({{"tight", false}, {"file", true}}),
             "tight: the smallest whole numbers that keep C1 to C3; file: the scenario's own [tight]", "tight|file");
    cli::add(*check, "--points", command.points, cli::whole_number<std::uint8_t>(1, most_points),
             "with tight timing: a message takes 1 to N ticks [2]", "N");
    cli::add(*check, "--ties", command.ties_free, cli::one_of<bool>({{"free", true}, {"product", false}}),
             "the order of what is due at one tick: any, or messages before timers (row 20) [free]", "free|product");
    cli::add(*check, "--memory", command.memory, read_size, "the memory after which the search gives up [4G]", "SIZE");
    check->add_flag("--json", command.json, "the verdict as one JSON object on stdout");
    return check;
}

Exit check_command(const CheckCommand& command) {
    if (command.file_timing && command.scenario.empty()) {
        return refuse_check("--timing file without a scenario, expected the scenario that has the timing");
    }
    if (command.file_timing && command.points) {
        return refuse_check("--points beside --timing file, expected one of them: the delays are the file's");
    }
    const auto model = model_for(command);
    if (!model) {
        std::cerr << model.error() << "\n";
        return Exit::usage;
    }
    catch_interrupt();
    explore::Verdict verdict;
    {
        Progress progress;
        explore::Options options;
        options.memory = command.memory;
        options.stopped = was_interrupted;
        options.progress = [&](const explore::Reached& reached) {
            progress.say([&](double seconds) {
                return fmt::format(
                    "{:.2f} million states, {:.2f} million to look at, {} disturbances; {:.2f} million "
                    "states a second",
                    static_cast<double>(reached.states) / 1e6, static_cast<double>(reached.waiting) / 1e6,
                    reached.disturbances, static_cast<double>(reached.states) / 1e6 / seconds);
            });
        };
        verdict = explore::explore(*model, options);
    }
    if (command.json) {
        explore::write_verdict_json(std::cout, *model, verdict);
    } else {
        explore::write_verdict(std::cout, *model, verdict);
    }
    return exit_of(verdict.kind);
}

}  // namespace bully::sim
