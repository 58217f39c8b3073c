// The timers of a replayed trace, and how late they are. They show when a program stood still (SIGSTOP, a machine that
// slept): no process has a line for a while, and then comes a timer that was due long before.
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

/// Nodes are numbered from 1.
class ReplayTimers {
  public:
    explicit ReplayTimers(std::size_t nodes) : armed_(nodes) {}

    /// A life begins: no timer of an earlier one fires.
    void begin_life(Number node) { armed_[node - 1] = {}; }
    void end_life(Number node) { armed_[node - 1] = {}; }
    /// A step with these actions. If `event` is a timer, that timer isn't armed any more; null: the life began.
    void note(Number node, Time at, const Event* event, std::span<const Action> actions);

    /// How late the latest timer of this node is at `at`; zero if none is due.
    [[nodiscard]] Duration lateness(Number node, Time at) const;
    /// The same for all nodes.
    [[nodiscard]] Duration lateness(Time at) const;
    /// No node did anything from `from` to `to`: the nodes that then had a timer overdue by more than `tolerance`, but
    /// not before.
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
