// Intervals of rare events: against tables, and by their coverage.
#include "sim/statistics/intervals.hpp"

#include "sim/engine/random.hpp"
#include "sim/scenario/delay.hpp"
#include "sim/statistics/histogram.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>

namespace bully::sim {
namespace {

// As R's prop.test(..., correct = FALSE).
TEST(Intervals, of_proportions_are_those_of_wilson) {
    EXPECT_NEAR(proportion_interval(5, 100).low, 0.02154, 1e-5);
    EXPECT_NEAR(proportion_interval(5, 100).high, 0.11175, 1e-5);
    EXPECT_NEAR(proportion_interval(95, 100).low, 1 - 0.11175, 1e-5);
    EXPECT_EQ(proportion_interval(0, 1000).low, 0);
    EXPECT_NEAR(proportion_interval(0, 1000).high, 0.003827, 1e-6);
    EXPECT_EQ(proportion_interval(7, 7).high, 1);
    EXPECT_GT(proportion_interval(7, 7).low, 0.6);
}

TEST(Intervals, of_counts_are_those_of_the_tables) {
    EXPECT_DOUBLE_EQ(poisson_interval(0).high, 3);
    // Exact: 0.0253 to 5.572, 4.795 to 18.39 and 81.36 to 121.6.
    EXPECT_GT(poisson_interval(1).low, 0);
    EXPECT_NEAR(poisson_interval(1).high, 5.572, 0.02);
    EXPECT_NEAR(poisson_interval(10).low, 4.795, 0.02);
    EXPECT_NEAR(poisson_interval(10).high, 18.39, 0.02);
    EXPECT_NEAR(poisson_interval(100).low, 81.36, 0.05);
    EXPECT_NEAR(poisson_interval(100).high, 121.6, 0.05);
}

TEST(Intervals, of_a_count_that_was_never_seen_follow_the_rule_of_three) {
    Histogram none;
    none.add(0, 1000);
    EXPECT_EQ(none.mean_interval(1)->low, 0);
    EXPECT_DOUBLE_EQ(none.mean_interval(1)->high, 0.003);
    EXPECT_FALSE(none.mean_interval(0)) << "of times nothing tells how long one would be";
    Histogram all_alike;
    all_alike.add(4, 1000);
    EXPECT_LT(all_alike.mean_interval(1)->low, 4);
    EXPECT_GT(all_alike.mean_interval(1)->high, 4.003);
}

// How many of 4,000 samples catch the truth, of those that saw an event at all: 300 runs each, of which one in a
// hundred has an event of a size that `size` draws.
template <typename Size>
double caught(std::int64_t step, double mean_size, Size&& size) {
    constexpr std::uint32_t runs = 300;
    int seen = 0;
    int caught = 0;
    for (std::uint64_t sample = 1; sample <= 4'000; ++sample) {
        const Random random(sample);
        Histogram histogram;
        for (std::uint32_t i = 0; i < runs; ++i) {
            const bool event = scaled(random.draw(0, 0, i), 100) == 0;
            histogram.add(event ? size(random.draw(1, 0, i)) : 0);
        }
        if (histogram.max() == 0) continue;
        const auto interval = *histogram.mean_interval(step);
        EXPECT_GE(interval.low, 0);
        EXPECT_LE(interval.low, histogram.mean());
        EXPECT_GE(interval.high, histogram.mean());
        const auto truth = 0.01 * mean_size;
        ++seen;
        caught += interval.low <= truth && truth <= interval.high ? 1 : 0;
    }
    return static_cast<double>(caught) / seen;
}

// The normal approximation catches the truth in 80 and 84 of 100 such samples, and goes below 0 in most.
TEST(Intervals, of_rare_counts_catch_the_truth_as_often_as_they_say) {
    EXPECT_GE(caught(1, 1, [](std::uint32_t) { return 1; }), 0.95);
    const auto up_to_9 = [](std::uint32_t draw) { return 1 + static_cast<std::int64_t>(scaled(draw, 9)); };
    EXPECT_GE(caught(1, 5, up_to_9), 0.93);
}

TEST(Intervals, of_rare_times_catch_the_truth_nearly_as_often_as_they_say) {
    const auto of = [](const Delay& delay) {
        return [delay](std::uint32_t draw) { return delay.sample(draw).count(); };
    };
    using namespace std::chrono_literals;
    EXPECT_GE(caught(0, 0.5e9, of(Delay::uniform(0s, 1s))), 0.94);
    EXPECT_GE(caught(0, 1e9, of(Delay::exponential(1s))), 0.94);
    EXPECT_GE(caught(0, 1e9 * std::exp(0.5), of(Delay::lognormal(1s, 1))), 0.94);
    // Short of 95 %: one event in fifteen makes half of the mean, and some three were seen.
    const auto long_tail = caught(0, 1e9 * std::exp(1.125), of(Delay::lognormal(1s, 1.5)));
    EXPECT_GE(long_tail, 0.86);
    EXPECT_LE(long_tail, 0.93) << "better than histogram.hpp and README say";
}

// Nothing jumps where the one kind of interval gives way to the other.
TEST(Intervals, of_less_rare_events_are_nearly_those_of_the_normal_approximation) {
    const auto half = [](std::uint64_t events) {
        Histogram histogram;
        histogram.add(2, 10'000 - events);
        histogram.add(3, events);
        const auto interval = *histogram.mean_interval(1);
        EXPECT_NEAR((interval.high + interval.low) / 2, histogram.mean(), 0.001);
        return (interval.high - interval.low) / 2;
    };
    EXPECT_NEAR(half(990) / half(1010), 1, 0.06);
}

}  // namespace
}  // namespace bully::sim
