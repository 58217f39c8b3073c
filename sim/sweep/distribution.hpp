// How the times to agreement of a sweep are distributed: cumulative curves of some of its cells.
#pragma once

#include "sim/plot/chart.hpp"
#include "sim/sweep/grid.hpp"

namespace bully::sim {

/// Of a single line up to as many cells as there are colours, from the first to the last; of more lines some columns:
/// a line has its colour, and a column its style. Requires: no plot_obstacle.
[[nodiscard]] Chart distribution_chart(const SweepGrid& grid);

}  // namespace bully::sim
