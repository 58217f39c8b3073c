// What the options of `bully_sim sweep` and `merge` say, and whether they fit together.
#pragma once

#include "sim/cli/command_sweep.hpp"
#include "sim/sweep/sweep.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// What is to be run. Error: the option that can't be, and what was expected.
[[nodiscard]] tl::expected<SweepPlan, std::string> plan_of(const SweepCommand& command);

/// Why the tables can't be as long as asked for; none if they can.
[[nodiscard]] std::optional<std::string> table_obstacle(const SweepOutputs& outputs);

/// Why the charts that `outputs` wants can't be drawn along these axes; none if they can.
[[nodiscard]] std::optional<std::string> chart_obstacle(const SweepOutputs& outputs, const std::vector<Axis>& axes);

}  // namespace bully::sim
