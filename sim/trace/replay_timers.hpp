// The timers of a replayed trace: how late they are. A program that stood still (SIGSTOP, a machine that slept) shows
// by that: for a while no line of any process, and then a timer that was due long before.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "sim/scenario/scenario.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace bully::sim {

class ReplayTimers {
  public:
    explicit ReplayTimers(std::size_t nodes) : armed_(nodes) {}

    // Nodes are numbered from 1.

    /// A life begins: no timer of an earlier one fires.
    void begin_life(Number node) { armed_[node - 1] = {}; }
    void end_life(Number node) { armed_[node - 1] = {}; }
    /// What a step did; `event`, if it was a timer, isn't armed any more.
    void note(Number node, Time at, const Event* event, std::span<const Action> actions);

    /// How late the timers of this process are at most by `at`; zero if none is due.
    [[nodiscard]] Duration lateness(Number node, Time at) const;
    /// Of all.
    [[nodiscard]] Duration lateness(Time at) const;
    /// From `from` to `to` no process did anything. Those that had a timer due for longer than `tolerance` meanwhile,
    /// and hadn't missed it before.
    [[nodiscard]] std::vector<Number> missed(Time from, Time to, Duration tolerance) const;

  private:
    struct Armed {
        Round round = 0;
        Time due{};  // at the latest: a trace doesn't tell which time was drawn
    };
    using Slots = std::array<std::optional<Armed>, timer_slot_count>;

    std::vector<Slots> armed_;
};

}  // namespace bully::sim
