#include "sim/ring_queue.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <new>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace bully::sim {
namespace {

// Events in a bucket when it is reached: enough to make the pass over it pay, few enough for the first-level cache.
constexpr double bucket_fill = 512;
// The ends of so many buckets stay in the second-level cache.
constexpr double good_bucket_count = 4096;

// More events than this at one time, as with a constant delay, would make an insertion sort quadratic.
constexpr std::uint32_t most_in_slot = 32;
// Too few for a counting pass to pay.
constexpr std::size_t few = 24;

std::byte* allocate_block(std::size_t bytes) {
    auto* block = static_cast<std::byte*>(::operator new (bytes, std::align_val_t{bytes}));
#ifdef __linux__
    // Thousands of chunks are written to in turn, each in another page: as small pages they would not fit in the TLB.
    // That the kernel may refuse changes nothing but the speed.
    (void)madvise(block, bytes, MADV_HUGEPAGE);
#endif
    return block;
}

}  // namespace

void RingQueue::FreeBlock::operator()(std::byte* block) const {
    ::operator delete (block, std::align_val_t{block_bytes});
}

RingQueue::RingQueue() { shape({}); }

void RingQueue::shape(const Shape& shape) {
    // As wide as fills a bucket well, but not so narrow that there are too many, nor so wide that what is sent while
    // a bucket is drained may be due in it.
    auto width = shape.density > 0 ? bucket_fill / shape.density : static_cast<double>(shape.horizon);
    width = std::max(width, static_cast<double>(shape.horizon) / good_bucket_count);
    if (shape.shortest > 0) width = std::min(width, static_cast<double>(shape.shortest));
    width = std::min(width, static_cast<double>(1U << PackedLayout::most_offset_bits));
    const auto shift = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(std::max(width, 2.0)))) - 1;
    const auto buckets = (static_cast<std::uint64_t>(shape.horizon) >> shift) + 2;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(std::bit_ceil(buckets), most_buckets));

    clear();
    shift_ = shift;
    mask_ = size - 1;
    layout_ = PackedLayout(shift);
    tails_.assign(size, nullptr);
    occupied_.assign((size + 63) / 64, 0);
}

void RingQueue::clear() {
    for (std::size_t word = 0; word < occupied_.size(); ++word) {
        while (occupied_[word] != 0) gather(word * 64 + static_cast<std::size_t>(std::countr_zero(occupied_[word])));
    }
    heap_.clear();
    drained_.assign(lookahead + 1, 0);
    cursor_ = 0;
    stop_ = 0;
    drained_end_ = 0;
    begin_ = 0;
    in_ring_ = 0;
    current_ = -1;
}

RingQueue::Word* RingQueue::chunk_of(Word* tail) {
    const auto address = reinterpret_cast<std::uintptr_t>(tail);  // NOLINT(*-reinterpret-cast)
    return tail - 1 - (address - sizeof(Word)) % chunk_bytes / sizeof(Word);
}

RingQueue::Word* RingQueue::new_chunk(std::size_t place, const Word* previous) {
    auto* chunk = free_;
    if (chunk != nullptr) {
        free_ = reinterpret_cast<Word*>(chunk[0]);  // NOLINT(*-reinterpret-cast,performance-no-int-to-ptr)
    } else {
        if (unused_chunks_ == 0) {
            blocks_.emplace_back(allocate_block(block_bytes));
            unused_chunks_ = block_bytes / chunk_bytes;
        }
        auto* block = reinterpret_cast<Word*>(blocks_.back().get());  // NOLINT(*-reinterpret-cast)
        chunk = block + --unused_chunks_ * chunk_words;
    }
    if (previous == nullptr) occupied_[place / 64] |= std::uint64_t{1} << place % 64;
    chunk[0] = reinterpret_cast<Word>(previous == nullptr ? nullptr : previous - chunk_words);  // NOLINT
    return chunk + 1;
}

void RingQueue::push_far(Pending item) {
    heap_.push(item);
    if (item.at >> shift_ <= current_) find_stop();
}

// Up to where the bucket being drained goes before the heap.
void RingQueue::find_stop() {
    stop_ = drained_end_;
    if (heap_.empty() || heap_.top().at >> shift_ > current_) return;
    const auto& first = heap_.top();
    const auto from = drained_.begin() + static_cast<std::ptrdiff_t>(cursor_);
    const auto to = drained_.begin() + static_cast<std::ptrdiff_t>(drained_end_);
    const auto stop =
        std::lower_bound(from, to, first, [&](Word word, const Pending& p) { return unpacked(word) < p; });
    stop_ = static_cast<std::size_t>(stop - drained_.begin());
}

Pending RingQueue::pop_with_heap() {
    assert(!empty());
    if (cursor_ == drained_end_) load_next_bucket();
    if (cursor_ < stop_) return unpacked(drained_[cursor_++]);
    const auto item = heap_.pop();
    find_stop();
    return item;
}

std::int64_t RingQueue::next_bucket() const {
    assert(in_ring_ > 0);
    const auto first = place_of(current_ + 1);
    auto word = first / 64;
    auto bits = occupied_[word] & ~std::uint64_t{0} << first % 64;
    while (bits == 0) {
        word = (word + 1) % occupied_.size();
        bits = occupied_[word];
    }
    const auto place = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    return current_ + 1 + static_cast<std::int64_t>((place - first) & mask_);
}

void RingQueue::load_next_bucket() {
    cursor_ = 0;
    stop_ = 0;
    drained_end_ = 0;
    const auto heap_bucket = heap_.empty() ? no_time : heap_.top().at >> shift_;
    const auto bucket = in_ring_ == 0 ? no_time : next_bucket();
    if (heap_bucket < bucket) {
        // Time has not reached this bucket yet. Let the ring follow it, so that what is pushed next finds it ahead.
        current_ = std::max(current_, heap_bucket);
        return;
    }
    current_ = bucket;
    begin_ = bucket << shift_;
    drained_end_ = gather(place_of(bucket));
    in_ring_ -= drained_end_;
    sort_gathered(drained_end_);
    find_stop();
}

// Takes the words out of a bucket, in any order, and returns how many there are.
std::size_t RingQueue::gather(std::size_t place) {
    auto* tail = std::exchange(tails_[place], nullptr);
    occupied_[place / 64] &= ~(std::uint64_t{1} << place % 64);
    auto* chunk = chunk_of(tail);
    auto used = static_cast<std::size_t>(tail - chunk) - 1;
    std::size_t count = 0;
    for (;;) {
        auto* next = reinterpret_cast<Word*>(chunk[0]);  // NOLINT(*-reinterpret-cast,performance-no-int-to-ptr)
        for (std::size_t i = 0; i < chunk_words && next != nullptr; i += 8) __builtin_prefetch(next + i);
        if (gathered_.size() < count + chunk_words) gathered_.resize(2 * (count + chunk_words));
        std::copy_n(chunk + 1, used, gathered_.data() + count);
        count += used;
        chunk[0] = reinterpret_cast<Word>(free_);  // NOLINT(*-reinterpret-cast)
        free_ = chunk;
        if (next == nullptr) return count;
        chunk = next;
        used = chunk_words - 1;
    }
}

// Counting sort on the time within the bucket, then an insertion sort that finds nearly everything in place.
void RingQueue::sort_gathered(std::size_t count) {
    if (drained_.size() < count + lookahead + 1) drained_.resize(2 * count + lookahead + 1);
    const auto* words = gathered_.data();
    auto* sorted = drained_.data();
    std::fill_n(sorted + count, lookahead + 1, 0);
    std::uint32_t most = 0;
    if (count <= few) {
        std::copy_n(words, count, sorted);
    } else {
        const auto bits = std::min(static_cast<unsigned>(std::bit_width(count)), shift_);
        const auto slot_shift = 64 - bits;
        const auto slots = std::size_t{1} << bits;
        slots_.assign(slots, 0);
        auto* slot = slots_.data();
        for (std::size_t i = 0; i < count; ++i) ++slot[words[i] >> slot_shift];
        std::uint32_t before = 0;
        for (std::size_t i = 0; i < slots; ++i) {
            const auto here = std::exchange(slot[i], before);
            before += here;
            most = std::max(most, here);
        }
        for (std::size_t i = 0; i < count; ++i) sorted[slot[words[i] >> slot_shift]++] = words[i];
    }
    if (most > most_in_slot) {
        std::sort(sorted, sorted + count);
        return;
    }
    for (std::size_t i = 1; i < count; ++i) {
        const auto word = sorted[i];
        std::size_t hole = i;
        for (; hole > 0 && word < sorted[hole - 1]; --hole) sorted[hole] = sorted[hole - 1];
        sorted[hole] = word;
    }
}

}  // namespace bully::sim
