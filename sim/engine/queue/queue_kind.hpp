// The queues of pending events that a run can choose from.
#pragma once

#include <cstdint>

namespace bully::sim {

enum class QueueKind : std::uint8_t {
    automatic,  ///< The best for the number of processes.
    heap,       ///< A 4-ary heap: the reference that the others are tested against.
    ring,       ///< Time buckets, for large groups.
    sorted,     ///< A sorted array, for a handful of processes.
};

}  // namespace bully::sim
