// How long the faults of a scenario last.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstddef>

namespace bully::sim {

/// The time at which `scenario.faults[which]` ends, by itself or by a later fault; Time::max() if it never ends. `heal`
/// ends partitions, cuts and slow links. A later change of the delay ends an earlier one.
[[nodiscard]] Time end_of(const Scenario& scenario, std::size_t which);

/// Whether the partition separates no process from another, because all of them are in one group.
[[nodiscard]] bool separates_nobody(const fault::Partition& partition, std::size_t processes);

}  // namespace bully::sim
