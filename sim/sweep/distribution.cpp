#include "sim/sweep/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

// Values within a bucket are taken to be spread evenly.
std::vector<PlotPoint> curve(const SweepCell& cell, const PlotUnit& unit) {
    std::vector<PlotPoint> points;
    std::uint64_t agreed = 0;
    const auto add = [&](std::int64_t time) {
        points.push_back({static_cast<double>(time) / unit.divisor,
                          static_cast<double>(agreed) / static_cast<double>(cell.statistics.runs)});
    };
    for (const auto& bucket : cell.statistics.agreement.buckets()) {
        add(bucket.low);
        agreed += bucket.count;
        add(bucket.high);
    }
    return points;
}

// Columns, evenly spaced, with both ends: as many as there are colours, and at least the two ends of each line.
std::vector<std::size_t> shown_columns(const SweepGrid& grid) {
    const auto count = std::min(grid.columns(), std::max<std::size_t>(plot_colours / grid.lines, 2));
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < count; ++i) {
        shown.push_back(count == 1 ? 0 : i * (grid.columns() - 1) / (count - 1));
    }
    return shown;
}

}  // namespace

Chart distribution_chart(const SweepGrid& grid) {
    const auto shown = shown_columns(grid);
    Chart chart;
    chart.title = "Distribution of the time to agreement";
    chart.why_empty = none_agreed;
    chart.name = grid.sweep.scenario;
    chart.subtitle = grid.subtitle;
    if (shown.size() < grid.columns()) {
        chart.subtitle +=
            fmt::format("; {} of {} values of {}", shown.size(), grid.columns(), grid.sweep.plan.axes.front().path);
    }
    const auto unit = unit_of_times(
        grid.greatest([](const SweepCell& cell) { return static_cast<double>(cell.statistics.agreement.max()); }));
    chart.x.title = unit.title("time to agreement");
    chart.y.title = "runs that agreed by then";
    chart.y.percent = true;
    chart.ordered = grid.lines > 1 ? grid.ordered_lines() : grid.has_axes() && grid.x.numeric();
    using enum PlotSeries::Style;
    constexpr std::array styles{line, dashed, dotted};  // from the last column shown to the first
    for (std::size_t row = 0; row < grid.lines; ++row) {
        for (std::size_t i = 0; i < shown.size(); ++i) {
            const auto& cell = grid.cell(shown[i], row);
            const bool single = grid.lines == 1;
            chart.series.push_back({grid.has_axes() ? grid.name(cell, 0) : "all runs",
                                    single ? line : styles[shown.size() - 1 - i], single ? i : row, false,
                                    curve(cell, unit)});
        }
    }
    return chart;
}

}  // namespace bully::sim
