// Keyed randomness: a draw is a function of what it is for, not of how many draws came before it. Removing a fault
// or a process from a scenario leaves nearly all other draws as they were.
#pragma once

#include "core/timing.hpp"
#include "sim/scenario/delay.hpp"

#include <Random123/philox.h>

#include <array>
#include <cstdint>
#include <span>

namespace bully::sim {

/// What a draw decides: a part of its key. Never renumber these, since fingerprints depend on them.
enum class Purpose : std::uint32_t {
    message_delay = 0,  // + MessageType
    message_loss = 8,
    message_duplication = 16,
    duplicate_delay = 24,
    refusal_delay = 32,
    timer = 40,  // + Timer
    daemon_delay = 48,
    random_process = 56,
};

/// Philox4x32-10 (Salmon et al., SC 2011), keyed by the seed: counter-based, statistically tested, and the same
/// everywhere. Four draws come from one evaluation.
class Random {
  public:
    using Block = std::array<std::uint32_t, 4>;

    explicit Random(std::uint64_t seed = 0)
        : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}} {}

    /// The draws number 4 x block .. 4 x block + 3 of (purpose, owner, count).
    [[nodiscard]] Block block(std::uint32_t purpose, std::uint32_t owner, std::uint32_t count,
                              std::uint32_t block) const {
        const r123::Philox4x32::ctr_type counter{{block, count, owner, purpose}};
        const auto words = r123::Philox4x32{}(counter, key_);
        return {words[0], words[1], words[2], words[3]};
    }

    /// Draw number `index` of (purpose, owner, count).
    [[nodiscard]] std::uint32_t draw(std::uint32_t purpose, std::uint32_t owner, std::uint32_t count,
                                     std::uint32_t index = 0) const {
        return block(purpose, owner, count, index / 4)[index % 4];
    }

    /// The keys of several blocks that are drawn together: block i has the i-th word of each array.
    struct Counters {
        static constexpr std::size_t at_once = 16;
        using Words = std::array<std::uint32_t, at_once>;
        alignas(16) Words block;
        alignas(16) Words count;
        alignas(16) Words owner;
        alignas(16) Words purpose;
    };

    /// Fills `out` with the draws of the first blocks, in a fraction of the time that they take one by one. Requires:
    /// `out` holds a whole number of blocks, at most Counters::at_once.
    void fill(const Counters& counters, std::span<std::uint32_t> out) const;

    /// Fills `out` with the draws of (purpose, owner, count) from block `first_block` on. Requires: `out` holds a whole
    /// number of blocks.
    void fill(std::uint32_t purpose, std::uint32_t owner, std::uint32_t count, std::uint32_t first_block,
              std::span<std::uint32_t> out) const;

  private:
    r123::Philox4x32::key_type key_;
};

/// Uniform over the nanoseconds of [range.min, range.max], both included.
[[nodiscard]] inline Duration pick(DurationRange range, std::uint32_t draw) {
    const auto width = static_cast<std::uint64_t>((range.max - range.min).count()) + 1;
    return range.min + Duration{static_cast<std::int64_t>(scaled(draw, width))};
}

}  // namespace bully::sim
