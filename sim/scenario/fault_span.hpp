// How long the faults of a scenario last.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstddef>
#include <cstdint>

namespace bully::sim {

/// The time at which a fault ends by itself; Time::max() if it never does.
[[nodiscard]] Time own_end(const Fault& fault);

/// The time at which `scenario.faults[which]` ends, by itself or by a later fault; Time::max() if it never ends. `heal`
/// ends partitions, cuts and slow links. A later change of the delay ends an earlier one.
[[nodiscard]] Time end_of(const Scenario& scenario, std::size_t which);

/// How a fault changes what becomes of messages.
enum class LinkChange : std::uint8_t {
    none,
    block,  ///< Of some links: a partition, a cut or a slow link, which `heal` ends.
    delay,  ///< Of all links, until a later change.
    loss,   ///< Likewise.
};
[[nodiscard]] LinkChange link_change(const FaultKind& what);

/// Whether the partition separates no process from another, because all of them are in one group.
[[nodiscard]] bool separates_nobody(const fault::Partition& partition, std::size_t processes);

}  // namespace bully::sim
