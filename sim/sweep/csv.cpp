#include "core/names.hpp"
#include "sim/sweep/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

using Unit = CellStatistics::Unit;
using Row = std::vector<std::string>;

// RFC 4180.
std::string field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

void write_row(std::ostream& out, const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) out << (i == 0 ? "" : ",") << field(row[i]);
    out << "\n";
}

std::string number(Unit unit, std::int64_t value) {
    if (unit == Unit::count) return std::to_string(value);
    return fmt::format("{}.{:09}", value / 1'000'000'000, value % 1'000'000'000);
}

std::string number(Unit unit, double value) { return fmt::format("{:.9f}", unit == Unit::time ? value / 1e9 : value); }

void add_header(Row& row, std::string_view measure, Unit unit) {
    std::string name(measure);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto add = [&](std::string_view statistic) {
        row.push_back(fmt::format("{}_{}{}", name, statistic, unit == Unit::time ? "_s" : ""));
    };
    for (const auto* statistic : {"mean", "mean_low", "mean_high", "min"}) add(statistic);
    for (const auto& [quantile, q] : shown_quantiles) {
        for (const auto* end : {"", "_low", "_high"}) add(std::string(quantile) + end);
    }
    add("max");
}

void add_interval(Row& row, Unit unit, const std::optional<Interval>& interval) {
    row.push_back(interval ? number(unit, interval->low) : "");
    row.push_back(interval ? number(unit, interval->high) : "");
}

void add_values(Row& row, Unit unit, const Histogram& histogram, const CellStatistics& statistics) {
    if (histogram.empty()) {
        row.resize(row.size() + 5 + 3 * shown_quantiles.size());
        return;
    }
    row.push_back(number(unit, histogram.mean()));
    add_interval(row, unit, CellStatistics::mean_interval(histogram, unit));
    row.push_back(number(unit, histogram.min()));
    for (const auto& [name, q] : shown_quantiles) {
        const auto interval = statistics.quantile_interval(histogram, q);
        const auto quantile = statistics.quantile(histogram, q);
        row.push_back(quantile.at_least ? "" : number(unit, quantile.value));
        row.push_back(number(unit, interval.low));
        row.push_back(interval.high ? number(unit, *interval.high) : "");
    }
    row.push_back(statistics.quantile(histogram, 1).at_least ? "" : number(unit, histogram.max()));
}

// A mode axis has the column already; two columns of one name would be read as one.
bool has_mode_axis(const Sweep& sweep) {
    const auto& axes = sweep.plan.axes;
    return std::any_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.path == "mode"; });
}

// The time to agreement after each fault, without intervals, for the faults of one run aren't independent.
constexpr std::array fault_columns{"faults",
                                   "faults_not_agreed",
                                   "fault_agreement_mean_s",
                                   "fault_agreement_p50_s",
                                   "fault_agreement_p90_s",
                                   "fault_agreement_p99_s",
                                   "fault_agreement_max_s"};

void add_faults(Row& row, const CellStatistics& statistics) {
    const auto& times = statistics.fault_agreement;
    row.push_back(std::to_string(statistics.faults()));
    row.push_back(std::to_string(statistics.fault_not_agreed_after.count()));
    row.push_back(times.empty() ? "" : number(Unit::time, times.mean()));
    for (const double q : {0.5, 0.9, 0.99, 1.0}) {
        const bool known = !times.empty() && !statistics.quantile(times, q).at_least;
        row.push_back(known ? number(Unit::time, q == 1 ? times.max() : statistics.quantile(times, q).value) : "");
    }
}

Row header(const Sweep& sweep) {
    Row row;
    for (const auto& axis : sweep.plan.axes) row.push_back(axis.path);
    if (!has_mode_axis(sweep)) row.emplace_back("mode");
    row.insert(row.end(), {"n", "runs", "agreed", "not_agreed", "not_agreed_part_low", "not_agreed_part_high",
                           "not_agreed_after_min_s", "not_agreed_after_max_s", "lost_agreement"});
    const CellStatistics none;
    CellStatistics::for_each_measure(
        none, [&](std::string_view name, Unit unit, const Histogram&) { add_header(row, name, unit); });
    row.insert(row.end(), {"theory_latency_s", "theory_latency_error_s", "theory_messages_mean",
                           "theory_messages_least", "theory_messages_most"});
    for (const auto* column : fault_columns) row.emplace_back(column);
    row.insert(row.end(),
               {"violated", "violated_part_low", "violated_part_high", "failed_expectations", "failing_seeds"});
    return row;
}

void add_theory(Row& row, const tl::expected<LeaderCrashTheory, std::string>& theory) {
    row.push_back(theory ? number(Unit::time, theory->latency) : "");
    row.push_back(theory ? number(Unit::time, theory->latency_error) : "");
    const bool counts = theory && theory->messages;
    row.push_back(counts ? fmt::format("{:.3f}", theory->messages->mean) : "");
    row.push_back(counts ? std::to_string(theory->messages->least) : "");
    row.push_back(counts ? std::to_string(theory->messages->most) : "");
}

}  // namespace

void write_csv(std::ostream& out, const Sweep& sweep) {
    write_row(out, header(sweep));
    for (const auto& cell : sweep.cells) {
        const auto& statistics = cell.statistics;
        Row row = cell.values;
        if (!has_mode_axis(sweep)) row.emplace_back(to_string(cell.mode));
        row.insert(row.end(), {std::to_string(cell.processes), std::to_string(statistics.runs),
                               std::to_string(statistics.agreement.count()), std::to_string(statistics.not_agreed())});
        add_interval(row, Unit::count, statistics.part_interval(statistics.not_agreed()));
        const auto& after = statistics.not_agreed_after;
        row.push_back(after.empty() ? "" : number(Unit::time, after.min()));
        row.push_back(after.empty() ? "" : number(Unit::time, after.max()));
        row.push_back(std::to_string(statistics.lost_agreement));
        CellStatistics::for_each_measure(statistics, [&](std::string_view, Unit unit, const Histogram& histogram) {
            add_values(row, unit, histogram, statistics);
        });
        add_theory(row, cell.theory);
        add_faults(row, statistics);
        row.push_back(sweep.plan.check ? std::to_string(statistics.violated) : "");
        add_interval(row, Unit::count, sweep.plan.check ? statistics.part_interval(statistics.violated) : std::nullopt);
        row.push_back(sweep.plan.check ? std::to_string(statistics.failed_expectations) : "");
        std::string seeds;
        for (const auto& failure : statistics.failures) {
            seeds += (seeds.empty() ? "" : " ") + std::to_string(failure.seed);
        }
        row.push_back(std::move(seeds));
        write_row(out, row);
    }
}

}  // namespace bully::sim
