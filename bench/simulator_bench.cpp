// What a simulated election costs the machine that simulates it, as the group grows.
//
//   election   a leader crash found by PROBE, in a settled group
//   storm      W1 of storm.hpp: the leader dead, the lowest process notices. items: events
//   trials     W1 again and again with new seeds. items: trials
//   sweep      W1 as bully_sim sweep runs it, statistics and all. items: events
//   checked    the same with all properties checked. items: events
//
// Counters, of the last run: messages by type, latency_ms from the last fault to agreement in virtual time.
#include "bench/storm.hpp"
#include "sim/simulator.hpp"
#include "sim/sweep_cell.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace bully::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

Scenario settled_group(Number n) {
    Scenario scenario;
    scenario.settled = true;
    scenario.network.delay =
        Delay::uniform(nanoseconds(bench::shortest_delay_ns), nanoseconds(bench::longest_delay_ns));
    Timing timing;
    timing.answer_timeout = nanoseconds(bench::answer_timeout_ns);
    timing.coordinator_timeout = nanoseconds(bench::coordinator_timeout_ns);
    scenario.processes = made_up_processes(n, timing);
    scenario.faults.push_back({milliseconds(1), {}, fault::Crash{{ProcessRef::Kind::highest, 0}, false}});
    return scenario;
}

Scenario storm_scenario(Number n) {
    auto scenario = settled_group(n);
    scenario.probing = false;
    scenario.duration = seconds(6);
    scenario.faults.push_back({milliseconds(2), {}, fault::Elect{{ProcessRef::Kind::lowest, 0}}});
    return scenario;
}

void count(benchmark::State& state, const Measures& measures) {
    for (std::size_t type = 0; type < message_type_count; ++type) {
        state.counters[std::string(to_string(static_cast<MessageType>(type)))] =
            static_cast<double>(measures.messages[type].sent);
    }
    if (const auto latency = measures.time_to_agreement()) {
        state.counters["latency_ms"] = std::chrono::duration<double, std::milli>(*latency).count();
    } else {
        state.SkipWithError("no agreement");
    }
}

void run(benchmark::State& state, const Scenario& scenario, QueueKind queue, std::int64_t items_per_run) {
    Simulator simulator(scenario, queue);
    std::uint64_t seed = 0;
    for (auto _ : state) simulator.run(++seed, Mode::robust);
    state.SetItemsProcessed(items_per_run * static_cast<std::int64_t>(state.iterations()));
    state.SetComplexityN(state.range(0));
    count(state, simulator.measures());
}

void election(benchmark::State& state) {
    auto scenario = settled_group(static_cast<Number>(state.range(0)));
    scenario.duration = seconds(8);
    run(state, scenario, QueueKind::automatic, 1);
}

void storm(benchmark::State& state, QueueKind queue) {
    const auto n = static_cast<Number>(state.range(0));
    run(state, storm_scenario(n), queue, static_cast<std::int64_t>(bench::storm_events(n)));
}

void trials(benchmark::State& state, QueueKind queue) {
    run(state, storm_scenario(static_cast<Number>(state.range(0))), queue, 1);
}

void sweep(benchmark::State& state, bool check) {
    const auto n = static_cast<Number>(state.range(0));
    const auto scenario = storm_scenario(n);
    CellOptions options;
    options.check = check;
    SeedRange seeds{1, n < 100 ? 1000U : 10U};
    for (auto _ : state) {
        const auto found = run_cell(scenario, seeds, options);
        if (!found || !found->failures.empty()) state.SkipWithError("no agreement, or a property is violated");
        seeds.first += seeds.count;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(bench::storm_events(n) * seeds.count) *
                            static_cast<std::int64_t>(state.iterations()));
}

BENCHMARK(election)->RangeMultiplier(10)->Range(3, 3000)->Arg(10000)->Complexity()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(storm, automatic, QueueKind::automatic)
    ->Name("storm")
    ->Arg(100)
    ->Arg(1000)
    ->Arg(3000)
    ->Arg(10000)
    ->Complexity(benchmark::oNSquared)
    ->Unit(benchmark::kMillisecond);
// The reference that the fast queues are tested against.
BENCHMARK_CAPTURE(storm, heap, QueueKind::heap)
    ->Name("storm_on_heap")
    ->Arg(100)
    ->Arg(1000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(trials, automatic, QueueKind::automatic)
    ->Name("trials")
    ->Arg(3)
    ->Arg(5)
    ->Arg(8)
    ->Arg(16)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(sweep, unchecked, false)->Name("sweep")->Arg(5)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sweep, checked, true)->Name("checked")->Arg(5)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bully::sim
