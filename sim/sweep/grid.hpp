// A sweep as a chart shows it: its first axis from left to right, and each setting of the other axes as a line.
#pragma once

#include "sim/sweep/scales.hpp"
#include "sim/sweep/sweep.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace bully::sim {

struct SweepGrid {
    /// `source` must outlive it.
    explicit SweepGrid(const Sweep& source);

    const Sweep& sweep;
    Abscissa x;
    std::size_t lines;
    std::string subtitle;  ///< What was run of the scenario.

    [[nodiscard]] bool has_axes() const { return !sweep.plan.axes.empty(); }
    [[nodiscard]] std::size_t columns() const { return x.order.size(); }
    /// Columns are counted from left to right.
    [[nodiscard]] double place(std::size_t column) const { return x.places[x.order[column]]; }
    [[nodiscard]] const SweepCell& cell(std::size_t column, std::size_t line) const {
        return sweep.cells[x.order[column] * lines + line];
    }
    /// What tells this cell from others by the axes from this one on: "processes 3, mode strict".
    [[nodiscard]] std::string name(const SweepCell& cell, std::size_t first_axis) const;
    /// Whether the lines are steps of one quantity.
    [[nodiscard]] bool ordered_lines() const;

    /// value(cell), 0 at least.
    template <typename Value>
    [[nodiscard]] double greatest(Value&& value) const {
        double most = 0;
        for (const auto& cell : sweep.cells) most = std::max(most, value(cell));
        return most;
    }
};

/// In the place of a chart of times to agreement.
inline constexpr auto none_agreed = "no run agreed at its end";

}  // namespace bully::sim
