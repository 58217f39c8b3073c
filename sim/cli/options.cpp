#include "sim/cli/options.hpp"

#include "core/cli/options.hpp"
#include "sim/scenario/delay.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace bully::sim {
namespace {

// Whether an override sets this key of `timing`, by itself, in a map, or for a process of a list.
bool sets_timing(const Override& override, std::string_view key) {
    if (override.path == "timing." + std::string(key)) return true;
    const auto value = read_value(override.value);
    if (!value) return false;  // the reader of the scenario reports it
    if (override.path == "timing") return value->find(key) != nullptr;
    return override.path == "processes" && std::ranges::any_of(value->items, [&](const YamlNode& process) {
               const auto* timing = process.find("timing");
               return timing != nullptr && timing->find(key) != nullptr;
           });
}

}  // namespace

void add_verbosity(CLI::App& app, Verbosity& verbosity, CLI::Option& json) {
    auto* quiet = app.add_flag("--quiet", verbosity.quiet, "only violations and the verdict")->excludes(&json);
    app.add_flag("--verbose", verbosity.verbose, "each message and each timer")->excludes(quiet)->excludes(&json);
    app.add_flag("--no-color", verbosity.no_color, "no colour, even on a terminal");
}

void add_mode(CLI::App& app, std::optional<Mode>& mode) {
    cli::add(app, "--mode", mode, cli::one_of<Mode>({{"strict", Mode::strict}, {"robust", Mode::robust}}),
             "the mode, instead of the scenario's", "strict|robust");
}

void add_set(CLI::App& app, std::vector<std::string>& overrides) {
    app.add_option("--set", overrides, "a value in place of the scenario's: processes=7, timing.hold_down=50ms, ...")
        ->option_text("KEY=VALUE")
        ->expected(1)
        ->allow_extra_args(false)  // otherwise it takes the scenario after it, too
        ->take_all();
}

void add_chosen(CLI::App& app, ChosenRun& run) {
    cli::add(app, "--seed", run.seed, cli::whole_number<std::uint64_t>(0, UINT64_MAX),
             "the seed, instead of the scenario's", "N");
    add_mode(app, run.mode);
    add_set(app, run.overrides);
}

std::optional<std::string> said_twice(const std::vector<Override>& overrides, bool has_seed, bool has_mode) {
    for (const auto& override : overrides) {
        if ((has_seed && override.path == "seed") || (has_mode && override.path == "mode")) {
            return "both --" + override.path + " and " + override.option + ", expected one of the two";
        }
    }
    return std::nullopt;
}

std::optional<std::string> without_effect(const std::vector<Override>& overrides, std::optional<Mode> mode) {
    bool probing = true;
    for (const auto& override : overrides) {
        const auto value = read_value(override.value);
        const auto word = value ? value->text : std::string();
        if (override.path == "mode" && word == "strict") mode = Mode::strict;
        if (override.path == "probe" && (word == "off" || word == "false")) probing = false;
    }
    const auto find = [&](std::initializer_list<std::string_view> keys, const std::string& why) {
        std::optional<std::string> found;
        for (const auto& override : overrides) {
            for (const auto key : keys) {
                if (sets_timing(override, key)) found = override.option + ": `" + std::string(key) + "` " + why;
            }
        }
        return found;
    };
    if (mode == Mode::strict) {
        auto vain =
            find({"hold_down", "refresh", "probe_gap_limit"}, "has no effect in mode strict, expected mode robust");
        if (vain) return vain;
    }
    if (probing) return std::nullopt;
    return find({"probe_timeout", "probe_gap", "probe_gap_limit"}, "has no effect with probe=off, expected probe=on");
}

}  // namespace bully::sim
