#include "sim/sweep_plot.hpp"

#include "core/transitions.hpp"
#include "sim/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace bully::sim {
namespace {

constexpr std::array all_charts{SweepChart::time, SweepChart::messages, SweepChart::false_elections,
                                SweepChart::distribution};
constexpr std::string_view chart_names = "time, messages, false_elections or distribution";

// What values are divided by, and what that makes of them.
struct Scale {
    double divisor = 1;
    std::string unit;

    [[nodiscard]] std::string title(std::string name) const {
        return unit.empty() ? std::move(name) : std::move(name) + " (" + unit + ")";
    }
};

Scale scale_of_times(double greatest_ns) {
    if (greatest_ns >= 2e9) return {1e9, "s"};
    return greatest_ns >= 2e6 ? Scale{1e6, "ms"} : Scale{1e3, "us"};
}

PlotAxis::Scale scale_of(const std::vector<double>& values) {
    if (values.empty()) return PlotAxis::Scale::linear;
    constexpr double wide = 20;
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const bool far_apart = *least > 0 && *greatest >= wide * *least;
    return far_apart ? PlotAxis::Scale::logarithmic : PlotAxis::Scale::linear;
}

// Where the cells of an axis stand.
class Abscissa {
  public:
    explicit Abscissa(const Axis& source) {
        order.resize(source.values.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::vector<Quantity> quantities;
        for (const auto& text : source.values) {
            if (const auto quantity = parse_quantity(text)) quantities.push_back(*quantity);
        }
        axis.title = source.path;
        const bool numeric = quantities.size() == source.values.size() &&
                             std::all_of(quantities.begin(), quantities.end(), [&](const Quantity& quantity) {
                                 return quantity.unit == quantities.front().unit;
                             });
        if (!numeric) {
            axis.categories = source.values;
            for (std::size_t i = 0; i < source.values.size(); ++i) places.push_back(static_cast<double>(i));
            return;
        }
        for (const auto& quantity : quantities) places.push_back(static_cast<double>(quantity.value));
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
        axis.scale = scale_of(places);
        Scale scale;
        switch (quantities.front().unit) {
            case Quantity::Unit::none: break;
            case Quantity::Unit::time: scale = scale_of_times(places[order.back()]); break;
            case Quantity::Unit::percent: scale = {1e8, ""}; break;
        }
        axis.percent = quantities.front().unit == Quantity::Unit::percent;
        axis.title = scale.title(source.path);
        for (auto& place : places) place /= scale.divisor;
    }

    PlotAxis axis;
    std::vector<double> places;      ///< By index of the value.
    std::vector<std::size_t> order;  ///< The indexes, from left to right.
};

// What is drawn along the first axis, and how to get it from a cell.
struct Subject {
    std::string title;
    Histogram CellStatistics::*measure = nullptr;
    Scale scale;
    std::string y_title;
    std::string theory_name;
    std::optional<double> (*theory)(const LeaderCrashTheory&) = nullptr;
};

class Plotter {
  public:
    explicit Plotter(const Sweep& sweep)
        : sweep_(sweep),
          x_(sweep.plan.axes.empty() ? Axis{"", {"all runs"}} : sweep.plan.axes.front()),
          lines_(sweep.cells.size() / x_.places.size()) {
        const auto seeds = sweep.plan.seeds();
        subtitle_ = fmt::format("{}, {}{} runs each, seeds from {}", sweep.scenario,
                                sweep.plan.precision > 0 ? "up to " : "", seeds.count, seeds.first);
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
        subject.scale = scale_of_times(greatest([](const SweepCell& cell) {
            const auto& times = cell.statistics.agreement;
            return times.empty() ? 0 : static_cast<double>(times.quantile(0.99).value);
        }));
        subject.y_title = subject.scale.title("time to agreement");
        subject.theory_name = "theory: V + T_p + J + T_ok";
        subject.theory = [](const LeaderCrashTheory& theory) { return std::optional(theory.latency); };
        return along(subject);
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
        subject.theory = [](const LeaderCrashTheory& theory) {
            return theory.messages ? std::optional(static_cast<double>(theory.messages->most)) : std::nullopt;
        };
        PlotSeries most{"all take part: n(n − 1)", PlotSeries::Style::line, plot_ink, false, theory_line(subject, 0)};
        if (!most.points.empty()) chart.series.push_back(std::move(most));
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
        const auto& axes = sweep_.plan.axes;
        Chart chart;
        chart.title = subject.title;
        chart.subtitle = subtitle_;
        chart.x = x_.axis;
        chart.y.title = subject.y_title;
        chart.ordered = axes.size() == 2 && Abscissa(axes.back()).axis.categories.empty();
        std::vector<PlotSeries> theories;
        for (std::size_t line = 0; line < lines_; ++line) {
            const auto name = name_from(line, 1);
            chart.series.push_back({name.empty() ? "mean, and its 95 % interval" : name, PlotSeries::Style::line, line,
                                    true, mean_line(subject, line)});
            const auto of = [&](const std::string& what) { return name.empty() ? what : name + ": " + what; };
            PlotSeries theory{of(subject.theory_name), PlotSeries::Style::dashed, lines_ == 1 ? plot_ink : line, false,
                              theory_line(subject, line)};
            if (!theory.points.empty()) theories.push_back(std::move(theory));
            // More of them would hide each other.
            if (lines_ <= 2) chart.bands.push_back({of("p1 to p99"), line, true, band(subject, line, 0.01, 0.99)});
            if (lines_ == 1) chart.bands.push_back({of("p10 to p90"), line, false, band(subject, line, 0.1, 0.9)});
        }
        chart.y.scale = scale_for(chart.series);
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
        const auto divisor = subject.scale.divisor;
        for_each_cell(subject, line, [&](double x, const SweepCell&, const Histogram& measured) {
            if (measured.empty()) return;
            PlotPoint point{x, measured.mean() / divisor};
            if (const auto interval = measured.mean_interval()) {
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
            if (expected) points.push_back({x, *expected / subject.scale.divisor});
        });
        return points;
    }

    [[nodiscard]] std::vector<PlotBand::Point> band(const Subject& subject, std::size_t line, double low,
                                                    double high) const {
        std::vector<PlotBand::Point> points;
        for_each_cell(subject, line, [&](double x, const SweepCell&, const Histogram& measured) {
            if (measured.empty()) return;
            const auto at = [&](double q) {
                return static_cast<double>(measured.quantile(q).value) / subject.scale.divisor;
            };
            points.push_back({x, at(low), at(high)});
        });
        return points;
    }

    static PlotAxis::Scale scale_for(const std::vector<PlotSeries>& lines) {
        std::vector<double> values;
        for (const auto& line : lines) {
            for (const auto& point : line.points) values.push_back(point.y);
        }
        return scale_of(values);
    }

    [[nodiscard]] Chart distribution() const {
        const auto shown = shown_cells();
        Chart chart;
        chart.title = "How the time to agreement is distributed";
        chart.subtitle = subtitle_;
        if (shown.size() < sweep_.cells.size()) {
            chart.subtitle += fmt::format("; {} of {} cells", shown.size(), sweep_.cells.size());
        }
        const auto scale = scale_of_times(
            greatest([](const SweepCell& cell) { return static_cast<double>(cell.statistics.agreement.max()); }));
        chart.x.title = scale.title("time to agreement");
        chart.y.title = "runs that agreed by then";
        chart.y.percent = true;
        chart.ordered = sweep_.plan.axes.size() == 1 && Abscissa(sweep_.plan.axes.front()).axis.categories.empty();
        for (const auto index : shown) {
            const auto& statistics = sweep_.cells[index].statistics;
            PlotSeries curve{sweep_.plan.axes.empty() ? "all runs" : name_from(index, 0),
                             PlotSeries::Style::steps,
                             chart.series.size(),
                             false,
                             {}};
            std::uint64_t agreed = 0;
            for (const auto& bucket : statistics.agreement.buckets()) {
                if (agreed == 0) curve.points.push_back({static_cast<double>(bucket.low) / scale.divisor, 0});
                agreed += bucket.count;
                curve.points.push_back({static_cast<double>(bucket.high) / scale.divisor,
                                        static_cast<double>(agreed) / static_cast<double>(statistics.runs)});
            }
            chart.series.push_back(std::move(curve));
        }
        return chart;
    }

    // All cells, or as many as there are colours, evenly chosen.
    [[nodiscard]] std::vector<std::size_t> shown_cells() const {
        const auto count = std::min(sweep_.cells.size(), plot_colours);
        std::vector<std::size_t> shown;
        for (std::size_t i = 0; i < count; ++i) {
            shown.push_back(count == 1 ? 0 : i * (sweep_.cells.size() - 1) / (count - 1));
        }
        return shown;
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
            const auto& path = sweep_.plan.axes[i].path;
            name += fmt::format("{}{} {}", name.empty() ? "" : ", ", path.substr(path.rfind('.') + 1),
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
    if (charts.empty()) charts.assign(all_charts.begin(), all_charts.end());
    std::vector<Chart> drawn;
    for (const auto chart : charts) {
        if (plotter.has(chart)) drawn.push_back(plotter.draw(chart));
    }
    if (drawn.empty()) drawn.push_back(plotter.draw(SweepChart::distribution));
    out << to_svg(drawn);
}

}  // namespace bully::sim
