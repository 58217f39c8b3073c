// Determinism: the same seed gives the same run, with any queue and any observers.
#include "sim/engine/simulator.hpp"

#include "sim/checks/checked_run.hpp"
#include "sim/trace/trace_writer.hpp"
#include "tests/sim/checks/random_scenario.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <sstream>
#include <string>

namespace bully::sim {
namespace {

constexpr std::array queues{QueueKind::automatic, QueueKind::heap, QueueKind::ring, QueueKind::sorted};

std::uint64_t fingerprint(const Scenario& scenario, QueueKind queue, std::uint64_t seed, Mode mode) {
    Simulator simulator(scenario, queue);
    simulator.run(seed, mode);
    return simulator.fingerprint();
}

Scenario random_world(std::uint64_t seed) {
    return random_scenario(seed, seed % 2 == 0 ? World::calm : World::disturbed);
}

TEST(Simulator, the_queue_does_not_change_the_run) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const auto scenario = random_world(seed);
        for (const auto mode : {Mode::strict, Mode::robust}) {
            const auto reference = fingerprint(scenario, QueueKind::heap, seed, mode);
            for (const auto queue : queues) {
                ASSERT_EQ(fingerprint(scenario, queue, seed, mode), reference)
                    << "seed " << seed << ", queue " << static_cast<int>(queue);
            }
        }
    }
}

TEST(Simulator, the_queue_does_not_change_the_run_of_a_large_group) {
    Scenario scenario;
    scenario.duration = std::chrono::seconds(4);
    scenario.processes = made_up_processes(200);
    scenario.settled = true;
    scenario.faults.push_back({std::chrono::seconds(1), {}, fault::Crash{{ProcessRef::Kind::highest, 0}, false}});
    const auto reference = fingerprint(scenario, QueueKind::heap, 1, Mode::robust);
    EXPECT_EQ(fingerprint(scenario, QueueKind::ring, 1, Mode::robust), reference);
    EXPECT_EQ(fingerprint(scenario, QueueKind::automatic, 1, Mode::robust), reference);
}

TEST(Simulator, is_as_new_for_the_next_run) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const auto scenario = random_world(seed);
        Simulator simulator(scenario);
        simulator.run(seed, Mode::robust);
        const auto first = simulator.fingerprint();
        simulator.run(seed + 1, Mode::strict);
        simulator.run(seed, Mode::robust);
        ASSERT_EQ(simulator.fingerprint(), first) << "seed " << seed;
    }
}

TEST(Simulator, who_watches_does_not_change_the_run) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const auto scenario = random_world(seed);
        Simulator alone(scenario);
        alone.run(scenario.seed, Mode::robust);
        std::ostringstream trace;
        TraceWriter writer(trace, scenario.seed, Mode::robust);
        RunOptions options;
        options.mode = Mode::robust;
        options.observers.push_back(&writer);
        const auto watched = run_scenario(scenario, options);
        ASSERT_EQ(watched.fingerprint, alone.fingerprint()) << "seed " << seed;
        ASSERT_EQ(watched.measures.events, alone.measures().events) << "seed " << seed;
        ASSERT_EQ(watched.measures.messages, alone.measures().messages) << "seed " << seed;
        ASSERT_EQ(watched.measures.multi_leader, alone.measures().multi_leader) << "seed " << seed;
    }
}

TEST(Simulator, another_seed_is_another_run) {
    Scenario scenario;
    scenario.processes = made_up_processes(5);
    EXPECT_NE(fingerprint(scenario, QueueKind::automatic, 1, Mode::robust),
              fingerprint(scenario, QueueKind::automatic, 2, Mode::robust));
}

// Each message that is sent has exactly one fate, unless the run ends before.
TEST(Simulator, messages_are_conserved) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const auto scenario = random_scenario(seed, World::calm);
        Simulator simulator(scenario);
        simulator.run(seed, Mode::robust);
        for (const auto type : {MessageType::election, MessageType::coordinator}) {
            const auto& counts = simulator.measures().messages[static_cast<std::size_t>(type)];
            ASSERT_EQ(counts.sent, counts.to_down + counts.lost + counts.delivered)
                << "seed " << seed << ", " << to_string(type);
        }
    }
}

TEST(Simulator, ends_when_told_to) {
    Scenario scenario;
    scenario.duration = std::chrono::hours(10);
    scenario.processes = made_up_processes(5);
    Simulator simulator(scenario);
    int calls = 0;
    simulator.run(1, Mode::robust, [&](Time) { return ++calls < 3; });
    EXPECT_TRUE(simulator.interrupted());
    EXPECT_EQ(calls, 3);
    EXPECT_LT(simulator.now(), scenario.duration);
}

}  // namespace
}  // namespace bully::sim
