#include "sim/advise_grid.hpp"

#include <algorithm>
#include <chrono>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;

// The least round time that is more than `bound`: C1 to C3 are strict.
Duration more_than(Duration bound) { return rounded_up(bound + 1ns); }

void sort_unique(std::vector<Duration>& times) {
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
}

struct Waits {
    std::vector<Duration> probe;
    std::vector<Duration> answer;
};

Waits candidate_waits(const Surroundings& surroundings) {
    const auto round_trip = 2 * longest_counted_delay(surroundings.delay);
    const auto least = more_than(round_trip);
    Waits waits{{least, rounded_up(2 * least)}, {least}};
    if (surroundings.delay.is_bounded()) {
        waits.probe.push_back(rounded_up(3 * least / 2));
    } else {
        const auto shorter = more_than(2 * delay_quantile(surroundings.delay, 0.999));
        waits.probe.push_back(shorter);
        waits.answer.push_back(shorter);
    }
    if (surroundings.stall) {
        const auto lasts = surroundings.stall->lasts;
        waits.probe.push_back(more_than(lasts + round_trip));
        waits.answer.push_back(more_than(lasts + round_trip));
    }
    sort_unique(waits.probe);
    sort_unique(waits.answer);
    return waits;
}

// 100 ms, 300 ms, 1 s ... 30 s, as far as they aren't shorter than a round trip; at least three.
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

std::vector<Timing> candidate_timings(const Surroundings& surroundings) {
    const auto round_trip = 2 * longest_counted_delay(surroundings.delay);
    const auto waits = candidate_waits(surroundings);
    std::vector<Timing> timings;
    for (const auto probe_timeout : waits.probe) {
        for (const auto gap : candidate_gaps(round_trip)) {
            for (const auto answer_timeout : waits.answer) {
                Timing timing;
                timing.probe_timeout = probe_timeout;
                timing.probe_gap = gap;
                timing.probe_gap_limit = std::max(timing.probe_gap_limit, gap.max);
                timing.answer_timeout = answer_timeout;
                const auto least = more_than(answer_timeout + round_trip + timing.hold_down);
                timing.coordinator_timeout = least;
                timings.push_back(timing);
                if (surroundings.loss == 0) continue;
                timing.coordinator_timeout = rounded_up(2 * least);
                timings.push_back(timing);
            }
        }
    }
    return timings;
}

}  // namespace bully::sim
