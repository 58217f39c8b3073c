// Figures of a sweep, as its tables show them: with the digits that are known.
#pragma once

#include "sim/statistics/histogram.hpp"

#include <cstdint>
#include <string>

namespace bully::sim {

/// Four significant digits, or so.
[[nodiscard]] std::string time_text(double ns);
[[nodiscard]] std::string time_text(std::int64_t ns);
[[nodiscard]] std::string count_text(double count);

/// A quantile is known to its bucket: where that holds a single value with all digits, as other figures, and else none
/// finer than half the bucket's width; a count then as "~2460".
[[nodiscard]] std::string time_text(const Histogram::Quantile& quantile);
[[nodiscard]] std::string count_text(const Histogram::Quantile& quantile);

}  // namespace bully::sim
