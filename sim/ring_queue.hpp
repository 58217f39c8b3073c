// A ring of time buckets, for large groups: an event costs a few nanoseconds however many are pending.
#pragma once

#include "sim/event_queue.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace bully::sim {

/// Buckets of equal width hold the near future, unsorted, in recycled chunks. When time reaches a bucket it is
/// sorted as a whole, by one counting pass over the time within the bucket. What lies beyond the ring, or in the
/// bucket being drained, goes to a small heap: right always, and rare if the bucket is narrower than the shortest
/// delay and the ring wider than the longest.
class RingQueue {
  public:
    RingQueue();

    /// Sizes the ring for events that come mostly within `horizon` ns of now, about `density` of them per ns. Empties
    /// it.
    void shape(std::int64_t horizon, double density);

    [[nodiscard]] bool empty() const { return count_ == 0; }
    void clear();
    void push(Pending item);
    Pending pop();

  private:
    static constexpr std::size_t bucket_count = 1U << 12U;
    static constexpr std::size_t chunk_size = 62;
    static constexpr std::int64_t none = INT64_MAX;

    struct Chunk {
        std::uint32_t used = 0;
        std::uint32_t next = 0;  // index + 1; 0: none
        std::array<Pending, chunk_size> items;
    };

    [[nodiscard]] std::int64_t bucket_of(std::int64_t at) const { return at >> shift_; }
    Chunk& chunk(std::uint32_t link) { return blocks_[(link - 1) / block_chunks][(link - 1) % block_chunks]; }
    std::uint32_t new_chunk(std::uint32_t next);
    void load_next_bucket();
    void sort_drained(std::size_t count, std::int64_t begin);

    static constexpr std::size_t block_chunks = 256;

    unsigned shift_ = 16;
    std::int64_t current_ = -1;  // number of the bucket being drained; pushes into it go to the heap
    std::int64_t next_ = none;   // no bucket before this one holds anything
    std::size_t count_ = 0;      // in all
    std::size_t in_ring_ = 0;    // in buckets, undrained
    std::array<std::uint32_t, bucket_count> heads_{};
    std::vector<std::unique_ptr<Chunk[]>> blocks_;  // chunks never move
    std::size_t chunks_ = 0;
    std::uint32_t free_ = 0;
    std::vector<Pending> gathered_;
    std::vector<Pending> drained_;  // sorted; from `cursor_` on still to come
    std::vector<std::uint32_t> slots_;
    std::size_t cursor_ = 0;
    HeapQueue heap_;
};

inline void RingQueue::push(Pending item) {
    ++count_;
    const auto bucket = bucket_of(item.at);
    const auto ahead = bucket - current_;
    if (ahead <= 0 || ahead >= static_cast<std::int64_t>(bucket_count)) {
        heap_.push(item);
        return;
    }
    auto& head = heads_[static_cast<std::size_t>(bucket) % bucket_count];
    if (head == 0 || chunk(head).used == chunk_size) head = new_chunk(head);
    auto& last = chunk(head);
    last.items[last.used++] = item;
    ++in_ring_;
    if (bucket < next_) next_ = bucket;
}

inline Pending RingQueue::pop() {
    assert(count_ > 0);
    --count_;
    if (cursor_ == drained_.size()) load_next_bucket();
    if (cursor_ < drained_.size() && (heap_.empty() || drained_[cursor_] < heap_.top())) {
        return drained_[cursor_++];
    }
    return heap_.pop();
}

}  // namespace bully::sim
