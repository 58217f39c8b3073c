// The cost of optional stopping: the coverage of the interval of a sweep that ends at a precision.
#include "sim/sweep/sweep.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace bully::sim {
namespace {

CellStatistics sweep_of(const std::string& file, std::uint64_t first, std::uint64_t count, std::uint64_t precision) {
    SweepPlan plan;
    plan.file = file;
    plan.first_seed = first;
    plan.seed_count = count;
    plan.precision = precision;
    auto prepared = prepare_sweep(plan);
    EXPECT_TRUE(prepared);
    EXPECT_TRUE(run_sweep(*prepared, {}));
    return prepared->sweep.cells.front().statistics;
}

TEST(SweepPrecision, its_interval_catches_the_mean_in_93_of_100_sweeps) {
    constexpr int sweeps = 1'000;
    const auto file = testing::TempDir() + "bully_sweep_precision.yaml";
    std::ofstream(file) << "name: three\nduration: 15s\nstart: settled\nprocesses: 3\n"
                           "faults: [{at: 5s, crash: highest}]\n";
    const auto truth = sweep_of(file, 1'000'000'000'000, 200'000, 0).agreement.mean();
    int caught = 0;
    std::uint64_t runs = 0;
    for (std::uint64_t i = 0; i < sweeps; ++i) {
        const auto found = sweep_of(file, 1'000'000 * i, 1'000'000, 20'000);
        const auto interval = *found.agreement.mean_interval(0);
        EXPECT_LE(interval.high - interval.low, 0.04 * found.agreement.mean());
        caught += interval.low <= truth && truth <= interval.high ? 1 : 0;
        runs += found.runs;
    }
    EXPECT_GE(caught, 0.93 * sweeps);
    EXPECT_LE(caught, 0.97 * sweeps);
    EXPECT_GT(runs, 200U * sweeps) << "some have to look more than once";
}

}  // namespace
}  // namespace bully::sim
