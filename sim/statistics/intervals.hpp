// Confidence intervals for rare events, two-sided, of 95 %: the normal approximation would give ±0, or reach below 0.
// Statistics are IEEE 754 basic operations and square roots: the same with every compiler.
#pragma once

#include <cstdint>

namespace bully::sim {

struct Interval {
    double low = 0;
    double high = 0;
};

inline constexpr double two_sided_95 = 1.959963984540054;  ///< The quantile 0.975 of the normal distribution.

/// The interval of a proportion, of which `part` of `whole` were seen: Wilson's score interval (1927). Requires:
/// part <= whole, whole > 0.
[[nodiscard]] Interval proportion_interval(std::uint64_t part, std::uint64_t whole);

/// The interval of the expected number of independent events, of which `count` were seen: Byar's approximation (Breslow
/// and Day 1987); [0, 3] for a count of 0 (the rule of three).
[[nodiscard]] Interval poisson_interval(std::uint64_t count);

/// The interval of the expected sum of the sizes of independent rare events: Fay and Feuer's gamma interval (1997). For
/// events of size 1 it equals poisson_interval. Requires: sum > 0, one_more > 0.
/// @param squares the sum of the squares of the sizes
/// @param one_more the size of one further event that would be no surprise: the greatest size, if sizes are known
[[nodiscard]] Interval rare_sum_interval(double sum, double squares, double one_more);

}  // namespace bully::sim
