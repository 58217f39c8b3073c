#include "sim/ring_queue.hpp"

#include <algorithm>
#include <bit>

namespace bully::sim {
namespace {

// Events in a bucket when it is reached: enough to make the pass over it pay, few enough for the first-level cache.
constexpr double bucket_fill = 256;

}  // namespace

RingQueue::RingQueue() = default;

void RingQueue::shape(std::int64_t horizon, double density) {
    clear();
    const double by_fill = density > 0 ? bucket_fill / density : static_cast<double>(horizon);
    const double least = static_cast<double>(horizon) / static_cast<double>(bucket_count - 2) + 1;
    const auto width = static_cast<std::uint64_t>(std::max(by_fill, least));
    shift_ = static_cast<unsigned>(std::bit_width(std::max<std::uint64_t>(width, 2) - 1));
    // Rounding the width up by less than twice may leave the buckets fuller, never the ring too short.
}

void RingQueue::clear() {
    heads_.fill(0);
    free_ = 0;
    for (std::size_t i = 0; i < chunks_; ++i) {
        auto& freed = chunk(static_cast<std::uint32_t>(i + 1));
        freed.next = free_;
        free_ = static_cast<std::uint32_t>(i + 1);
    }
    heap_.clear();
    drained_.clear();
    cursor_ = 0;
    count_ = 0;
    in_ring_ = 0;
    next_ = none;
    current_ = -1;
}

std::uint32_t RingQueue::new_chunk(std::uint32_t next) {
    auto link = free_;
    if (link != 0) {
        free_ = chunk(link).next;
    } else {
        if (chunks_ == blocks_.size() * block_chunks) blocks_.push_back(std::make_unique<Chunk[]>(block_chunks));
        link = static_cast<std::uint32_t>(++chunks_);
    }
    auto& fresh = chunk(link);
    fresh.used = 0;
    fresh.next = next;
    return link;
}

void RingQueue::load_next_bucket() {
    drained_.clear();
    cursor_ = 0;
    if (in_ring_ == 0) {
        // Nothing near: jump to where the far future begins, so that what is pushed next finds the ring ahead of it.
        if (!heap_.empty()) current_ = std::max(current_, bucket_of(heap_.top().at));
        return;
    }
    auto bucket = std::max(next_, current_ + 1);
    while (heads_[static_cast<std::size_t>(bucket) % bucket_count] == 0) ++bucket;
    next_ = bucket;
    const auto begin = bucket << shift_;
    if (!heap_.empty() && heap_.top().at < begin) {
        // The heap's comes first; time has not reached this bucket yet.
        current_ = std::max(current_, bucket_of(heap_.top().at));
        return;
    }
    current_ = bucket;
    auto& head = heads_[static_cast<std::size_t>(bucket) % bucket_count];
    gathered_.clear();
    for (auto link = head; link != 0;) {
        auto& full = chunk(link);
        gathered_.insert(gathered_.end(), full.items.begin(), full.items.begin() + full.used);
        const auto next = full.next;
        full.next = free_;
        free_ = link;
        link = next;
    }
    head = 0;
    in_ring_ -= gathered_.size();
    next_ = in_ring_ == 0 ? none : bucket + 1;
    sort_drained(gathered_.size(), begin);
}

// Counting sort on the time within the bucket, then an insertion sort that finds nearly everything in place.
void RingQueue::sort_drained(std::size_t count, std::int64_t begin) {
    drained_.resize(count);
    if (count <= 8) {
        std::copy(gathered_.begin(), gathered_.end(), drained_.begin());
        std::sort(drained_.begin(), drained_.end());
        return;
    }
    const auto bits = std::min(static_cast<unsigned>(std::bit_width(count)), shift_);
    const auto slot_shift = shift_ - bits;
    slots_.assign((std::size_t{1} << bits) + 1, 0);
    const auto slot = [&](const Pending& item) { return static_cast<std::size_t>((item.at - begin) >> slot_shift); };
    for (const auto& item : gathered_) ++slots_[slot(item) + 1];
    for (std::size_t i = 1; i < slots_.size(); ++i) slots_[i] += slots_[i - 1];
    for (const auto& item : gathered_) drained_[slots_[slot(item)]++] = item;
    // Many events in one slot (a constant delay) would make the insertion sort quadratic.
    std::size_t first = 0;
    for (std::size_t i = 0; i + 1 < slots_.size(); ++i) {
        const std::size_t last = slots_[i];
        const auto from = drained_.begin() + static_cast<std::ptrdiff_t>(first);
        const auto to = drained_.begin() + static_cast<std::ptrdiff_t>(last);
        if (last - first == 2) {
            if (from[1] < from[0]) std::swap(from[0], from[1]);
        } else if (last - first > 2) {
            std::sort(from, to);
        }
        first = last;
    }
}

}  // namespace bully::sim
