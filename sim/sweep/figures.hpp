// The figures in the tables of a sweep, with the digits that are known.
#pragma once

#include "sim/statistics/histogram.hpp"

#include <cstdint>
#include <string>

namespace bully::sim {

/// A time in nanoseconds, or a count, with about four significant digits.
[[nodiscard]] std::string time_text(double ns);
[[nodiscard]] std::string time_text(std::int64_t ns);
[[nodiscard]] std::string count_text(double count);

/// A quantile, which is known to its bucket. A bucket of a single value is shown as other figures are; otherwise no
/// digit is finer than half the width of the bucket, and a count has the form "~2460".
[[nodiscard]] std::string time_text(const Histogram::Quantile& quantile);
[[nodiscard]] std::string count_text(const Histogram::Quantile& quantile);

}  // namespace bully::sim
