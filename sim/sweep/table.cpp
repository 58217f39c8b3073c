#include "core/names.hpp"
#include "sim/scenario/rerun_command.hpp"
#include "sim/statistics/interval_text.hpp"
#include "sim/sweep/figures.hpp"
#include "sim/sweep/report.hpp"
#include "sim/util/counted.hpp"
#include "sim/util/text.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

// Columns as wide as necessary, all aligned to the right.
class Table {
  public:
    Table(std::string title, std::vector<std::string> header) : title_(std::move(title)) {
        rows_.push_back(std::move(header));
    }

    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

    void write(std::ostream& out, bool colour) const {
        const auto widths = column_widths(rows_);
        fmt::print(out, "\n{}\n", painted(title_, look::headline, colour));
        for (const auto& row : rows_) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i) line += right_aligned(row[i], widths[i] + 2);
            fmt::print(out, "{}\n", painted(line, look::detail, colour && &row == &rows_.front()));
        }
    }

  private:
    std::string title_;
    std::vector<std::vector<std::string>> rows_;
};

class Writer {
  public:
    Writer(std::ostream& out, const Sweep& sweep, TableStyle style) : out_(out), sweep_(sweep), style_(style) {}

    void write() {
        head();
        agreement();
        faults();
        leaders();
        messages();
        if (sweep_.plan.check) violations();
        failures();
        theory_remarks();
    }

  private:
    using Row = std::vector<std::string>;
    using Unit = CellStatistics::Unit;

    void head() {
        const auto& plan = sweep_.plan;
        const auto seeds = plan.seeds();
        fmt::print(out_, "{}: {} of {}, seeds {} to {}", sweep_.scenario, counted(sweep_.cells.size(), "cell"),
                   counted(seeds.count, "run"), seeds.first, seeds.first + (seeds.count - 1));
        if (plan.shard.count > 1) fmt::print(out_, ", shard {}/{} of them", plan.shard.index, plan.shard.count);
        if (plan.precision > 0)
            fmt::print(out_, ", or fewer: up to a precision of {}%", static_cast<double>(plan.precision) / 1e4);
        const auto mode = sweep_.cells.front().mode;
        const bool one_mode = std::all_of(sweep_.cells.begin(), sweep_.cells.end(),
                                          [&](const SweepCell& cell) { return cell.mode == mode; });
        if (one_mode) fmt::print(out_, ", mode {}", to_string(mode));
        fmt::print(out_, "\n");
    }

    // The values of the cell stand first in each row.
    [[nodiscard]] Row header(std::initializer_list<const char*> columns) const {
        Row row;
        for (std::size_t i = 0; i < sweep_.plan.axes.size(); ++i) row.push_back(axis_label(sweep_.plan.axes, i));
        row.insert(row.end(), columns.begin(), columns.end());
        return row;
    }
    [[nodiscard]] static Row row(const SweepCell& cell, const Row& values) {
        Row row = cell.values;
        row.insert(row.end(), values.begin(), values.end());
        return row;
    }

    // The interval of the mean. If all times are zero: the greatest part of the runs that may have a longer one.
    static std::string margin(const CellStatistics& statistics, const Histogram& histogram, Unit unit) {
        const auto interval = CellStatistics::mean_interval(histogram, unit);
        if (!interval)
            return unit == Unit::time && !histogram.empty() && histogram.max() == 0 ? "in " + part(statistics, 0) : "-";
        return margin_text(histogram.mean(), *interval,
                           [&](double value) { return unit == Unit::time ? time_text(value) : count_text(value); });
    }

    // The confidence interval of the part of the runs.
    static std::string part(const CellStatistics& statistics, std::uint64_t some) {
        return statistics.runs == 0 ? "-" : part_text(some, statistics.runs);
    }

    static std::string with_part(const CellStatistics& statistics, std::uint64_t some) {
        return fmt::format("{} ({})", some, part(statistics, some));
    }

    static std::string at(const Histogram& histogram, double q) {
        return histogram.empty() ? "-" : time_text(histogram.quantile(q));
    }

    static std::string around(const CellStatistics& found, const Histogram& histogram, double q, bool time) {
        if (histogram.empty()) return "";
        const auto interval = found.quantile_interval(histogram, q);
        const auto text = [&](std::int64_t value) { return time ? time_text(value) : std::to_string(value); };
        return "[" + text(interval.low) + ", " + (interval.high ? text(*interval.high) : "?") + "]";
    }

    // A row below that of the cell, with the intervals of its values.
    void add_intervals(Table& table, const SweepCell& cell, const Row& intervals) const {
        if (!style_.verbose) return;
        Row row(cell.values.size());
        row.insert(row.end(), intervals.begin(), intervals.end());
        table.add(std::move(row));
    }

    void agreement() {
        Table table(
            "time to agreement: from the last fault until all follow one live leader, in runs that agree at the end",
            header({"runs", "not agreed", "mean", "95%", "p50", "p90", "p99", "p99.9", "max", "theory"}));
        for (const auto& cell : sweep_.cells) {
            const auto& found = cell.statistics;
            const auto& times = found.agreement;
            table.add(
                row(cell, {std::to_string(found.runs), with_part(found, found.not_agreed()),
                           times.empty() ? "none agreed" : time_text(times.mean()), margin(found, times, Unit::time),
                           agreed_by(found, times, 0.5), agreed_by(found, times, 0.9), agreed_by(found, times, 0.99),
                           agreed_by(found, times, 0.999), agreed_by(found, times, 1),
                           cell.theory ? time_text(cell.theory->latency) : "-"}));
            add_intervals(table, cell,
                          {"", "", "", "95%:", agreed_around(found, 0.5), agreed_around(found, 0.9),
                           agreed_around(found, 0.99), agreed_around(found, 0.999), "", ""});
        }
        table.write(out_, style_.colour);
        agreement_remarks();
    }

    // Without intervals, for the faults of one run aren't independent.
    void faults() {
        const bool several = std::any_of(sweep_.cells.begin(), sweep_.cells.end(), [](const SweepCell& cell) {
            return cell.statistics.faults() > cell.statistics.runs;
        });
        if (!several) return;
        Table table("time to agreement after each fault, for faults after which all agree before the next one",
                    header({"faults", "not agreed", "mean", "p50", "p90", "p99", "max"}));
        for (const auto& cell : sweep_.cells) {
            const auto& found = cell.statistics;
            const auto& times = found.fault_agreement;
            if (found.faults() == 0) {
                table.add(row(cell, {"0", "-", "-", "-", "-", "-", "-"}));
                continue;
            }
            table.add(
                row(cell, {std::to_string(found.faults()), std::to_string(found.fault_not_agreed_after.count()),
                           times.empty() ? "none agreed" : time_text(times.mean()), agreed_by(found, times, 0.5),
                           agreed_by(found, times, 0.9), agreed_by(found, times, 0.99), agreed_by(found, times, 1)}));
        }
        table.write(out_, style_.colour);
    }

    static std::string agreed_around(const CellStatistics& found, double q) {
        return around(found, found.agreement, q, true);
    }

    static std::string agreed_by(const CellStatistics& found, const Histogram& times, double q) {
        if (found.runs == 0) return "-";
        const auto quantile = found.quantile(times, q);
        return (quantile.at_least ? ">=" : "") + time_text(quantile);
    }

    // Remarks that the mean and the quantiles need.
    void agreement_remarks() {
        std::uint64_t runs = 0;
        std::uint64_t not_agreed = 0;
        std::uint64_t lost = 0;
        for (const auto& cell : sweep_.cells) {
            runs += cell.statistics.runs;
            not_agreed += cell.statistics.not_agreed();
            lost += cell.statistics.lost_agreement;
        }
        if (not_agreed > 0) {
            fmt::print(out_,
                       "  not agreed: {} of {} ended without agreement and are right-censored: quantiles that they\n",
                       not_agreed, counted(runs, "run"));
            fmt::print(out_, "              hide are lower bounds (>=), means leave them out.\n");
        }
        if (lost > 0) {
            fmt::print(out_, "              {} of them had agreed after the last fault, and lost agreement.\n", lost);
        }
        const auto precision = sweep_.plan.precision;
        const auto vague = std::count_if(sweep_.cells.begin(), sweep_.cells.end(), [precision](const SweepCell& cell) {
            return !is_precise(cell.statistics, precision);
        });
        if (precision > 0 && vague > 0) {
            fmt::print(out_, "  precision: {} of {} used all seeds without reaching it{}.\n", vague,
                       counted(sweep_.cells.size(), "cell"),
                       not_agreed > lost ? ", or have runs that never agreed" : "");
        }
    }

    void leaders() {
        Table table(
            "time in a run without a leader, without one for some processes (dead, or out of reach), and with several "
            "leaders",
            header({"none: mean", "95%", "p50", "p99", "max", "for some: mean", "95%", "p50", "p99", "max",
                    "several: mean", "95%", "p50", "p99", "max"}));
        for (const auto& cell : sweep_.cells) {
            const auto& found = cell.statistics;
            Row values;
            Row intervals;
            for (const auto* times : {&found.leaderless, &found.some_leaderless, &found.multi_leader}) {
                values.insert(values.end(), {time_text(times->mean()), margin(found, *times, Unit::time),
                                             at(*times, 0.5), at(*times, 0.99), time_text(times->max())});
                intervals.insert(intervals.end(),
                                 {"", "95%:", around(found, *times, 0.5, true), around(found, *times, 0.99, true), ""});
            }
            table.add(row(cell, values));
            add_intervals(table, cell, intervals);
        }
        table.write(out_, style_.colour);
    }

    void messages() {
        Table costs("election messages in a run: ELECTION, the OKs to it, COORDINATOR",
                    header({"mean", "95%", "p50", "p99", "max", "theory", "n(n-1)"}));
        Table counts("means per run",
                     header({"ELECTION", "OK", "COORDINATOR", "PROBE", "JOIN", "elections", "false", "95%"}));
        for (const auto& cell : sweep_.cells) {
            const auto& all = cell.statistics.election_messages;
            const auto around_mean = [&](const Histogram& one) { return margin(cell.statistics, one, Unit::count); };
            const auto whole = [&](double q) { return all.empty() ? "-" : count_text(all.quantile(q)); };
            const bool known = cell.theory && cell.theory->messages;
            costs.add(row(cell, {count_text(all.mean()), around_mean(all), whole(0.5), whole(0.99),
                                 std::to_string(all.max()), known ? count_text(cell.theory->messages->mean) : "-",
                                 known ? std::to_string(cell.theory->messages->most) : "-"}));
            add_intervals(costs, cell,
                          {"", "95%:", around(cell.statistics, all, 0.5, false),
                           around(cell.statistics, all, 0.99, false), "", "", ""});
            const auto each = [&](auto&& text) {
                Row values;
                for (const auto type : {MessageType::election, MessageType::ok, MessageType::coordinator,
                                        MessageType::probe, MessageType::join}) {
                    values.push_back(text(cell.statistics.messages[static_cast<std::size_t>(type)]));
                }
                values.push_back(text(cell.statistics.elections));
                values.push_back(text(cell.statistics.false_elections));
                return values;
            };
            auto means = each([](const Histogram& one) { return count_text(one.mean()); });
            means.push_back(around_mean(cell.statistics.false_elections));
            counts.add(row(cell, means));
            add_intervals(counts, cell, each(around_mean));
        }
        costs.write(out_, style_.colour);
        counts.write(out_, style_.colour);
    }

    void violations() {
        Table table("runs with a violation", header({"runs", "any", "expectations", "properties"}));
        for (const auto& cell : sweep_.cells) {
            std::string properties;
            for (std::size_t i = 0; i < property_limit; ++i) {
                if (const auto runs = cell.statistics.by_property[i]; runs > 0) {
                    properties += fmt::format("{}P{}: {}", properties.empty() ? "" : ", ", i, runs);
                }
            }
            table.add(
                row(cell, {std::to_string(cell.statistics.runs), with_part(cell.statistics, cell.statistics.violated),
                           with_part(cell.statistics, cell.statistics.failed_expectations),
                           properties.empty() ? "-" : properties}));
        }
        table.write(out_, style_.colour);
    }

    void failures() {
        bool first = true;
        for (std::size_t i = 0; i < sweep_.cells.size(); ++i) {
            std::vector<std::string> overrides;
            for (const auto& override : sweep_.overrides_of(i)) overrides.push_back(to_string(override));
            for (const auto& failure : sweep_.cells[i].statistics.failures) {
                if (std::exchange(first, false)) {
                    fmt::print(out_, "\nruns to look at, up to {} per cell, violations first\n",
                               CellStatistics::kept_failures);
                }
                fmt::print(out_, "  {}\n    {}\n", failure.why,
                           again_command(sweep_.plan.file, failure.seed, sweep_.cells[i].mode, overrides));
            }
        }
    }

    // The reasons why some cells have no theory, each once.
    void theory_remarks() {
        std::set<std::string> reasons;
        double error = -1;
        for (const auto& cell : sweep_.cells) {
            if (cell.theory) error = std::max(error, cell.theory->latency_error);
            if (!cell.theory) reasons.insert(cell.theory.error());
        }
        if (error >= 0) {
            fmt::print(out_, "\ntheory: E[first PROBE] + T_p + J + T_ok and delays, within {}; {}\n", time_text(error),
                       "E[m^2] + n - 1 messages, n(n-1) if all take part");
            fmt::print(out_, "        (an ELECTION that crosses the COORDINATOR starts another round of messages)\n");
        }
        for (const auto& reason : reasons) fmt::print(out_, "\nno theory where {}\n", reason);
    }

    std::ostream& out_;
    const Sweep& sweep_;
    TableStyle style_;
};

}  // namespace

void write_tables(std::ostream& out, const Sweep& sweep, TableStyle style) { Writer(out, sweep, style).write(); }

}  // namespace bully::sim
