// Random scenarios for the search: small groups, all kinds of faults, and what to do with one that fails.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace bully::sim {

/// What may go wrong in a random scenario.
enum class World : std::uint8_t {
    calm,       ///< Crashes, restarts, late starts, feigned failures, elections on demand: P12 and P13's world.
    disturbed,  ///< Besides, loss, partitions, cut and slow links, pauses, late messages, the daemon's failures.
};

enum class Groups : std::uint8_t {
    small,        ///< 2 to 7 processes. In mode strict a cold start of many is a storm without end.
    of_any_size,  ///< Now and then up to 40: for mode robust.
};

/// The same for the same seed, with every compiler. Ends long enough after its last fault for agreement to be due.
/// C1 to C3 hold.
[[nodiscard]] Scenario random_scenario(std::uint64_t seed, World world, Groups groups = Groups::small);

/// Leaves out of `scenario` what isn't needed for `fails` to stay true.
[[nodiscard]] Scenario shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails);

/// For people, in the manner of a scenario file.
[[nodiscard]] std::string describe(const Scenario& scenario);

}  // namespace bully::sim
