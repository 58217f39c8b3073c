// The pending events of one run, in the queue that suits its size.
#pragma once

#include "sim/engine/queue/event_queue.hpp"
#include "sim/engine/queue/queue_kind.hpp"
#include "sim/engine/queue/ring_queue.hpp"
#include "sim/scenario/scenario.hpp"

#include <span>
#include <utility>
#include <variant>

namespace bully::sim {

/// One of the three queues. All give the same order, so the choice changes how long a run takes, and nothing else.
class PendingEvents {
  public:
    PendingEvents(QueueKind kind, const Scenario& scenario);

    void clear();
    void push(Pending item) {
        // At once in a small group, where the branch is most of what a push costs.
        if (auto* sorted = std::get_if<SortedQueue>(&queue_)) {
            sorted->push(item);
        } else {
            push_elsewhere(item);
        }
    }
    /// Pushes one message to each of several receivers with consecutive indexes, from that of `first` on: each with its
    /// own delay after `now`.
    void push_each(Time now, std::span<const Duration> delays, EventKey first);

    /// Calls `work` with the queue itself, for a loop that is compiled once for each kind of queue.
    template <typename Work>
    void visit(Work&& work) {
        std::visit(std::forward<Work>(work), queue_);
    }

  private:
    void push_elsewhere(Pending item);

    std::variant<HeapQueue, SortedQueue, RingQueue> queue_;
};

}  // namespace bully::sim
