// The store of RingQueue: many bags of 8-byte words that fill and empty in turn, hundreds of megabytes in all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace bully::sim {

/// Each bag collects a cache line of words before it moves them to recycled chunks. The lines being collected lie
/// together, so that an addition finds its line in the caches and its page in the TLB, wherever the chunks are.
class BucketStore {
  public:
    using Word = std::uint64_t;

    /// Empties all buckets and makes `count` of them. Requires: a power of two.
    void resize(std::size_t count);
    void clear();

    void add(std::size_t bucket, Word word) {
        auto* tail = tails_[bucket];
        if (at_line_begin(tail)) tail = begin_line(bucket, tail);
        *tail = word;
        tails_[bucket] = tail + 1;
    }

    /// The first bucket that isn't empty, from `bucket` on, the first bucket following the last. Requires: there is
    /// one.
    [[nodiscard]] std::size_t next_occupied(std::size_t bucket) const;

    /// The words of a bucket, in spans that hold until a word is added.
    [[nodiscard]] std::span<const std::span<const Word>> spans(std::size_t bucket);
    void empty(std::size_t bucket);

    /// The memory of all chunks, used or free.
    [[nodiscard]] std::size_t bytes_held() const { return blocks_.size() * block_bytes; }

  private:
    static constexpr std::size_t line_words = 8;  // of the cache
    static constexpr std::size_t chunk_lines = 16;
    static constexpr std::size_t block_bytes = std::size_t{1} << 21U;  // a huge page
    static constexpr std::uint32_t none = UINT32_MAX;

    struct alignas(line_words * sizeof(Word)) Line : std::array<Word, line_words> {};
    static constexpr std::size_t chunk_bytes = chunk_lines * sizeof(Line);
    static constexpr std::size_t block_chunks = block_bytes / chunk_bytes;

    struct FreeBlock {
        void operator()(std::byte* block) const;
    };

    /// The line is full, or nothing is in the bucket yet.
    [[nodiscard]] static bool at_line_begin(const Word* tail) {
        return reinterpret_cast<std::uintptr_t>(tail) % sizeof(Line) == 0;  // NOLINT(*-reinterpret-cast)
    }
    [[gnu::noinline]] Word* begin_line(std::size_t bucket, const Word* tail);
    std::uint32_t new_chunk();
    /// Lines are numbered through all chunks, and chunks likewise.
    [[nodiscard]] Word* line(std::uint32_t number) const;

    std::vector<Line> lines_;              // being collected, by bucket
    std::vector<Word*> tails_;             // where the next word goes in them
    std::vector<std::uint32_t> ends_;      // behind the last line in chunks, 0: none is
    std::vector<std::uint64_t> occupied_;  // a bit for each bucket
    std::vector<std::unique_ptr<std::byte, FreeBlock>> blocks_;
    std::vector<std::uint32_t> previous_;  // of each chunk: the one filled before it, or the next free one
    std::uint32_t free_ = none;
    std::vector<std::span<const Word>> pieces_;
};

}  // namespace bully::sim
