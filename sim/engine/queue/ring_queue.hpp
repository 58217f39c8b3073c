// A ring of time buckets for large groups: an event takes a few nanoseconds, however many are pending.
#pragma once

#include "sim/engine/queue/bucket_store.hpp"
#include "sim/engine/queue/event_queue.hpp"
#include "sim/engine/queue/packed_message.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bully::sim {

/// Buckets of equal width hold the messages of the near future, unsorted, 8 bytes each: a push writes one word. When
/// time reaches a bucket, it is sorted as a whole by one counting pass. A small heap takes all other events: those that
/// are no messages, and messages beyond the ring or in the bucket being drained. Such messages are rare if a bucket is
/// narrower than the shortest delay, and the ring wider than the longest.
class RingQueue {
  public:
    struct Shape {
        std::int64_t shortest = 0;    ///< In ns: most messages take longer than this,
        std::int64_t horizon = 1000;  ///< and less than this.
        double density = 1;           ///< About how many messages are due in a ns.
        std::uint32_t receivers = 1U << 16U;
    };

    RingQueue();

    /// Empties the queue and adapts it to such messages.
    void shape(const Shape& shape);

    [[nodiscard]] bool empty() const { return cursor_ == drained_end_ && in_ring_ == 0 && heap_.empty(); }
    void clear();
    void push(Pending item);
    /// Pushes one message to each of several receivers with consecutive indexes, from that of `first` on: each with its
    /// own delay after `now`.
    void push_each(Time now, std::span<const Duration> delays, EventKey first);
    Pending pop();

    /// A hint for prefetching: the receiver of an event that is a few pops away, or 0.
    [[nodiscard]] std::uint32_t receiver_ahead() const {
        return PackedMessage(drained_[cursor_ + lookahead]).receiver();
    }
    [[nodiscard]] std::size_t bytes_held() const { return buckets_.bytes_held(); }

  private:
    using Word = BucketStore::Word;

    static constexpr std::size_t most_buckets = 1U << 16U;
    static constexpr std::size_t lookahead = 12;
    static constexpr std::int64_t no_time = INT64_MAX;

    [[nodiscard]] bool is_ahead(std::int64_t bucket) const {
        return static_cast<std::uint64_t>(bucket - current_ - 1) < mask_;
    }
    [[nodiscard]] std::size_t place_of(std::int64_t bucket) const { return static_cast<std::size_t>(bucket) & mask_; }

    [[gnu::noinline]] void push_far(Pending item);
    Pending pop_with_heap();
    void load_next_bucket();
    [[nodiscard]] std::int64_t next_bucket() const;
    std::size_t drain_sorted(std::span<const std::span<const Word>> spans);
    void sort(std::size_t count);
    void find_stop();
    [[nodiscard]] Pending unpacked(Word word) const {
        const PackedMessage message(word);
        return {begin_ + message.time(), message.key()};
    }

    unsigned shift_ = PackedMessage::time_bits;  // log2 of the width of a bucket in ns
    std::size_t mask_ = 0;                       // of the number of buckets, a power of two
    std::int64_t current_ = -1;  // number of the bucket being drained; what is due in it, or before, is in the heap
    unsigned receiver_bits_ = 16;
    std::size_t in_ring_ = 0;  // in buckets not reached yet

    // The bucket being drained, sorted: from `cursor_` on still to come. Up to `stop_` nothing of the heap comes first.
    std::vector<Word> drained_;
    std::size_t cursor_ = 0;
    std::size_t stop_ = 0;
    std::size_t drained_end_ = 0;
    std::int64_t begin_ = 0;  // its time but for the bits that are in a word
    HeapQueue heap_;

    BucketStore buckets_;
    std::vector<std::uint32_t> slots_;  // of the counting sort
};

inline void RingQueue::push(Pending item) {
    const auto bucket = item.at >> shift_;
    if (!is_ahead(bucket) || !PackedMessage::fits(item.key)) [[unlikely]] {
        push_far(item);
        return;
    }
    ++in_ring_;
    buckets_.add(place_of(bucket), PackedMessage(item.at, item.key).word());
}

inline Pending RingQueue::pop() {
    if (cursor_ == stop_) [[unlikely]]
        return pop_with_heap();
    return unpacked(drained_[cursor_++]);
}

}  // namespace bully::sim
