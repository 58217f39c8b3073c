// Who leads, who follows whom, and for how long: kept up to date in constant time per change.
#pragma once

#include "core/view.hpp"
#include "sim/engine/measures.hpp"
#include "sim/engine/network.hpp"
#include "sim/scenario/scenario.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace bully::sim {

/// The life of a process. Down: it doesn't run, or feigns a failure. Paused: it runs, but does nothing.
enum class Life : std::uint8_t { down, paused, live };

/// What one process believes, and whether it may act on it.
struct Belief {
    Number leader = 0;  ///< 0: none.
    Life life = Life::down;
    bool leading = false;   ///< Only if it is live; the same goes for `idle`.
    bool idle = false;      ///< Follows or leads, in no election.
    bool electing = false;  ///< Also while it is paused.

    /// The whole belief in one word, for a fast comparison.
    [[nodiscard]] std::uint64_t word() const { return std::bit_cast<std::uint64_t>(*this); }
};

/// The belief of a process without a leader, by its life and phase.
inline constexpr auto beliefs = [] {
    std::array<std::array<Belief, phase_count>, 3> all{};
    for (std::size_t i = 0; i < phase_count; ++i) {
        const auto phase = static_cast<Phase>(i);
        const bool electing = phase == Phase::awaiting_answers || phase == Phase::awaiting_coordinator;
        all[static_cast<std::size_t>(Life::paused)][i] = {0, Life::paused, false, false, electing};
        all[static_cast<std::size_t>(Life::live)][i] = {0, Life::live, phase == Phase::leading, bully::is_idle(phase),
                                                        electing};
    }
    return all;
}();

/// Sums up the measures of one run. Everything in virtual time; calls come in order of `at`.
class Metrics {
  public:
    /// `network` tells who can reach whom, and must outlive this.
    void reset(std::size_t processes, const Network& network);

    /// The belief of process `number` may have changed. `leader`: whom it takes for its leader, 0 for nobody.
    void update(Time at, Number number, Life life, Phase phase, Number leader) {
        auto& belief = beliefs_[number - 1];
        auto now = beliefs[static_cast<std::size_t>(life)][static_cast<std::size_t>(phase)];
        now.leader = leader;
        if (now.word() != belief.word()) change(at, number, belief, now);
    }

    /// A planned fault happens (see Measures::last_fault). To be called after its effect on links and before its effect
    /// on beliefs: agreement counts from the network that the fault leaves.
    void record_fault(Time at);
    /// Names the last fault, unless it has a name: of several at one instant the first names all.
    void name_fault(WorldNote::Kind kind, Number number, bool ends) {
        if (measures.faults.empty() || measures.faults.back().named) return;
        auto& fault = measures.faults.back();
        fault.kind = kind;
        fault.number = number;
        fault.ends = ends;
        fault.named = true;
    }
    void finish(Time at);

    [[nodiscard]] bool is_live(Number number) const { return beliefs_[number - 1].life == Life::live; }
    /// The greatest process that leads; 0: nobody leads.
    [[nodiscard]] Number leader() const;

    Measures measures;

  private:
    void change(Time at, Number number, Belief& belief, Belief now);
    void account(Time at);
    void record_first_agreement();
    void end_fault(Time at);
    [[nodiscard]] bool is_led(Number number) const;
    void refresh_led(Number number) {
        const bool led = is_led(number);
        led_count_ += static_cast<std::uint32_t>(led) - led_[number - 1];
        led_[number - 1] = led ? 1 : 0;
    }
    void refresh_followers(Number leader);
    void refresh_some_leaderless(Time at);
    void refresh_agreement(Time at);

    const Network* network_ = nullptr;
    std::vector<Belief> beliefs_;
    std::vector<std::uint8_t> led_;         // by index: 1 if it follows a live leader within its reach
    std::vector<std::uint32_t> followers_;  // by number: how many live idle processes take it for their leader
    std::uint32_t live_ = 0;
    std::uint32_t leading_ = 0;
    std::uint32_t electing_ = 0;
    std::uint32_t led_count_ = 0;
    bool some_leaderless_ = false;
    bool links_plain_ = true;  // at the last fault
    Number highest_live_ = 0;
    Time accounted_{};  // leaderless and multi-leader time is summed up to here
};

}  // namespace bully::sim
