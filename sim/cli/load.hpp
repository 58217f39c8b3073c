// The scenario that a command line names: read, with what else it says in place of the file's.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// Nothing, and told on stderr, if there is a mistake in it.
[[nodiscard]] std::optional<Scenario> load(const std::string& path);

/// What a command line says of a run.
struct ChosenRun {
    std::string scenario;
    std::optional<std::uint64_t> seed;
    std::optional<Mode> mode;
    std::vector<std::string> overrides;  ///< "KEY=VALUE"
};

/// Likewise, also if what is said besides is wrong, or said twice.
[[nodiscard]] std::optional<Scenario> load(const ChosenRun& run);

}  // namespace bully::sim
