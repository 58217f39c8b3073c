// Values that stand in for those of a scenario file: `--set timing.answer_timeout=200ms`, `--set processes=7`.
#pragma once

#include "sim/scenario/strict_yaml.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

struct Override {
    std::string path;   ///< Keys, joined by dots: "timing.answer_timeout".
    std::string value;  ///< As in a scenario file, on one line; or "x0.5": all times of the file's own value, scaled.
    std::string option = {};  ///< For messages, as its user gave it, but an excerpt: "--over processes=3..9". Empty:
                              ///< nobody did.

    friend bool operator==(const Override& a, const Override& b) { return a.path == b.path && a.value == b.value; }
};

/// "path=value".
[[nodiscard]] std::string to_string(const Override& override);
/// The argument of an option. Error: one line, which begins with the option.
[[nodiscard]] tl::expected<Override, std::string> parse_override(
    std::string_view text, const std::string& option = "--set",
    std::string_view expected = "KEY=VALUE as in a scenario file, such as timing.answer_timeout=200ms");

/// " (with --set mode=strict, --over processes=3..9 at 4)"; empty if nobody gave any.
[[nodiscard]] std::string given(const std::vector<Override>& overrides);

/// A value as in a scenario file. Error: what is wrong with it, and what was expected.
[[nodiscard]] tl::expected<YamlNode, std::string> read_value(std::string_view text);

/// Puts the values into the scenario `root`, in order, with the option that each comes from, which has to outlive it.
/// What they are isn't judged here but by those who read it. Errors, one line that begins with the option: a path
/// twice, or in another one, no map on the way, a value that is no YAML, a count instead of listed processes.
[[nodiscard]] tl::expected<void, std::string> apply_overrides(YamlNode& root, const std::vector<Override>& overrides);

}  // namespace bully::sim
