// The queues, by the number of pending events: the hold model, in which each event that is taken is replaced by an
// event after a random delay. items: events taken.
#include "bench/storm.hpp"
#include "sim/engine/queue/event_queue.hpp"
#include "sim/engine/queue/ring_queue.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <type_traits>

namespace bully::sim {
namespace {

template <typename Queue>
void hold(benchmark::State& state) {
    const auto pending = static_cast<std::uint32_t>(state.range(0));
    Queue queue;
    if constexpr (std::is_same_v<Queue, RingQueue>) {
        queue.shape({bench::shortest_delay_ns, bench::longest_delay_ns,
                     static_cast<double>(pending) / static_cast<double>(bench::longest_delay_ns)});
    }
    bench::CheapRandom random(1);
    for (std::uint32_t i = 0; i < pending; ++i) {
        queue.push({random.delay_ns(), {EventClass::message, i % 1000, 1, i / 1000 % 1000, 1}});
    }
    for (auto _ : state) {
        auto item = queue.pop();
        item.at += random.delay_ns();
        queue.push(item);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

BENCHMARK(hold<SortedQueue>)->Name("queue/sorted")->RangeMultiplier(4)->Range(4, 256);
BENCHMARK(hold<HeapQueue>)->Name("queue/heap")->RangeMultiplier(32)->Range(4, 1 << 22);
BENCHMARK(hold<RingQueue>)->Name("queue/ring")->RangeMultiplier(32)->Range(1 << 7, 1 << 22);

}  // namespace
}  // namespace bully::sim
