// Figures of a sweep: no digit that isn't known.
#include "sim/sweep_text.hpp"

#include "sim/random.hpp"

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

}  // namespace
}  // namespace bully::sim
