#include "sim/cli/options.hpp"

#include "core/record/quantities.hpp"
#include "sim/scenario/delay.hpp"

#include <charconv>
#include <cstdint>

namespace bully::sim {

CLI::Validator whole_number() {
    return {[](std::string& text) {
                std::uint64_t value = 0;
                const auto* end = text.data() + text.size();
                const auto [stop, error] = std::from_chars(text.data(), end, value);
                return error == std::errc{} && stop == end ? std::string()
                                                           : "`" + text + "`, expected a whole number below 2^64";
            },
            ""};
}

void add_verbosity(CLI::App& app, Verbosity& verbosity, CLI::Option& json) {
    auto* quiet = app.add_flag("--quiet", verbosity.quiet, "only what is wrong, and the verdict")->excludes(&json);
    app.add_flag("--verbose", verbosity.verbose, "each message and each timer")->excludes(quiet)->excludes(&json);
    app.add_flag("--no-color", verbosity.no_color, "no colour, also on a terminal");
}

void add_mode(CLI::App& app, std::optional<Mode>& mode) {
    const CLI::Validator known{
        [](std::string& text) {
            return text == "strict" || text == "robust" ? std::string() : "`" + text + "`, expected strict or robust";
        },
        ""};
    app.add_option_function<std::string>(
           "--mode", [&mode](const std::string& text) { mode = text == "strict" ? Mode::strict : Mode::robust; },
           "instead of the scenario's")
        ->check(known)
        ->option_text("strict|robust");
}

void add_set(CLI::App& app, std::vector<std::string>& overrides) {
    app.add_option("--set", overrides, "a value in place of the scenario's: processes=7, timing.hold_down=50ms, ...")
        ->option_text("KEY=VALUE")
        ->expected(1)
        ->allow_extra_args(false)  // else it takes the scenario behind it, too
        ->take_all();
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

void add_duration(CLI::App& app, const std::string& name, std::optional<Duration>& value, const std::string& about) {
    const auto good = [](std::string& text) {
        const auto duration = parse_duration(text);
        return duration && *duration <= longest_time
                   ? std::string()
                   : "`" + text + "`, expected a time of at most a year, such as 50ms or 1.5s";
    };
    app.add_option_function<std::string>(
           name, [&value](const std::string& text) { value = parse_duration(text); }, about)
        ->check(CLI::Validator(good, ""))
        ->type_name("TIME");
}

}  // namespace bully::sim
