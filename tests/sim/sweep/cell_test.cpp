// The statistics of a cell whose runs are censored at different times.
#include "sim/sweep/cell.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

namespace bully::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A run with its last fault at 10 s.
void add(CellStatistics& statistics, std::optional<milliseconds> agreed_after, milliseconds ended_after) {
    Measures measures;
    measures.last_fault = seconds(10);
    if (agreed_after) {
        measures.first_agreement = Agreement{measures.last_fault + *agreed_after, 1};
        measures.agreement = measures.first_agreement;
    }
    statistics.add(measures, measures.last_fault + ended_after);
}

std::int64_t in_seconds(const Histogram::Quantile& quantile) { return (quantile.value + 500'000'000) / 1'000'000'000; }

TEST(CellStatistics, a_quantile_is_known_up_to_where_runs_are_censored) {
    CellStatistics statistics;
    for (const int time : {1, 2, 3, 4, 5, 6, 7}) add(statistics, seconds(time), seconds(20));
    for (const int time : {4'500, 9'000, 12'000}) add(statistics, std::nullopt, milliseconds(time));
    ASSERT_EQ(statistics.not_agreed(), 3U);
    const auto found = [&](double q) { return statistics.quantile(statistics.agreement, q); };
    for (const double q : {0.1, 0.2, 0.3, 0.4}) {
        EXPECT_FALSE(found(q).at_least) << q;
        EXPECT_EQ(in_seconds(found(q)), std::lround(10 * q));
    }
    // The one that was censored after 4.5 s is one of the next ones, or it is later than all.
    EXPECT_TRUE(found(0.5).at_least);
    EXPECT_NEAR(static_cast<double>(found(0.5).value), 4.5e9, 4.5e9 / 1024);
    const std::vector<std::pair<double, std::int64_t>> least{{0.6, 5}, {0.7, 6}, {0.8, 7}, {0.9, 9}, {1, 12}};
    for (const auto& [q, time] : least) {
        EXPECT_TRUE(found(q).at_least) << q;
        EXPECT_EQ(in_seconds(found(q)), time) << q;
    }
    const auto interval = statistics.quantile_interval(statistics.agreement, 0.5);
    EXPECT_NEAR(static_cast<double>(interval.low), 2e9, 2e9 / 512);
    EXPECT_FALSE(interval.high) << "the ninth of ten, which is one of those that are censored";
    EXPECT_FALSE(statistics.quantile(statistics.leaderless, 1).at_least) << "all runs have it";
}

TEST(CellStatistics, nothing_is_known_but_the_time_that_all_had) {
    CellStatistics statistics;
    for (const int time : {3, 5}) add(statistics, std::nullopt, seconds(time));
    EXPECT_TRUE(statistics.quantile(statistics.agreement, 0.5).at_least);
    EXPECT_EQ(in_seconds(statistics.quantile(statistics.agreement, 0.5)), 3);
    EXPECT_EQ(in_seconds(statistics.quantile(statistics.agreement, 1)), 5);
}

// It had agreed at once, and lost it: a wedge isn't quick.
TEST(CellStatistics, a_run_that_has_lost_its_agreement_is_censored) {
    CellStatistics statistics;
    add(statistics, seconds(3), seconds(20));
    Measures wedged;
    wedged.last_fault = seconds(10);
    wedged.first_agreement = Agreement{seconds(10), 1};
    wedged.faults.push_back({seconds(10), seconds(30), {}, 0, 0, WorldNote::Kind::cut, false, true});
    statistics.add(wedged, seconds(30));
    EXPECT_EQ(statistics.agreement.count(), 1U);
    EXPECT_EQ(statistics.not_agreed(), 1U);
    EXPECT_EQ(statistics.lost_agreement, 1U);
    EXPECT_TRUE(statistics.quantile(statistics.agreement, 1).at_least);
    EXPECT_EQ(statistics.faults(), 1U);
    EXPECT_TRUE(statistics.fault_agreement.empty());
}

TEST(CellStatistics, violations_are_kept_before_runs_that_only_do_not_agree) {
    std::vector<CellStatistics> shards(3);
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        shards[seed % 3].add_failure({seed, seed % 10 == 0 ? "P7" : "not agreed at the end", seed % 10 == 0});
    }
    const std::vector<std::uint64_t> expected{1, 2, 10, 20, 30};
    for (const auto& order : {std::vector<std::size_t>{0, 1, 2}, {2, 0, 1}}) {
        CellStatistics whole;
        for (const auto i : order) whole.merge(shards[i]);
        std::vector<std::uint64_t> seeds;
        for (const auto& failure : whole.failures) seeds.push_back(failure.seed);
        EXPECT_EQ(seeds, expected);
    }
}

}  // namespace
}  // namespace bully::sim
