// Values that stand in for those of a scenario file: `--set timing.answer_timeout=200ms`, `--set processes=7`.
#pragma once

#include "sim/strict_yaml.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

struct Override {
    std::string path;   ///< Keys, joined by dots: "timing.answer_timeout".
    std::string value;  ///< As in a scenario file, on one line; or "x0.5": all times of the file's own value, scaled.

    friend bool operator==(const Override&, const Override&) = default;
};

/// "path=value".
[[nodiscard]] std::string to_string(const Override& override);
[[nodiscard]] tl::expected<Override, std::string> parse_override(std::string_view text);

/// Puts the values into the scenario `root`, in order. What they are isn't judged here but by those who read it.
/// Errors, one line: a path twice, no map on the way, a value that is no YAML, a count instead of listed processes.
[[nodiscard]] tl::expected<void, std::string> apply_overrides(YamlNode& root, const std::vector<Override>& overrides);

}  // namespace bully::sim
