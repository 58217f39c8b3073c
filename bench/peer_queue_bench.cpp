// W1 on a std::priority_queue of plain structs: the engine of one afternoon, and a yardstick without a package. `storm`
// and `trials` are as in simulator_bench.
#include "bench/memory.hpp"
#include "bench/storm.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <queue>
#include <vector>

namespace bully::bench {
namespace {

struct Item {
    std::int64_t at_ns;
    std::uint64_t number;  // orders events of one time: the first scheduled goes first
    std::uint32_t to;
    std::uint32_t from;
    std::uint32_t round;
    PeerEvent event;

    friend bool operator<(const Item& a, const Item& b) {
        return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.number > b.number;
    }
};

class QueueSimulator {
  public:
    explicit QueueSimulator(std::uint32_t n) : storm_(n, Schedule{this}) {}

    bool run(std::uint64_t seed) {
        now_ns_ = 0;
        storm_.begin(seed);
        while (!queue_.empty()) {
            const auto item = queue_.top();
            queue_.pop();
            now_ns_ = item.at_ns;
            storm_.handle(item.event, item.to, item.from, item.round);
        }
        return storm_.agreed();
    }

  private:
    struct Schedule {
        QueueSimulator* simulator;
        void operator()(std::int64_t delay_ns, PeerEvent event, std::uint32_t to, std::uint32_t from,
                        std::uint32_t round) const {
            simulator->queue_.push({simulator->now_ns_ + delay_ns, simulator->scheduled_++, to, from, round, event});
        }
    };

    std::priority_queue<Item> queue_;
    std::uint64_t scheduled_ = 0;
    std::int64_t now_ns_ = 0;
    PeerStorm<Schedule> storm_;
};

void run(benchmark::State& state, std::int64_t items_per_run) {
    QueueSimulator simulator(static_cast<std::uint32_t>(state.range(0)));
    std::uint64_t seed = 0;
    for (auto _ : state) {
        if (simulator.run(++seed)) continue;
        state.SkipWithError("no agreement");
        break;
    }
    state.SetItemsProcessed(items_per_run * static_cast<std::int64_t>(state.iterations()));
}

void storm(benchmark::State& state) {
    const auto events = storm_events(static_cast<std::uint64_t>(state.range(0)));
    // Half of the events are pending at once; while the array grows, the old and the new array exist.
    if (!has_memory(state, events * sizeof(Item))) return;
    const PeakMemory memory;
    run(state, static_cast<std::int64_t>(events));
    memory.count(state);
}
void trials(benchmark::State& state) { run(state, 1); }

BENCHMARK(storm)
    ->Name("priority_queue/storm")
    ->Arg(100)
    ->Arg(1000)
    ->Arg(3000)
    ->Arg(10000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(trials)->Name("priority_queue/trials")->Arg(3)->Arg(5)->Arg(8)->Arg(16)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bully::bench
