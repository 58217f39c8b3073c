// How long the faults of a scenario last.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstddef>

namespace bully::sim {

/// When the fault number `which` ends: by itself, or by a later one. `heal` ends partitions, cuts and slow links, and
/// of two changes of the delay the one that began last holds. Time::max(): never.
[[nodiscard]] Time end_of(const Scenario& scenario, std::size_t which);

/// Whether all that a partition does is to name one group.
[[nodiscard]] bool separates_nobody(const fault::Partition& partition, std::size_t processes);

}  // namespace bully::sim
