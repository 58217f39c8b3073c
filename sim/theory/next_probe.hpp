// How long it takes until a process sends its next PROBE: its PROBEs are a renewal process with uniform gaps.
#pragma once

#include "sim/scenario/delay.hpp"

#include <cstdint>
#include <vector>

namespace bully::sim {

/// The time R from some instant to the next PROBE of one process, in nanoseconds.
class NextProbe {
  public:
    /// Of a process long under way, in the closed form of core/README.md. Requires: gap.max > 0.
    explicit NextProbe(DurationRange gap);

    /// Of a process that has been under way for `age`. It began with a gap; each later one begins with the answer to a
    /// PROBE, a round trip after it. Before that is forgotten, R follows from the renewal equation, by steps.
    /// Requires: can_follow(gap, age).
    NextProbe(DurationRange gap, Duration round_trip, Duration age);

    /// Not where gaps scatter so little that many processes that begin together stay in step for thousands of them.
    [[nodiscard]] static bool can_follow(DurationRange gap, Duration age);

    /// Whether it is that of a process long under way: at once, or as good as.
    [[nodiscard]] bool is_closed_form() const { return probes_.empty(); }

    /// P(R > x), for any x >= 0.
    [[nodiscard]] double survival(double x) const;
    /// The x with survival(x) = y, 0 <= y <= 1.
    [[nodiscard]] double at_survival(double y) const;
    /// E[min of `count` independent ones], count > 0.
    [[nodiscard]] double mean_of_least(std::uint64_t count) const;

  private:
    [[nodiscard]] double expected(const std::vector<double>& table, double at) const;

    double a_;  // gaps, each with the round trip before it
    double b_;
    double mean_;
    // Of a process whose beginning isn't forgotten; else empty.
    double round_trip_ = 0;
    double age_ = 0;
    double step_ = 0;
    std::vector<double> probes_;      // expected up to each step
    std::vector<double> probe_time_;  // the integral of that
};

}  // namespace bully::sim
