// Options that several commands of bully_sim have, and what they accept.
#pragma once

#include "core/election.hpp"
#include "sim/cli.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// Below 2^64, without a sign: CLI11 alone takes -1 for the greatest number of all.
[[nodiscard]] CLI::Validator whole_number();

void add_verbosity(CLI::App& app, Verbosity& verbosity);
void add_mode(CLI::App& app, std::optional<Mode>& mode);
/// --set KEY=VALUE, any number of times.
void add_set(CLI::App& app, std::vector<std::string>& overrides);

}  // namespace bully::sim
