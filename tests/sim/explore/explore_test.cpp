// What is proved of small groups, and what is found where there is something to be found.
#include "core/transitions.hpp"
#include "sim/explore/explorer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bully::sim::explore {
namespace {

using Kind = Verdict::Kind;

struct Faults {
    int crash = 0;
    int restart = 0;
    int loss = 0;
    int feign = 0;
    int cut = 0;
    int refresh = 0;
};

Model group_of(std::size_t processes, Mode mode, Faults faults, std::uint8_t points = 2) {
    auto model = tight_model(processes, mode, points);
    std::size_t i = 0;
    for (const int count : {faults.crash, faults.restart, faults.loss, faults.feign, faults.cut, faults.refresh}) {
        model.budget[i++] = static_cast<std::uint8_t>(count);
    }
    return model;
}

Verdict explored(const Model& model) { return explore(model, {}); }

std::size_t disturbances_in(const std::vector<Happening>& run) {
    return static_cast<std::size_t>(std::count_if(
        run.begin(), run.end(), [](const Happening& entry) { return entry.move.kind > Move::Kind::refresh; }));
}

TEST(Explore, in_mode_strict_one_crash_and_restart_leave_two_that_follow_each_other) {
    const auto verdict = explored(group_of(2, Mode::strict, {.crash = 1, .restart = 1}));
    EXPECT_EQ(verdict.kind, Kind::wedged);
    EXPECT_EQ(verdict.covered, 1U) << "a crash alone does no harm";
    ASSERT_EQ(verdict.followed.size(), 1U);
    EXPECT_EQ(verdict.followed.begin()->first, "1 follows 2, 2 follows 1");
    EXPECT_EQ(disturbances_in(verdict.run), 2U);
    EXPECT_EQ(verdict.end, "1 follows 2, 2 follows 1");
    EXPECT_LE(verdict.lost_from, verdict.run.size());
}

TEST(Explore, in_mode_strict_three_end_in_several_ways) {
    const auto verdict = explored(group_of(3, Mode::strict, {.crash = 1, .restart = 1}));
    EXPECT_EQ(verdict.kind, Kind::wedged);
    EXPECT_EQ(verdict.followed.count("1 follows 2, 2 follows 3, 3 follows 2"), 1U);
    EXPECT_EQ(verdict.followed.count("1 follows 2, 2 follows 3, 3 leads"), 1U);
}

TEST(Explore, in_mode_robust_the_same_is_proved_to_end_well_and_in_time) {
    for (const auto& [processes, worst] : {std::pair{2, 20}, std::pair{3, 22}}) {
        const auto model = group_of(static_cast<std::size_t>(processes), Mode::robust, {.crash = 1, .restart = 1});
        const auto verdict = explored(model);
        EXPECT_EQ(verdict.kind, Kind::proved) << verdict.what;
        EXPECT_EQ(verdict.covered, 2U);
        EXPECT_EQ(verdict.worst, worst);
        EXPECT_LE(*verdict.worst, settle_bound(model));
    }
}

TEST(Explore, other_disturbances_of_two) {
    for (const Faults faults : {Faults{.loss = 2}, Faults{.crash = 2, .restart = 2, .loss = 1}, Faults{.feign = 2},
                                Faults{.cut = 1}, Faults{.crash = 1, .restart = 1, .refresh = 2}}) {
        const auto verdict = explored(group_of(2, Mode::robust, faults));
        EXPECT_EQ(verdict.kind, Kind::proved) << verdict.what;
        EXPECT_GT(verdict.worst, 0);
    }
}

// C1: at T_ok = 2δ the OK and the timer may fall together, and only row 20 keeps the process from winning.
TEST(Explore, where_C1_just_fails_row_20_decides) {
    auto model = group_of(2, Mode::robust, {.feign = 1});
    model.settings.timing.answer_timeout = Duration{2 * model.delay.latest};
    const auto free = explored(model);
    EXPECT_EQ(free.kind, Kind::violated);
    EXPECT_TRUE(free.what.starts_with("P13")) << free.what;
    model.ties_free = false;
    const auto product = explored(model);
    EXPECT_EQ(product.kind, Kind::proved) << product.what;
}

TEST(Explore, where_C1_is_broken_nothing_helps) {
    auto model = group_of(2, Mode::robust, {.feign = 1});
    model.settings.timing.answer_timeout = Duration{2 * model.delay.latest - 1};
    model.ties_free = false;
    const auto verdict = explored(model);
    EXPECT_EQ(verdict.kind, Kind::violated);
    EXPECT_TRUE(verdict.what.starts_with("P13")) << verdict.what;
    EXPECT_TRUE(verdict.run.back().what.ends_with("COORDINATOR to all; leads")) << verdict.run.back().what;
}

TEST(Explore, refused_connections_save_time) {
    auto model = group_of(2, Mode::robust, {.crash = 1});
    const auto silent = explored(model);
    model.refused = true;
    const auto refused = explored(model);
    EXPECT_EQ(refused.kind, Kind::proved);
    EXPECT_LT(*refused.worst, *silent.worst);
}

TEST(Explore, a_cold_start) {
    auto model = group_of(2, Mode::robust, {.crash = 1});
    model.settled = false;
    const auto verdict = explored(model);
    EXPECT_EQ(verdict.kind, Kind::proved) << verdict.what;
}

TEST(Explore, the_same_model_gives_the_same_search) {
    const auto model = group_of(3, Mode::strict, {.crash = 1, .restart = 1});
    const auto first = explored(model);
    const auto second = explored(model);
    EXPECT_EQ(first.states, second.states);
    EXPECT_EQ(first.transitions, second.transitions);
    EXPECT_EQ(first.lost, second.lost);
    ASSERT_EQ(first.run.size(), second.run.size());
    for (std::size_t i = 0; i < first.run.size(); ++i) {
        EXPECT_EQ(first.run[i].what, second.run[i].what);
    }
}

TEST(Explore, what_is_not_looked_at_to_the_end_is_not_proved) {
    const auto model = group_of(3, Mode::robust, {.crash = 1, .restart = 1});
    Options options;
    options.memory = 8U << 20U;
    const auto bounded = explore(model, options);
    EXPECT_EQ(bounded.kind, Kind::out_of_memory);
    EXPECT_EQ(bounded.covered, 1U);
    EXPECT_LE(bounded.memory, options.memory);
    options = {};
    options.stopped = [] { return true; };
    EXPECT_EQ(explore(model, options).kind, Kind::stopped);
}

TEST(Explore, rows_of_the_table_that_nothing_came_to) {
    const auto verdict = explored(group_of(2, Mode::robust, {.crash = 1}));
    const auto is_unreached = [&](std::string_view name) { return std::ranges::count(verdict.unreached, name) == 1; };
    EXPECT_TRUE(is_unreached("joining x joined, strict, robust"));
    EXPECT_FALSE(is_unreached("following, probe x probe_timeout, robust"));
    for (const auto& row : transitions()) {
        EXPECT_TRUE(row.mode.has(Mode::robust) || !is_unreached(name_of(row)));
    }
    const auto of_mode =
        std::ranges::count_if(transitions(), [](const auto& row) { return row.mode.has(Mode::robust); });
    EXPECT_EQ(verdict.rows + verdict.unreached.size(), static_cast<std::size_t>(of_mode));
}

}  // namespace
}  // namespace bully::sim::explore
