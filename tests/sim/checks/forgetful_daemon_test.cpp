// A daemon that is restarted has forgotten everybody, and one that is down tells nobody of anybody: when agreement is
// asked for again.
#include "sim/checks/checked_run.hpp"
#include "sim/scenario/parser.hpp"
#include "sim/trace/replay.hpp"
#include "sim/trace/trace_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

using std::chrono::seconds;
using enum PropertyResult::Status;
using Outcome = PropertyDemand::Outcome;

Scenario daemon_scenario(const std::string& text) {
    const auto scenario = parse_scenario("name: test\n" + text, "test.yaml");
    EXPECT_TRUE(scenario) << (scenario ? "" : to_string(scenario.error().front()));
    return *scenario;
}

const PropertyResult& found(const std::vector<PropertyResult>& properties, const std::string& name) {
    return *std::find_if(properties.begin(), properties.end(),
                         [&](const auto& property) { return property.name == name; });
}

constexpr auto restarted = R"(duration: 200s
start: settled
processes: 5
faults:
  - {at: 20s, gcd: restart}
)";

// R8 has each process JOIN within a minute.
TEST(ForgetfulDaemon, agreement_is_asked_for_once_all_have_joined_again) {
    const auto result = run_scenario(daemon_scenario(restarted));
    EXPECT_TRUE(demanded_to_the_end(result.properties));
    const auto& agreement = found(result.properties, "P14");
    EXPECT_EQ(agreement.status, held);
    ASSERT_EQ(agreement.demands.size(), 4U);  // the first: of the starts but the last
    EXPECT_EQ(agreement.demands[1].outcome, Outcome::reached);
    EXPECT_EQ(agreement.demands[1].until, seconds(20));
    EXPECT_EQ(agreement.demands[2].after, "a restart of the coordinator daemon");
    EXPECT_EQ(agreement.demands[2].after_at, seconds(20));
    EXPECT_EQ(agreement.demands[2].faults, 1U);
    EXPECT_EQ(agreement.demands[2].due, std::nullopt);
    EXPECT_EQ(agreement.demands[2].outcome, Outcome::not_demanded);
    EXPECT_EQ(agreement.demands[3].after, "the last JOIN after a restart of the coordinator daemon");
    EXPECT_EQ(agreement.demands[3].after_at, agreement.demands[2].until);
    EXPECT_EQ(agreement.demands[3].outcome, Outcome::reached);
    EXPECT_LT(agreement.demands[3].due, seconds(100));
    EXPECT_TRUE(agreement.bound.starts_with("from 0s + 6.14s = 6.14s to 20s, and from ")) << agreement.bound;
    const auto& leaders = found(result.properties, "P12");
    EXPECT_EQ(leaders.status, held);
    EXPECT_TRUE(leaders.bound.ends_with(": a restart of the coordinator daemon")) << leaders.bound;
}

TEST(ForgetfulDaemon, the_dead_need_not_join_again) {
    const auto result = run_scenario(daemon_scenario(std::string(restarted) + "  - {at: 90s, gcd: restart}\n" +
                                                     "  - {at: 91s, crash: 1}\n  - {at: 91s, crash: 2}\n" +
                                                     "  - {at: 91s, crash: 3}\n  - {at: 91s, crash: 4}\n" +
                                                     "  - {at: 91s, crash: 5}\n"));
    EXPECT_EQ(found(result.properties, "P14").demands.back().after, "a crash");
    EXPECT_EQ(found(result.properties, "P14").demands.back().why, "nobody was live");
}

TEST(ForgetfulDaemon, without_R8_nothing_is_asked_for_any_more) {
    RunOptions options;
    options.mode = Mode::strict;
    const auto result = run_scenario(daemon_scenario(restarted), options);
    EXPECT_EQ(found(result.properties, "P14").status, partly);
    EXPECT_EQ(found(result.properties, "P14").detail,
              "the coordinator daemon has forgotten a process that hasn't JOINed again yet");
}

// A trace doesn't tell of the JOINs that reach the daemon, but of their outcomes.
TEST(ForgetfulDaemon, the_replay_of_a_trace_asks_for_the_same) {
    const auto scenario = daemon_scenario(restarted);
    std::stringstream trace;
    TraceWriter writer(trace, scenario.seed, scenario.mode);
    RunOptions options;
    options.observers = {&writer};
    const auto run = run_scenario(scenario, options);
    const auto replayed = replay(trace);
    ASSERT_TRUE(replayed);
    EXPECT_EQ(found(replayed->properties, "P14").status, held);
    const auto& in_run = found(run.properties, "P14").demands;
    const auto& in_replay = found(replayed->properties, "P14").demands;
    ASSERT_EQ(in_replay.size(), in_run.size());
    EXPECT_EQ(in_replay.back().outcome, Outcome::reached);
    EXPECT_GE(in_replay.back().after_at, in_run.back().after_at);
    EXPECT_LE(in_replay.back().after_at, in_run.back().after_at + 2 * scenario.daemon.delay.longest());
}

// 1 follows 2, whose address it hasn't heard: when it recovers it knows of nobody but itself.
TEST(ForgetfulDaemon, who_recovers_while_it_is_down_may_lead_beside_another) {
    const auto result = run_scenario(daemon_scenario(R"(duration: 200s
network: {delay: 150ms}
gcd: {delay: 4ms}
processes: 2
faults:
  - {at: 100ms, gcd: down, for: 60s}
  - {at: 30s, feign: 1, for: 1500ms}
)"));
    EXPECT_GT(result.measures.multi_leader, seconds(5));
    EXPECT_EQ(result.violations.size(), 0U);
    EXPECT_TRUE(found(result.properties, "P12").bound.ends_with(": a recovery while the coordinator daemon is down"))
        << found(result.properties, "P12").bound;
    EXPECT_TRUE(demanded_to_the_end(result.properties));
}

// Only R8 can tell them: agreement is asked for within its period, and reached.
void expect_agreement_by_refresh(const std::string& world, std::size_t processes) {
    const auto result = run_scenario(daemon_scenario(world));
    EXPECT_EQ(result.violations.size(), 0U);
    const auto& agreement = found(result.properties, "P14");
    EXPECT_EQ(agreement.status, held) << agreement.detail;
    EXPECT_GT(agreement.demands.back().due.value() - agreement.demands.back().after_at, seconds(40));
    EXPECT_EQ(result.leader, processes);
}

// 1 follows 2, which has had another life meanwhile, as has the daemon: to 2 and 3 it is a stranger, and a PROBE
// doesn't say whose it is.
TEST(ForgetfulDaemon, whom_the_leader_does_not_know_it_does_not_tell) {
    expect_agreement_by_refresh(R"(duration: 150s
start: settled
network: {delay: 18ms}
gcd: {delay: 40ms}
processes: [{pid: [1, 1000001]}, {pid: [2, 1000002]}, {pid: [3, 1000003], start: 22s}]
faults:
  - {at: 11s, pause: 1, for: 8s}
  - {at: 15s, gcd: restart}
  - {at: 15200ms, crash: 2, host: up, for: 2s}
)",
                                3);
}

// 1 follows 3, which follows 4, and knows only its pid: it can't ask it to announce itself.
TEST(ForgetfulDaemon, who_follows_a_stranger_can_ask_nobody) {
    expect_agreement_by_refresh(R"(duration: 120s
network: {delay: 15ms}
gcd: {delay: 15ms}
timing: {probe_timeout: 800ms, probe_gap: [200ms, 800ms], answer_timeout: 900ms, coordinator_timeout: 2700ms,
         hold_down: 200ms, refresh: 20s}
processes: [{pid: [1, 1000001], start: 5695ms}, {pid: [2, 1000002]}, {pid: [3, 1000003]},
            {pid: [4, 1000004], start: 5800ms}]
faults:
  - {at: 5300ms, pause: 3, for: 1200ms}
  - {at: 5940ms, gcd: down}
)",
                                4);
}

// A newcomer is followed by its pid alone, since its address can't be asked for; and it dies.
TEST(ForgetfulDaemon, the_death_of_a_stranger_is_noticed_after_its_return) {
    const auto result = run_scenario(daemon_scenario(R"(duration: 120s
start: settled
processes: [{pid: [1, 1000001]}, {pid: [2, 1000002]}, {pid: [3, 1000003]}, {pid: [4, 1000004], start: 5s}]
faults:
  - {at: 5003ms, gcd: down, for: 60s}
  - {at: 30s, crash: 4}
)"));
    EXPECT_TRUE(result.held());
    EXPECT_TRUE(demanded_to_the_end(result.properties));
    const auto& agreement = found(result.properties, "P14");
    const auto of_crash = std::ranges::find(agreement.demands, "a crash", &PropertyDemand::after);
    ASSERT_NE(of_crash, agreement.demands.end());
    EXPECT_EQ(of_crash->outcome, Outcome::not_demanded);
    EXPECT_EQ(of_crash->until, std::chrono::milliseconds(65003)) << "the return of the daemon";
    EXPECT_EQ(agreement.demands.back().outcome, Outcome::reached);
    EXPECT_EQ(result.leader, 3U);
}

// All agree when it is due, and the announcement that R8 has had a lower leader make is still under way.
TEST(ForgetfulDaemon, who_agrees_for_a_moment_may_still_be_told_otherwise) {
    std::string text = R"(seed: 22866
duration: 120s
network: {delay: 176427850ns}
gcd: {delay: {uniform: [0s, 22941178ns]}, host: up}
timing: {probe_gap_limit: 6715882421ns, refresh: 8427558359ns}
processes: 3
faults:
  - {at: 24100ms, cut: {from: 3, to: 1}, for: 4168744287ns}
)";
    for (int nth = 1; nth <= 17; ++nth) {
        text += "  - {message: COORDINATOR, from: 3, to: 2, nth: " + std::to_string(nth) + ", drop: on}\n";
    }
    const auto result = run_scenario(daemon_scenario(text));
    EXPECT_TRUE(result.held());
    EXPECT_EQ(found(result.properties, "P15").status, held);
}

}  // namespace
}  // namespace bully::sim
