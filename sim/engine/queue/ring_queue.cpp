#include "sim/engine/queue/ring_queue.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace bully::sim {
namespace {

// Events in a bucket when it is reached: enough to make the pass over it pay, few enough for the first-level cache.
constexpr double bucket_fill = 512;
// The ends of so many buckets stay in the second-level cache.
constexpr double good_bucket_count = 4096;

// More events than this at one time, as with a constant delay, would make an insertion sort quadratic.
constexpr std::uint32_t most_in_slot = 32;

void fetch(std::span<const std::uint64_t> words) {
    constexpr std::size_t per_line = 8;
    for (std::size_t i = 0; i < words.size(); i += per_line) __builtin_prefetch(words.data() + i);
}

}  // namespace

RingQueue::RingQueue() { shape({}); }

void RingQueue::shape(const Shape& shape) {
    // As wide as fills a bucket well, but not so narrow that there are too many, nor so wide that what is sent while
    // a bucket is drained may be due in it.
    auto width = shape.density > 0 ? bucket_fill / shape.density : static_cast<double>(shape.horizon);
    width = std::max(width, static_cast<double>(shape.horizon) / good_bucket_count);
    if (shape.shortest > 0) width = std::min(width, static_cast<double>(shape.shortest));
    width = std::min(width, static_cast<double>(1U << PackedMessage::time_bits));
    const auto shift = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(std::max(width, 2.0)))) - 1;
    const auto buckets = (static_cast<std::uint64_t>(shape.horizon) >> shift) + 2;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(std::bit_ceil(buckets), most_buckets));

    clear();
    shift_ = shift;
    mask_ = size - 1;
    receiver_bits_ = static_cast<unsigned>(std::bit_width(shape.receivers - 1));
    buckets_.resize(size);
}

void RingQueue::clear() {
    buckets_.clear();
    heap_.clear();
    drained_.assign(lookahead + 1, 0);
    cursor_ = 0;
    stop_ = 0;
    drained_end_ = 0;
    begin_ = 0;
    in_ring_ = 0;
    current_ = -1;
}

void RingQueue::push_each(Time now, std::span<const Duration> delays, EventKey first) {
    const bool fits = PackedMessage::fits(first);
    auto packed = PackedMessage(0, first);
    for (const auto delay : delays) {
        const auto at = (now + delay).count();
        const auto bucket = at >> shift_;
        if (is_ahead(bucket) && fits) [[likely]] {
            ++in_ring_;
            buckets_.add(place_of(bucket), packed.at(at).word());
        } else {
            push_far({at, first});
        }
        packed = packed.to_next_receiver();
        first = first.to_next_receiver();
    }
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
    const auto place = buckets_.next_occupied(first);
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
    begin_ = bucket << shift_ >> PackedMessage::time_bits << PackedMessage::time_bits;
    const auto place = place_of(bucket);
    drained_end_ = drain_sorted(buckets_.spans(place));
    buckets_.empty(place);
    in_ring_ -= drained_end_;
    find_stop();
}

// Makes the words of a bucket the ones that are drained, by a counting sort, and returns how many they are. Words of
// one slot keep no order: `sort` finds nearly everything in place.
std::size_t RingQueue::drain_sorted(std::span<const std::span<const Word>> spans) {
    std::size_t count = 0;
    for (const auto piece : spans) count += piece.size();
    if (drained_.size() < count + lookahead + 1) drained_.resize(2 * count + lookahead + 1);
    auto* const sorted = drained_.data();
    std::fill_n(sorted + count, lookahead + 1, 0);

    // A slot is the time within the bucket, without its last bits if there are few words, with the first ones of the
    // receiver if there are many.
    const auto bits = static_cast<unsigned>(std::bit_width(count));
    const auto time_shift = 64 - PackedMessage::time_bits + (bits < shift_ ? shift_ - bits : 0);
    const auto time_mask = (std::size_t{1} << std::min(bits, shift_)) - 1;
    const auto receiver_bits = bits < shift_ ? 0 : std::min(bits - shift_, receiver_bits_);
    const auto receiver_shift = PackedMessage::receiver_shift + receiver_bits_ - receiver_bits;
    const auto receiver_mask = (std::size_t{1} << receiver_bits) - 1;
    slots_.assign((time_mask + 1) << receiver_bits, 0);
    const auto put_in_slots = [&](auto slot_of) {
        auto* const slots = slots_.data();
        for (std::size_t i = 0; i < spans.size(); ++i) {
            if (i + 2 < spans.size()) fetch(spans[i + 2]);
            for (const auto word : spans[i]) ++slots[slot_of(word)];
        }
        std::uint32_t before = 0;
        for (auto& slot : slots_) before += std::exchange(slot, before);
        for (const auto piece : spans) {
            for (const auto word : piece) sorted[slots[slot_of(word)]++] = word;
        }
    };
    if (receiver_bits == 0) {
        put_in_slots([=](Word word) { return word >> time_shift & time_mask; });
    } else {
        put_in_slots([=](Word word) {
            return (word >> time_shift & time_mask) << receiver_bits | (word >> receiver_shift & receiver_mask);
        });
    }
    sort(count);
    return count;
}

// An insertion sort, of what is nearly sorted.
void RingQueue::sort(std::size_t count) {
    auto* const words = drained_.data();
    // Most that is out of place is so by one: exchanged without a branch, which would be mispredicted.
    auto greatest = words[0];
    for (std::size_t i = 1; i < count; ++i) {
        const auto word = words[i];
        const auto exchange = (word ^ greatest) & (Word{0} - Word{word < greatest});
        words[i - 1] = greatest ^ exchange;
        greatest = word ^ exchange;
    }
    words[count - 1] = greatest;
    for (std::size_t i = 1; i < count; ++i) {
        const auto word = words[i];
        if (word >= words[i - 1]) [[likely]]
            continue;
        std::size_t hole = i;
        for (; hole > 0 && word < words[hole - 1]; --hole) words[hole] = words[hole - 1];
        words[hole] = word;
        if (i - hole > most_in_slot) {
            std::sort(words, words + count);
            return;
        }
    }
}

}  // namespace bully::sim
