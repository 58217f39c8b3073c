#include "sim/theory/next_probe.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace bully::sim {
namespace {

constexpr double steps_a_width = 512;
constexpr double most_steps = 1 << 21;

// After this long R is within 1e-4 of its closed form: wide gaps take some of them to fall out of step, narrow ones
// long.
double time_to_forget(DurationRange gap) {
    const auto mean = (in_ns(gap.min) + in_ns(gap.max)) / 2;
    const auto width = in_ns(gap.max - gap.min);
    return 10 * mean + 20 * mean * mean * mean / (width * width);
}

double step_of(DurationRange gap) { return in_ns(gap.max - gap.min) / steps_a_width; }

// P(a gap, uniform over a..b, is longer than x).
double longer(double x, double a, double b) { return std::clamp((b - x) / (b - a), 0.0, 1.0); }

}  // namespace

NextProbe::NextProbe(DurationRange gap) : a_(in_ns(gap.min)), b_(in_ns(gap.max)), mean_((a_ + b_) / 2) {
    assert(gap.max > Duration::zero() && gap.min <= gap.max);
}

bool NextProbe::can_follow(DurationRange gap, Duration age) {
    return gap.max > gap.min && (in_ns(age) > time_to_forget(gap) || in_ns(age) <= most_steps * step_of(gap));
}

// The number N(t) of PROBEs up to t is expected to be F(t - r) + E[N(t - X)], X a gap with the round trip r, but for
// the first, F(t): all of it integrals of what is known up to then.
NextProbe::NextProbe(DurationRange gap, Duration round_trip, Duration age)
    : NextProbe({gap.min + round_trip, gap.max + round_trip}) {
    assert(can_follow(gap, age));
    if (in_ns(age) > time_to_forget(gap)) return;
    round_trip_ = in_ns(round_trip);
    age_ = in_ns(age);
    step_ = step_of(gap);
    const auto steps = static_cast<std::size_t>(age_ / step_) + 2;
    probes_.reserve(steps);
    probe_time_.reserve(steps);
    for (std::size_t i = 0; i < steps; ++i) {
        const auto t = static_cast<double>(i) * step_;
        const auto first = 1 - longer(t, a_ - round_trip_, b_ - round_trip_);
        const auto later = (expected(probe_time_, t - a_) - expected(probe_time_, t - b_)) / (b_ - a_);
        probes_.push_back(first + later);
        probe_time_.push_back(i == 0 ? 0 : probe_time_.back() + (probes_[i - 1] + probes_[i]) / 2 * step_);
    }
}

double NextProbe::expected(const std::vector<double>& table, double at) const {
    if (at <= 0) return 0;
    if (table.size() < 2) return table.back();
    // Where gaps may be shorter than a step, the last value is still to be found: the line through those before it.
    const auto place = at / step_;
    const auto i = std::min(static_cast<std::size_t>(place), table.size() - 2);
    return table[i] + (table[i + 1] - table[i]) * (place - static_cast<double>(i));
}

double NextProbe::survival(double x) const {
    if (x >= b_) return 0;
    if (!is_closed_form()) {
        // Either the first PROBE is later than x from now, or the gap after the last one is.
        const auto until = age_ + x;
        const auto none_yet = longer(until, a_ - round_trip_, b_ - round_trip_);
        const auto at_gap = expected(probe_time_, std::min(age_, until - a_)) - expected(probe_time_, until - b_);
        return std::max(0.0, none_yet + longer(x, a_, b_) * expected(probes_, age_) - at_gap / (b_ - a_));
    }
    if (x <= a_) return 1 - x / mean_;
    return (b_ - x) * (b_ - x) / (2 * (b_ - a_) * mean_);
}

double NextProbe::at_survival(double y) const {
    if (!is_closed_form()) {
        double low = 0;
        double high = b_;
        while (high - low > 0.5) {
            const auto middle = (low + high) / 2;
            (survival(middle) > y ? low : high) = middle;
        }
        return (low + high) / 2;
    }
    const auto x = (1 - y) * mean_;
    return x <= a_ ? x : b_ - std::sqrt(2 * (b_ - a_) * mean_ * y);
}

double NextProbe::mean_of_least(std::uint64_t count) const {
    assert(count > 0);
    const auto m = static_cast<double>(count);
    if (!is_closed_form()) {
        // All of them are later than x with probability survival(x)^m, which is uniform.
        constexpr int points = 4096;
        double sum = 0;
        for (int i = 0; i < points; ++i) sum += at_survival(std::pow((i + 0.5) / points, 1 / m));
        return sum / points;
    }
    const auto q = (b_ - a_) / (a_ + b_);
    return mean_ / (m + 1) * (1 - std::pow(q, m + 1)) + std::pow(q, m) * (b_ - a_) / (2 * m + 1);
}

}  // namespace bully::sim
