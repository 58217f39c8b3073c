// The parser of scenario files: strict YAML, all errors in one go, never a crash.
#pragma once

#include "sim/scenario/overrides.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/strict_yaml.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// Parses the text of a scenario. `file_name` is for messages; the paths of empirical delays are relative to its
/// folder. Errors: at least one diagnostic, sorted by position.
[[nodiscard]] tl::expected<Scenario, std::vector<Diagnostic>> parse_scenario(std::string_view text,
                                                                             std::string file_name);

/// Reads and parses a scenario file, then applies `overrides`. Errors are diagnostics, also if the file can't be read.
/// The file must be valid without the overrides, too.
[[nodiscard]] tl::expected<Scenario, std::vector<Diagnostic>> load_scenario(
    const std::string& path, const std::vector<Override>& overrides = {});

/// The text of a file, or its first max_yaml_bytes + 1 bytes; none if the file can't be read.
[[nodiscard]] std::optional<std::string> read_scenario_file(const std::string& path);

/// Parses a scenario with `overrides`. A diagnostic names the option whose value is wrong, or the place in the file
/// that conflicts with the options. Files of delays in `known` aren't read again.
[[nodiscard]] tl::expected<Scenario, std::vector<Diagnostic>> parse_with_overrides(
    std::string_view text, const std::string& file_name, const std::vector<Override>& overrides,
    const DelayFiles& known = {});

}  // namespace bully::sim
