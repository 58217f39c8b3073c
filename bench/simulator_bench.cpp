// What a simulated election costs the machine that simulates it, as the group grows.
//
//   items_per_second   events taken from the queue
//   trials             elections per second
//   messages           sent in one trial
#include "sim/run.hpp"
#include "sim/simulator.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>

namespace bully::sim {
namespace {

// The leader of a settled group dies, the lowest process notices: n(n-1) messages.
Scenario worst_case(Number n) {
    Scenario scenario;
    scenario.settled = true;
    scenario.probing = false;
    scenario.duration = std::chrono::seconds(3);
    scenario.processes = made_up_processes(n);
    scenario.faults.push_back({std::chrono::milliseconds(1), {}, fault::Crash{{ProcessRef::Kind::highest, 0}, false}});
    scenario.faults.push_back({std::chrono::milliseconds(2), {}, fault::Elect{{ProcessRef::Kind::lowest, 0}}});
    return scenario;
}

void count(benchmark::State& state, std::uint64_t events, const Measures& measures) {
    std::uint64_t messages = 0;
    for (const auto& counts : measures.messages) messages += counts.sent;
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
    state.counters["trials"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
    state.counters["messages"] = static_cast<double>(messages);
}

void election(benchmark::State& state, QueueKind queue) {
    const auto scenario = worst_case(static_cast<Number>(state.range(0)));
    Simulator simulator(scenario, queue);
    std::uint64_t events = 0;
    std::uint64_t seed = 0;
    for (auto _ : state) {
        simulator.run(++seed, Mode::robust);
        events += simulator.measures().events;
    }
    count(state, events, simulator.measures());
}

void checked_election(benchmark::State& state) {
    const auto scenario = worst_case(static_cast<Number>(state.range(0)));
    std::uint64_t events = 0;
    RunOptions options;
    options.seed = 0;
    RunResult result;
    for (auto _ : state) {
        ++*options.seed;
        result = run_scenario(scenario, options);
        events += result.measures.events;
    }
    if (!result.held()) state.SkipWithError("a property is violated");
    count(state, events, result.measures);
}

// The reference, and what is used for this n.
BENCHMARK_CAPTURE(election, heap, QueueKind::heap)->Arg(5)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(election, automatic, QueueKind::automatic)
    ->Arg(5)
    ->Arg(100)
    ->Arg(1000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(checked_election)->Arg(5)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bully::sim
