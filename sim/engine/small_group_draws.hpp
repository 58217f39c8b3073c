// The first draws of each process of a small group, made side by side.
#pragma once

#include "sim/engine/random.hpp"
#include "sim/scenario/scenario.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bully::sim {

/// The delays of each process's first ELECTION and first answers, and of the first COORDINATOR of the second-highest
/// process, which wins once the highest has crashed. That is nearly all that an election needs, for a third of the time
/// that it takes block by block.
class SmallGroupDraws {
  public:
    static constexpr std::size_t most_processes = 15;

    /// Requires: processes <= most_processes.
    explicit SmallGroupDraws(std::size_t processes);

    /// A run begins: the draws of the last one are void.
    void forget() { drawn_ = false; }

    /// The draws for the first message of this type from the process at index `from`: one for each receiver by index,
    /// or, for answers, the first four. Null: they aren't among the draws made here. Valid until forget().
    [[nodiscard]] const std::uint32_t* of(MessageType type, std::uint32_t from, const Random& random) {
        const auto place = places_[static_cast<std::size_t>(type)][from];
        if (place == none) return nullptr;
        if (!drawn_) draw(random);
        return draws_.data() + place;
    }

  private:
    static constexpr std::uint16_t none = UINT16_MAX;
    using Places = std::array<std::uint16_t, most_processes>;

    void add(MessageType type, std::uint32_t from, std::size_t blocks);
    void draw(const Random& random);

    std::array<Places, message_type_count> places_{};
    std::vector<Random::Counters> counters_;
    std::vector<std::uint32_t> draws_;
    bool drawn_ = false;
};

}  // namespace bully::sim
