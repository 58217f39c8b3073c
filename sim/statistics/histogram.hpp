// How often each value occurred, over many runs: a log-linear histogram that loses nothing when parts are merged.
//
// Values are integers >= 0: nanoseconds, or counts. Below 1,024 each value has a bucket of its own; above, each power
// of two is cut into 512 equal buckets, so that a bucket is at most 1/512 of its values wide (as in HdrHistogram): the
// middle of a bucket is right to three digits. Count, sum, sum of squares, least and greatest are exact integers. A
// histogram is a function of the multiset of its values: merging is addition, and the same to the byte in whatever
// order and whatever parts the values came. Statistics are IEEE 754 basic operations on those integers: the
// same with every compiler. Not thread-safe.
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
    /// Of 128 bits: the sums stay exact up to 2^18 values of a year in nanoseconds, or 2^58 of half a minute.
    __extension__ using Sum = unsigned __int128;

    /// A bucket that isn't empty: the values in [low, high].
    struct Bucket {
        std::int64_t low = 0;
        std::int64_t high = 0;
        std::uint64_t count = 0;

        friend bool operator==(const Bucket&, const Bucket&) = default;
    };

    /// The nearest-rank quantile lies in [low, high], and `value`, the middle, is at most 1/1024 off.
    struct Quantile {
        std::int64_t value = 0;
        std::int64_t low = 0;
        std::int64_t high = 0;
    };

    /// A confidence interval of a quantile. No `high`: there are too few values beyond it to bound it.
    struct QuantileInterval {
        std::int64_t low = 0;
        std::optional<std::int64_t> high;
    };

    /// All of it in integers that a JSON file can hold, sums in two words of 64 bits.
    struct Parts {
        std::uint64_t sum_high = 0;
        std::uint64_t sum_low = 0;
        std::uint64_t squares_high = 0;
        std::uint64_t squares_low = 0;
        std::int64_t min = 0;  ///< 0 if empty; likewise max.
        std::int64_t max = 0;
        std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets;  ///< (index, count > 0), ascending.

        friend bool operator==(const Parts&, const Parts&) = default;
    };

    /// Requires: value >= 0, and sums within 128 bits.
    void add(std::int64_t value, std::uint64_t times = 1);
    void merge(const Histogram& other);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::int64_t min() const { return min_; }  ///< 0 if empty.
    [[nodiscard]] std::int64_t max() const { return max_; }  ///< 0 if empty.

    /// 0 if empty.
    [[nodiscard]] double mean() const;
    /// Of the sample, with n - 1; exact but for its last rounding. 0 below two values.
    [[nodiscard]] double variance() const;
    /// 95 %, never below 0. By the normal approximation; where few values differ much from the least, as those above it
    /// are rare events (intervals.hpp). Where all are equal, as if no value had been seen that differs by `step`: 1 for
    /// counts. None if `step` is 0, as of times, for nothing is known then; and none below two values.
    ///
    /// Of rare events that were seen at all it catches 94 % and more if they are counts up to 9, or times of few
    /// sigmas: uniform, exponential, lognormal with sigma 1. Of those that are small but for one in ten or a hundred
    /// the greatest are likely not seen yet, and it catches less: 87 % with a lognormal sigma of 1.5 and three events.
    [[nodiscard]] std::optional<Interval> mean_interval(std::int64_t step) const;

    /// The least value with at least a part q of all values at or below it. Requires: not empty, 0 <= q <= 1.
    [[nodiscard]] Quantile quantile(double q) const;
    /// At least 95 %, whatever the distribution: between two order statistics, by the exact binomial distribution of
    /// the number of values below the quantile; widened to the edges of their buckets. Requires: not empty, 0 < q < 1.
    [[nodiscard]] QuantileInterval quantile_interval(double q) const;

    /// The same where of `beyond` more values nothing is known but that they are greater than all of these. None, and
    /// no `high`: it is one of those; then `low` is at least known.
    [[nodiscard]] std::optional<Quantile> quantile(double q, std::uint64_t beyond) const;
    [[nodiscard]] QuantileInterval quantile_interval(double q, std::uint64_t beyond) const;

    /// Those that aren't empty, ascending, cut to [min, max].
    [[nodiscard]] std::vector<Bucket> buckets() const;

    [[nodiscard]] Parts parts() const;
    /// What `parts` gave. An error says which of them contradict each other.
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
