// Intervals as tables show them, beside the figure that they are of.
#pragma once

#include "sim/statistics/intervals.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace bully::sim {

/// Around a mean: "±12"; "9..20" if that isn't in the middle, as of what is rare; "<20" if it reaches down to nothing.
[[nodiscard]] std::string margin_text(double mean, const Interval& interval,
                                      const std::function<std::string(double)>& text);

/// Which part of all `some` of `whole` may stand for: "0.11..0.84%", "<0.39%" for none, ">99.61%" for all. Rounded
/// outwards, and fine enough that all stays apart from nearly all. Requires: some <= whole, and whole > 0.
[[nodiscard]] std::string part_text(std::uint64_t some, std::uint64_t whole);

}  // namespace bully::sim
