// The grid of a chart: the first axis of a sweep from left to right, and a line for each setting of the other axes.
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
    std::string subtitle;  ///< The runs and seeds: "1000 runs each, seeds from 42".

    [[nodiscard]] bool has_axes() const { return !sweep.plan.axes.empty(); }
    [[nodiscard]] std::size_t columns() const { return x.order.size(); }
    /// The position of a column on the x axis. Columns are counted from left to right.
    [[nodiscard]] double place(std::size_t column) const { return x.places[x.order[column]]; }
    [[nodiscard]] const SweepCell& cell(std::size_t column, std::size_t line) const {
        return sweep.cells[x.order[column] * lines + line];
    }
    /// The values of a cell on the axes from `first_axis` on: "processes 3, mode strict".
    [[nodiscard]] std::string name(const SweepCell& cell, std::size_t first_axis) const;
    /// Whether the lines are ascending values of one quantity.
    [[nodiscard]] bool ordered_lines() const;

    /// The greatest value(cell) of all cells, at least 0.
    template <typename Value>
    [[nodiscard]] double greatest(Value&& value) const {
        double most = 0;
        for (const auto& cell : sweep.cells) most = std::max(most, value(cell));
        return most;
    }
};

/// The text of a chart of the time to agreement that has no values.
inline constexpr auto none_agreed = "no run agreed at its end";

}  // namespace bully::sim
