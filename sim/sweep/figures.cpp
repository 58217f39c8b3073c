#include "sim/sweep/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace bully::sim {
namespace {

// The finest power of ten to which the quantile is known.
int known_to(const Histogram::Quantile& quantile) {
    return static_cast<int>(std::ceil(std::log10(static_cast<double>(quantile.high - quantile.low) / 2) - 1e-9));
}

double rounded_to(int power, std::int64_t value) {
    const auto unit = std::pow(10.0, power);
    return std::round(static_cast<double>(value) / unit) * unit;
}

}  // namespace

std::string time_text(double ns) {
    if (ns == 0) return "0s";
    if (ns < 1e3) return fmt::format("{:.0f}ns", ns);
    if (ns < 1e6) return fmt::format("{:.1f}us", ns / 1e3);
    if (ns < 1e9) return fmt::format("{:.1f}ms", ns / 1e6);
    return ns < 1e11 ? fmt::format("{:.3f}s", ns / 1e9) : fmt::format("{:.0f}s", ns / 1e9);
}

std::string time_text(std::int64_t ns) { return time_text(static_cast<double>(ns)); }

std::string count_text(double count) {
    if (count == 0) return "0";
    if (count < 0.1) return fmt::format("{:.2g}", count);
    return count < 1e5 ? fmt::format("{:.2f}", count) : fmt::format("{:.0f}", count);
}

std::string time_text(const Histogram::Quantile& quantile) {
    if (quantile.low == quantile.high) return time_text(quantile.value);
    // The value in `unit`, a power of ten of nanoseconds, with at most `finest` decimals.
    const auto in = [&](int unit, int finest, std::string_view name) {
        const auto power = std::max(known_to(quantile), unit - finest);
        return fmt::format("{:.{}f}{}", rounded_to(power, quantile.value) / std::pow(10.0, unit),
                           std::max(0, unit - power), name);
    };
    const auto about = rounded_to(known_to(quantile), quantile.value);
    if (about < 1e3) return in(0, 0, "ns");
    if (about < 1e6) return in(3, 1, "us");
    return about < 1e9 ? in(6, 1, "ms") : in(9, 3, "s");
}

std::string count_text(const Histogram::Quantile& quantile) {
    if (quantile.low == quantile.high) return std::to_string(quantile.value);
    return fmt::format("~{:.0f}", rounded_to(std::max(0, known_to(quantile)), quantile.value));
}

}  // namespace bully::sim
