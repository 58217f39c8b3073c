#include "sim/engine/queue/bucket_store.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <new>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace bully::sim {
namespace {

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

void BucketStore::FreeBlock::operator()(std::byte* block) const {
    ::operator delete (block, std::align_val_t{block_bytes});
}

void BucketStore::resize(std::size_t count) {
    assert(std::has_single_bit(count));
    clear();
    lines_.resize(count);
    ends_.assign(count, 0);
    occupied_.assign((count + 63) / 64, 0);
    tails_.resize(count);
    for (std::size_t i = 0; i < count; ++i) tails_[i] = lines_[i].data();
}

void BucketStore::clear() {
    for (std::size_t i = 0; i < occupied_.size(); ++i) {
        while (occupied_[i] != 0) empty(i * 64 + static_cast<std::size_t>(std::countr_zero(occupied_[i])));
    }
}

std::size_t BucketStore::next_occupied(std::size_t bucket) const {
    auto word = bucket / 64;
    auto bits = occupied_[word] & ~std::uint64_t{0} << bucket % 64;
    while (bits == 0) {
        word = (word + 1) % occupied_.size();
        bits = occupied_[word];
    }
    return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
}

BucketStore::Word* BucketStore::line(std::uint32_t number) const {
    const auto chunk = number / chunk_lines;
    auto* block = reinterpret_cast<Word*>(blocks_[chunk / block_chunks].get());  // NOLINT(*-reinterpret-cast)
    return block + (number % (block_chunks * chunk_lines)) * line_words;
}

std::uint32_t BucketStore::new_chunk() {
    if (free_ != none) {
        const auto chunk = free_;
        free_ = previous_[chunk];
        return chunk;
    }
    const auto chunk = static_cast<std::uint32_t>(previous_.size());
    if (chunk % block_chunks == 0) blocks_.emplace_back(allocate_block(block_bytes));
    previous_.push_back(none);
    return chunk;
}

BucketStore::Word* BucketStore::begin_line(std::size_t bucket, const Word* tail) {
    auto& collected = lines_[bucket];
    if (tail == collected.data()) {
        occupied_[bucket / 64] |= std::uint64_t{1} << bucket % 64;
        return collected.data();
    }
    auto& end = ends_[bucket];
    if (end % chunk_lines == 0) {
        const auto chunk = new_chunk();
        previous_[chunk] = end == 0 ? none : end / static_cast<std::uint32_t>(chunk_lines) - 1;
        end = chunk * static_cast<std::uint32_t>(chunk_lines);
    }
    auto* const target = line(end);
    std::memcpy(target, collected.data(), sizeof(Line));  // of a size known here: no call
    ++end;
    return collected.data();
}

std::span<const std::span<const BucketStore::Word>> BucketStore::spans(std::size_t bucket) {
    pieces_.clear();
    const auto* const collected = lines_[bucket].data();
    pieces_.emplace_back(collected, static_cast<std::size_t>(tails_[bucket] - collected));
    constexpr auto per_chunk = static_cast<std::uint32_t>(chunk_lines);
    if (const auto end = ends_[bucket]; end != 0) {
        auto lines = end % per_chunk == 0 ? per_chunk : end % per_chunk;
        for (auto chunk = (end - 1) / per_chunk; chunk != none; chunk = previous_[chunk]) {
            pieces_.emplace_back(line(chunk * per_chunk), lines * line_words);
            lines = per_chunk;
        }
    }
    return pieces_;
}

void BucketStore::empty(std::size_t bucket) {
    tails_[bucket] = lines_[bucket].data();
    occupied_[bucket / 64] &= ~(std::uint64_t{1} << bucket % 64);
    constexpr auto per_chunk = static_cast<std::uint32_t>(chunk_lines);
    const auto end = std::exchange(ends_[bucket], 0);
    if (end == 0) return;
    const auto last = (end - 1) / per_chunk;
    auto first = last;
    while (previous_[first] != none) first = previous_[first];
    previous_[first] = free_;
    free_ = last;
}

}  // namespace bully::sim
