// Random scenarios for the search: small groups, all kinds of faults, and a way to shrink a failing one.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace bully::sim {

/// The faults of a random scenario.
enum class World : std::uint8_t {
    calm,       ///< Crashes, restarts, late starts, feigned failures, elections on demand: P12 and P13 hold.
    disturbed,  ///< Also loss, partitions, cut and slow links, pauses, late messages, failures of the daemon.
};

enum class Groups : std::uint8_t {
    small,        ///< 2 to 7 processes. In mode strict a cold start of many is a storm without end.
    of_any_size,  ///< Now and then up to 40: for mode robust.
};

/// The scenario of a seed, the same with every compiler. It keeps C1 to C3, and ends late enough for agreement to be
/// due.
[[nodiscard]] Scenario random_scenario(std::uint64_t seed, World world, Groups groups = Groups::small);

/// Removes all parts of `scenario` that `fails` doesn't need to stay true.
[[nodiscard]] Scenario shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails);

/// The scenario for people, similar to a scenario file.
[[nodiscard]] std::string describe(const Scenario& scenario);

}  // namespace bully::sim
