// A message under way in 8 bytes: what a storm keeps half a billion of.
#pragma once

#include "sim/event_queue.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace bully::sim {

/// How an event of class `message` within one time bucket becomes a word, whose order is the order of events:
/// offset within the bucket, receiver, type, sender, number, each as wide as the group and the bucket demand. The
/// number, a round, gets what is left: at 30,000 processes and buckets of 4 us that is 18 bits. Events that don't fit
/// have to stay what they are.
class PackedLayout {
  public:
    PackedLayout() = default;
    PackedLayout(std::uint32_t processes, unsigned offset_bits)
        : index_bits_(static_cast<unsigned>(std::bit_width(std::max(processes, 2U) - 1))),
          number_bits_(std::min(EventKey::number_bits, 64 - type_bits - 2 * index_bits_ - offset_bits)) {}

    /// Such that at least 2^16 rounds fit.
    [[nodiscard]] static unsigned most_offset_bits(std::uint32_t processes) {
        return 64 - 16 - type_bits - 2 * static_cast<unsigned>(std::bit_width(std::max(processes, 2U) - 1));
    }

    [[nodiscard]] bool fits(EventKey key) const {
        return key.event_class() == EventClass::message && key.number() >> number_bits_ == 0;
    }
    [[nodiscard]] std::uint64_t pack(std::uint64_t offset, EventKey key) const {
        const auto upper = (offset << index_bits_ | key.receiver()) << type_bits | key.type();
        return (upper << index_bits_ | key.sender()) << number_bits_ | key.number();
    }
    [[nodiscard]] std::uint64_t offset(std::uint64_t word) const { return word >> offset_position(); }
    [[nodiscard]] unsigned offset_position() const { return number_bits_ + 2 * index_bits_ + type_bits; }
    [[nodiscard]] std::uint32_t receiver(std::uint64_t word) const {
        return field(word >> (number_bits_ + index_bits_ + type_bits), index_bits_);
    }
    [[nodiscard]] EventKey key(std::uint64_t word) const {
        return {EventClass::message, receiver(word), field(word >> (number_bits_ + index_bits_), type_bits),
                field(word >> number_bits_, index_bits_), field(word, number_bits_)};
    }

  private:
    static constexpr unsigned type_bits = 3;

    [[nodiscard]] static std::uint32_t field(std::uint64_t word, unsigned bits) {
        return static_cast<std::uint32_t>(word) & ((1U << bits) - 1);
    }

    unsigned index_bits_ = 16;
    unsigned number_bits_ = 16;
};

}  // namespace bully::sim
