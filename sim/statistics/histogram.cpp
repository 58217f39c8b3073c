#include "sim/statistics/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <numeric>
#include <tuple>

namespace bully::sim {
namespace {

constexpr unsigned fraction_bits = 9;
constexpr std::size_t per_power = std::size_t{1} << fraction_bits;
constexpr auto bucket_limit = static_cast<std::uint32_t>((64 - fraction_bits) * per_power);  // no bucket is beyond
constexpr double tail = 0.025;
constexpr double none_of_two_sides = 3.688879454113936;  // -log(tail): P(none) of a Poisson count of that mean
// The number of values, of n, up to which they count as rare events: a tenth, which overrates their variance by at most
// as much, or too few for the normal approximation.
double rare_of(double n) { return std::max(n / 10, std::min(10.0, n / 3)); }

std::size_t index_of(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    const auto width = static_cast<unsigned>(std::bit_width(bits));
    const unsigned shift = width > fraction_bits + 1 ? width - fraction_bits - 1 : 0;
    return shift * per_power + (bits >> shift);
}

std::int64_t lowest_of(std::size_t index) {
    if (index < 2 * per_power) return static_cast<std::int64_t>(index);
    const auto shift = index / per_power - 1;
    return static_cast<std::int64_t>((index - shift * per_power) << shift);
}

std::int64_t highest_of(std::size_t index) {
    const auto width = index < 2 * per_power ? 1 : std::int64_t{1} << (index / per_power - 1);
    return lowest_of(index) + (width - 1);
}

void add_exactly(Histogram::Sum& to, Histogram::Sum what) {
    const bool overflow = __builtin_add_overflow(to, what, &to);
    assert(!overflow && "a sum of squares beyond 128 bits");
}

std::pair<std::uint64_t, std::uint64_t> words(Histogram::Sum sum) {
    return {static_cast<std::uint64_t>(sum >> 64U), static_cast<std::uint64_t>(sum)};
}

Histogram::Sum from_words(std::uint64_t high, std::uint64_t low) { return (Histogram::Sum{high} << 64U) | low; }

// The ranks around a quantile. The number B of n values below the quantile q is binomial. Returns the greatest rank l
// with P(B < l) <= 2.5 %, or 0, and the least rank u with P(B >= u) <= 2.5 %, or n + 1. The probabilities are computed
// from the mode outwards, each from its neighbour, until the rest is negligible in a double.
std::pair<std::uint64_t, std::uint64_t> ranks_around(std::uint64_t n, double q) {
    const auto mode = std::min(n, static_cast<std::uint64_t>(static_cast<double>(n) * q));
    const auto odds = q / (1 - q);
    constexpr double nothing = 1e-18;
    std::vector<double> weights{1};  // of first, first + 1, ... relative to that of the mode
    auto first = mode;
    for (; first > 0 && weights.back() > nothing; --first) {
        weights.push_back(weights.back() * static_cast<double>(first) / (static_cast<double>(n - first + 1) * odds));
    }
    std::reverse(weights.begin(), weights.end());
    for (auto k = mode; k < n && weights.back() > nothing; ++k) {
        weights.push_back(weights.back() * static_cast<double>(n - k) * odds / static_cast<double>(k + 1));
    }
    const auto limit = tail * std::accumulate(weights.begin(), weights.end(), 0.0);
    std::size_t low = 0;
    double below = weights[low];
    while (below <= limit) below += weights[++low];
    auto high = weights.size();
    double above = weights[high - 1];
    while (above <= limit) above += weights[--high - 1];
    return {first + low, first + high};
}

}  // namespace

std::uint64_t& Histogram::bucket_count(std::size_t index) {
    if (counts_.empty()) first_ = index;
    if (index < first_) {
        counts_.insert(counts_.begin(), first_ - index, 0);
        first_ = index;
    }
    if (index - first_ >= counts_.size()) counts_.resize(index - first_ + 1);
    return counts_[index - first_];
}

void Histogram::add(std::int64_t value, std::uint64_t times) {
    assert(value >= 0);
    if (times == 0) return;
    bucket_count(index_of(value)) += times;
    min_ = count_ == 0 ? value : std::min(min_, value);
    max_ = std::max(max_, value);
    count_ += times;
    const auto wide = static_cast<Sum>(value);
    add_exactly(sum_, wide * times);
    Sum squares = 0;
    const bool overflow = __builtin_mul_overflow(wide * wide, Sum{times}, &squares);
    assert(!overflow && "a sum of squares beyond 128 bits");
    add_exactly(squares_, squares);
}

void Histogram::merge(const Histogram& other) {
    if (other.empty()) return;
    bucket_count(other.first_);
    bucket_count(other.first_ + other.counts_.size() - 1);
    for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[other.first_ - first_ + i] += other.counts_[i];
    min_ = empty() ? other.min_ : std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
    count_ += other.count_;
    add_exactly(sum_, other.sum_);
    add_exactly(squares_, other.squares_);
}

double Histogram::mean() const { return empty() ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }

double Histogram::variance() const {
    if (count_ < 2) return 0;
    // Around the whole part of the mean, so that nothing cancels: sum (x - q)^2 = sum x^2 - q (sum + r), all integers.
    const Sum whole = sum_ / count_;
    const Sum rest = sum_ % count_;
    const auto around = static_cast<double>(squares_ - whole * (sum_ + rest));
    const auto shift = static_cast<double>(rest);
    const auto n = static_cast<double>(count_);
    return std::max(0.0, (around - shift * (shift / n)) / (n - 1));
}

std::optional<Interval> Histogram::mean_interval(std::int64_t step) const {
    if (count_ < 2) return std::nullopt;
    const auto n = static_cast<double>(count_);
    if (min_ == max_) {
        if (step == 0) return std::nullopt;
        // None of n values lies above, and none below. If values below are possible, each side has half of the error.
        const auto least = static_cast<double>(min_);
        const auto unseen = static_cast<double>(step) / n * (min_ == 0 ? poisson_interval(0).high : none_of_two_sides);
        return Interval{std::max(0.0, least - unseen), least + unseen};
    }
    // The excess over the least value, compared with as many equal values and zeros (Kish's effective size).
    const auto least = static_cast<Sum>(min_);
    const auto excess = static_cast<double>(sum_ - least * count_);
    const auto squares = static_cast<double>(squares_ - least * (2 * sum_ - least * count_));
    if (excess * excess < rare_of(n) * squares) {
        // The fewer times were seen, the more one further time may exceed the greatest of them.
        const auto longer = step == 0 ? 1 + 4 * squares / (excess * excess) : 1;
        const auto [low, high] = rare_sum_interval(excess, squares, longer * static_cast<double>(max_ - min_));
        return Interval{static_cast<double>(min_) + low / n, static_cast<double>(min_) + high / n};
    }
    const auto half = two_sided_95 * std::sqrt(variance() / n);
    return Interval{std::max(0.0, mean() - half), mean() + half};
}

Histogram::Bucket Histogram::bucket(std::size_t index) const {
    return {std::max(lowest_of(index), min_), std::min(highest_of(index), max_), counts_[index - first_]};
}

Histogram::Bucket Histogram::of_rank(std::uint64_t rank) const {
    assert(rank >= 1 && rank <= count_);
    if (rank == 1) return {min_, min_, 1};
    if (rank == count_) return {max_, max_, 1};
    std::size_t i = 0;
    for (std::uint64_t seen = counts_[0]; seen < rank; seen += counts_[i]) ++i;
    return bucket(first_ + i);
}

Histogram::Quantile Histogram::quantile(double q) const {
    assert(!empty());
    return *quantile(q, 0);
}

std::optional<Histogram::Quantile> Histogram::quantile(double q, std::uint64_t beyond) const {
    assert(count_ + beyond > 0 && q >= 0 && q <= 1);
    const auto all = count_ + beyond;
    // A little less than q n: 0.07 x 100 is 7.000000000000001 in a double, and means rank 7.
    const auto nearest = std::ceil(q * static_cast<double>(all) * (1 - 1e-14));
    const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(nearest), 1, all);
    if (rank > count_) return std::nullopt;
    const auto found = of_rank(rank);
    return Quantile{found.low + (found.high - found.low) / 2, found.low, found.high};
}

Histogram::QuantileInterval Histogram::quantile_interval(double q) const {
    assert(!empty());
    return quantile_interval(q, 0);
}

Histogram::QuantileInterval Histogram::quantile_interval(double q, std::uint64_t beyond) const {
    assert(count_ + beyond > 0 && q > 0 && q < 1);
    const auto [low, high] = ranks_around(count_ + beyond, q);
    QuantileInterval interval;
    if (low > 0 && !empty()) interval.low = of_rank(std::min(low, count_)).low;
    if (high <= count_) interval.high = of_rank(high).high;
    return interval;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
    std::vector<Bucket> found;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] > 0) found.push_back(bucket(first_ + i));
    }
    return found;
}

Histogram::Parts Histogram::parts() const {
    Parts parts;
    std::tie(parts.sum_high, parts.sum_low) = words(sum_);
    std::tie(parts.squares_high, parts.squares_low) = words(squares_);
    parts.min = min_;
    parts.max = max_;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] > 0) parts.buckets.emplace_back(static_cast<std::uint32_t>(first_ + i), counts_[i]);
    }
    return parts;
}

tl::expected<Histogram, std::string> Histogram::from_parts(const Parts& parts) {
    Histogram histogram;
    if (parts.buckets.empty()) {
        if (parts != Parts{}) return tl::unexpected<std::string>("no buckets, expected all other parts to be 0");
        return histogram;
    }
    // The bounds of the sum according to the buckets: they detect a damaged file.
    Sum least = 0;
    Sum most = 0;
    for (const auto& [index, count] : parts.buckets) {
        if (index >= bucket_limit) {
            return tl::unexpected("bucket " + std::to_string(index) + ", expected less than " +
                                  std::to_string(bucket_limit));
        }
        if (!histogram.counts_.empty() && index < histogram.first_ + histogram.counts_.size()) {
            return tl::unexpected("bucket " + std::to_string(index) + " is out of order, expected ascending buckets");
        }
        if (count == 0 || __builtin_add_overflow(histogram.count_, count, &histogram.count_)) {
            return tl::unexpected("bucket " + std::to_string(index) + " counts " + std::to_string(count) +
                                  ", expected more than 0, and less than 2^64 in all buckets");
        }
        histogram.bucket_count(index) = count;
        least += static_cast<Sum>(lowest_of(index)) * count;
        most += static_cast<Sum>(highest_of(index)) * count;
    }
    histogram.sum_ = from_words(parts.sum_high, parts.sum_low);
    histogram.squares_ = from_words(parts.squares_high, parts.squares_low);
    histogram.min_ = parts.min;
    histogram.max_ = parts.max;
    const auto first = parts.buckets.front().first;
    const auto last = parts.buckets.back().first;
    if (parts.min < 0 || parts.max < parts.min || index_of(parts.min) != first || index_of(parts.max) != last) {
        return tl::unexpected("min " + std::to_string(parts.min) + " and max " + std::to_string(parts.max) +
                              ", expected values of the first and the last bucket");
    }
    if (histogram.sum_ < least || histogram.sum_ > most) {
        return tl::unexpected<std::string>("a sum that contradicts the buckets");
    }
    // As in `variance`, what the squares of whole distances from the mean come to; and none is more than max times
    // its value.
    const auto whole = histogram.sum_ / histogram.count_;
    const auto rest = histogram.sum_ % histogram.count_;
    Sum lower = 0;
    Sum upper = 0;
    const bool bounded = !__builtin_mul_overflow(static_cast<Sum>(parts.max), histogram.sum_, &upper);
    if (__builtin_mul_overflow(whole, histogram.sum_ + rest, &lower) || histogram.squares_ < lower ||
        (bounded && histogram.squares_ > upper)) {
        return tl::unexpected<std::string>("a sum of squares that contradicts the sum");
    }
    return histogram;
}

}  // namespace bully::sim
