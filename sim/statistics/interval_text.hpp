// The texts of confidence intervals in tables, beside their figure.
#pragma once

#include "sim/statistics/intervals.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace bully::sim {

/// The interval of a mean: "±12"; "9..20" if the mean isn't in its middle; "<20" if it begins at 0.
[[nodiscard]] std::string margin_text(double mean, const Interval& interval,
                                      const std::function<std::string(double)>& text);

/// The interval of the part `some` of `whole`: "0.11..0.84%", "<0.39%" for 0, ">99.61%" for `whole`. Rounded outwards,
/// with enough digits to tell 100 % from nearly 100 %. Requires: some <= whole, whole > 0.
[[nodiscard]] std::string part_text(std::uint64_t some, std::uint64_t whole);

}  // namespace bully::sim
