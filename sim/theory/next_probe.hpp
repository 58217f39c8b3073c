// The time until a process sends its next PROBE. Its PROBEs are a renewal process with uniform gaps.
#pragma once

#include "sim/scenario/delay.hpp"

#include <cstdint>
#include <vector>

namespace bully::sim {

/// The distribution of R, the time in ns from some instant to the next PROBE of one process.
class NextProbe {
  public:
    /// For a process that has PROBEd for long: the closed form of core/README.md. Requires: gap.max > 0.
    explicit NextProbe(DurationRange gap);

    /// For a process that began `age` ago with a gap; each later gap begins with the answer to a PROBE, a round trip
    /// after it. While the beginning still matters, R follows from the renewal equation, solved by steps. Requires:
    /// can_follow(gap, age).
    NextProbe(DurationRange gap, Duration round_trip, Duration age);

    /// Whether the steps suffice. They don't if gaps scatter so little that processes which begin together stay in step
    /// for thousands of gaps.
    [[nodiscard]] static bool can_follow(DurationRange gap, Duration age);

    /// Whether the closed form is used, because the beginning doesn't matter any more.
    [[nodiscard]] bool is_closed_form() const { return probes_.empty(); }

    /// P(R > x), for any x >= 0.
    [[nodiscard]] double survival(double x) const;
    /// The x with survival(x) = y, 0 <= y <= 1.
    [[nodiscard]] double at_survival(double y) const;
    /// The expected least of `count` independent R, in ns. Requires: count > 0.
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
