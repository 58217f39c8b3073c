// One step of the state machine, by its event. A step that leaves the state unchanged is repeated; a whole election
// (asked, answered, led) is one round of steps.
#include "core/election.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace bully {
namespace {

constexpr int group_size = 1000;

ProcessId pid(int number) { return {number, 1'000'000 + number}; }

Membership group() {
    std::vector<Member> members;
    for (int i = 1; i <= group_size; ++i) members.push_back({pid(i), {"process", static_cast<std::uint16_t>(i)}});
    return Membership(std::move(members));
}

struct Process {
    Process() : members(group()), election(Election::settled(pid(500), members, pid(group_size), settings, actions)) {}

    void step(const Event& event) {
        actions.clear();
        election.step(event, actions);
        benchmark::DoNotOptimize(actions.data());
    }

    Settings settings;
    Membership members;
    Actions actions;
    Election election;
};

void repeat(benchmark::State& state, Process& process, const Event& event) {
    for (auto _ : state) process.step(event);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void election_while_electing(benchmark::State& state) {
    Process process;
    process.step(Elect{});
    repeat(state, process, ElectionReceived{1, process.members});
}

void second_answer(benchmark::State& state) {
    Process process;
    process.step(Elect{});
    const AnswerReceived answer{pid(501), process.election.view().round};
    process.step(answer);
    repeat(state, process, answer);
}

void stale_answer(benchmark::State& state) {
    Process process;
    const auto round = process.election.view().round;
    process.step(Elect{});
    repeat(state, process, AnswerReceived{pid(501), round});
}

void probe_while_electing(benchmark::State& state) {
    Process process;
    process.step(Elect{});
    repeat(state, process, ProbeReceived{1});
}

void coordinator_again(benchmark::State& state) {
    Process process;
    repeat(state, process, CoordinatorReceived{pid(group_size)});
}

void stale_timer(benchmark::State& state) {
    Process process;
    const auto round = process.election.view().round;
    process.step(Elect{});
    repeat(state, process, TimerFired{Timer::probe_gap, round});
}

void probe_and_answer(benchmark::State& state) {
    Process process;
    for (auto _ : state) {
        process.step(TimerFired{Timer::probe_gap, process.election.view().round});
        process.step(AnswerReceived{pid(group_size), process.election.view().round});
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(2 * state.iterations()));
}

void whole_election(benchmark::State& state) {
    Process process;
    for (auto _ : state) {
        process.step(ElectionReceived{1, process.members});
        process.step(AnswerReceived{pid(501), process.election.view().round});
        process.step(CoordinatorReceived{pid(group_size)});
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(3 * state.iterations()));
}

BENCHMARK(election_while_electing)->Name("step/ELECTION_while_electing");
BENCHMARK(second_answer)->Name("step/second_OK");
BENCHMARK(stale_answer)->Name("step/stale_OK");
BENCHMARK(probe_while_electing)->Name("step/PROBE_while_electing");
BENCHMARK(coordinator_again)->Name("step/COORDINATOR_again");
BENCHMARK(stale_timer)->Name("step/stale_timer");
BENCHMARK(probe_and_answer)->Name("step/PROBE_and_OK");
BENCHMARK(whole_election)->Name("step/whole_election");

}  // namespace
}  // namespace bully
