// The part of a scenario that a trace tells, for the observers of its replay.
#pragma once

#include "core/record/trace.hpp"
#include "sim/scenario/scenario.hpp"

#include <vector>

namespace bully::sim {

struct ReplayScenario {
    Scenario scenario;
    /// The number in `scenario` of each node of the trace; of node 0, which is nobody, 0. The two differ in a live
    /// trace: a scenario orders processes by pid, a live run need not.
    std::vector<Number> numbers;
};

[[nodiscard]] ReplayScenario scenario_of(const TraceHeader& header, const TraceBounds& bounds);

}  // namespace bully::sim
