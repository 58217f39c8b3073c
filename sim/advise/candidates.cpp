#include "sim/advise/candidates.hpp"

#include <algorithm>
#include <chrono>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;

// The least round time above `bound`: C1 to C3 are strict inequalities.
Duration more_than(Duration bound) { return rounded_up(bound + 1ns); }

void sort_unique(std::vector<Duration>& times) {
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
}

// A sample of round trips, ascending: enough for usual and rare ones.
std::vector<Duration> round_trips(const Delay& delay) {
    constexpr std::size_t quantiles = 64;
    std::vector<Duration> trips;
    trips.reserve(quantiles * quantiles);
    const auto middle = [](std::size_t i) { return (static_cast<double>(i) + 0.5) / quantiles; };
    for (std::size_t i = 0; i < quantiles; ++i) {
        for (std::size_t k = 0; k < quantiles; ++k) {
            trips.push_back(delay_quantile(delay, middle(i)) + delay_quantile(delay, middle(k)));
        }
    }
    std::sort(trips.begin(), trips.end());
    return trips;
}

struct Waits {
    std::vector<Duration> probe;
    std::vector<Duration> answer;
};

Waits candidate_waits(const Environment& environment) {
    const auto round_trip = 2 * longest_counted_delay(environment.delay);
    const auto least = more_than(round_trip);
    // One round trip in a hundred exceeds this. If delays vary, it is shorter than C1 and C3 allow.
    const auto trips = round_trips(environment.delay);
    const auto shorter = std::min(least, more_than(trips[trips.size() * 99 / 100]));
    Waits waits{{shorter, least, rounded_up(2 * least)}, {shorter, least, rounded_up(2 * least)}};
    if (environment.stall) {
        const auto survives = more_than(environment.stall->lasts + round_trip);
        waits.probe.push_back(survives);
        waits.answer.push_back(survives);
    }
    sort_unique(waits.probe);
    sort_unique(waits.answer);
    return waits;
}

// 100 ms, 300 ms, 1 s ... 30 s, without those shorter than a round trip; at least three.
std::vector<DurationRange> candidate_gaps(Duration round_trip) {
    std::vector<DurationRange> gaps;
    Duration longest = 100ms;
    for (bool third = false; longest <= 30s || gaps.size() < 3; third = !third) {
        if (longest >= round_trip) gaps.push_back({rounded_up(longest / 6), longest});
        longest = third ? longest / 3 * 10 : longest * 3;
    }
    return gaps;
}

}  // namespace

Duration delay_quantile(const Delay& delay, double q) {
    constexpr double draws = 4294967296.0;
    return delay.sample(static_cast<std::uint32_t>(std::clamp(q * draws, 0.0, draws - 1)));
}

Duration longest_counted_delay(const Delay& delay) {
    return delay.is_bounded() ? delay.longest() : delay_quantile(delay, counted_part);
}

double late_part(const Delay& delay, Duration timeout) {
    const auto trips = round_trips(delay);
    const auto late = trips.end() - std::upper_bound(trips.begin(), trips.end(), timeout);
    return static_cast<double>(late) / static_cast<double>(trips.size());
}

Duration rounded_up(Duration duration) {
    Duration unit = 1ns;
    while (duration > 99 * unit) unit *= 10;
    return (duration + unit - 1ns) / unit * unit;
}

Duration three_digits(Duration duration) {
    Duration unit = 1ns;
    while (duration >= 1'000 * unit) unit *= 10;
    return (duration + unit / 2) / unit * unit;
}

std::vector<Timing> candidate_timings(const Environment& environment) {
    const auto round_trip = 2 * longest_counted_delay(environment.delay);
    const auto waits = candidate_waits(environment);
    const auto least_answer = more_than(round_trip);
    std::vector<Timing> timings;
    const auto add = [&](Timing timing, Duration answer, Duration coordinator) {
        timing.answer_timeout = answer;
        timing.coordinator_timeout = coordinator;
        timings.push_back(timing);
    };
    for (const auto probe_timeout : waits.probe) {
        for (const auto gap : candidate_gaps(round_trip)) {
            Timing timing;
            timing.probe_timeout = probe_timeout;
            timing.probe_gap = gap;
            timing.probe_gap_limit = std::max(timing.probe_gap_limit, gap.max);
            const auto least_coordinator = [&](Duration answer) {
                return more_than(answer + round_trip + timing.hold_down);
            };
            const auto least = least_coordinator(least_answer);
            add(timing, least_answer, least);
            add(timing, least_answer, rounded_up((least_answer + least) / 2));
            add(timing, least_answer, rounded_up(2 * least));
            for (const auto answer : waits.answer) {
                if (answer != least_answer) add(timing, answer, least_coordinator(answer));
            }
        }
    }
    return timings;
}

}  // namespace bully::sim
