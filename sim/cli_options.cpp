#include "sim/cli_options.hpp"

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

void add_verbosity(CLI::App& app, Verbosity& verbosity) {
    auto* quiet = app.add_flag("--quiet", verbosity.quiet, "only what is wrong, and the verdict");
    app.add_flag("--verbose", verbosity.verbose, "each message and each timer")->excludes(quiet);
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
        ->take_all();
}

}  // namespace bully::sim
