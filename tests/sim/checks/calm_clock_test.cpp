// When agreement is due: what puts it off, what doesn't, and what happens at one instant.
#include "sim/checks/calm_clock.hpp"

#include "core/election.hpp"
#include "sim/checks/checked_run.hpp"
#include "sim/checks/properties.hpp"
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Scenario clock_scenario(const std::string& text) {
    const auto scenario = parse_scenario("name: test\n" + text, "test.yaml");
    EXPECT_TRUE(scenario) << (scenario ? "" : to_string(scenario.error().front()));
    return *scenario;
}

PropertyResult agreement_in(const std::string& text) {
    const auto result = run_scenario(clock_scenario(text));
    return *std::find_if(result.properties.begin(), result.properties.end(),
                         [](const auto& property) { return property.name == "P14"; });
}

TEST(CalmClock, faults_of_one_event_are_one_named_by_the_first) {
    const auto scenario = clock_scenario("duration: 60s\nprocesses: 3\n");
    CalmClock world;
    world.reset(scenario, bounds_of(scenario, Mode::robust));
    EXPECT_FALSE(world.is_overtaken());
    const auto due = world.due();
    world.disturbance(seconds(20), "a restart");
    world.fault(seconds(20), "a JOIN");
    ASSERT_TRUE(world.is_overtaken());
    EXPECT_STREQ(world.last_what(), "a restart");
    const auto overtaken = world.take_overtaken();
    EXPECT_STREQ(overtaken->what, "the start");
    EXPECT_EQ(overtaken->due, due);
    EXPECT_FALSE(world.take_overtaken());
    world.fault(seconds(20), "a crash");
    EXPECT_STREQ(world.last_what(), "a crash") << "of the same instant, but another event";
    EXPECT_STREQ(world.take_overtaken()->what, "a restart");
}

TEST(CalmClock, who_crashes_while_it_joins_has_not_joined) {
    const auto agreement = agreement_in(
        "duration: 60s\nstart: settled\ngcd: {delay: 1s}\n"
        "processes: [{pid: [1, 1000001]}, {pid: [2, 1000002]}, {pid: [3, 1000003], start: 10s}]\n"
        "faults: [{at: 10500ms, crash: 3}]\n");
    EXPECT_EQ(agreement.demands.back().after, "a crash");
    EXPECT_EQ(agreement.demands.back().after_at, milliseconds(10'500));
    EXPECT_EQ(agreement.status, PropertyResult::Status::held);
}

TEST(CalmClock, a_longer_gap_puts_off_only_what_is_not_due_yet) {
    const auto scenario = clock_scenario("duration: 60s\nprocesses: 3\n");
    CalmClock world;
    world.reset(scenario, bounds_of(scenario, Mode::robust));
    world.fault(seconds(20), "a crash");
    const auto due = world.due();
    world.record_gap(due, seconds(4));
    EXPECT_EQ(world.due(), due + seconds(1));
    world.record_gap(due + seconds(2), seconds(9));
    EXPECT_EQ(world.due(), due + seconds(1));
    world.fault(seconds(40), "a crash");
    EXPECT_EQ(world.due(), seconds(40) + (due - seconds(20)) + seconds(6));
}

// Of three delays the one that is too long is covered by the next, and that by a last one of the same length: none of
// their ends changes anything.
TEST(CalmClock, a_delay_that_no_change_ends_is_over_all_the_same) {
    const auto agreement = agreement_in(
        "duration: 100s\nstart: settled\nprocesses: 3\nnetwork: {delay: 5ms}\nfaults:\n"
        "  - {at: 5s, delay: 50ms, for: 40s}\n  - {at: 10s, delay: 5ms, for: 20s}\n  - {at: 20s, delay: 5ms, for: "
        "40s}\n");
    EXPECT_EQ(agreement.status, PropertyResult::Status::held) << agreement.detail;
    EXPECT_EQ(agreement.demands.back().after_at, seconds(20));
}

// Three processes that follow the third, as who drives them has them do.
class SettledThree {
  public:
    SettledThree() : scenario_(clock_scenario("duration: 60s\nstart: settled\nprocesses: 3\n")) {
        for (const auto& spec : scenario_.processes) members_.push_back({spec.pid, spec.endpoint});
        all = Membership(members_);
        properties.on_begin(scenario_);
        processes_.reserve(members_.size());
        for (Number number = 1; number <= 3; ++number) {
            Actions actions;
            const auto& self = members_[number - 1];
            processes_.push_back(Election::settled(self.pid, all, members_[2].pid, settings_, actions));
            world(0, WorldNote::Kind::start, number);
            properties.on_life({{}, number, &self, 0, true, actions, &processes_.back()});
        }
    }

    void world(int at, WorldNote::Kind kind, Number number) {
        properties.on_world({seconds(at), kind, number, false, false, {}});
    }
    /// What the process does about it, and then `more`, which it shouldn't.
    void step(int at, Number number, const Event& event, const Actions& more = {}) {
        auto& process = processes_[number - 1];
        Actions actions;
        const auto before = process.view();
        process.step(event, actions);
        actions.insert(actions.end(), more.begin(), more.end());
        properties.on_step({seconds(at), number, &event, 0, actions, before, &process});
    }

    Membership all;
    Properties properties{Mode::robust, {.messages = false, .tolerance = {}}};

  private:
    Scenario scenario_;
    std::vector<Member> members_;
    Settings settings_{};
    std::vector<Election> processes_;
};

// Two follow a dead leader for ever, and one of them hears from the daemon now and then: that tells nobody who leads.
TEST(CalmClock, a_JOIN_that_tells_nobody_anything_puts_nothing_off) {
    SettledThree group;
    group.world(1, WorldNote::Kind::pause, 1);
    group.world(2, WorldNote::Kind::resume, 1);
    group.world(3, WorldNote::Kind::crash, 3);
    for (int at = 4; at <= 40; ++at) group.step(at, 1, Joined{group.all, no_round});
    group.properties.on_end(seconds(40));
    EXPECT_EQ(group.properties.count(Property::p14), 1U);
}

// A trace tells of no message that is delivered in time: the step has to do.
TEST(CalmClock, who_asks_those_above_for_no_reason_disturbs_the_quiet) {
    SettledThree group;
    group.step(30, 2, ElectionReceived{1, group.all}, {});
    EXPECT_EQ(group.properties.count(Property::p16), 1U) << "an election";
    SettledThree another;
    another.step(30, 2, Joined{another.all, no_round}, {AskHigher{9}});
    EXPECT_EQ(another.properties.count(Property::p16), 0U) << "R8";
    another.step(31, 2, AnswerReceived{another.all.members()[2].pid, 1}, {AskHigher{9}});
    EXPECT_EQ(another.properties.count(Property::p16), 1U);
}

// Its gap is over after 3 s at most, and nothing but its end tells that it did nothing.
TEST(CalmClock, what_is_overdue_is_found_before_a_crash_or_a_pause) {
    for (const auto kind : {WorldNote::Kind::crash, WorldNote::Kind::pause}) {
        SettledThree group;
        group.world(3, kind, 1);
        EXPECT_EQ(group.properties.count(Property::p8), 0U);
        group.world(30, kind, 2);
        EXPECT_EQ(group.properties.count(Property::p8), 1U);
        EXPECT_EQ(group.properties.count(Property::p18), 0U);
        SettledThree orphans;
        orphans.world(3, WorldNote::Kind::crash, 3);
        orphans.world(30, kind, 1);
        EXPECT_EQ(orphans.properties.count(Property::p18), 1U);
    }
}

TEST(CalmClock, a_copy_may_be_later_than_a_late_message) {
    const auto late = [](const std::string& network) {
        const auto scenario = clock_scenario("duration: 60s\nprocesses: 3\nnetwork: {delay: 5ms" + network +
                                             "}\nfaults: [{at: 5s, delay: {uniform: [1ms, 3s]}, for: 5s}]\n");
        CalmClock world;
        world.reset(scenario, bounds_of(scenario, Mode::robust));
        world.on_message({seconds(7), Fate::sent, MessageType::ok, 1, 2, 1, milliseconds(500), true});
        return world.last_fault();
    };
    EXPECT_EQ(late(""), milliseconds(7'500));
    EXPECT_EQ(late(", duplicate: 1%"), seconds(10));
}

}  // namespace
}  // namespace bully::sim
