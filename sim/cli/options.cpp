#include "sim/cli/options.hpp"

#include "core/cli/options.hpp"

namespace bully::sim {

void add_verbosity(CLI::App& app, Verbosity& verbosity, CLI::Option& json) {
    auto* quiet = app.add_flag("--quiet", verbosity.quiet, "only what is wrong, and the verdict")->excludes(&json);
    app.add_flag("--verbose", verbosity.verbose, "each message and each timer")->excludes(quiet)->excludes(&json);
    app.add_flag("--no-color", verbosity.no_color, "no colour, also on a terminal");
}

void add_mode(CLI::App& app, std::optional<Mode>& mode) {
    cli::add(app, "--mode", mode, cli::one_of<Mode>({{"strict", Mode::strict}, {"robust", Mode::robust}}),
             "instead of the scenario's", "strict|robust");
}

void add_set(CLI::App& app, std::vector<std::string>& overrides) {
    app.add_option("--set", overrides, "a value in place of the scenario's: processes=7, timing.hold_down=50ms, ...")
        ->option_text("KEY=VALUE")
        ->expected(1)
        ->allow_extra_args(false)  // else it takes the scenario behind it, too
        ->take_all();
}

void add_chosen(CLI::App& app, ChosenRun& run) {
    cli::add(app, "--seed", run.seed, cli::whole_number<std::uint64_t>(0, UINT64_MAX), "instead of the scenario's",
             "N");
    add_mode(app, run.mode);
    add_set(app, run.overrides);
}

std::optional<std::string> said_twice(const std::vector<Override>& overrides, bool has_seed, bool has_mode) {
    for (const auto& override : overrides) {
        if ((has_seed && override.path == "seed") || (has_mode && override.path == "mode")) {
            return "--" + override.path + " beside " + override.option + ", expected one of the two";
        }
    }
    return std::nullopt;
}

std::optional<std::string> without_effect(const std::vector<Override>& overrides, std::optional<Mode> mode) {
    for (const auto& override : overrides) {
        if (override.path == "mode" && override.value == "strict") mode = Mode::strict;
    }
    if (mode != Mode::strict) return std::nullopt;
    for (const auto& override : overrides) {
        for (const auto* key : {"timing.hold_down", "timing.refresh", "timing.probe_gap_limit"}) {
            if (override.path != key) continue;
            return override.option + " in mode strict, where it has no effect, expected mode robust";
        }
    }
    return std::nullopt;
}

}  // namespace bully::sim
