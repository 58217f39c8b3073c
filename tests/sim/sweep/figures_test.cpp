// The figures of a sweep have no digit that isn't known.
#include "sim/sweep/figures.hpp"

#include "sim/engine/random.hpp"
#include "sim/statistics/interval_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>

namespace bully::sim {
namespace {

TEST(SweepText, a_quantile_of_a_single_value_has_all_digits) {
    EXPECT_EQ(time_text(Histogram::Quantile{3'010'000'000, 3'010'000'000, 3'010'000'000}), "3.010s");
    EXPECT_EQ(time_text(Histogram::Quantile{0, 0, 0}), "0s");
    EXPECT_EQ(count_text(Histogram::Quantile{2450, 2450, 2450}), "2450");
}

TEST(SweepText, a_quantile_of_a_bucket_has_those_that_it_bears) {
    EXPECT_EQ(time_text(Histogram::Quantile{3'498'000'000, 3'490'000'000, 3'506'000'000}), "3.50s");
    EXPECT_EQ(time_text(Histogram::Quantile{9'960'000'000, 9'930'000'000, 9'990'000'000}), "10.0s");
    EXPECT_EQ(time_text(Histogram::Quantile{986'500'000, 983'000'000, 990'000'000}), "990ms");
    EXPECT_EQ(time_text(Histogram::Quantile{2'345'678, 2'343'000, 2'348'000}), "2.3ms");
    EXPECT_EQ(count_text(Histogram::Quantile{2455, 2448, 2463}), "~2460");
}

// A histogram's own buckets: what is shown is off by a unit of its last digit and what rounding adds, at most.
TEST(SweepText, quantiles_are_as_exact_as_their_last_digit) {
    const Random random(5);
    for (std::uint32_t i = 0; i < 2'000; ++i) {
        const auto value = std::int64_t{1'000'000'000} + random.draw(0, 0, i) % 9'000'000;
        Histogram histogram;
        histogram.add(0);
        histogram.add(value * (1 + i % 9));
        histogram.add(std::int64_t{100'000'000'000});
        // Others, so that the bucket isn't cut to its one value.
        histogram.add(1, 5);
        histogram.add(std::int64_t{99'000'000'000}, 5);
        const auto text = time_text(histogram.quantile(0.5));
        ASSERT_EQ(text.back(), 's');
        const auto decimals = static_cast<int>(text.size() - 2 - text.find('.'));
        EXPECT_LE(std::abs(std::stod(text) - static_cast<double>(value * (1 + i % 9)) / 1e9),
                  1.501 * std::pow(10.0, -decimals))
            << text << " of " << value * (1 + i % 9);
    }
}

TEST(SweepText, margins_say_from_where_to_where_if_the_mean_is_not_in_the_middle) {
    const auto text = [](double value) { return std::to_string(std::lround(value)); };
    EXPECT_EQ(margin_text(100, {90, 110}, text), "±10");
    EXPECT_EQ(margin_text(100, {90, 120}, text), "90..120");
    EXPECT_EQ(margin_text(100, {0, 400}, text), "<400");
}

// Wilson: 1 in 1000 is 0.0177 to 0.5642 %, none at most 0.38268 %.
TEST(SweepText, parts_claim_no_more_than_was_seen) {
    EXPECT_EQ(part_text(0, 1'000), "<0.39%");
    EXPECT_EQ(part_text(1, 1'000), "0.017..0.57%");
    EXPECT_EQ(part_text(500, 1'000), "46.9..53.1%");
    EXPECT_EQ(part_text(999, 1'000), "99.43..99.983%");
    EXPECT_EQ(part_text(1'000, 1'000), ">99.61%");
    EXPECT_EQ(part_text(100'000, 100'000), ">99.9961%");
    EXPECT_EQ(part_text(0, 1), "<79.4%");
}

}  // namespace
}  // namespace bully::sim
