// One-way delays: the distributions that a scenario may name, sampled without floating-point surprises.
#pragma once

#include "core/timing.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bully::sim {

/// The longest time in a scenario, and of a sample: sums of a few, and bounds made of them, stay in range.
inline constexpr Duration longest_time = std::chrono::hours(24 * 366);

[[nodiscard]] inline double in_ns(Duration duration) { return static_cast<double>(duration.count()); }

/// draw / 2^32 * width, rounded down: uniform over 0 .. width - 1, in 64-bit arithmetic.
[[nodiscard]] constexpr std::uint64_t scaled(std::uint32_t draw, std::uint64_t width) {
    return (width >> 32U) * draw + (((width & 0xFFFFFFFFU) * draw) >> 32U);
}

/// A distribution of one-way delays. A sample is a function of a 32-bit draw, so every distribution is bounded:
/// `longest()` is what the greatest draw gives (for an exponential one about 22 times its mean). All arithmetic is
/// IEEE 754 addition, multiplication, division and square root, with logarithm and exponential of our own: the same
/// sample with every compiler, optimisation level and C library.
class Delay {
  public:
    enum class Kind : std::uint8_t { constant, uniform, exponential, normal, lognormal, pareto, empirical };

    static Delay constant(Duration value);
    static Delay uniform(Duration min, Duration max);
    /// `min` is added to a draw of the given mean.
    static Delay exponential(Duration mean, Duration min = {});
    /// Cut at `min` below.
    static Delay normal(Duration mean, Duration deviation, Duration min = {});
    static Delay lognormal(Duration median, double sigma);
    static Delay pareto(Duration min, double shape);
    /// One of `samples`, each as likely. Requires: not empty.
    static Delay empirical(std::vector<Duration> samples);

    /// No sample will be longer.
    [[nodiscard]] Delay capped(Duration max) const;

    [[nodiscard, gnu::always_inline]] Duration sample(std::uint32_t draw) const {
        if (kind_ == Kind::constant) return min_;
        if (kind_ == Kind::uniform) return min_ + Duration{static_cast<std::int64_t>(scaled(draw, width_))};
        return sample_other(draw);
    }
    /// `sample` of each of `draws`. Requires: `out` is as long.
    void sample_each(std::span<const std::uint32_t> draws, std::span<Duration> out) const;
    [[nodiscard]] Kind kind() const { return kind_; }
    [[nodiscard]] Duration shortest() const { return sample(0); }
    [[nodiscard]] Duration longest() const { return sample(UINT32_MAX); }
    /// Whether `longest()` is a property of the distribution, and not only of the greatest draw there is.
    [[nodiscard]] bool is_bounded() const {
        return kind_ == Kind::constant || kind_ == Kind::uniform || kind_ == Kind::empirical || cap_ != Duration::max();
    }
    /// "uniform 1ms..10ms": for summaries.
    [[nodiscard]] std::string describe() const;

    friend bool operator==(const Delay&, const Delay&) = default;

  private:
    [[nodiscard]] Duration sample_other(std::uint32_t draw) const;

    Kind kind_ = Kind::constant;
    Duration min_{};
    std::uint64_t width_ = 0;  // uniform: max - min + 1 ns
    double scale_ns_ = 0;      // mean, median or minimum
    double shape_ = 0;         // deviation in ns, sigma, or the pareto's shape
    Duration cap_ = Duration::max();
    std::vector<Duration> samples_;
};

}  // namespace bully::sim
