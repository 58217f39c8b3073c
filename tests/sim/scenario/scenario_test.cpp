// The parser of scenario files: the scenario that a valid file gives.
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;

Scenario good(const std::string& text) {
    const auto scenario = parse_scenario("name: t\n" + text, "f");
    if (!scenario) {
        for (const auto& diagnostic : scenario.error()) ADD_FAILURE() << to_string(diagnostic);
        return {};
    }
    return *scenario;
}

template <typename What>
What only_fault(const std::string& text) {
    const auto scenario = good("processes: 5\nduration: 60s\nfaults:\n  - " + text + "\n");
    if (scenario.faults.size() != 1 || !std::holds_alternative<What>(scenario.faults[0].what)) {
        ADD_FAILURE() << text;
        return {};
    }
    return std::get<What>(scenario.faults[0].what);
}

constexpr ProcessRef process(Number number) { return {ProcessRef::Kind::number, number}; }

TEST(Scenario, processes_are_sorted_and_numbered_from_the_lowest) {
    const auto scenario = good(R"(processes:
  - {pid: [300, 1000003], name: top, start: 2s, timing: {answer_timeout: 2s}}
  - {birthday: 1970-11-25, student_id: 1000001, on: 2026-11-24}
  - {pid: [1, 1000002], start: never}
)");
    ASSERT_EQ(scenario.processes.size(), 3U);
    EXPECT_EQ(scenario.processes[0].pid, (ProcessId{1, 1000001}));
    EXPECT_EQ(scenario.processes[1].pid, (ProcessId{1, 1000002}));
    EXPECT_FALSE(scenario.processes[1].start.has_value());
    EXPECT_EQ(scenario.processes[2].name, "top");
    EXPECT_EQ(scenario.processes[2].start, Time{2s});
    EXPECT_EQ(scenario.processes[2].timing.answer_timeout, Duration{2s});
    EXPECT_EQ(scenario.processes[0].timing, Timing{});
}

TEST(Scenario, faults) {
    EXPECT_EQ(only_fault<fault::Crash>("{at: 1s, crash: highest}").process.kind, ProcessRef::Kind::highest);
    EXPECT_FALSE(only_fault<fault::Crash>("{at: 1s, crash: 1}").host_up);
    EXPECT_TRUE(only_fault<fault::Crash>("{at: 1s, crash: 1, host: up}").host_up);
    EXPECT_TRUE(only_fault<fault::Restart>("{at: 1s, restart: 1, address: new}").new_address);
    EXPECT_EQ(only_fault<fault::Pause>("{at: 1s, pause: 2}").process, process(2));
    EXPECT_EQ(only_fault<fault::Resume>("{at: 1s, resume: 2}").process, process(2));
    EXPECT_EQ(only_fault<fault::Elect>("{at: 1s, elect: 3}").process, process(3));
    EXPECT_EQ(only_fault<fault::Partition>("{at: 1s, partition: [[1, 2], [3]]}").groups,
              (std::vector<std::vector<Number>>{{1, 2}, {3}}));
    const auto one_way = only_fault<fault::Cut>("{at: 1s, cut: {from: 1, to: [2, 3]}}").links;
    EXPECT_EQ(one_way.to, (std::vector<Number>{2, 3}));
    EXPECT_FALSE(one_way.both_ways);
    EXPECT_TRUE(only_fault<fault::Cut>("{at: 1s, cut: {between: [1, 2]}}").links.both_ways);
    EXPECT_EQ(only_fault<fault::Slow>("{at: 1s, slow: {from: 1, to: 2, by: 3s}}").by, Duration{3s});
    EXPECT_EQ(only_fault<fault::ChangeDelay>("{at: 1s, delay: 7ms}").delay.longest(), Duration{7ms});
    EXPECT_EQ(only_fault<fault::ChangeLoss>("{at: 1s, loss: 50%}").loss, std::uint64_t{1} << 31U);
    only_fault<fault::Heal>("{at: 1s, heal: all}");
    only_fault<fault::CoordinatorDaemonDown>("{at: 1s, gcd: down, for: 3s}");
    only_fault<fault::CoordinatorDaemonRestart>("{at: 1s, gcd: restart}");
}

TEST(Scenario, scripted_messages) {
    const auto scenario = good(R"(processes: 3
faults:
  - {message: COORDINATOR, from: 3, to: 1, nth: 2, delay: 3s}
  - {message: OK, drop: true}
)");
    ASSERT_EQ(scenario.scripted.size(), 2U);
    EXPECT_EQ(scenario.scripted[0].type, MessageType::coordinator);
    EXPECT_EQ(scenario.scripted[0].from, Number{3});
    EXPECT_EQ(scenario.scripted[0].nth, 2U);
    EXPECT_EQ(scenario.scripted[0].delay, Duration{3s});
    EXPECT_TRUE(scenario.scripted[1].drop);
    EXPECT_FALSE(scenario.scripted[1].from.has_value());
}

TEST(Scenario, expectations) {
    const auto scenario = good(R"(processes: 3
expect:
  - {at: 3s, leader: highest}
  - {in: strict, violated: P1}
  - {messages: {ELECTION: "<= 20", OK: 3}}
)");
    ASSERT_EQ(scenario.expectations.size(), 3U);
    EXPECT_EQ(std::get<expectation::LeaderAt>(scenario.expectations[0].what).leader.kind, ProcessRef::Kind::highest);
    EXPECT_EQ(scenario.expectations[1].mode, Mode::strict);
    const auto& counts = std::get<expectation::Messages>(scenario.expectations[2].what).counts;
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_TRUE(counts[0].second.holds_for(20));
    EXPECT_FALSE(counts[0].second.holds_for(21));
    EXPECT_FALSE(counts[1].second.holds_for(2));
}

TEST(Scenario, the_rest) {
    const auto scenario = good(R"(seed: 9
duration: 7s
mode: strict
start: settled
probe: off
network: {delay: {uniform: [1ms, 2ms]}, loss: 0.5%, duplicate: 1%, connect_timeout: 2s}
gcd: {delay: 3ms, host: down}
timing: {hold_down: 1ms}
processes: 3
)");
    EXPECT_EQ(scenario.seed, 9U);
    EXPECT_EQ(scenario.duration, Duration{7s});
    EXPECT_EQ(scenario.mode, Mode::strict);
    EXPECT_TRUE(scenario.settled);
    EXPECT_FALSE(scenario.probing);
    EXPECT_EQ(scenario.network.delay.longest(), Duration{2ms});
    EXPECT_EQ(scenario.network.connect_timeout, Duration{2s});
    EXPECT_GT(scenario.network.loss, 0U);
    EXPECT_EQ(scenario.daemon.delay.longest(), Duration{3ms});
    EXPECT_FALSE(scenario.daemon.host_up);
    EXPECT_EQ(scenario.processes[1].timing.hold_down, Duration{1ms});
}

}  // namespace
}  // namespace bully::sim
