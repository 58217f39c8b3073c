// Confidence intervals, two-sided and of 95 %, for what is rare: where the mean's normal approximation would say ±0, or
// less than none. Statistics are IEEE 754 basic operations and square roots: the same with every compiler.
#pragma once

#include <cstdint>

namespace bully::sim {

struct Interval {
    double low = 0;
    double high = 0;
};

inline constexpr double two_sided_95 = 1.959963984540054;  ///< Of the normal distribution.

/// Of a proportion of which `part` of `whole` were seen: Wilson's score interval (1927). Requires: part <= whole, and
/// whole > 0.
[[nodiscard]] Interval proportion_interval(std::uint64_t part, std::uint64_t whole);

/// Of the expected count of independent events of which `count` were seen: Byar's approximation (Breslow and Day 1987);
/// [0, 3] for none (the rule of three).
[[nodiscard]] Interval poisson_interval(std::uint64_t count);

/// Of the expected sum of the sizes of independent rare events: Fay and Feuer's gamma interval (1997), which for sizes
/// of 1 is that of poisson_interval. Requires: sum > 0, one_more > 0.
/// @param squares the sum of the squares of the sizes
/// @param one_more of this size would be no surprise: of known sizes the greatest
[[nodiscard]] Interval rare_sum_interval(double sum, double squares, double one_more);

}  // namespace bully::sim
