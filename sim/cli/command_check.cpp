#include "sim/cli/command_check.hpp"

#include "core/names.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/progress.hpp"
#include "sim/explore/explorer.hpp"
#include "sim/explore/report.hpp"
#include "sim/scenario/parser.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <utility>

namespace bully::sim {
namespace {

constexpr std::size_t default_processes = 3;
constexpr std::uint8_t most_points = 8;
constexpr explore::Budget one_crash_and_restart{1, 1, 0, 0, 0, 0};

template <typename Number>
tl::expected<Number, std::string> read_number(const std::string& text, Number least, Number greatest) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > greatest) {
        return tl::unexpected(fmt::format("`{}`, expected a whole number from {} to {}", text, least, greatest));
    }
    return value;
}

tl::expected<std::size_t, std::string> read_size(std::string text) {
    const auto wrong = "`" + text + "`, expected a size from 16M to 1000G, such as 500M or 4G";
    const char unit = text.empty() ? ' ' : text.back();
    if (unit != 'M' && unit != 'G') return tl::unexpected(wrong);
    text.pop_back();
    const auto number = read_number<std::size_t>(text, 1, 1'000'000);
    const auto bytes = number ? *number << (unit == 'M' ? 20U : 30U) : 0;
    if (bytes < std::size_t{16} << 20U || bytes > std::size_t{1000} << 30U) return tl::unexpected(wrong);
    return bytes;
}

constexpr auto own_name = "bully_sim check: ";

Exit fail(const std::string& why) {
    std::cerr << own_name << why << "\n";
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
            return tl::unexpected(own_name + command.scenario + ": " + file.error());
        }
        model = command.file_timing ? *file : explore::tight_model(scenario->processes.size(), mode, points);
        model.settled = scenario->settled;
        model.settings.probing = scenario->probing;
        if (!command.faults) {
            const auto found = explore::faults_of(*scenario);
            if (!found) return tl::unexpected(own_name + command.scenario + ": " + found.error());
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
        "Each message takes any time of its range, each gap too, and what goes wrong does so at any time: all runs are "
        "looked at, and what is said of them is proved, or refuted by the shortest run.\n"
        "Exit codes: 0 proved; 1 a run that violates a property, which is shown; 2 bad usage or scenario; 3 an "
        "internal "
        "error; 4 the memory was used up before all was looked at; 130 interrupted.");
    check->add_option("SCENARIO", command.scenario,
                      "its group and mode, and as many faults of each kind as it has, at any times");
    const auto add = [check](const std::string& name, auto read, auto store, const std::string& what,
                             const std::string& type) {
        return check
            ->add_option_function<std::string>(
                name,
                [name, read, store](const std::string& text) {
                    const auto value = read(text);
                    if (!value) throw CLI::ValidationError(name, value.error());
                    store(*value);
                },
                what)
            ->option_text(type);
    };
    const auto one_of = [](std::string first, std::string second) {
        return [first, second](const std::string& text) -> tl::expected<bool, std::string> {
            if (text == first || text == second) return text == first;
            return tl::unexpected("`" + text + "`, expected " + first + " or " + second);
        };
    };
    add(
        "--processes",
        [](const std::string& text) { return read_number<std::size_t>(text, 1, explore::most_processes); },
        [&](std::size_t count) { command.processes = count; }, "how many, up to 6 [3]", "N");
    add_mode(*check, command.mode);
    add(
        "--faults", [](const std::string& text) { return explore::parse_faults(text); },
        [&](const explore::Faults& faults) { command.faults = faults; },
        "what may happen, and how often: crash, restart, loss, feign, cut and refresh (R8), and `refused` alone, if "
        "hosts "
        "of the dead refuse connections [crash=1,restart=1]",
        "KIND=N,...");
    add(
        "--timing", one_of("file", "tight"), [&](bool file) { command.file_timing = file; },
        "tight: the smallest whole numbers that keep C1 to C3; file: the scenario's own [tight]", "tight|file");
    add(
        "--points", [](const std::string& text) { return read_number<std::uint8_t>(text, 1, most_points); },
        [&](std::uint8_t points) { command.points = points; }, "with tight: a message takes 1 to so many ticks [2]",
        "N");
    add(
        "--ties", one_of("free", "product"), [&](bool free) { command.ties_free = free; },
        "what falls on one tick comes in any order, or messages before timers (row 20) [free]", "free|product");
    add(
        "--memory", read_size, [&](std::size_t bytes) { command.memory = bytes; }, "give up beyond it [4G]", "SIZE");
    check->add_flag("--json", command.json, "the verdict as one JSON object on stdout");
    return check;
}

Exit check_command(const CheckCommand& command) {
    if (command.file_timing && command.scenario.empty()) {
        return fail("--timing file without a scenario, expected the scenario that has the timing");
    }
    if (command.file_timing && command.points) {
        return fail("--points beside --timing file, expected one of them: the delays are the file's");
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
