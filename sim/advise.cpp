#include "sim/advise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <string_view>
#include <utility>

namespace bully::sim {
namespace {

constexpr double few_false_elections = 1;                 // a day
constexpr std::uint64_t check_seeds = 1'000'000'000'000;  // beyond those of the first measurement

// To three digits. By way of text: what is compared is what is shown, with any C library.
double shown(double value) { return std::stod(fmt::format("{:.2e}", value)); }

bool dominates(const Cost& a, const Cost& b) {
    const auto left = a.all();
    const auto right = b.all();
    bool better = false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (left[i] > right[i]) return false;
        better = better || left[i] < right[i];
    }
    return better;
}

Candidate candidate(Measured measured, Duration longest_delay) {
    Candidate made;
    made.broken = broken_conditions(measured.timing, longest_delay);
    made.cost = {shown(measured.new_leader.mean() / 1e9),
                 shown(static_cast<double>(measured.new_leader.quantile(0.99).value) / 1e9),
                 shown(measured.false_elections_a_day()), shown(measured.messages_a_second()),
                 static_cast<double>(made.broken.size())};
    made.measured = std::move(measured);
    return made;
}

double balance(const Cost& cost) { return cost.mean_s * cost.mean_s * cost.messages; }

std::string reason_for(const Advice& advice) {
    const auto& chosen = advice.candidates[advice.recommended];
    const auto& timing = chosen.measured.timing;
    std::string text =
        fmt::format("It keeps C1 to C3 with delays of up to {}", bully::to_string(three_digits(advice.longest_delay)));
    if (!advice.surroundings.delay.is_bounded()) text += ", which one message in a million exceeds";
    text += ". ";
    if (chosen.cost.false_elections <= few_false_elections) {
        text += "Of the settings that do, and were seen to have at most one false election a day, ";
    } else {
        text +=
            "None that does was seen to have at most one false election a day; of those with at most twice the fewest ";
    }
    text +=
        "it has the best balance (least time² x messages): half the time to a new leader would cost more than four "
        "times the messages, and half the messages more than 41 % of time.";
    const auto [least, most] = chosen.measured.false_elections_interval();
    text += fmt::format(
        " Measured again by itself, with other seeds: {} false elections in {:.3g} hours, so {:.{}f} a day at most "
        "(95% confidence)",
        chosen.measured.false_elections, static_cast<double>(chosen.measured.calm.count()) / 3'600e9, most,
        most < 10 ? 2 : 0);
    const bool shown = most <= few_false_elections || least > few_false_elections;
    text += shown ? "." : "; that it is at most one a day isn't shown.";
    const auto& stall = advice.surroundings.stall;
    if (stall && timing.probe_timeout > stall->lasts + 2 * advice.longest_delay) {
        text += fmt::format(" T_p outlasts a stall of {}, so a leader that wakes up is still the leader.",
                            bully::to_string(stall->lasts));
    }
    return text;
}

std::vector<std::string> risks_of(const Advice& advice) {
    std::vector<std::string> risks;
    const auto& surroundings = advice.surroundings;
    const auto& timing = advice.candidates[advice.recommended].measured.timing;
    const auto round_trip = 2 * advice.longest_delay;
    if (!surroundings.delay.is_bounded()) {
        risks.push_back(
            fmt::format("Delays have no bound. A PROBE that takes longer than T_p to be answered is a false election; "
                        "an OK that takes longer than T_ok lets a lower process win, and two lead until the higher "
                        "one has announced itself. One message in a million exceeds {}, half of the least T_ok and T_p "
                        "that keep C1 and C3.",
                        bully::to_string(three_digits(advice.longest_delay))));
    } else if (surroundings.delay.kind() == Delay::Kind::empirical) {
        risks.push_back(fmt::format("The bound {} is the longest delay that was observed, and the next may be longer.",
                                    bully::to_string(three_digits(advice.longest_delay))));
    }
    const auto probe_margin = timing.probe_timeout - round_trip;
    const auto answer_margin = timing.answer_timeout - round_trip;
    const auto& stall = surroundings.stall;
    if (!stall) {
        risks.push_back(
            fmt::format("A process that pauses for more than {} (garbage collection, a busy host) may be "
                        "taken for dead: say how often and how long with --stall.",
                        bully::to_string(three_digits(std::min(probe_margin, answer_margin)))));
    } else {
        const auto outlasts = [&](Duration margin, std::string_view timeout, std::string_view consequence) {
            if (margin >= stall->lasts) return;
            risks.push_back(fmt::format("A stall of {} is longer than {}, which {} allows: within it {}.",
                                        bully::to_string(stall->lasts), bully::to_string(three_digits(margin)), timeout,
                                        consequence));
        };
        outlasts(probe_margin, "T_p", "the leader may be deposed");
        outlasts(answer_margin, "T_ok", "a lower process may win");
    }
    if (surroundings.loss != 0) {
        risks.emplace_back(
            "A lost PROBE or OK is a false election whatever the timeouts are, and a lost COORDINATOR leaves a process "
            "behind until its next PROBE: with loss C1 to C3 don't suffice for agreement within a fixed time.");
    }
    return risks;
}

}  // namespace

std::vector<std::size_t> pareto_front(const std::vector<Cost>& costs) {
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < costs.size(); ++i) {
        const auto beaten = [&](std::size_t other) {
            return dominates(costs[other], costs[i]) || (other < i && costs[other].all() == costs[i].all());
        };
        bool stays = true;
        for (std::size_t other = 0; other < costs.size() && stays; ++other) stays = !beaten(other);
        if (stays) front.push_back(i);
    }
    return front;
}

std::size_t recommend(const std::vector<Candidate>& candidates, const std::vector<std::size_t>& front) {
    std::vector<std::size_t> left;
    std::copy_if(front.begin(), front.end(), std::back_inserter(left),
                 [&](std::size_t i) { return candidates[i].broken.empty(); });
    // Those that keep the conditions are beaten only by others that do.
    assert(!left.empty());
    const auto false_elections = [&](std::size_t i) { return candidates[i].cost.false_elections; };
    const auto fewest = *std::min_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) {
        return false_elections(a) < false_elections(b);
    });
    const auto limit =
        false_elections(fewest) <= few_false_elections ? few_false_elections : 2 * false_elections(fewest);
    std::erase_if(left, [&](std::size_t i) { return false_elections(i) > limit; });
    return *std::min_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) {
        return balance(candidates[a].cost) < balance(candidates[b].cost);
    });
}

std::optional<Advice> advise(const Surroundings& surroundings, const MeasureOptions& options) {
    auto measured = measure(surroundings, candidate_timings(surroundings), options);
    if (!measured) return std::nullopt;
    Advice advice;
    advice.surroundings = surroundings;
    advice.longest_delay = longest_counted_delay(surroundings.delay);
    std::vector<Cost> costs;
    for (auto& one : *measured) {
        advice.candidates.push_back(candidate(std::move(one), advice.longest_delay));
        costs.push_back(advice.candidates.back().cost);
    }
    auto again = options;
    again.seed += check_seeds;
    again.progress = nullptr;
    for (;;) {
        advice.front = pareto_front(costs);
        const auto best = recommend(advice.candidates, advice.front);
        advice.recommended = best;
        if (advice.candidates[best].checked) break;
        const auto timing = advice.candidates[best].measured.timing;
        again.calm = options.calm.value_or(check_calm(surroundings, timing));
        auto check = measure(surroundings, {timing}, again);
        if (!check) return std::nullopt;
        advice.candidates[best] = candidate(std::move(check->front()), advice.longest_delay);
        advice.candidates[best].checked = true;
        costs[best] = advice.candidates[best].cost;
    }
    std::stable_sort(advice.front.begin(), advice.front.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(costs[a].messages, costs[a].mean_s) < std::pair(costs[b].messages, costs[b].mean_s);
    });
    advice.reason = reason_for(advice);
    advice.risks = risks_of(advice);
    return advice;
}

}  // namespace bully::sim
