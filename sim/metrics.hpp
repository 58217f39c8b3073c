// Who leads, who follows whom, and for how long: kept up to date in constant time per change.
#pragma once

#include "core/election.hpp"
#include "sim/result.hpp"
#include "sim/scenario.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace bully::sim {

/// What matters of a process here.
struct Belief {
    Number leader = 0;
    bool live = false;
    bool leading = false;
    bool idle = false;  ///< Follows or leads, in no election.
    bool electing = false;

    /// All of it, to be compared at once.
    [[nodiscard]] std::uint64_t word() const { return std::bit_cast<std::uint64_t>(*this); }
};

/// By phase, of a process that is live and has no leader.
inline constexpr auto live_beliefs = [] {
    std::array<Belief, phase_count> beliefs;
    for (std::size_t i = 0; i < phase_count; ++i) {
        const auto phase = static_cast<Phase>(i);
        const bool electing = phase == Phase::awaiting_answers || phase == Phase::awaiting_coordinator;
        beliefs[i] = {0, true, phase == Phase::leading, bully::is_idle(phase), electing};
    }
    return beliefs;
}();

class Metrics {
  public:
    void reset(std::size_t processes);

    /// The belief of a process has changed, or may have. `live`: running, not failed, not paused. `leader` is the
    /// number of the one it takes for its leader, 0 for none.
    void update(Time at, Number number, bool live, Phase phase, Number leader) {
        auto& belief = beliefs_[number - 1];
        auto now = live ? live_beliefs[static_cast<std::size_t>(phase)] : Belief{};
        now.leader = leader;
        if (now.word() != belief.word()) change(at, number, belief, now);
    }

    void note_fault(Time at) { measures.last_fault = std::max(measures.last_fault, at); }
    void finish(Time at);

    /// The greatest live process, 0 if none is.
    [[nodiscard]] Number highest_live() const { return highest_live_; }
    [[nodiscard]] std::uint32_t leading_count() const { return leading_; }
    /// Whether every live process follows the greatest live one, and only that one leads.
    [[nodiscard]] bool agreed() const { return agreed_since_.has_value(); }
    [[nodiscard]] bool is_live(Number number) const { return beliefs_[number - 1].live; }
    /// Some process that leads, the greatest; 0 if none does.
    [[nodiscard]] Number leader() const;

    Measures measures;

  private:
    void change(Time at, Number number, Belief& belief, Belief now);
    void account(Time at);

    std::vector<Belief> beliefs_;
    std::vector<std::uint32_t> followers_;  // of each number: live idle processes that take it for their leader
    std::uint32_t live_ = 0;
    std::uint32_t leading_ = 0;
    std::uint32_t electing_ = 0;
    Number highest_live_ = 0;
    Time accounted_{};  // leaderless and multi-leader time is summed up to here
    std::optional<Time> agreed_since_;
};

}  // namespace bully::sim
