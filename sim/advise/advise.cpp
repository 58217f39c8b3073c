#include "sim/advise/advise.hpp"

#include "sim/util/counted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

namespace bully::sim {
namespace {

constexpr double few_false_elections = 1;                 // per day
constexpr std::uint64_t check_seeds = 1'000'000'000'000;  // beyond those of the first measurement

// The value to three digits, by way of its text: the compared value is the shown one, with any C library.
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

double false_elections(const Candidate& candidate) { return candidate.false_elections_a_day(); }

double balance(const Cost& cost) { return cost.mean_s * cost.mean_s * cost.messages; }

// The candidate at the least distance from the best value of everything, in ratios; the worst value has distance 1.
std::size_t nearest_to_best(const std::vector<Candidate>& candidates, const std::vector<std::size_t>& these) {
    std::vector<double> distances(these.size());
    const auto add = [&](auto&& cost) {
        std::vector<double> logs;
        logs.reserve(these.size());
        for (const auto i : these) logs.push_back(std::log(cost(candidates[i])));
        const auto [best, worst] = std::minmax_element(logs.begin(), logs.end());
        if (*best == *worst) return;
        for (std::size_t k = 0; k < logs.size(); ++k) distances[k] += std::pow((logs[k] - *best) / (*worst - *best), 2);
    };
    add([](const Candidate& candidate) { return candidate.cost.mean_s; });
    add(false_elections);
    add([](const Candidate& candidate) { return candidate.cost.messages; });
    return these[static_cast<std::size_t>(std::min_element(distances.begin(), distances.end()) - distances.begin())];
}

std::string rule_for(const Advice& advice) {
    if (false_elections(advice.candidates[advice.recommended]) <= few_false_elections) {
        return "Among the settings that keep C1 to C3 and had at most one false election a day, this one has the least "
               "time² x messages. No setting that was tried halves the time to a new leader for less than four times "
               "the messages, or halves the messages for less than 41% more time.";
    }
    return "Every setting that keeps C1 to C3 had more than one false election a day. Among these settings, this one "
           "is nearest to the best time to a new leader, the fewest false elections and the fewest messages; "
           "distances are ratios, scaled by the range from the best to the worst.";
}

std::string reason_for(const Advice& advice) {
    const auto& chosen = advice.candidates[advice.recommended];
    const auto& timing = chosen.measured.timing;
    std::string text =
        fmt::format("It keeps C1 to C3 for delays of up to {}", bully::to_string(three_digits(advice.longest_delay)));
    if (!advice.environment.delay.is_bounded()) text += ", which one message in a million exceeds";
    text += ".";
    const auto& check = chosen.check ? *chosen.check : chosen.measured;
    const auto [least, most] = check.false_elections_interval();
    text += fmt::format(
        " A second measurement with other seeds: {} in {}, so at most {:.{}f} a day (95% "
        "confidence), and a new leader after {:.3g}s.",
        counted(check.false_elections, "false election"),
        counted(fmt::format("{:.3g}", static_cast<double>(check.calm.count()) / 3'600e9), "hour"), most,
        most < 10 ? 2 : 0, check.new_leader.mean() / 1e9);
    const bool shown = most <= few_false_elections || least > few_false_elections;
    if (!shown) text += " This doesn't show that it has at most one false election a day.";
    const auto& stall = advice.environment.stall;
    if (stall && timing.probe_timeout > stall->lasts + 2 * advice.longest_delay) {
        text += fmt::format(" T_p is longer than a stall of {}, so a leader that wakes up is still the leader.",
                            bully::to_string(stall->lasts));
    }
    for (const auto& edge : edges_of(timing, advice.candidates)) text += " " + edge;
    return text;
}

std::vector<std::string> risks_of(const Advice& advice) {
    std::vector<std::string> risks;
    const auto& environment = advice.environment;
    const auto& timing = advice.candidates[advice.recommended].measured.timing;
    const auto round_trip = 2 * advice.longest_delay;
    if (!environment.delay.is_bounded()) {
        risks.push_back(fmt::format(
            "Delays have no bound. A PROBE that takes longer than T_p to be answered is a false election; "
            "an OK that takes longer than T_ok lets a lower process win, and two lead until the higher "
            "one has announced itself. One message in a million exceeds {}, which is half of the least T_ok and "
            "T_p that keep C1 and C3.",
            bully::to_string(three_digits(advice.longest_delay))));
    } else if (environment.delay.kind() == Delay::Kind::empirical) {
        risks.push_back(
            fmt::format("The bound {} is the longest delay in the measurements, and a later one may be longer.",
                        bully::to_string(three_digits(advice.longest_delay))));
    }
    const auto probe_margin = timing.probe_timeout - round_trip;
    const auto answer_margin = timing.answer_timeout - round_trip;
    const auto& stall = environment.stall;
    if (!stall) {
        risks.push_back(
            fmt::format("A process that pauses for more than {} (garbage collection, a busy host) may be "
                        "taken for dead. Describe such pauses by --stall.",
                        bully::to_string(three_digits(std::min(probe_margin, answer_margin)))));
    } else {
        const auto outlasts = [&](Duration margin, std::string_view timeout, std::string_view consequence) {
            if (margin >= stall->lasts) return;
            risks.push_back(fmt::format("A stall of {} is longer than the {} that {} allows: during a stall {}.",
                                        bully::to_string(stall->lasts), bully::to_string(three_digits(margin)), timeout,
                                        consequence));
        };
        outlasts(probe_margin, "T_p", "the leader may be deposed");
        outlasts(answer_margin, "T_ok", "a lower process may win");
    }
    if (environment.loss != 0) {
        risks.emplace_back(
            "A lost PROBE or OK is a false election whatever the timeouts are, and a lost COORDINATOR leaves a process "
            "behind until its next PROBE. With loss, C1 to C3 don't guarantee agreement within a fixed time.");
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

double Candidate::false_elections_a_day() const {
    return check ? shown(check->false_elections_a_day()) : cost.false_elections;
}

std::size_t recommend(const std::vector<Candidate>& candidates, const std::vector<std::size_t>& front) {
    std::vector<std::size_t> left;
    std::copy_if(front.begin(), front.end(), std::back_inserter(left),
                 [&](std::size_t i) { return candidates[i].broken.empty(); });
    // A timing that keeps the conditions is dominated only by others that do, so some are left.
    assert(!left.empty());
    const auto has_few = [&](std::size_t i) { return false_elections(candidates[i]) <= few_false_elections; };
    if (!std::any_of(left.begin(), left.end(), has_few)) return nearest_to_best(candidates, left);
    std::erase_if(left, [&](std::size_t i) { return !has_few(i); });
    return *std::min_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) {
        return balance(candidates[a].cost) < balance(candidates[b].cost);
    });
}

std::vector<std::string> edges_of(const Timing& timing, const std::vector<Candidate>& candidates) {
    std::vector<std::string> edges;
    const auto tell = [&](Duration Timing::*timeout, bool same_answer_timeout, std::string_view longer) {
        bool more = false;
        bool less = false;
        for (const auto& candidate : candidates) {
            const auto& other = candidate.measured.timing;
            if (same_answer_timeout && other.answer_timeout != timing.answer_timeout) continue;
            more = more || other.*timeout > timing.*timeout;
            less = less || other.*timeout < timing.*timeout;
        }
        if (less && !more) edges.emplace_back(longer);
    };
    bool longer_gap = false;
    bool shorter_gap = false;
    for (const auto& candidate : candidates) {
        longer_gap = longer_gap || candidate.measured.timing.probe_gap.max > timing.probe_gap.max;
        shorter_gap = shorter_gap || candidate.measured.timing.probe_gap.max < timing.probe_gap.max;
    }
    if (shorter_gap && !longer_gap) {
        edges.emplace_back(
            "Its probe gap is the longest that was tried: a longer one has fewer messages and a later new leader.");
    }
    if (longer_gap && !shorter_gap) {
        edges.emplace_back(
            "Its probe gap is the shortest that was tried: a shorter one has an earlier new leader and more messages.");
    }
    tell(&Timing::probe_timeout, false,
         "Its T_p is the longest that was tried: a longer one has a later new leader, and fewer false elections if "
         "there are any.");
    tell(&Timing::answer_timeout, false,
         "Its T_ok is the longest that was tried: a longer one has a later new leader.");
    tell(&Timing::coordinator_timeout, true,
         "Its T_coord is the longest that was tried with its T_ok: a longer one has fewer repeated elections, and a "
         "later new leader if a COORDINATOR is lost.");
    return edges;
}

std::vector<std::size_t> shown_front(const Advice& advice, std::size_t most) {
    const auto& front = advice.front;
    if (front.size() <= most) return front;
    // Logarithms, for ratios. Fewer false elections than one in ten days count as none.
    const auto place = [&](std::size_t i) {
        const auto& cost = advice.candidates[i].cost;
        return std::array{std::log(cost.mean_s), std::log(cost.p99_s), std::log(cost.messages),
                          std::log(cost.false_elections + 0.1)};
    };
    const auto distance = [&](std::size_t a, std::size_t b) {
        const auto left = place(a);
        const auto right = place(b);
        double sum = 0;
        for (std::size_t k = 0; k < left.size(); ++k) sum += std::abs(left[k] - right[k]);
        return sum;
    };
    std::vector<std::size_t> shown{advice.recommended};
    const auto& chosen = advice.candidates[advice.recommended].measured.timing;
    for (const auto i : front) {
        auto like = advice.candidates[i].measured.timing;
        like.probe_gap = chosen.probe_gap;
        like.probe_gap_limit = chosen.probe_gap_limit;
        if (i != advice.recommended && shown.size() < most / 2 && like == chosen) shown.push_back(i);
    }
    const auto add_from = [&](bool kept, std::size_t until) {
        while (shown.size() < until) {
            std::optional<std::size_t> best;
            double farthest = 0;
            for (const auto i : front) {
                if (advice.candidates[i].broken.empty() != kept) continue;
                double nearest = std::numeric_limits<double>::infinity();
                for (const auto other : shown) nearest = std::min(nearest, distance(i, other));
                if (nearest > farthest) {
                    farthest = nearest;
                    best = i;
                }
            }
            if (!best) return;
            shown.push_back(*best);
        }
    };
    add_from(true, most * 2 / 3);
    add_from(false, most);
    add_from(true, most);
    std::vector<std::size_t> ordered;
    std::copy_if(front.begin(), front.end(), std::back_inserter(ordered),
                 [&](std::size_t i) { return std::find(shown.begin(), shown.end(), i) != shown.end(); });
    return ordered;
}

std::optional<Advice> advise(const Environment& environment, const MeasureOptions& options) {
    double done = 0;
    const auto measure_next = [&](const std::vector<Timing>& timings, MeasureOptions now, double later) {
        const auto work = work_of(environment, timings, now);
        if (options.progress) {
            now.progress = [&, work, later](double part) {
                options.progress((done + part * work) / (done + work + later));
            };
        }
        auto measured = measure(environment, timings, now);
        done += work;
        return measured;
    };
    const auto check_options = [&](const Timing& timing) {
        auto again = options;
        again.seed += check_seeds;
        again.calm = options.calm.value_or(check_calm(environment, timing));
        return again;
    };
    const auto timings = candidate_timings(environment);
    // A check may take as long as everything before it. So the longest possible check counts from the beginning.
    double longest_check = 0;
    for (const auto& timing : timings) {
        longest_check = std::max(longest_check, work_of(environment, {timing}, check_options(timing)));
    }
    auto measured = measure_next(timings, options, longest_check);
    if (!measured) return std::nullopt;
    Advice advice;
    advice.environment = environment;
    advice.longest_delay = longest_counted_delay(environment.delay);
    std::vector<Cost> costs;
    for (auto& one : *measured) {
        advice.candidates.push_back(candidate(std::move(one), advice.longest_delay));
        costs.push_back(advice.candidates.back().cost);
    }
    advice.front = pareto_front(costs);
    for (;;) {
        advice.recommended = recommend(advice.candidates, advice.front);
        auto& best = advice.candidates[advice.recommended];
        if (best.check) break;
        const auto& timing = best.measured.timing;
        auto check = measure_next({timing}, check_options(timing), 0);
        if (!check) return std::nullopt;
        best.check = std::move(check->front());
    }
    std::stable_sort(advice.front.begin(), advice.front.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(costs[a].messages, costs[a].mean_s) < std::pair(costs[b].messages, costs[b].mean_s);
    });
    advice.rule = rule_for(advice);
    advice.reason = reason_for(advice);
    advice.risks = risks_of(advice);
    return advice;
}

}  // namespace bully::sim
