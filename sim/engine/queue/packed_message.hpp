// A message under way in 8 bytes. A large storm keeps half a billion of them.
#pragma once

#include "sim/engine/queue/event_queue.hpp"

#include <cstdint>

namespace bully::sim {

/// An event of class `message` as a word; of its time only the lowest 15 bits are in it, since its bucket knows the
/// others. The order of words is the order of such events: time, receiver, type, sender, number. An event that doesn't
/// fit must stay a Pending.
class PackedMessage {
  public:
    static constexpr unsigned time_bits = 15;
    static constexpr unsigned number_bits = 14;
    static constexpr unsigned receiver_shift = 64 - time_bits - 16;

    [[nodiscard]] static bool fits(EventKey key) {
        return key.event_class() == EventClass::message && key.number() >> number_bits == 0;
    }
    PackedMessage(std::int64_t at, EventKey key)
        : word_(static_cast<std::uint64_t>(at) << (64 - time_bits) |
                (key.bits >> EventKey::number_bits & address_mask) << number_bits | key.number()) {}
    explicit PackedMessage(std::uint64_t word) : word_(word) {}

    /// The same message at `time`. Requires: this one is at time 0.
    [[nodiscard]] PackedMessage at(std::int64_t time) const {
        return PackedMessage(word_ | static_cast<std::uint64_t>(time) << (64 - time_bits));
    }
    [[nodiscard]] PackedMessage to_next_receiver() const {
        return PackedMessage(word_ + (std::uint64_t{1} << receiver_shift));
    }

    [[nodiscard]] std::uint64_t word() const { return word_; }
    /// The lowest bits of the time in ns.
    [[nodiscard]] std::int64_t time() const { return static_cast<std::int64_t>(word_ >> (64 - time_bits)); }
    [[nodiscard]] std::uint32_t receiver() const {
        return static_cast<std::uint32_t>(word_ >> receiver_shift & 0xFFFFU);
    }
    [[nodiscard]] EventKey key() const {
        EventKey key;
        key.bits = static_cast<std::uint64_t>(EventClass::message) << 62U |
                   (word_ >> number_bits & address_mask) << EventKey::number_bits |
                   (word_ & ((std::uint64_t{1} << number_bits) - 1));
        return key;
    }

  private:
    static constexpr unsigned address_bits = 62 - EventKey::number_bits;  // receiver, type, sender
    static constexpr std::uint64_t address_mask = (std::uint64_t{1} << address_bits) - 1;
    static_assert(time_bits + address_bits + number_bits == 64);

    std::uint64_t word_;
};

}  // namespace bully::sim
