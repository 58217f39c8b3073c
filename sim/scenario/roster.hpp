// Who is who in a scenario: a process has a pid, a number (its place among the ascending pids, from 1), and a name.
#pragma once

#include "core/process_id.hpp"
#include "sim/scenario/scenario.hpp"

#include <span>

namespace bully::sim {

/// The number of the process with this pid; of twins the first. 0: a stranger. `processes`: a Scenario's, which ascend.
[[nodiscard]] Number number_of(ProcessId pid, std::span<const ProcessSpec> processes);

}  // namespace bully::sim
