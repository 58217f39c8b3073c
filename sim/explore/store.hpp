// Many states in little memory: the bytes of each once, found again by hash. The memory is counted and bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

namespace bully::sim::explore {

/// States are numbered in the order in which they were found.
using StateId = std::uint32_t;
inline constexpr StateId no_state = UINT32_MAX;

/// No more memory may be had: the search ends here.
struct OutOfMemory : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What all parts of a search take, together.
class Memory {
  public:
    explicit Memory(std::size_t limit) : limit_(limit) {}
    /// Throws OutOfMemory.
    void take(std::size_t bytes) {
        if (bytes > limit_ - used_) throw OutOfMemory("the memory is used up");
        used_ += bytes;
        most_ = used_ > most_ ? used_ : most_;
    }
    void give(std::size_t bytes) { used_ -= bytes; }
    [[nodiscard]] std::size_t most() const { return most_; }

  private:
    std::size_t limit_;
    std::size_t used_ = 0;
    std::size_t most_ = 0;
};

/// A vector that never moves what it holds: growing takes no second copy.
template <typename Value>
class Blocks {
  public:
    static constexpr std::size_t block = std::size_t{1} << 16U;

    explicit Blocks(Memory& memory) : memory_(&memory) {}

    void push_back(Value value) {
        make_room(size_ + 1);
        (*this)[size_++] = value;
    }
    [[nodiscard]] Value& operator[](std::size_t i) { return blocks_[i / block][i % block]; }
    [[nodiscard]] const Value& operator[](std::size_t i) const { return blocks_[i / block][i % block]; }
    [[nodiscard]] std::size_t size() const { return size_; }
    void clear() { size_ = 0; }
    /// The next `count` places, all in one block, which there is room for. Requires: at most a block's.
    std::size_t reserve_together(std::size_t count) {
        if (size_ % block + count > block) size_ = (size_ / block + 1) * block;
        make_room(size_ + count);
        const auto place = size_;
        size_ += count;
        return place;
    }

  private:
    void make_room(std::size_t count) {
        while (blocks_.size() * block < count) {
            memory_->take(block * sizeof(Value));
            blocks_.push_back(std::make_unique_for_overwrite<Value[]>(block));
        }
    }

    Memory* memory_;
    std::vector<std::unique_ptr<Value[]>> blocks_;
    std::size_t size_ = 0;
};

/// A set of byte strings, each of at most 1,020 bytes.
class Store {
  public:
    explicit Store(Memory& memory);

    struct Found {
        StateId id = no_state;
        bool is_new = false;
    };
    Found insert(std::span<const std::uint8_t> bytes);
    /// Good until the next `insert`.
    [[nodiscard]] std::span<const std::uint8_t> bytes(StateId id) const;
    [[nodiscard]] std::size_t size() const { return starts_.size(); }
    /// Of the states themselves.
    [[nodiscard]] std::size_t total_bytes() const { return words_.size() * sizeof(std::uint32_t); }

  private:
    struct Slot {
        std::uint32_t hash = 0;
        StateId id = no_state;
    };

    void grow();

    Memory* memory_;
    Blocks<std::uint32_t> words_;   // a length in bytes, and the bytes, in whole words
    Blocks<std::uint32_t> starts_;  // by id, in words
    std::vector<Slot> slots_;       // open addressing; as many as a power of two
};

}  // namespace bully::sim::explore
