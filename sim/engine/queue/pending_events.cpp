#include "sim/engine/queue/pending_events.hpp"

#include <algorithm>
#include <cstdint>

namespace bully::sim {
namespace {

constexpr Number sorted_queue_limit = 12;
constexpr Number ring_queue_least = 16;
constexpr std::size_t sorted_queue_faults = 64;

QueueKind best_queue(std::size_t processes, std::size_t faults) {
    // All faults are pending from the beginning, and each timer would be moved past them.
    if (processes <= sorted_queue_limit && faults <= sorted_queue_faults) return QueueKind::sorted;
    return processes < ring_queue_least ? QueueKind::heap : QueueKind::ring;
}

RingQueue::Shape shape_for(const Scenario& scenario) {
    const auto& delay = scenario.network.delay;
    const auto n = static_cast<double>(scenario.processes.size());
    const auto horizon = std::max<std::int64_t>(delay.longest().count(), 1'000);
    // A storm: each process asks each higher one within about one delay.
    return {delay.shortest().count(), horizon, n * n / 2 / static_cast<double>(horizon),
            static_cast<std::uint32_t>(scenario.processes.size())};
}

}  // namespace

PendingEvents::PendingEvents(QueueKind kind, const Scenario& scenario) {
    if (kind == QueueKind::automatic) kind = best_queue(scenario.processes.size(), scenario.faults.size());
    switch (kind) {
        case QueueKind::ring: queue_.emplace<RingQueue>().shape(shape_for(scenario)); break;
        case QueueKind::sorted: queue_.emplace<SortedQueue>(); break;
        case QueueKind::heap:
        case QueueKind::automatic: break;
    }
}

void PendingEvents::clear() {
    visit([](auto& queue) { queue.clear(); });
}

void PendingEvents::push_elsewhere(Pending item) {
    visit([&](auto& queue) { queue.push(item); });
}

void PendingEvents::push_each(Time now, std::span<const Duration> delays, EventKey first) {
    visit([&](auto& queue) {
        if constexpr (requires { queue.push_each(now, delays, first); }) {
            queue.push_each(now, delays, first);
        } else {
            for (const auto delay : delays) {
                queue.push({(now + delay).count(), first});
                first = first.to_next_receiver();
            }
        }
    });
}

}  // namespace bully::sim
