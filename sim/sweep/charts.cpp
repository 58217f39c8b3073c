#include "sim/sweep/charts.hpp"

#include "sim/plot/chart.hpp"
#include "sim/sweep/distribution.hpp"
#include "sim/sweep/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace bully::sim {
namespace {

constexpr std::array all_charts{SweepChart::time, SweepChart::messages, SweepChart::false_elections,
                                SweepChart::distribution};
constexpr std::string_view chart_names = "time, messages, false_elections, distribution";

// A quantity that is drawn along the first axis, and how to get it from a cell.
struct Subject {
    std::string title;
    Histogram CellStatistics::*measure = nullptr;
    CellStatistics::Unit kind = CellStatistics::Unit::count;
    PlotUnit unit;
    std::string y_title;
    std::string theory_name;
    std::optional<double> (*theory)(const LeaderCrashTheory&) = nullptr;
};

class Plotter {
  public:
    explicit Plotter(const Sweep& sweep) : grid_(sweep) {}

    [[nodiscard]] bool has(SweepChart chart) const {
        if (chart == SweepChart::distribution) return true;
        if (!grid_.has_axes()) return false;
        return chart != SweepChart::false_elections || grid_.greatest([](const SweepCell& cell) {
            return static_cast<double>(cell.statistics.false_elections.max());
        }) > 0;
    }

    [[nodiscard]] Chart draw(SweepChart chart) const {
        switch (chart) {
            case SweepChart::time: return time();
            case SweepChart::messages: return messages();
            case SweepChart::false_elections: return false_elections();
            case SweepChart::distribution: break;
        }
        return distribution_chart(grid_);
    }

  private:
    [[nodiscard]] Chart time() const {
        Subject subject;
        subject.title = "Time to agreement after the last fault";
        subject.measure = &CellStatistics::agreement;
        subject.kind = CellStatistics::Unit::time;
        subject.unit = unit_of_times(grid_.greatest([](const SweepCell& cell) {
            const auto& times = cell.statistics.agreement;
            return times.empty() ? 0 : static_cast<double>(times.quantile(0.99).value);
        }));
        subject.y_title = subject.unit.title("time to agreement");
        subject.theory_name = "theory: V + T_p + J + T_ok";
        subject.theory = [](const LeaderCrashTheory& theory) { return std::optional(theory.latency); };
        auto chart = along(subject);
        chart.why_empty = none_agreed;
        for (std::size_t column = 0; column < grid_.columns(); ++column) {
            if (none_agreed_in(column)) chart.remarks.push_back({grid_.place(column), "none agreed"});
        }
        const auto not_agreed = grid_.greatest([](const SweepCell& cell) {
            return static_cast<double>(cell.statistics.not_agreed()) / static_cast<double>(cell.statistics.runs);
        });
        if (not_agreed > 0) {
            chart.subtitle += fmt::format("; runs that didn't agree (up to {:.3g} %) are left out", 100 * not_agreed);
        }
        return chart;
    }

    // In any line.
    [[nodiscard]] bool none_agreed_in(std::size_t column) const {
        for (std::size_t line = 0; line < grid_.lines; ++line) {
            if (!grid_.cell(column, line).statistics.agreement.empty()) return false;
        }
        return true;
    }

    [[nodiscard]] Chart messages() const {
        Subject subject;
        subject.title = "Messages of elections: ELECTION, OK to it, COORDINATOR";
        subject.measure = &CellStatistics::election_messages;
        subject.y_title = "messages in a run";
        subject.theory_name = "theory: E[m²] + n − 1";
        subject.theory = [](const LeaderCrashTheory& theory) {
            return theory.messages ? std::optional(theory.messages->mean) : std::nullopt;
        };
        auto chart = along(subject);
        if (grid_.lines > 1) return chart;
        constexpr std::size_t apart = 2;  // from the colour of the measured ones
        auto possible = points_of<PlotBand::Point>(0, [](const SweepCell& cell) -> std::optional<PlotBand::Point> {
            if (!cell.theory || !cell.theory->messages) return std::nullopt;
            const auto& messages = *cell.theory->messages;
            return PlotBand::Point{0, static_cast<double>(messages.least), static_cast<double>(messages.most)};
        });
        chart.bands.insert(chart.bands.begin(), {"theory: from n to n(n − 1)", apart, true, std::move(possible)});
        return chart;
    }

    [[nodiscard]] Chart false_elections() const {
        Subject subject;
        subject.title = "False elections: the leader was alive";
        subject.measure = &CellStatistics::false_elections;
        subject.y_title = "false elections in a run";
        return along(subject);
    }

    // The mean as a line, the spread of the runs as bands, theory dashed.
    [[nodiscard]] Chart along(const Subject& subject) const {
        Chart chart;
        chart.title = subject.title;
        chart.name = grid_.sweep.scenario;
        chart.subtitle = grid_.subtitle;
        chart.x = grid_.x.axis;
        chart.y.title = subject.y_title;
        chart.ordered = grid_.ordered_lines();
        std::vector<PlotSeries> theories;
        for (std::size_t line = 0; line < grid_.lines; ++line) {
            const auto name = grid_.name(grid_.cell(0, line), 1);
            chart.series.push_back({name.empty() ? "mean, and its 95 % interval" : name, PlotSeries::Style::line, line,
                                    true, mean_line(subject, line)});
            const auto of = [&](const std::string& what) {
                return name.empty() ? what : fmt::format("{}: {}", name, what);
            };
            PlotSeries theory{of(subject.theory_name), PlotSeries::Style::dashed, grid_.lines == 1 ? plot_ink : line,
                              false, theory_line(subject, line)};
            if (!theory.points.empty()) theories.push_back(std::move(theory));
            // Bands of more lines would hide each other.
            if (grid_.lines <= 2) chart.bands.push_back({of("p1 to p99"), line, true, band(subject, line, 0.01, 0.99)});
            if (grid_.lines == 1) chart.bands.push_back({of("p10 to p90"), line, false, band(subject, line, 0.1, 0.9)});
        }
        std::vector<double> means;
        for (const auto& line : chart.series) {
            for (const auto& point : line.points) means.push_back(point.y);
        }
        chart.y.scale = scale_for(means);
        chart.series.insert(chart.series.end(), theories.begin(), theories.end());
        return chart;
    }

    // The points that `find` returns for the cells of a line, from left to right. A cell without a point breaks the
    // line.
    template <typename Point, typename Find>
    [[nodiscard]] std::vector<Point> points_of(std::size_t line, Find&& find) const {
        std::vector<Point> points;
        bool joined = true;
        for (std::size_t column = 0; column < grid_.columns(); ++column) {
            std::optional<Point> point = find(grid_.cell(column, line));
            if (point) {
                point->x = grid_.place(column);
                point->joined = joined;
                points.push_back(*point);
            }
            joined = point.has_value();
        }
        return points;
    }

    [[nodiscard]] std::vector<PlotPoint> mean_line(const Subject& subject, std::size_t line) const {
        return points_of<PlotPoint>(line, [&](const SweepCell& cell) -> std::optional<PlotPoint> {
            const auto& measured = cell.statistics.*(subject.measure);
            if (measured.empty()) return std::nullopt;
            const auto divisor = subject.unit.divisor;
            PlotPoint point{0, measured.mean() / divisor};
            if (const auto interval = CellStatistics::mean_interval(measured, subject.kind)) {
                point.interval = {interval->low / divisor, interval->high / divisor};
            }
            return point;
        });
    }

    [[nodiscard]] std::vector<PlotPoint> theory_line(const Subject& subject, std::size_t line) const {
        return points_of<PlotPoint>(line, [&](const SweepCell& cell) -> std::optional<PlotPoint> {
            if (subject.theory == nullptr || !cell.theory) return std::nullopt;
            const auto expected = subject.theory(*cell.theory);
            if (!expected) return std::nullopt;
            return PlotPoint{0, *expected / subject.unit.divisor};
        });
    }

    [[nodiscard]] std::vector<PlotBand::Point> band(const Subject& subject, std::size_t line, double low,
                                                    double high) const {
        return points_of<PlotBand::Point>(line, [&](const SweepCell& cell) -> std::optional<PlotBand::Point> {
            const auto& measured = cell.statistics.*(subject.measure);
            if (measured.empty()) return std::nullopt;
            const auto at = [&](double q) {
                // A band ends where runs didn't agree.
                return static_cast<double>(cell.statistics.quantile(measured, q).value) / subject.unit.divisor;
            };
            return PlotBand::Point{0, at(low), at(high)};
        });
    }

    SweepGrid grid_;
};

}  // namespace

std::string_view to_string(SweepChart chart) {
    switch (chart) {
        case SweepChart::time: return "time";
        case SweepChart::messages: return "messages";
        case SweepChart::false_elections: return "false_elections";
        case SweepChart::distribution: break;
    }
    return "distribution";
}

tl::expected<std::vector<SweepChart>, std::string> parse_charts(std::string_view text) {
    std::vector<SweepChart> charts;
    while (true) {
        const auto name = text.substr(0, text.find(','));
        const auto* chart = std::find_if(all_charts.begin(), all_charts.end(),
                                         [&](SweepChart candidate) { return to_string(candidate) == name; });
        if (chart == all_charts.end()) {
            return tl::unexpected(fmt::format("`{}`, expected some of {}, separated by commas", name, chart_names));
        }
        charts.push_back(*chart);
        if (name.size() == text.size()) return charts;
        text.remove_prefix(name.size() + 1);
    }
}

std::size_t most_curves() { return plot_colours; }

std::optional<std::string> plot_obstacle(const std::vector<Axis>& axes) {
    std::size_t lines = 1;
    for (std::size_t i = 1; i < axes.size() && lines <= plot_colours; ++i) lines *= axes[i].values.size();
    if (lines <= plot_colours) return std::nullopt;
    return fmt::format("more than {0} settings of the axes other than `{1}`, expected at most {0} lines in a chart",
                       plot_colours, axes.front().path);
}

void write_plot(std::ostream& out, const Sweep& sweep, std::vector<SweepChart> charts) {
    const Plotter plotter(sweep);
    if (charts.empty()) {
        std::copy_if(all_charts.begin(), all_charts.end(), std::back_inserter(charts),
                     [&](SweepChart chart) { return plotter.has(chart); });
    }
    std::vector<Chart> drawn;
    drawn.reserve(charts.size());
    for (const auto chart : charts) drawn.push_back(plotter.draw(chart));
    out << to_svg(drawn);
}

}  // namespace bully::sim
