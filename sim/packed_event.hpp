// A message under way in 8 bytes: what a storm keeps half a billion of.
#pragma once

#include "sim/event_queue.hpp"

#include <cstdint>

namespace bully::sim {

/// How an event of class `message` within one time bucket becomes a word, whose order is the order of events: offset
/// within the bucket, receiver, type, sender, number. The number, a round, gets what the offset leaves of 29 bits.
/// What doesn't fit must stay an event.
class PackedLayout {
  public:
    /// Leaves 14 bits for the number.
    static constexpr unsigned most_offset_bits = 15;

    explicit PackedLayout(unsigned offset_bits = most_offset_bits)
        : offset_bits_(offset_bits), number_bits_(64 - address_bits - offset_bits) {}

    [[nodiscard]] bool fits(EventKey key) const {
        return key.event_class() == EventClass::message && key.number() >> number_bits_ == 0;
    }
    /// The lower bits of `at`, ns, are the offset.
    [[nodiscard]] std::uint64_t pack(std::int64_t at, EventKey key) const {
        const auto offset = static_cast<std::uint64_t>(at) << (64 - offset_bits_);
        return offset | (key.bits >> EventKey::number_bits & address_mask) << number_bits_ | key.number();
    }
    [[nodiscard]] std::int64_t offset(std::uint64_t word) const {
        return static_cast<std::int64_t>(word >> (64 - offset_bits_));
    }
    [[nodiscard]] EventKey key(std::uint64_t word) const {
        EventKey key;
        key.bits = message_bits | (word >> number_bits_ & address_mask) << EventKey::number_bits |
                   (word & ((std::uint64_t{1} << number_bits_) - 1));
        return key;
    }

  private:
    static constexpr unsigned address_bits = 62 - EventKey::number_bits;  // receiver, type, sender
    static constexpr std::uint64_t address_mask = (std::uint64_t{1} << address_bits) - 1;
    static constexpr std::uint64_t message_bits = static_cast<std::uint64_t>(EventClass::message) << 62U;

    unsigned offset_bits_;
    unsigned number_bits_;
};

}  // namespace bully::sim
