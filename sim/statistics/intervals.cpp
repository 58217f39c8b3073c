#include "sim/statistics/intervals.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace bully::sim {
namespace {

// A quantile of the gamma distribution, by Wilson and Hilferty (1931): `deviations` of the normal one.
double gamma_quantile(double shape, double deviations) {
    const auto root = 1 - 1 / (9 * shape) + deviations / (3 * std::sqrt(shape));
    return root <= 0 ? 0 : shape * root * root * root;
}

}  // namespace

Interval proportion_interval(std::uint64_t part, std::uint64_t whole) {
    assert(part <= whole && whole > 0);
    constexpr auto z2 = two_sided_95 * two_sided_95;
    const auto n = static_cast<double>(whole);
    const auto seen = static_cast<double>(part);
    const auto middle = seen + z2 / 2;
    const auto half = two_sided_95 * std::sqrt(seen * (n - seen) / n + z2 / 4);
    // Exactly 0 and 1 at the ends, where the roots have a rounding error.
    return {part == 0 ? 0 : (middle - half) / (n + z2), part == whole ? 1 : std::min(1.0, (middle + half) / (n + z2))};
}

Interval poisson_interval(std::uint64_t count) {
    if (count == 0) return {0, 3};
    const auto k = static_cast<double>(count);
    return rare_sum_interval(k, k, 1);
}

Interval rare_sum_interval(double sum, double squares, double one_more) {
    assert(sum > 0 && one_more > 0);
    // The gamma distribution with the mean and the variance of the sum; above, those with one more event.
    const auto scaled = [](double mean, double variance, double deviations) {
        return variance / mean * gamma_quantile(mean * mean / variance, deviations);
    };
    return {scaled(sum, squares, -two_sided_95), scaled(sum + one_more, squares + one_more * one_more, two_sided_95)};
}

}  // namespace bully::sim
