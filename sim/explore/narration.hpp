// What happens in a run of an explored group, in words.
#pragma once

#include "sim/explore/moves.hpp"

#include <string>

namespace bully::sim::explore {

/// "3 gets ELECTION from 2: OK to 2; repeats COORDINATOR". Empty for a pass. `moves`: those that led from `before` to
/// `after`.
[[nodiscard]] std::string narrate(Moves& moves, const State& before, const Move& move, const State& after);

/// "1 follows 3, 2 follows 3, 3 leads".
[[nodiscard]] std::string who_follows_whom(const Moves& moves, const State& state);

}  // namespace bully::sim::explore
