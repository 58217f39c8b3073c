// A log-linear histogram of the values of many runs. Merging histograms is exact.
//
// Values are integers >= 0: nanoseconds, or counts. Below 1,024 each value has its own bucket. Above, each power of two
// has 512 equal buckets, so a bucket is at most 1/512 of its values wide (as in HdrHistogram), and its middle is right
// to three digits. Count, sum, sum of squares, minimum and maximum are exact integers. A histogram depends only on the
// multiset of its values: merging is addition, and the order and the grouping of the values don't matter, to the byte.
// Statistics are IEEE 754 basic operations on these integers: the same with every compiler. Not thread-safe.
#pragma once

#include "sim/statistics/intervals.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

class Histogram {
  public:
    /// An integer of 128 bits: sums of squares are exact for 2^18 values of a year in nanoseconds, or 2^58 of half a
    /// minute.
    __extension__ using Sum = unsigned __int128;

    /// A non-empty bucket: the values in [low, high].
    struct Bucket {
        std::int64_t low = 0;
        std::int64_t high = 0;
        std::uint64_t count = 0;

        friend bool operator==(const Bucket&, const Bucket&) = default;
    };

    /// A nearest-rank quantile. It lies in [low, high]; `value`, the middle, is off by at most 1/1024.
    struct Quantile {
        std::int64_t value = 0;
        std::int64_t low = 0;
        std::int64_t high = 0;
    };

    /// A confidence interval of a quantile. Without `high`, too few values are greater to bound it.
    struct QuantileInterval {
        std::int64_t low = 0;
        std::optional<std::int64_t> high;
    };

    /// The whole state as integers that a JSON file can hold; sums have two words of 64 bits.
    struct Parts {
        std::uint64_t sum_high = 0;
        std::uint64_t sum_low = 0;
        std::uint64_t squares_high = 0;
        std::uint64_t squares_low = 0;
        std::int64_t min = 0;  ///< 0 if empty, as max.
        std::int64_t max = 0;
        std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets;  ///< (index, count > 0), ascending.

        friend bool operator==(const Parts&, const Parts&) = default;
    };

    /// Adds a value. Requires: value >= 0; the sums stay within 128 bits.
    void add(std::int64_t value, std::uint64_t times = 1);
    void merge(const Histogram& other);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::int64_t min() const { return min_; }  ///< 0 if empty.
    [[nodiscard]] std::int64_t max() const { return max_; }  ///< 0 if empty.

    /// The mean; 0 if empty.
    [[nodiscard]] double mean() const;
    /// The sample variance (n - 1), exact up to the last rounding; 0 for fewer than two values.
    [[nodiscard]] double variance() const;
    /// The 95 % confidence interval of the mean, never below 0: the normal approximation, or, if only few values differ
    /// much from the least, the gamma interval of rare events (intervals.hpp). If all values are equal, the interval is
    /// that of a rare event of size `step` that was never seen: 1 for counts. None if `step` is 0, as for times,
    /// because then nothing is known; none for fewer than two values.
    ///
    /// The coverage for rare events of which some were seen is 94 % or more if they are counts up to 9, or times with
    /// light tails: uniform, exponential, lognormal with sigma 1. With heavy tails the greatest events are likely not
    /// seen yet, and the coverage is lower: 87 % for three lognormal events with sigma 1.5.
    [[nodiscard]] std::optional<Interval> mean_interval(std::int64_t step) const;

    /// The quantile q: the least value with at least the part q of all values at or below it. Requires: not empty,
    /// 0 <= q <= 1.
    [[nodiscard]] Quantile quantile(double q) const;
    /// A confidence interval of the quantile q, with a coverage of at least 95 % for any distribution. Its ends are
    /// order statistics, chosen by the exact binomial distribution of the number of values below the quantile, and
    /// widened to the edges of their buckets. Requires: not empty, 0 < q < 1.
    [[nodiscard]] QuantileInterval quantile_interval(double q) const;

    /// The same with `beyond` more values of which only one thing is known: they are greater than all values here.
    /// None, or no `high`, if the quantile or the end is among them; `low` is always known.
    [[nodiscard]] std::optional<Quantile> quantile(double q, std::uint64_t beyond) const;
    [[nodiscard]] QuantileInterval quantile_interval(double q, std::uint64_t beyond) const;

    /// The non-empty buckets, ascending, cut to [min, max].
    [[nodiscard]] std::vector<Bucket> buckets() const;

    /// The whole state.
    [[nodiscard]] Parts parts() const;
    /// A histogram from its parts(). Error: the parts that contradict each other.
    static tl::expected<Histogram, std::string> from_parts(const Parts& parts);

    friend bool operator==(const Histogram&, const Histogram&) = default;

  private:
    // The bucket of the value of this rank; ranks count from 1.
    [[nodiscard]] Bucket of_rank(std::uint64_t rank) const;
    [[nodiscard]] Bucket bucket(std::size_t index) const;
    std::uint64_t& bucket_count(std::size_t index);

    std::size_t first_ = 0;              // the bucket of min_
    std::vector<std::uint64_t> counts_;  // by bucket, from that of min_ to that of max_
    std::uint64_t count_ = 0;
    Sum sum_ = 0;
    Sum squares_ = 0;
    std::int64_t min_ = 0;
    std::int64_t max_ = 0;
};

}  // namespace bully::sim
