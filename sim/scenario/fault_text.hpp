// Faults in words: for the timeline, the trace and the summary.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <string>

namespace bully::sim {

/// "1,2 <-> 3"
[[nodiscard]] std::string describe(const Links& links);
/// "{1,2} | {3}"
[[nodiscard]] std::string describe(const fault::Partition& partition);
/// "1 -> 2 by 100ms"
[[nodiscard]] std::string describe(const fault::Slow& slow);
/// Of a probability in units of 2^-32: "5%", "0.5%".
[[nodiscard]] std::string percent(std::uint64_t probability);
/// "partition {1,2} | {3}", "cut 1 -> 2", "slow 1 -> 2 by 100ms"; of other faults empty.
[[nodiscard]] std::string describe_block(const FaultKind& what);

/// Whether a message from one process to another can be concerned by both.
[[nodiscard]] bool overlap(const Links& some, const Links& others);

}  // namespace bully::sim
