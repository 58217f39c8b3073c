// Faults in words: for the timeline, the trace and the summary.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <string>

namespace bully::sim {

/// Links: "1,2 <-> 3".
[[nodiscard]] std::string describe(const Links& links);
/// The groups: "{1,2} | {3}".
[[nodiscard]] std::string describe(const fault::Partition& partition);
/// Links and the added delay: "1 -> 2 by 100ms".
[[nodiscard]] std::string describe(const fault::Slow& slow);
/// A probability, given in units of 2^-32, to a tenth of a percent: "5%", "0.5%".
[[nodiscard]] std::string percent(std::uint64_t probability);
/// "partition {1,2} | {3}", "cut 1 -> 2", "slow 1 -> 2 by 100ms". Empty for faults that don't concern links.
[[nodiscard]] std::string describe_block(const FaultKind& what);

/// Whether some directed link is in both sets.
[[nodiscard]] bool overlap(const Links& some, const Links& others);

}  // namespace bully::sim
