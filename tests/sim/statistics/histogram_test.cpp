// The histogram against sorting, and against sums made one by one.
#include "sim/statistics/histogram.hpp"

#include "sim/engine/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace bully::sim {
namespace {

// Values over all magnitudes, with many equal ones among the small.
std::vector<std::int64_t> values(std::size_t count, std::uint64_t seed, unsigned most_bits = 55) {
    const Random random(seed);
    std::vector<std::int64_t> made;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto block = random.block(0, 0, i, 0);
        const auto wide = (std::uint64_t{block[0]} << 32U) | block[1];
        made.push_back(static_cast<std::int64_t>(wide >> (64 - block[2] % (most_bits + 1)) % 64));
    }
    for (auto& value : made) value &= static_cast<std::int64_t>((std::uint64_t{1} << most_bits) - 1);
    return made;
}

Histogram of(const std::vector<std::int64_t>& values) {
    Histogram histogram;
    for (const auto value : values) histogram.add(value);
    return histogram;
}

TEST(Histogram, empty) {
    const Histogram histogram;
    EXPECT_TRUE(histogram.empty());
    EXPECT_EQ(histogram.mean(), 0);
    EXPECT_EQ(histogram.variance(), 0);
    EXPECT_FALSE(histogram.mean_interval(1));
    EXPECT_TRUE(histogram.buckets().empty());
    EXPECT_EQ(Histogram::from_parts(histogram.parts()), histogram);
}

TEST(Histogram, each_bucket_holds_what_was_put_there_and_is_narrow) {
    for (const auto value : values(4000, 1, 63)) {
        Histogram histogram;
        histogram.add(0);
        histogram.add(value);
        histogram.add(std::numeric_limits<std::int64_t>::max() / 2);
        if (value == 0 || value >= std::numeric_limits<std::int64_t>::max() / 4) continue;
        const auto bucket = histogram.buckets()[1];
        EXPECT_LE(bucket.low, value);
        EXPECT_GE(bucket.high, value);
        EXPECT_LE((bucket.high - bucket.low) * 512, std::max<std::int64_t>(bucket.low, 0));
    }
}

TEST(Histogram, buckets_neither_overlap_nor_leave_gaps) {
    Histogram histogram;
    for (std::int64_t value = 0; value < 100'000; ++value) histogram.add(value);
    std::int64_t next = 0;
    for (const auto& bucket : histogram.buckets()) {
        EXPECT_EQ(bucket.low, next);
        EXPECT_EQ(bucket.count, static_cast<std::uint64_t>(bucket.high - bucket.low + 1));
        next = bucket.high + 1;
    }
    EXPECT_EQ(next, 100'000);
}

TEST(Histogram, the_greatest_value_of_all) {
    Histogram histogram;
    histogram.add(std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(histogram.quantile(0.5).value, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(Histogram::from_parts(histogram.parts()), histogram);
}

TEST(Histogram, quantiles_are_those_of_sorting_within_the_bound) {
    for (const std::size_t count : {1U, 2U, 3U, 10U, 100U, 1001U, 20'000U}) {
        auto sorted = values(count, count);
        const auto histogram = of(sorted);
        std::sort(sorted.begin(), sorted.end());
        EXPECT_EQ(histogram.min(), sorted.front());
        EXPECT_EQ(histogram.max(), sorted.back());
        EXPECT_EQ(histogram.quantile(0).value, sorted.front());
        EXPECT_EQ(histogram.quantile(1).value, sorted.back());
        for (int thousandth = 1; thousandth < 1000; ++thousandth) {
            const auto rank = (count * static_cast<std::size_t>(thousandth) + 999) / 1000;
            const auto exact = sorted[rank - 1];
            const auto found = histogram.quantile(thousandth / 1000.0);
            EXPECT_LE(found.low, exact) << count << " values, " << thousandth;
            EXPECT_GE(found.high, exact) << count << " values, " << thousandth;
            EXPECT_LE(std::abs(found.value - exact) * 1024, exact) << count << " values, " << thousandth;
        }
    }
}

TEST(Histogram, mean_and_variance_are_those_of_two_passes) {
    // A narrow spread far from zero: where sum of squares minus square of sum in doubles is all noise.
    auto given = values(5000, 7, 10);
    for (auto& value : given) value += std::int64_t{3'000'000'000'000'000};
    const auto histogram = of(given);
    const auto n = static_cast<double>(given.size());
    double shifted = 0;
    for (const auto value : given) shifted += static_cast<double>(value - given[0]);
    const auto mean = shifted / n;
    double squares = 0;
    for (const auto value : given) squares += std::pow(static_cast<double>(value - given[0]) - mean, 2);
    EXPECT_NEAR(histogram.mean(), static_cast<double>(given[0]) + mean, 1);
    EXPECT_NEAR(histogram.variance() / (squares / (n - 1)), 1, 1e-9);
    const auto interval = histogram.mean_interval(0);
    ASSERT_TRUE(interval);
    EXPECT_NEAR((interval->high - interval->low) / 2, 1.96 * std::sqrt(squares / (n - 1) / n), 1);
}

TEST(Histogram, parts_in_any_order_give_the_same_histogram) {
    const auto all = values(3000, 9);
    Histogram a;
    Histogram b;
    Histogram c;
    for (std::size_t i = 0; i < all.size(); ++i) (i % 7 == 0 ? a : i % 2 == 0 ? b : c).add(all[i]);
    Histogram forth = a;
    forth.merge(b);
    forth.merge(c);
    Histogram back;
    back.merge(c);
    back.merge(b);
    back.merge(Histogram{});
    back.merge(a);
    EXPECT_EQ(forth, of(all));
    EXPECT_EQ(back, forth);
    EXPECT_EQ(back.parts(), forth.parts());
}

TEST(Histogram, many_of_a_value_at_once) {
    Histogram one_by_one;
    for (int i = 0; i < 1000; ++i) one_by_one.add(123'456'789);
    Histogram at_once;
    at_once.add(123'456'789, 1000);
    at_once.add(5, 0);
    EXPECT_EQ(at_once, one_by_one);
}

// Of the rank statistics of a sample, as R's binom.test and textbooks have them: n = 100, the median lies between the
// 40th and the 61st value.
TEST(Histogram, interval_of_the_median_of_a_hundred) {
    Histogram histogram;
    for (int value = 1; value <= 100; ++value) histogram.add(value);
    const auto interval = histogram.quantile_interval(0.5);
    EXPECT_EQ(interval.low, 40);
    EXPECT_EQ(interval.high, 61);
}

TEST(Histogram, a_quantile_beyond_the_values_has_no_upper_limit) {
    Histogram histogram;
    for (int value = 1; value <= 100; ++value) histogram.add(value);
    EXPECT_FALSE(histogram.quantile_interval(0.999).high);  // 0.999^100 > 2.5 %: all values may well be below it
    EXPECT_GE(histogram.quantile_interval(0.999).low, 98);
    EXPECT_TRUE(histogram.quantile_interval(0.9).high);
    EXPECT_EQ(histogram.quantile_interval(0.001).low, 0);
}

// Coverage, the reason for an interval: of many samples, about 95 in 100 catch the true value, and not many fewer.
TEST(Histogram, intervals_catch_the_truth_as_often_as_they_say) {
    constexpr int samples = 2000;
    constexpr std::int64_t width = 200;
    int mean_caught = 0;
    int median_caught = 0;
    int p90_caught = 0;
    for (std::uint32_t sample = 0; sample < samples; ++sample) {
        Histogram histogram;
        const Random random(sample + 1);
        for (std::uint32_t i = 0; i < 100; ++i) {
            histogram.add(static_cast<std::int64_t>(scaled(random.draw(0, 0, i), width)));
        }
        const auto mean = *histogram.mean_interval(0);
        mean_caught += mean.low <= (width - 1) / 2.0 && mean.high >= (width - 1) / 2.0 ? 1 : 0;
        const auto median = histogram.quantile_interval(0.5);
        median_caught += median.low <= width / 2 - 1 && *median.high >= width / 2 - 1 ? 1 : 0;
        const auto p90 = histogram.quantile_interval(0.9);
        p90_caught += p90.low <= width * 9 / 10 - 1 && *p90.high >= width * 9 / 10 - 1 ? 1 : 0;
    }
    EXPECT_NEAR(mean_caught, 0.95 * samples, 0.02 * samples);
    EXPECT_GE(median_caught, 0.945 * samples);
    EXPECT_LE(median_caught, 0.985 * samples);
    EXPECT_GE(p90_caught, 0.945 * samples);
    EXPECT_LE(p90_caught, 0.985 * samples);
}

TEST(Histogram, goes_to_plain_integers_and_back) {
    for (const std::size_t count : {1U, 2U, 500U}) {
        const auto histogram = of(values(count, count + 100));
        const auto again = Histogram::from_parts(histogram.parts());
        ASSERT_TRUE(again) << again.error();
        EXPECT_EQ(*again, histogram);
    }
}

TEST(Histogram, refuses_parts_that_contradict_each_other) {
    const auto good = of({3, 300, 70'000}).parts();
    ASSERT_TRUE(Histogram::from_parts(good));
    const auto refused = [&](auto&& change) {
        auto parts = good;
        change(parts);
        return !Histogram::from_parts(parts).has_value();
    };
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets.clear(); }));
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets[0].second = 0; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets[0].second = UINT64_MAX; }));
    EXPECT_TRUE(refused([](auto& parts) { std::swap(parts.buckets[0], parts.buckets[1]); }));
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets[2].first = UINT32_MAX; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.min = -1; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.min = 4; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.max = 100'000; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.sum_low = 5; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.sum_high = 1; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.squares_low = 5; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.squares_high = 1; }));
}

TEST(Histogram, quantiles_where_some_values_are_only_known_to_be_greater) {
    Histogram known;
    Histogram all;
    for (std::int64_t value = 1; value <= 200; ++value) {
        if (value <= 190) known.add(value);
        all.add(value);
    }
    for (const double q : {0.0, 0.01, 0.5, 0.9, 0.95}) {
        EXPECT_EQ(known.quantile(q, 10)->value, all.quantile(q).value) << q;
    }
    EXPECT_FALSE(known.quantile(0.951, 10));
    EXPECT_FALSE(known.quantile(1, 10));
    EXPECT_EQ(known.quantile_interval(0.5, 10).high, all.quantile_interval(0.5).high);
    EXPECT_EQ(known.quantile_interval(0.95, 10).low, all.quantile_interval(0.95).low);
    EXPECT_FALSE(known.quantile_interval(0.95, 10).high) << "above 190";
    EXPECT_EQ(known.quantile_interval(0.999, 10).low, 190);
    EXPECT_FALSE(Histogram().quantile(0.5, 3));
    EXPECT_EQ(Histogram().quantile_interval(0.5, 3).low, 0);
}

}  // namespace
}  // namespace bully::sim
