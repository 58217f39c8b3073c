// As much of a scenario as a trace tells: for the observers of its replay.
#pragma once

#include "core/record/trace.hpp"
#include "sim/scenario/scenario.hpp"

#include <vector>

namespace bully::sim {

struct ReplayScenario {
    Scenario scenario;
    /// In `scenario`, by node of the trace; of 0, which is nobody: 0. Processes are in the order of their pids, which
    /// need not be that of the nodes of a live run.
    std::vector<Number> numbers;
};

[[nodiscard]] ReplayScenario scenario_of(const TraceHeader& header, const TraceBounds& bounds);

}  // namespace bully::sim
