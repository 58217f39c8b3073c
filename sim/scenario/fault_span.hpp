// How long the faults of a scenario last.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <cstddef>
#include <cstdint>

namespace bully::sim {

/// When a fault ends by itself. Time::max(): never.
[[nodiscard]] Time own_end(const Fault& fault);

/// When the fault number `which` ends: by itself, or by a later one. `heal` ends partitions, cuts and slow links, and
/// of two changes of the delay the one that began last holds. Time::max(): never.
[[nodiscard]] Time end_of(const Scenario& scenario, std::size_t which);

/// How a fault changes what becomes of messages.
enum class LinkChange : std::uint8_t {
    none,
    block,  ///< Of some links: a partition, a cut or a slow link, which `heal` ends.
    delay,  ///< Of all links, until a later change.
    loss,   ///< Likewise.
};
[[nodiscard]] LinkChange link_change(const FaultKind& what);

/// Whether all that a partition does is to name one group.
[[nodiscard]] bool separates_nobody(const fault::Partition& partition, std::size_t processes);

}  // namespace bully::sim
