// The files of measured delays of a sweep: any different byte counts, and each file is read once.
#include "sim/sweep/sweep.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <unistd.h>

namespace bully::sim {
namespace {

class SweepDelays : public testing::Test {
  protected:
    SweepDelays() {
        std::ofstream(file_) << "name: three\nduration: 15s\nstart: settled\nprocesses: 3\n"
                                "faults: [{at: 5s, crash: highest}]\n";
    }

    void TearDown() override {
        std::remove(file_.c_str());
        std::remove(delays_.c_str());
    }

    void write(const std::string& delays) const { std::ofstream(delays_, std::ios::binary) << delays; }

    // Two cells: of the file, and of constant delays.
    PreparedSweep prepared() const {
        SweepPlan plan;
        plan.file = file_;
        plan.axes = {{"network.delay", {"{empirical: " + delays_ + "}", "5ms"}}};
        plan.seed_count = 20;
        auto prepared = prepare_sweep(plan);
        EXPECT_TRUE(prepared) << prepared.error().front();
        return std::move(*prepared);
    }

    std::uint64_t digest_of(const std::string& delays) const {
        write(delays);
        return prepared().sweep.digest;
    }

    // Each test is a process of its own, and they run side by side.
    const std::string stem_ = testing::TempDir() + "bully_sweep_delays_" + std::to_string(getpid());
    const std::string file_ = stem_ + ".yaml";
    const std::string delays_ = stem_ + ".txt";
};

TEST_F(SweepDelays, every_byte_counts) {
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += std::to_string(1'000'000 + i * 100) + "ns\n";
    const auto digest = digest_of(many);
    EXPECT_EQ(digest_of(many), digest);
    const auto place = many.find("00ns", many.size() / 2);
    EXPECT_NE(digest_of(many.replace(place, 4, "01ns")), digest) << "one of 20,000";

    EXPECT_NE(digest_of("1ms\n2ms\n"), digest_of("2ms\n1ms\n"));
    EXPECT_NE(digest_of("1ms\n2ms\n"), digest_of("1ms\n2ms"));
    EXPECT_NE(digest_of("1ms\n2ms\n"), digest_of("1ms\n\n2ms\n"));
    EXPECT_NE(digest_of("1ms\n2ms\n"), digest_of("1ms\n2ms\n# twice\n"));
}

TEST_F(SweepDelays, what_was_read_is_what_runs) {
    write("1ms\n2ms\n");
    auto expected = prepared();
    ASSERT_TRUE(run_sweep(expected, {}));
    for (const bool removed : {false, true}) {
        write("1ms\n2ms\n");
        auto sweep = prepared();
        ASSERT_EQ(sweep.delay_files.size(), 1U);
        if (removed) {
            ASSERT_EQ(std::remove(delays_.c_str()), 0);
        } else {
            write("70ms\n");
        }
        ASSERT_TRUE(run_sweep(sweep, {}));
        EXPECT_EQ(sweep.sweep.digest, expected.sweep.digest);
        const auto& cells = sweep.sweep.cells;
        EXPECT_EQ(cells[0].statistics.agreement.mean(), expected.sweep.cells[0].statistics.agreement.mean());
        EXPECT_NE(cells[0].statistics.agreement.mean(), cells[1].statistics.agreement.mean());
    }
}

}  // namespace
}  // namespace bully::sim
