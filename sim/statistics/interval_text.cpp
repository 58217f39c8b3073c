#include "sim/statistics/interval_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bully::sim {
namespace {

// To a tenth; to two digits of what is left to 0 or 100 where that is less than 10.
std::string percent(double part, double (*rounded)(double)) {
    const auto left = 100 * std::min(part, 1 - part);
    const auto decimals = left > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(left))), 1, 12) : 1;
    const auto unit = std::pow(10.0, decimals);
    return fmt::format("{:.{}f}", rounded(100 * part * unit) / unit, decimals);
}

}  // namespace

std::string margin_text(double mean, const Interval& interval, const std::function<std::string(double)>& text) {
    const auto below = mean - interval.low;
    const auto above = interval.high - mean;
    if (interval.low == 0) return "<" + text(interval.high);
    return above - below < 0.01 * above ? "±" + text(above)
                                        : fmt::format("{}..{}", text(interval.low), text(interval.high));
}

std::string part_text(std::uint64_t some, std::uint64_t whole) {
    const auto [low, high] = proportion_interval(some, whole);
    const auto least = [low = low] { return percent(low, std::floor); };
    const auto most = [high = high] { return percent(high, std::ceil); };
    if (some == 0) return "<" + most() + "%";
    if (some == whole) return ">" + least() + "%";
    return least() + ".." + most() + "%";
}

}  // namespace bully::sim
