#include "sim/sweep/grid.hpp"

#include "sim/util/counted.hpp"

#include <fmt/format.h>

namespace bully::sim {

SweepGrid::SweepGrid(const Sweep& source)
    : sweep(source),
      x(source.plan.axes.empty() ? Axis{"", {"all runs"}} : source.plan.axes.front()),
      lines(source.cells.size() / x.places.size()) {
    const auto seeds = source.plan.seeds();
    subtitle = fmt::format("{}{} each, seeds from {}", source.plan.precision > 0 ? "up to " : "",
                           counted(seeds.count, "run"), seeds.first);
}

std::string SweepGrid::name(const SweepCell& cell, std::size_t first_axis) const {
    std::string name;
    for (std::size_t i = first_axis; i < sweep.plan.axes.size(); ++i) {
        name += fmt::format("{}{} {}", name.empty() ? "" : ", ", axis_label(sweep.plan.axes, i), cell.values[i]);
    }
    return name;
}

bool SweepGrid::ordered_lines() const {
    return sweep.plan.axes.size() == 2 && Abscissa(sweep.plan.axes.back()).numeric();
}

}  // namespace bully::sim
