#include "sim/plot/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bully::sim {
namespace {

// The least of 1, 2 and 5 times a power of ten that is at least `least`.
double round_step(double least) {
    const auto power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double digit : {1.0, 2.0, 5.0}) {
        if (digit * power >= least * (1 - 1e-9)) return digit * power;
    }
    return 10 * power;
}

// The greatest of 1, 2 and 5 times a power of ten that is at most `most`.
double round_below(double most) {
    const auto power = std::pow(10.0, std::floor(std::log10(most) + 1e-9));
    for (const double digit : {5.0, 2.0}) {
        if (digit * power <= most * (1 + 1e-9)) return digit * power;
    }
    return power;
}

std::string with_commas(std::string digits) {
    const auto end = std::min(digits.find('.'), digits.size());
    for (auto at = end; at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits;
}

}  // namespace

std::string tick_label(double value, double step, bool percent) {
    if (percent) return tick_label(value * 100, step * 100, false) + "%";
    std::string suffix;
    for (const auto& [unit, name] : {std::pair{1e9, "G"}, std::pair{1e6, "M"}}) {
        if (std::max(std::abs(value), step) < unit || std::fmod(step, unit / 10) != 0) continue;
        value /= unit;
        step /= unit;
        suffix = name;
        break;
    }
    const auto decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
    return with_commas(fmt::format("{:.{}f}", value, decimals)) + suffix;
}

PlotScale::PlotScale(const PlotAxis& axis, double min, double max, double from, double to, int wanted, bool tight)
    : logarithmic_(axis.scale == PlotAxis::Scale::logarithmic), min_(min), max_(max), from_(from), to_(to) {
    if (!axis.categories.empty()) {
        min_ = -0.5;
        max_ = static_cast<double>(axis.categories.size()) - 0.5;
        for (std::size_t i = 0; i < axis.categories.size(); ++i) add(static_cast<double>(i), axis.categories[i]);
    } else if (logarithmic_) {
        logarithmic_ticks(axis, wanted, tight);
    } else {
        linear_ticks(axis, wanted, tight);
    }
    if (axis.ticks.empty()) return;
    ticks_.clear();
    for (const auto value : axis.ticks) {
        // As many decimals as this tick needs.
        double step = 1;
        while (step > 1e-9 && std::abs(std::round(value / step) * step - value) > std::abs(value) * 1e-9) step /= 10;
        add(value, tick_label(value, step, axis.percent));
    }
}

void PlotScale::add(double value, std::string label) {
    const auto slack = (max_ - min_) * 1e-9;
    if (value < min_ - slack || value > max_ + slack) return;
    ticks_.push_back({value, std::move(label)});
}

double PlotScale::operator()(double value) const {
    const auto part = logarithmic_ ? std::log(value / min_) / std::log(max_ / min_) : (value - min_) / (max_ - min_);
    return from_ + part * (to_ - from_);
}

void PlotScale::linear_ticks(const PlotAxis& axis, int wanted, bool tight) {
    if (!tight && min_ > 0 && min_ < 0.5 * max_) min_ = 0;
    if (max_ <= min_) {
        const auto around = min_ == 0 ? 1.0 : std::abs(min_) / 2;
        min_ -= min_ >= 0 ? std::min(around, min_) : around;
        max_ += around;
    }
    const auto step = round_step((max_ - min_) / wanted);
    if (!tight) {
        min_ = std::floor(min_ / step + 1e-9) * step;
        max_ = std::ceil(max_ / step - 1e-9) * step;
    }
    const auto last = std::llround(std::floor(max_ / step + 1e-9));
    for (auto i = std::llround(std::ceil(min_ / step - 1e-9)); i <= last; ++i) {
        const auto value = static_cast<double>(i) * step + 0.0;  // never -0
        add(value, tick_label(value, step, axis.percent));
    }
}

void PlotScale::logarithmic_ticks(const PlotAxis& axis, int wanted, bool tight) {
    if (max_ <= min_) {
        min_ /= 2;
        max_ *= 2;
    }
    const auto decades = std::log10(max_ / min_);
    if (decades < 0.7) {  // less than 1 to 5: round values, evenly apart
        linear_ticks(axis, wanted, true);
        return;
    }
    if (!tight) {
        min_ = round_below(min_);
        max_ = round_step(max_);
    }
    const auto every = std::max(1, static_cast<int>(std::ceil(decades / wanted)));
    for (auto exponent = static_cast<int>(std::floor(std::log10(min_))); std::pow(10.0, exponent) <= max_; ++exponent) {
        const auto power = std::pow(10.0, exponent);
        for (int digit = 1; digit < 10; ++digit) {
            const bool major =
                digit == 1 ? exponent % every == 0 : (digit == 2 || digit == 5) && decades * 3 <= wanted + 3;
            add(digit * power, major ? tick_label(digit * power, power, axis.percent) : "");
        }
    }
}

}  // namespace bully::sim
