// The roster of a scenario: each process has a pid, a number (its place among the ascending pids, from 1) and a name.
#pragma once

#include "core/process_id.hpp"
#include "sim/scenario/scenario.hpp"

#include <span>
#include <string>

namespace bully::sim {

/// The number of the first process with this pid, or 0 if there is none. Requires: `processes` ascend by pid, as a
/// Scenario's do.
[[nodiscard]] Number number_of(ProcessId pid, std::span<const ProcessSpec> processes);

/// Requires: a process of these.
[[nodiscard]] const std::string& name_of(Number number, std::span<const ProcessSpec> processes);
/// For a stranger its pid.
[[nodiscard]] std::string name_of(ProcessId pid, std::span<const ProcessSpec> processes);

}  // namespace bully::sim
