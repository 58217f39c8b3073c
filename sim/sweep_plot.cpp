#include "sim/sweep_plot.hpp"

#include "sim/counted.hpp"
#include "sim/plot.hpp"
#include "sim/sweep_scales.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace bully::sim {
namespace {

constexpr std::array all_charts{SweepChart::time, SweepChart::messages, SweepChart::false_elections,
                                SweepChart::distribution};
constexpr std::string_view chart_names = "time, messages, false_elections or distribution";

// What is drawn along the first axis, and how to get it from a cell.
struct Subject {
    std::string title;
    Histogram CellStatistics::*measure = nullptr;
    CellStatistics::Unit kind = CellStatistics::Unit::count;
    PlotUnit unit;
    std::string y_title;
    std::string theory_name;
    std::optional<double> (*theory)(const LeaderCrashTheory&) = nullptr;
};

constexpr auto none_agreed = "no run came to agreement before it ended";

class Plotter {
  public:
    explicit Plotter(const Sweep& sweep)
        : sweep_(sweep),
          x_(sweep.plan.axes.empty() ? Axis{"", {"all runs"}} : sweep.plan.axes.front()),
          lines_(sweep.cells.size() / x_.places.size()) {
        const auto seeds = sweep.plan.seeds();
        subtitle_ = fmt::format("{}, {}{} each, seeds from {}", sweep.scenario,
                                sweep.plan.precision > 0 ? "up to " : "", counted(seeds.count, "run"), seeds.first);
    }

    [[nodiscard]] bool has(SweepChart chart) const {
        if (chart == SweepChart::distribution) return true;
        if (sweep_.plan.axes.empty()) return false;
        return chart != SweepChart::false_elections ||
               std::any_of(sweep_.cells.begin(), sweep_.cells.end(),
                           [](const SweepCell& cell) { return cell.statistics.false_elections.max() > 0; });
    }

    [[nodiscard]] Chart draw(SweepChart chart) const {
        switch (chart) {
            case SweepChart::time: return time();
            case SweepChart::messages: return messages();
            case SweepChart::false_elections: return false_elections();
            case SweepChart::distribution: break;
        }
        return distribution();
    }

  private:
    [[nodiscard]] Chart time() const {
        Subject subject;
        subject.title = "Time to agreement, from the last fault on";
        subject.measure = &CellStatistics::agreement;
        subject.kind = CellStatistics::Unit::time;
        subject.unit = unit_of_times(greatest([](const SweepCell& cell) {
            const auto& times = cell.statistics.agreement;
            return times.empty() ? 0 : static_cast<double>(times.quantile(0.99).value);
        }));
        subject.y_title = subject.unit.title("time to agreement");
        subject.theory_name = "theory: V + T_p + J + T_ok";
        subject.theory = [](const LeaderCrashTheory& theory) { return std::optional(theory.latency); };
        auto chart = along(subject);
        chart.why_empty = none_agreed;
        const auto cut_off = greatest([](const SweepCell& cell) {
            return static_cast<double>(cell.statistics.cut_off()) / static_cast<double>(cell.statistics.runs);
        });
        if (cut_off > 0) {
            chart.subtitle += fmt::format("; without up to {:.3g} % that ended before", 100 * cut_off);
        }
        return chart;
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
        if (lines_ > 1) return chart;
        constexpr std::size_t apart = 2;  // from the colour of the measured ones
        PlotBand possible{"theory: from n to n(n − 1)", apart, true, {}};
        for_each_cell(subject, 0, [&](double x, const SweepCell& cell, const Histogram&) {
            if (!cell.theory || !cell.theory->messages) return;
            const auto& messages = *cell.theory->messages;
            possible.points.push_back({x, static_cast<double>(messages.least), static_cast<double>(messages.most)});
        });
        if (!possible.points.empty()) chart.bands.insert(chart.bands.begin(), std::move(possible));
        return chart;
    }

    [[nodiscard]] Chart false_elections() const {
        Subject subject;
        subject.title = "False elections: the leader was alive";
        subject.measure = &CellStatistics::false_elections;
        subject.y_title = "false elections in a run";
        return along(subject);
    }

    // The mean as a line, what it scatters as bands, theory dashed.
    [[nodiscard]] Chart along(const Subject& subject) const {
        Chart chart;
        chart.title = subject.title;
        chart.subtitle = subtitle_;
        chart.x = x_.axis;
        chart.y.title = subject.y_title;
        chart.ordered = ordered_lines();
        std::vector<PlotSeries> theories;
        for (std::size_t line = 0; line < lines_; ++line) {
            const auto name = name_from(line, 1);
            chart.series.push_back({name.empty() ? "mean, and its 95 % interval" : name, PlotSeries::Style::line, line,
                                    true, mean_line(subject, line)});
            const auto of = [&](const std::string& what) {
                return name.empty() ? what : fmt::format("{}: {}", name, what);
            };
            PlotSeries theory{of(subject.theory_name), PlotSeries::Style::dashed, lines_ == 1 ? plot_ink : line, false,
                              theory_line(subject, line)};
            if (!theory.points.empty()) theories.push_back(std::move(theory));
            // More of them would hide each other.
            if (lines_ <= 2) chart.bands.push_back({of("p1 to p99"), line, true, band(subject, line, 0.01, 0.99)});
            if (lines_ == 1) chart.bands.push_back({of("p10 to p90"), line, false, band(subject, line, 0.1, 0.9)});
        }
        std::vector<double> means;
        for (const auto& line : chart.series) {
            for (const auto& point : line.points) means.push_back(point.y);
        }
        chart.y.scale = scale_for(means);
        chart.series.insert(chart.series.end(), theories.begin(), theories.end());
        return chart;
    }

    // Calls see(x, cell, what was measured) for each cell of this line, from left to right.
    template <typename See>
    void for_each_cell(const Subject& subject, std::size_t line, See&& see) const {
        for (const auto i : x_.order) {
            const auto& cell = sweep_.cells[i * lines_ + line];
            see(x_.places[i], cell, cell.statistics.*(subject.measure));
        }
    }

    [[nodiscard]] std::vector<PlotPoint> mean_line(const Subject& subject, std::size_t line) const {
        std::vector<PlotPoint> points;
        const auto divisor = subject.unit.divisor;
        for_each_cell(subject, line, [&](double x, const SweepCell&, const Histogram& measured) {
            if (measured.empty()) return;
            PlotPoint point{x, measured.mean() / divisor};
            if (const auto interval = CellStatistics::mean_interval(measured, subject.kind)) {
                point.interval = {interval->low / divisor, interval->high / divisor};
            }
            points.push_back(point);
        });
        return points;
    }

    [[nodiscard]] std::vector<PlotPoint> theory_line(const Subject& subject, std::size_t line) const {
        std::vector<PlotPoint> points;
        if (subject.theory == nullptr) return points;
        for_each_cell(subject, line, [&](double x, const SweepCell& cell, const Histogram&) {
            const auto expected = cell.theory ? subject.theory(*cell.theory) : std::nullopt;
            if (expected) points.push_back({x, *expected / subject.unit.divisor});
        });
        return points;
    }

    [[nodiscard]] std::vector<PlotBand::Point> band(const Subject& subject, std::size_t line, double low,
                                                    double high) const {
        std::vector<PlotBand::Point> points;
        for_each_cell(subject, line, [&](double x, const SweepCell& cell, const Histogram& measured) {
            if (measured.empty()) return;
            const auto at = [&](double q) {
                // A band ends where runs were cut off.
                return static_cast<double>(cell.statistics.quantile(measured, q).value) / subject.unit.divisor;
            };
            points.push_back({x, at(low), at(high)});
        });
        return points;
    }

    [[nodiscard]] Chart distribution() const {
        const auto shown = shown_cells();
        Chart chart;
        chart.title = "How the time to agreement is distributed";
        chart.why_empty = none_agreed;
        chart.subtitle = subtitle_;
        if (lines_ > 1) {
            chart.subtitle += fmt::format("; {} {}", sweep_.plan.axes.front().path, sweep_.cells[shown[0]].values[0]);
        } else if (shown.size() < sweep_.cells.size()) {
            chart.subtitle += fmt::format("; {} of {} cells", shown.size(), sweep_.cells.size());
        }
        const auto unit = unit_of_times(
            greatest([](const SweepCell& cell) { return static_cast<double>(cell.statistics.agreement.max()); }));
        chart.x.title = unit.title("time to agreement");
        chart.y.title = "runs that agreed by then";
        chart.y.percent = true;
        chart.ordered = lines_ > 1 ? ordered_lines() : !sweep_.plan.axes.empty() && x_.numeric();
        for (const auto index : shown) {
            const auto name = sweep_.plan.axes.empty() ? "all runs" : name_from(index, lines_ > 1 ? 1 : 0);
            auto points = curve(sweep_.cells[index], unit);
            if (points.empty()) continue;  // none agreed
            chart.series.push_back({name, PlotSeries::Style::line, chart.series.size(), false, std::move(points)});
        }
        return chart;
    }

    // Values within a bucket are taken to be spread evenly.
    static std::vector<PlotPoint> curve(const SweepCell& cell, const PlotUnit& unit) {
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

    // The lines where they end on the right; of a single line all cells, or as many as there are colours.
    [[nodiscard]] std::vector<std::size_t> shown_cells() const {
        std::vector<std::size_t> shown;
        if (lines_ > 1) {
            for (std::size_t line = 0; line < lines_; ++line) shown.push_back(x_.order.back() * lines_ + line);
            return shown;
        }
        const auto count = std::min(sweep_.cells.size(), plot_colours);
        for (std::size_t i = 0; i < count; ++i) {
            shown.push_back(x_.order[count == 1 ? 0 : i * (sweep_.cells.size() - 1) / (count - 1)]);
        }
        return shown;
    }

    // Whether the lines are steps of one quantity.
    [[nodiscard]] bool ordered_lines() const {
        return sweep_.plan.axes.size() == 2 && Abscissa(sweep_.plan.axes.back()).numeric();
    }

    template <typename Value>
    [[nodiscard]] double greatest(Value&& value) const {
        double most = 0;
        for (const auto& cell : sweep_.cells) most = std::max(most, value(cell));
        return most;
    }

    // What tells this cell from others by the axes from this one on.
    [[nodiscard]] std::string name_from(std::size_t cell, std::size_t first_axis) const {
        std::string name;
        for (std::size_t i = first_axis; i < sweep_.plan.axes.size(); ++i) {
            name += fmt::format("{}{} {}", name.empty() ? "" : ", ", axis_label(sweep_.plan.axes, i),
                                sweep_.cells[cell].values[i]);
        }
        return name;
    }

    const Sweep& sweep_;
    Abscissa x_;
    std::size_t lines_;
    std::string subtitle_;
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
            return tl::unexpected(fmt::format("`{}`, expected {}, joined by commas", name, chart_names));
        }
        charts.push_back(*chart);
        if (name.size() == text.size()) return charts;
        text.remove_prefix(name.size() + 1);
    }
}

std::optional<std::string> plot_obstacle(const std::vector<Axis>& axes) {
    std::size_t lines = 1;
    for (std::size_t i = 1; i < axes.size() && lines <= plot_colours; ++i) lines *= axes[i].values.size();
    if (lines <= plot_colours) return std::nullopt;
    return fmt::format("more than {} settings beside those of `{}`, the first axis, expected as many lines at most",
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
