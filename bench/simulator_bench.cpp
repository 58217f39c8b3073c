// The cost of simulating an election, as the group grows.
//
//   election      a leader crash found by PROBE, in a settled group. items: events
//   storm         W1 of storm.hpp: the leader is dead, and the lowest process notices. items: events
//   trials        W1 again and again with new seeds. items: trials
//   sweep         W1 as in bully_sim sweep, with all statistics. items: events
//   checked       the same with all properties checked. items: events
//   sweep/jobs:j  the sweep of n = 5 on j threads, in wall-clock time. items: events
//
// The counters are means per run: messages by type, the bytes of their pickles, and latency_ms from the last fault to
// agreement in virtual time; for a storm also its memory. Every run must reach agreement.
#include "bench/huge_storm.hpp"
#include "bench/memory.hpp"
#include "bench/storm.hpp"
#include "net/lab/shape.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/sweep/cell.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

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

using ByType = std::array<std::uint64_t, message_type_count>;

// The sizes of pickles from nodes of the lab that know the whole group; COORDINATOR is that of the winner of a storm.
ByType wire_sizes(const Scenario& scenario) {
    std::vector<Member> all;
    for (const auto& process : scenario.processes) all.push_back({process.pid, process.endpoint});
    const lab::Writer writer(all[all.size() - 2], 4);
    const Membership members(std::move(all));
    const auto& shape = lab::shape_of(lab::Dialect::join);
    ByType sizes{};
    const auto set = [&](MessageType type, const std::string& pickle) {
        sizes[static_cast<std::size_t>(type)] = pickle.size();
    };
    set(MessageType::ok, writer.ok(shape, members));
    set(MessageType::election, writer.election(shape, members));
    set(MessageType::probe, writer.probe(shape));
    set(MessageType::coordinator, writer.coordinator(shape, members));
    set(MessageType::join, writer.join(lab::Dialect::join));
    return sizes;
}

// Sums over the runs of a benchmark.
struct Totals {
    ByType sent{};
    ByType to_down{};  // without a connection, nothing of them is on the wire
    std::uint64_t events = 0;
    Duration latency{};

    // Returns false without agreement.
    bool add(const Measures& measures) {
        for (std::size_t type = 0; type < message_type_count; ++type) {
            sent[type] += measures.messages[type].sent;
            to_down[type] += measures.messages[type].to_down;
        }
        events += measures.events;
        const auto time = measures.time_to_agreement();
        latency += time.value_or(Duration::zero());
        return time.has_value();
    }
};

void count(benchmark::State& state, const Totals& totals, const ByType& sizes) {
    const auto set = [&](std::string_view name, double total) {
        state.counters[std::string(name)] = {total, benchmark::Counter::kAvgIterations};
    };
    std::uint64_t bytes = 0;
    for (std::size_t type = 0; type < message_type_count; ++type) {
        set(to_string(static_cast<MessageType>(type)), static_cast<double>(totals.sent[type]));
        bytes += (totals.sent[type] - totals.to_down[type]) * sizes[type];
    }
    set("bytes", static_cast<double>(bytes));
    set("latency_ms", std::chrono::duration<double, std::milli>(totals.latency).count());
}

Totals run(benchmark::State& state, const Scenario& scenario, QueueKind queue) {
    Simulator simulator(scenario, queue);
    Totals totals;
    std::uint64_t seed = 0;
    for (auto _ : state) {
        simulator.run(++seed, Mode::robust);
        if (totals.add(simulator.measures())) continue;
        state.SkipWithError(("no agreement with seed " + std::to_string(seed)).c_str());
        break;
    }
    state.SetComplexityN(state.range(0));
    count(state, totals, wire_sizes(scenario));
    return totals;
}

void election(benchmark::State& state) {
    auto scenario = settled_group(static_cast<Number>(state.range(0)));
    scenario.duration = seconds(8);
    const auto totals = run(state, scenario, QueueKind::automatic);
    state.SetItemsProcessed(static_cast<std::int64_t>(totals.events));
}

// The events of W1, for a comparison of engines: an engine may take fewer events from its queue.
void storm(benchmark::State& state, QueueKind queue) {
    const auto n = static_cast<Number>(state.range(0));
    // Half of the events are pending at once, of 8 bytes each.
    if (!bench::has_memory(state, bench::storm_events(n) * 9 / 2)) return;
    const bench::PeakMemory memory;
    run(state, storm_scenario(n), queue);
    memory.count(state);
    state.SetItemsProcessed(static_cast<std::int64_t>(bench::storm_events(n)) *
                            static_cast<std::int64_t>(state.iterations()));
}

void trials(benchmark::State& state, QueueKind queue) {
    run(state, storm_scenario(static_cast<Number>(state.range(0))), queue);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void run_cells(benchmark::State& state, Number n, std::uint64_t runs, const CellOptions& options) {
    const auto scenario = storm_scenario(n);
    SeedRange seeds{1, runs};
    for (auto _ : state) {
        const auto found = run_cell(scenario, seeds, options);
        seeds.first += runs;
        if (found && found->failures.empty()) continue;
        state.SkipWithError("no agreement, or a property is violated");
        break;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(bench::storm_events(n) * runs) *
                            static_cast<std::int64_t>(state.iterations()));
}

void sweep(benchmark::State& state, bool check) {
    CellOptions options;
    options.check = check;
    const auto n = static_cast<Number>(state.range(0));
    run_cells(state, n, n < 100 ? 1000 : 10, options);
}

// Small runs, which are the worst for threads.
void sweep_on_jobs(benchmark::State& state) {
    CellOptions options;
    options.jobs = static_cast<unsigned>(state.range(0));
    run_cells(state, 5, 50'000, options);
}

void up_to_all_cores(benchmark::internal::Benchmark* bench) {
    bench->RangeMultiplier(2)->Range(1, std::max<std::int64_t>(std::thread::hardware_concurrency(), 1));
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
// The reference queue, for tests of the fast queues.
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
BENCHMARK(sweep_on_jobs)
    ->Name("sweep")
    ->ArgName("jobs")
    ->Apply(up_to_all_cores)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sweep, checked, true)->Name("checked")->Arg(5)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bully::sim

void bully::bench::register_huge_storm() {
    benchmark::RegisterBenchmark("storm", sim::storm, sim::QueueKind::automatic)
        ->Arg(30'000)
        ->Unit(benchmark::kMillisecond);
}
