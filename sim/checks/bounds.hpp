// The bounds of core/README.md#bounds-on-time, with the figures of a scenario.
#pragma once

#include "core/settings.hpp"
#include "core/timing.hpp"
#include "sim/scenario/scenario.hpp"

#include <string>
#include <vector>

namespace bully::sim {

/// How long a group may take. Where processes have timings of their own, each figure is the worst of theirs.
struct Bounds {
    Duration longest_delay{};        ///< δ: of the network, with the slow links and changed delays that never end.
    Duration answer_timeout{};       ///< T_ok
    Duration coordinator_timeout{};  ///< T_coord
    Duration probe_timeout{};        ///< T_p
    Duration join{};                 ///< J: until a JOIN has its outcome, also if it fails
    Duration gap{};                  ///< b: the longest gap between PROBEs, R7 aside
    Duration hold_down{};            ///< Zero in mode strict.
    Duration refresh{};              ///< 2 T_r: R8's longest period
    std::size_t processes = 0;       ///< n

    std::vector<BrokenCondition> broken;  ///< Those of C1 to C3 that don't hold.

    /// Adds `by` to each timer: the bounds of processes whose timers fire up to that late.
    void lengthen_waits(Duration by);

    /// How long two may lead at once (P12): δ + hold-down.
    [[nodiscard]] Duration overlap() const { return longest_delay + hold_down; }
    /// S, the time from the last fault to agreement (P14). `longest_gap`: b, or more if R7 has made gaps longer.
    [[nodiscard]] Duration settle(Duration longest_gap) const;
    [[nodiscard]] Duration settle() const { return settle(gap); }
    /// The time from the death of a process that several waited for to the last COORDINATOR of those that win without
    /// it.
    [[nodiscard]] Duration crossing_victories() const {
        return coordinator_timeout + answer_timeout + 3 * longest_delay + hold_down;
    }
    /// S_cut, the time to agreement after a disturbance: loss, a partition, a pause.
    [[nodiscard]] Duration settle_after_cut(Duration longest_gap) const;
    [[nodiscard]] Duration settle_after_cut() const { return settle_after_cut(gap); }
    /// The time to agreement where only R8 can tell that a process is misled.
    [[nodiscard]] Duration settle_by_refresh(Duration longest_gap) const;
    /// The time from the moment at which R8 is due until all follow the true leader. A false leader repeats its
    /// COORDINATOR, the true one answers with its own, and the two may overtake each other: a process that this
    /// misleads is told after its next PROBE (R2).
    [[nodiscard]] Duration told_by_refresh() const { return join + gap + 5 * longest_delay + 2 * hold_down; }
    /// The time from agreement to quiet (P16): (n-2)δ.
    [[nodiscard]] Duration quiet() const;
    /// The time from the death of a leader until its followers do something about it (P18).
    [[nodiscard]] Duration detection(Duration longest_gap) const;
    [[nodiscard]] Duration detection() const { return detection(gap); }
};

/// The bounds of a run in this mode.
[[nodiscard]] Bounds bounds_of(const Scenario& scenario, Mode mode);

/// The reasons why the group's properties can't be promised in this scenario, whatever happens in the run: one sentence
/// each. Empty: they can.
[[nodiscard]] std::vector<std::string> obstacles(const Scenario& scenario, const Bounds& bounds);

}  // namespace bully::sim
