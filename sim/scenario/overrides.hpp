// Overrides: values that replace those of a scenario file, as in `--set processes=7`.
#pragma once

#include "sim/scenario/strict_yaml.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

struct Override {
    std::string path;   ///< Keys, joined by dots: "timing.answer_timeout".
    std::string value;  ///< As in a scenario file, on one line; or a factor "x0.5", which scales the file's own times.
    std::string option = {};  ///< The option for messages, shortened: "--over processes=3..9". Empty if the program
                              ///< itself made the override.

    friend bool operator==(const Override& a, const Override& b) { return a.path == b.path && a.value == b.value; }
};

/// The override as "path=value".
[[nodiscard]] std::string to_string(const Override& override);
/// Reads the argument of an option. Error: one line that begins with the option.
[[nodiscard]] tl::expected<Override, std::string> parse_override(
    std::string_view text, const std::string& option = "--set",
    std::string_view expected = "KEY=VALUE as in a scenario file, such as timing.answer_timeout=200ms");

/// The options of all overrides, for the end of a message: " (with --set mode=strict, --over processes=3..9 at 4)".
/// Empty if there are none.
[[nodiscard]] std::string given(const std::vector<Override>& overrides);

/// Reads a value as in a scenario file. Error: what is wrong, and what was expected.
[[nodiscard]] tl::expected<YamlNode, std::string> read_value(std::string_view text);

/// Puts the values into the scenario `root`, in order. Each new node names the option that it comes from, so
/// `overrides` must outlive `root`. Whether a value makes sense is checked by the readers of `root`. Errors, one line
/// that begins with the option: a path is set twice, or is part of another path; a path leads through a node that isn't
/// a map; a value isn't YAML; a number of processes would replace a list of processes.
[[nodiscard]] tl::expected<void, std::string> apply_overrides(YamlNode& root, const std::vector<Override>& overrides);

}  // namespace bully::sim
