// W1 on ns-3, with its schedulers except for the lists and the calendar, which a storm brings to a standstill. In
// C++17, which its headers need. Built only if ns-3 is found.
#include "bench/memory.hpp"
#include "bench/storm.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <ns3/core-module.h>
#include <string>

namespace bully::bench {
namespace {

struct Schedule;
void handle(PeerStorm<Schedule>* storm, PeerEvent event, std::uint32_t to, std::uint32_t from, std::uint32_t round);

struct Schedule {
    PeerStorm<Schedule>** storm;
    void operator()(std::int64_t delay_ns, PeerEvent event, std::uint32_t to, std::uint32_t from,
                    std::uint32_t round) const {
        ns3::Simulator::Schedule(ns3::NanoSeconds(static_cast<std::uint64_t>(delay_ns)), &handle, *storm, event, to,
                                 from, round);
    }
};

void handle(PeerStorm<Schedule>* storm, PeerEvent event, std::uint32_t to, std::uint32_t from, std::uint32_t round) {
    storm->handle(event, to, from, round);
}

void run(benchmark::State& state, const char* scheduler, std::int64_t items_per_run) {
    ns3::ObjectFactory factory;
    factory.SetTypeId(std::string("ns3::") + scheduler);
    ns3::Simulator::SetScheduler(factory);
    PeerStorm<Schedule>* self = nullptr;
    PeerStorm<Schedule> storm(static_cast<std::uint32_t>(state.range(0)), Schedule{&self});
    self = &storm;
    std::uint64_t seed = 0;
    for (auto _ : state) {
        storm.begin(++seed);
        ns3::Simulator::Run();  // until no event is pending; the next trial begins at this time
        if (storm.agreed()) continue;
        state.SkipWithError("no agreement");
        break;
    }
    ns3::Simulator::Destroy();
    state.SetItemsProcessed(items_per_run * static_cast<std::int64_t>(state.iterations()));
}

void storm(benchmark::State& state, const char* scheduler) {
    const PeakMemory memory;
    run(state, scheduler, static_cast<std::int64_t>(storm_events(static_cast<std::uint64_t>(state.range(0)))));
    memory.count(state);
}
void trials(benchmark::State& state, const char* scheduler) { run(state, scheduler, 1); }

const bool registered = [] {
    for (const auto* scheduler : {"MapScheduler", "HeapScheduler", "PriorityQueueScheduler"}) {
        benchmark::RegisterBenchmark((std::string("ns3/storm/") + scheduler).c_str(), storm, scheduler)
            ->Arg(100)
            ->Arg(1000)
            ->Arg(3000)
            ->Unit(benchmark::kMillisecond);
        benchmark::RegisterBenchmark((std::string("ns3/trials/") + scheduler).c_str(), trials, scheduler)
            ->Arg(3)
            ->Arg(5)
            ->Arg(8)
            ->Arg(16)
            ->Unit(benchmark::kMicrosecond);
    }
    return true;
}();

}  // namespace
}  // namespace bully::bench
