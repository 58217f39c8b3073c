// The options of `bully_sim sweep` and `merge`: their meaning, and whether they fit together.
#pragma once

#include "sim/cli/command_sweep.hpp"
#include "sim/sweep/sweep.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// The plan of a sweep. Error: the option that is wrong, and what was expected.
[[nodiscard]] tl::expected<SweepPlan, std::string> plan_of(const SweepCommand& command);

/// The reason why the tables of --verbose can't be written; none if they can.
[[nodiscard]] std::optional<std::string> table_obstacle(const SweepOutputs& outputs);

/// The reason why the charts of `outputs` can't be drawn along these axes; none if they can.
[[nodiscard]] std::optional<std::string> chart_obstacle(const SweepOutputs& outputs, const std::vector<Axis>& axes);

}  // namespace bully::sim
