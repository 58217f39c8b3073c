// A ring of time buckets, for large groups: an event costs a few nanoseconds however many are pending.
#pragma once

#include "sim/event_queue.hpp"
#include "sim/packed_event.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace bully::sim {

/// Buckets of equal width hold the messages of the near future, unsorted, 8 bytes each, in recycled chunks: a push
/// writes one word behind the last one of its bucket. When time reaches a bucket it is sorted as a whole, by one
/// counting pass over the time within the bucket. What lies beyond the ring, in the bucket being drained, or is no
/// message goes to a small heap: right always, and rare if the bucket is narrower than the shortest delay and the
/// ring wider than the longest.
class RingQueue {
  public:
    struct Shape {
        std::int64_t shortest = 0;    ///< ns; most messages come later than this after they are sent,
        std::int64_t horizon = 1000;  ///< and earlier than this;
        double density = 1;           ///< about so many of them per ns.
    };

    RingQueue();

    /// Empties it, too.
    void shape(const Shape& shape);

    [[nodiscard]] bool empty() const { return cursor_ == drained_end_ && in_ring_ == 0 && heap_.empty(); }
    void clear();
    void push(Pending item);
    Pending pop();

    /// The receiver of an event a few pops from now, or 0: for prefetching. A hint, not a promise.
    [[nodiscard]] std::uint32_t receiver_ahead() const { return layout_.key(drained_[cursor_ + lookahead]).receiver(); }
    /// Of all chunks ever used.
    [[nodiscard]] std::size_t bytes_held() const { return blocks_.size() * block_bytes; }

  private:
    using Word = std::uint64_t;

    static constexpr std::size_t most_buckets = 1U << 16U;
    static constexpr std::size_t chunk_bytes = 1024;  // aligned to their size
    static constexpr std::size_t chunk_words = chunk_bytes / sizeof(Word);
    static constexpr std::size_t block_bytes = std::size_t{1} << 21U;  // a huge page
    static constexpr std::size_t lookahead = 12;
    static constexpr std::int64_t no_time = INT64_MAX;

    struct FreeBlock {
        void operator()(std::byte* block) const;
    };

    /// Where the next word of a bucket goes. A chunk's first word links to the chunk filled before it. Null, or the
    /// end of a chunk: a new one is due.
    [[nodiscard]] static bool at_chunk_end(const Word* tail) {
        return reinterpret_cast<std::uintptr_t>(tail) % chunk_bytes == 0;  // NOLINT(*-reinterpret-cast)
    }
    [[nodiscard]] static Word* chunk_of(Word* tail);
    [[nodiscard]] std::size_t place_of(std::int64_t bucket) const { return static_cast<std::size_t>(bucket) & mask_; }

    Word* new_chunk(std::size_t place, const Word* previous);
    void push_far(Pending item);
    Pending pop_with_heap();
    void load_next_bucket();
    [[nodiscard]] std::int64_t next_bucket() const;
    std::size_t gather(std::size_t place);
    void sort_gathered(std::size_t count);
    void find_stop();
    [[nodiscard]] Pending unpacked(Word word) const { return {begin_ + layout_.offset(word), layout_.key(word)}; }

    unsigned shift_ = PackedLayout::most_offset_bits;  // log2 of the width of a bucket in ns
    std::size_t mask_ = 0;                             // of the number of buckets, a power of two
    std::int64_t current_ = -1;  // number of the bucket being drained; what is due in it, or before, is in the heap
    PackedLayout layout_;
    std::size_t in_ring_ = 0;  // in buckets not reached yet

    // The bucket being drained, sorted: from `cursor_` on still to come. Up to `stop_` nothing of the heap comes first.
    std::vector<Word> drained_;
    std::size_t cursor_ = 0;
    std::size_t stop_ = 0;
    std::size_t drained_end_ = 0;
    std::int64_t begin_ = 0;  // time of its begin
    HeapQueue heap_;

    std::vector<Word*> tails_;             // by bucket
    std::vector<std::uint64_t> occupied_;  // a bit for each bucket
    std::vector<std::unique_ptr<std::byte, FreeBlock>> blocks_;
    std::size_t unused_chunks_ = 0;  // of the last block
    Word* free_ = nullptr;           // chunks, linked by their first words
    std::vector<Word> gathered_;
    std::vector<std::uint32_t> slots_;
};

inline void RingQueue::push(Pending item) {
    const auto bucket = item.at >> shift_;
    if (static_cast<std::uint64_t>(bucket - current_ - 1) >= mask_ || !layout_.fits(item.key)) [[unlikely]] {
        push_far(item);
        return;
    }
    ++in_ring_;
    const auto place = place_of(bucket);
    auto* tail = tails_[place];
    if (at_chunk_end(tail)) tail = new_chunk(place, tail);
    *tail = layout_.pack(item.at, item.key);
    tails_[place] = tail + 1;
}

inline Pending RingQueue::pop() {
    if (cursor_ == stop_) [[unlikely]]
        return pop_with_heap();
    return unpacked(drained_[cursor_++]);
}

}  // namespace bully::sim
