// One-way delays: the distributions that a scenario may name, sampled without floating-point surprises.
#pragma once

#include "core/timing.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bully::sim {

/// The longest time that a scenario may give, and the longest sample. Sums of a few such times stay in range.
inline constexpr Duration longest_time = std::chrono::hours(24 * 366);

[[nodiscard]] inline double in_ns(Duration duration) { return static_cast<double>(duration.count()); }

/// A draw scaled to 0 .. width - 1: draw / 2^32 * width, rounded down, in 64-bit arithmetic.
[[nodiscard]] constexpr std::uint64_t scaled(std::uint32_t draw, std::uint64_t width) {
    return (width >> 32U) * draw + (((width & 0xFFFFFFFFU) * draw) >> 32U);
}

/// A distribution of one-way delays. A sample is a function of a 32-bit draw, so every distribution is bounded:
/// `longest()` is the sample of the greatest draw (for an exponential distribution about 22 times its mean). Samples
/// are the same with every compiler, optimisation level and C library: the arithmetic is IEEE 754 addition,
/// multiplication, division and square root, and logarithm and exponential are our own.
class Delay {
  public:
    enum class Kind : std::uint8_t { constant, uniform, exponential, normal, lognormal, pareto, empirical };

    static Delay constant(Duration value);
    static Delay uniform(Duration min, Duration max);
    /// `min` plus an exponential draw with this mean.
    static Delay exponential(Duration mean, Duration min = {});
    /// A normal draw; those below `min` count as `min`.
    static Delay normal(Duration mean, Duration deviation, Duration min = {});
    static Delay lognormal(Duration median, double sigma);
    static Delay pareto(Duration min, double shape);
    /// One of `samples`, all equally likely. Requires: `samples` isn't empty.
    static Delay empirical(std::vector<Duration> samples);

    /// The same distribution, in which longer samples count as `max`.
    [[nodiscard]] Delay capped(Duration max) const;

    [[nodiscard, gnu::always_inline]] Duration sample(std::uint32_t draw) const {
        if (kind_ == Kind::constant) return min_;
        if (kind_ == Kind::uniform) return min_ + Duration{static_cast<std::int64_t>(scaled(draw, width_))};
        return sample_other(draw);
    }
    /// Writes `sample(draws[i])` to `out[i]`. Requires: `draws` and `out` have the same size.
    void sample_each(std::span<const std::uint32_t> draws, std::span<Duration> out) const;
    [[nodiscard]] Kind kind() const { return kind_; }
    [[nodiscard]] Duration shortest() const { return sample(0); }
    [[nodiscard]] Duration longest() const { return sample(UINT32_MAX); }
    /// Whether the distribution itself has a greatest value. Otherwise `longest()` follows only from the greatest draw.
    [[nodiscard]] bool is_bounded() const {
        return kind_ == Kind::constant || kind_ == Kind::uniform || kind_ == Kind::empirical || cap_ != Duration::max();
    }
    /// The delay in words, for summaries: "uniform 1ms..10ms".
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
