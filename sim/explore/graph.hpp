// The states of a search that differ by what comes by itself, and whether each run through them comes to agreement.
#pragma once

#include "sim/explore/store.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace bully::sim::explore {

/// What is known of a state once those after it are known.
enum class Fate : std::uint8_t {
    // Up to `most_wait`: every run comes to agreement that lasts, after at most so many ticks.
    cut_off = 250,    ///< Every run ends by a disturbance that has to come, or none of this is asked.
    may_wedge = 251,  ///< Some run leads to a wedge, and each other to agreement.
    endless = 252,    ///< A run goes on for ever without lasting agreement, though it could come.
    wedged = 253,     ///< No run leads to agreement.
    agreed = 254,     ///< All agree now, and for good as far as is known.
    unknown = 255,
};
inline constexpr int most_wait = 249;

/// One level of a search: its states' numbers follow each other, and what comes by itself leads to none of a later
/// level.
class Graph {
  public:
    explicit Graph(Memory& memory) : fates_(memory), starts_(memory), edges_(memory) {}

    /// The states from `first` on are the level's.
    void begin_level(StateId first);
    /// A state, in the order of their numbers, and then the edges from it.
    void add_state(Fate fate);
    void add_edge(StateId to, bool tick) { edges_.push_back(to | (tick ? tick_bit : 0)); }

    /// Once all is added: the fate of each state of the level. Those that agree for good wait 0 ticks.
    void settle();

    [[nodiscard]] Fate fate(StateId id) const { return static_cast<Fate>(fates_[id]); }
    [[nodiscard]] std::size_t transitions() const { return transitions_ + edges_.size(); }
    /// Where the edge leads, by its place among those of its state; `no_state` behind the last one.
    [[nodiscard]] StateId target(StateId from, std::size_t which) const;

  private:
    static constexpr std::uint32_t tick_bit = 1U << 31U;

    template <typename Decide>
    void sweep(Decide decide);
    template <typename Visit>
    void for_each_edge(StateId from, Visit visit) const;
    void settle_agreement();
    void settle_waits();
    void settle_wedges();

    Blocks<std::uint8_t> fates_;
    Blocks<std::uint32_t> starts_;  // of the level's states: their first edge
    Blocks<std::uint32_t> edges_;   // of the level's states
    StateId first_ = 0;
    std::size_t transitions_ = 0;  // of former levels
};

}  // namespace bully::sim::explore
