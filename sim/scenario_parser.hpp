// Reads a scenario from its file: strict YAML, all errors in one go, never a crash.
#pragma once

#include "sim/scenario.hpp"
#include "sim/strict_yaml.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// `file_name` stands in messages, and its folder is what the files of empirical delays are relative to.
/// Errors: at least one diagnostic, sorted by position.
[[nodiscard]] tl::expected<Scenario, std::vector<Diagnostic>> parse_scenario(std::string_view text,
                                                                             std::string file_name);

/// Likewise; a file that can't be read is a diagnostic too.
[[nodiscard]] tl::expected<Scenario, std::vector<Diagnostic>> load_scenario(const std::string& path);

}  // namespace bully::sim
