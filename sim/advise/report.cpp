#include "sim/advise/report.hpp"

#include "core/names.hpp"
#include "sim/statistics/interval_text.hpp"
#include "sim/util/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

constexpr std::size_t most_rows = 12;

// Three digits, without an exponent: "0.012", "1.23", "45.6", "1230".
std::string number(double value) {
    const auto decimals = value <= 0 ? 0 : std::clamp(2 - static_cast<int>(std::floor(std::log10(value))), 0, 4);
    return fmt::format("{:.{}f}", value, decimals);
}

std::string seconds(double ns) { return number(ns / 1e9) + "s"; }

// "±0.12", "(1.2..3.4)".
std::string margin(double mean, const Interval& interval) {
    const auto text = margin_text(mean, interval, number);
    return text.starts_with("±") ? text : "(" + text + ")";
}

std::string mean_cell(const Measured& measured) {
    const auto mean = measured.new_leader.mean();
    const auto interval = measured.new_leader.mean_interval(0);
    if (!interval) return seconds(mean);
    return seconds(mean) + " " + margin(mean / 1e9, {interval->low / 1e9, interval->high / 1e9});
}

std::string p99_cell(const Measured& measured) {
    const auto interval = measured.new_leader.quantile_interval(0.99);
    const auto value = seconds(static_cast<double>(measured.new_leader.quantile(0.99).value));
    const auto low = number(static_cast<double>(interval.low) / 1e9);
    if (!interval.high) return fmt::format("{} (over {})", value, low);
    return fmt::format("{} ({}..{})", value, low, number(static_cast<double>(*interval.high) / 1e9));
}

std::string false_cell(const Measured& measured) {
    const auto interval = measured.false_elections_interval();
    if (measured.false_elections == 0) return fmt::format("0 (below {})", number(interval.high));
    return fmt::format("{} ({}..{})", number(measured.false_elections_a_day()), number(interval.low),
                       number(interval.high));
}

std::string messages_cell(const Measured& measured) {
    const auto mean = measured.messages_a_second();
    return number(mean) + " " + margin(mean, measured.messages_interval());
}

// The time in hours or minutes if it is a whole number of them; to_string would give seconds.
std::string long_time(Duration time) {
    if (time >= 1h && time % 1h == 0s) return fmt::format("{}h", time / 1h);
    if (time >= 1min && time % 1min == 0s) return fmt::format("{}min", time / 1min);
    return bully::to_string(time);
}

std::string gap_text(DurationRange gap, std::string_view between) {
    return bully::to_string(gap.min) + std::string(between) + bully::to_string(gap.max);
}

std::string conditions_cell(const Candidate& candidate) {
    if (candidate.broken.empty()) return "kept";
    std::string text = "breaks";
    for (const auto& condition : candidate.broken) text += " " + condition.name;
    return text;
}

using Row = std::vector<std::string>;

Row row_of(const Candidate& candidate) {
    const auto& measured = candidate.measured;
    const auto& timing = measured.timing;
    return {bully::to_string(timing.probe_timeout),
            bully::to_string(timing.answer_timeout),
            bully::to_string(timing.coordinator_timeout),
            gap_text(timing.probe_gap, ".."),
            mean_cell(measured),
            p99_cell(measured),
            false_cell(measured),
            messages_cell(measured),
            conditions_cell(candidate)};
}

void write_table(std::ostream& out, const Advice& advice, bool colour) {
    std::vector<Row> rows{{"", "", "", "", "new leader after a crash:", "", "false elections", "messages", ""},
                          {"T_p", "T_ok", "T_coord", "probe gap", "mean", "p99", "a day", "a second", "C1 to C3"}};
    const std::size_t heads = rows.size();
    const auto shown = shown_front(advice, most_rows);
    for (const auto i : shown) rows.push_back(row_of(advice.candidates[i]));
    auto widths = column_widths(std::span(rows).subspan(1));
    widths[6] = std::max(widths[6], rows[0][6].size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const bool chosen = r >= heads && shown[r - heads] == advice.recommended;
        std::string line = chosen ? "> " : "  ";
        for (std::size_t i = 0; i < widths.size(); ++i) {
            // The heading of the two columns about crashes stands over both.
            const bool spans = r == 0 && i == 4;
            line += left_aligned(rows[r][i], spans ? widths[4] + 2 + widths[5] : widths[i]) + "  ";
            if (spans) ++i;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out << painted(line, look::headline, chosen && colour) << "\n";
    }
    if (shown.size() < advice.front.size()) {
        out << fmt::format(
            "  … {} of {}: the recommended setting, the same with other gaps, and different ones; --json has all\n",
            shown.size(), advice.front.size());
    }
}

// "21ms to 84ms", over all settings.
template <typename ValueOf>
std::string range_of(const Advice& advice, ValueOf&& value_of) {
    const auto by_value = [&](const Candidate& a, const Candidate& b) {
        return value_of(a.measured.timing) < value_of(b.measured.timing);
    };
    const auto [least, most] = std::minmax_element(advice.candidates.begin(), advice.candidates.end(), by_value);
    return bully::to_string(value_of(least->measured.timing)) + " to " +
           bully::to_string(value_of(most->measured.timing));
}

// The lines after the first stand under the text, not under its heading.
void write_wrapped(std::ostream& out, std::string_view heading, std::string_view text) {
    constexpr std::size_t limit = 100;
    const auto indent = shown_length(heading);
    auto before = std::string(heading);
    for (const auto& line : wrapped(text, limit - indent)) {
        out << std::exchange(before, std::string(indent, ' ')) << line << "\n";
    }
}

std::string percent(std::uint64_t loss) {
    return fmt::format("{}%", number(static_cast<double>(loss) / 4294967296.0 * 100));
}

Json interval_json(const std::optional<Interval>& interval) {
    return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

Json timing_json(const Timing& timing) {
    return {{"answer_timeout_ns", timing.answer_timeout.count()},
            {"coordinator_timeout_ns", timing.coordinator_timeout.count()},
            {"probe_timeout_ns", timing.probe_timeout.count()},
            {"probe_gap_ns", {timing.probe_gap.min.count(), timing.probe_gap.max.count()}}};
}

Json false_elections_json(const Measured& measured) {
    return {{"seen", measured.false_elections},
            {"calm_ns", measured.calm.count()},
            {"a_day", measured.false_elections_a_day()},
            {"a_day_interval", interval_json(measured.false_elections_interval())}};
}

Json candidate_json(const Candidate& candidate) {
    const auto& measured = candidate.measured;
    const auto& times = measured.new_leader;
    auto json = timing_json(measured.timing);
    auto broken = Json::array();
    for (const auto& condition : candidate.broken) broken.push_back(condition.name);
    json["broken_conditions"] = std::move(broken);
    const auto p99 = times.quantile_interval(0.99);
    json["new_leader_ns"] = {{"crashes", times.count()},
                             {"unsettled", measured.unsettled},
                             {"mean", times.mean()},
                             {"mean_interval", interval_json(times.mean_interval(0))},
                             {"p99", times.quantile(0.99).value},
                             {"p99_interval", {p99.low, p99.high ? Json(*p99.high) : Json(nullptr)}}};
    json["false_elections"] = false_elections_json(measured);
    json["messages_a_second"] = measured.messages_a_second();
    json["messages_a_second_interval"] = interval_json(measured.messages_interval());
    json["check"] = nullptr;
    if (const auto& check = candidate.check) {
        json["check"] = {{"new_leader_mean_ns", check->new_leader.mean()},
                         {"false_elections", false_elections_json(*check)}};
    }
    return json;
}

}  // namespace

std::string timing_block(const Timing& timing) {
    return fmt::format(
        "timing:\n  answer_timeout: {}\n  coordinator_timeout: {}\n  probe_timeout: {}\n"
        "  probe_gap: [{}]\n",
        bully::to_string(timing.answer_timeout), bully::to_string(timing.coordinator_timeout),
        bully::to_string(timing.probe_timeout), gap_text(timing.probe_gap, ", "));
}

std::string live_options(const Timing& timing) {
    return fmt::format("--answer-timeout {} --coordinator-timeout {} --probe-timeout {} --probe-gap {}",
                       bully::to_string(timing.answer_timeout), bully::to_string(timing.coordinator_timeout),
                       bully::to_string(timing.probe_timeout), gap_text(timing.probe_gap, ","));
}

void write_advice(std::ostream& out, const Advice& advice, bool colour) {
    const auto& given = advice.environment;
    const auto quantile = [&](double q) { return bully::to_string(three_digits(delay_quantile(given.delay, q))); };
    out << fmt::format("{} processes, mode {}\n", given.processes, bully::to_string(given.mode));
    write_wrapped(out, "  delay, one way   ",
                  fmt::format("{}; half of the delays below {}, 99% below {}, 99.9% below {}", given.delay.describe(),
                              quantile(0.5), quantile(0.99), quantile(0.999)));
    if (given.stall) {
        out << fmt::format("  stalls           of {}, once in {} on average for each process\n",
                           bully::to_string(given.stall->lasts), long_time(given.stall->every));
    }
    if (given.loss != 0) out << fmt::format("  loss             {} of all messages\n", percent(given.loss));
    const auto& any = advice.candidates.front().measured;
    auto least = any.calm;
    auto most = any.calm;
    for (const auto& candidate : advice.candidates) {
        least = std::min(least, candidate.measured.calm);
        most = std::max(most, candidate.measured.calm);
    }
    const auto hours = [](Duration time) { return number(static_cast<double>(time.count()) / 3.6e12); };
    const auto calm = hours(least) == hours(most) ? hours(most) : hours(least) + " to " + hours(most);
    out << fmt::format(
        "  simulated        {} settings, each with {} silent crashes of the leader and {} hours of calm\n",
        advice.candidates.size(), any.new_leader.count(), calm);
    write_wrapped(out, "  tried            ",
                  fmt::format("T_p {}, T_ok {}, T_coord {}, longest probe gap {}",
                              range_of(advice, [](const Timing& timing) { return timing.probe_timeout; }),
                              range_of(advice, [](const Timing& timing) { return timing.answer_timeout; }),
                              range_of(advice, [](const Timing& timing) { return timing.coordinator_timeout; }),
                              range_of(advice, [](const Timing& timing) { return timing.probe_gap.max; })));
    if (given.stall) out << "  both with stalls: for each seed the same stalls in all settings\n";
    out << "\nSettings that no other setting dominates (in brackets and after ±: 95% confidence intervals):\n";
    write_table(out, advice, colour);
    if (given.stall || given.loss != 0 || !given.delay.is_bounded()) {
        write_wrapped(out, "",
                      "False elections and messages were measured with the least T_ok and T_coord that keep C1 and C2, "
                      "for each T_p and gap.");
    }
    const auto& chosen = advice.candidates[advice.recommended].measured;
    out << "\n";
    write_wrapped(out, "Chosen: ", advice.rule);
    write_wrapped(out, "Recommended (>): ", advice.reason);
    for (const auto& risk : advice.risks) write_wrapped(out, "  Risk: ", risk);
    if (chosen.unsettled > 0) {
        out << fmt::format("  Risk: after {} of {} crashes there was no agreement within {}.\n", chosen.unsettled,
                           chosen.new_leader.count(), seconds(static_cast<double>(chosen.new_leader.max())));
    }
    out << "\nFor a scenario:\n\n"
        << timing_block(chosen.timing) << "\nFor a live node:\n\n  bully_live ... " << live_options(chosen.timing)
        << "\n";
}

void write_advice_json(std::ostream& out, const Advice& advice) {
    const auto& given = advice.environment;
    Json json{{"processes", given.processes},
              {"mode", std::string(bully::to_string(given.mode))},
              {"delay", given.delay.describe()},
              {"delay_bounded", given.delay.is_bounded()},
              {"longest_delay_ns", advice.longest_delay.count()},
              {"loss", static_cast<double>(given.loss) / 4294967296.0},
              {"stall", nullptr}};
    if (given.stall) {
        json["stall"] = {{"every_ns", given.stall->every.count()}, {"lasts_ns", given.stall->lasts.count()}};
    }
    json["settings"] = advice.candidates.size();
    auto& front = json["front"] = Json::array();
    for (const auto i : advice.front) front.push_back(candidate_json(advice.candidates[i]));
    const auto& chosen = advice.candidates[advice.recommended];
    json["recommended"] = candidate_json(chosen);
    json["rule"] = advice.rule;
    json["reason"] = advice.reason;
    json["risks"] = advice.risks;
    json["scenario_timing"] = timing_block(chosen.measured.timing);
    json["bully_live_options"] = live_options(chosen.measured.timing);
    out << json.dump() << "\n";
}

}  // namespace bully::sim
