// The distribution of the time to agreement: cumulative curves of some cells of a sweep.
#pragma once

#include "sim/plot/chart.hpp"
#include "sim/sweep/grid.hpp"

namespace bully::sim {

/// The chart. With a single line, it has at most as many cells as there are colours, from the first to the last. With
/// several lines, it has two or more columns: each line has a colour, each column a style. Requires: no plot_obstacle.
[[nodiscard]] Chart distribution_chart(const SweepGrid& grid);

}  // namespace bully::sim
