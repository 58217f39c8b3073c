// When agreement is due: what puts it off, what doesn't, and what happens at one instant.
#include "sim/checks/calm_clock.hpp"

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
    WorldWatch world;
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
    WorldWatch world;
    world.reset(scenario, bounds_of(scenario, Mode::robust));
    world.fault(seconds(20), "a crash");
    const auto due = world.due();
    world.note_gap(due, seconds(4));
    EXPECT_EQ(world.due(), due + seconds(1));
    world.note_gap(due + seconds(2), seconds(9));
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

// Two follow a dead leader for ever, and one of them hears from the daemon now and then: that tells nobody who leads.
TEST(CalmClock, a_JOIN_that_tells_nobody_anything_puts_nothing_off) {
    const auto scenario = clock_scenario("duration: 60s\nstart: settled\nprocesses: 3\n");
    Properties properties(Mode::robust, {.messages = false, .tolerance = {}});
    properties.on_begin(scenario);
    std::vector<Member> members;
    for (const auto& spec : scenario.processes) members.push_back({spec.pid, spec.endpoint});
    const Membership all(members);
    const Settings settings{Mode::robust, scenario.processes[0].timing, true, {}};
    Actions actions;
    std::vector<Election> processes;
    for (Number number = 1; number <= 3; ++number) {
        const auto& self = members[number - 1];
        actions.clear();
        processes.push_back(Election::settled(self.pid, all, members[2].pid, settings, actions));
        properties.on_world({{}, WorldNote::Kind::start, number, false, false, {}});
        properties.on_life({{}, number, &self, 0, true, actions, &processes.back()});
    }
    properties.on_world({seconds(1), WorldNote::Kind::pause, 1, false, false, {}});
    properties.on_world({seconds(2), WorldNote::Kind::resume, 1, false, false, {}});
    properties.on_world({seconds(3), WorldNote::Kind::crash, 3, false, false, {}});
    const Event joined = Joined{&all, no_round};
    for (int at = 4; at <= 40; ++at) {
        actions.clear();
        const auto before = processes[0].view();
        processes[0].step(joined, actions);
        EXPECT_TRUE(actions.empty());
        properties.on_step({seconds(at), 1, &joined, 0, actions, before, &processes[0]});
    }
    properties.on_end(seconds(40));
    EXPECT_EQ(properties.count(Property::p14), 1U);
}

}  // namespace
}  // namespace bully::sim
