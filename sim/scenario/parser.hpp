// Reads a scenario from its file: strict YAML, all errors in one go, never a crash.
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

/// `file_name` stands in messages, and its folder is what the files of empirical delays are relative to.
/// Errors: at least one diagnostic, sorted by position.
[[nodiscard]] tl::expected<Scenario, std::vector<Diagnostic>> parse_scenario(std::string_view text,
                                                                             std::string file_name);

/// Likewise; a file that can't be read is a diagnostic too. The file has to be good as it is, and is then read again
/// with `overrides` in it.
[[nodiscard]] tl::expected<Scenario, std::vector<Diagnostic>> load_scenario(
    const std::string& path, const std::vector<Override>& overrides = {});

/// A file's text, of at most one byte more than a scenario may have; nothing if it can't be read.
[[nodiscard]] std::optional<std::string> read_scenario_file(const std::string& path);

/// A scenario that parses, with `overrides` in it. Diagnostics are about the option that gave one, or about a place in
/// the file that doesn't go with them. Files of delays in `known` are taken as they were, and not read again.
[[nodiscard]] tl::expected<Scenario, std::vector<Diagnostic>> parse_with_overrides(
    std::string_view text, const std::string& file_name, const std::vector<Override>& overrides,
    const DelayFiles& known = {});

}  // namespace bully::sim
