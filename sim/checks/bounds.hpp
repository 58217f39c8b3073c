// The bounds of core/README.md#bounds-on-time, with the figures of a scenario: what its properties are held to.
#pragma once

#include "core/settings.hpp"
#include "core/timing.hpp"
#include "sim/scenario/scenario.hpp"

#include <string>
#include <vector>

namespace bully::sim {

/// Where processes have timings of their own, each figure is the worst of them.
struct Bounds {
    Duration longest_delay{};        ///< δ: what stays: that of the network, of lasting slow links and changes.
    Duration answer_timeout{};       ///< T_ok
    Duration coordinator_timeout{};  ///< T_coord
    Duration probe_timeout{};        ///< T_p
    Duration join{};                 ///< J: a JOIN, also one that fails
    Duration gap{};                  ///< b: the longest gap between PROBEs, R7 aside
    Duration hold_down{};            ///< Zero in mode strict.
    Duration refresh{};              ///< 2 T_r: R8's longest period
    std::size_t processes = 0;       ///< n

    std::vector<BrokenCondition> broken;  ///< Of C1 to C3.

    /// As if each timer ran for longer by this: the bounds of processes whose timers fire late.
    void lengthen_waits(Duration by);

    /// δ + hold-down: how long two may lead at once (P12).
    [[nodiscard]] Duration overlap() const { return longest_delay + hold_down; }
    /// S: from the last fault to agreement (P14). `longest_gap` is b, or more while R7 has made gaps longer.
    [[nodiscard]] Duration settle(Duration longest_gap) const;
    [[nodiscard]] Duration settle() const { return settle(gap); }
    /// From the death of a process that has kept several waiting to the last COORDINATOR of those that win without it.
    [[nodiscard]] Duration crossing_victories() const {
        return coordinator_timeout + answer_timeout + 3 * longest_delay + hold_down;
    }
    /// S_cut: the same after loss, partitions and the like.
    [[nodiscard]] Duration settle_after_cut(Duration longest_gap) const;
    [[nodiscard]] Duration settle_after_cut() const { return settle_after_cut(gap); }
    /// The same where only R8 can tell that somebody is misled.
    [[nodiscard]] Duration settle_by_refresh(Duration longest_gap) const;
    /// From the moment at which R8 is due to the one at which all follow the true leader. A COORDINATOR of a false one
    /// that repeats itself, and that of the true one in answer to it, may overtake each other: whom that misleads is
    /// told after its next PROBE (R2).
    [[nodiscard]] Duration told_by_refresh() const { return join + gap + 5 * longest_delay + 2 * hold_down; }
    /// (n-2)δ: from agreement to quiet (P16).
    [[nodiscard]] Duration quiet() const;
    /// From the death of a leader to its followers' doing something about it (P18).
    [[nodiscard]] Duration detection(Duration longest_gap) const;
    [[nodiscard]] Duration detection() const { return detection(gap); }
};

[[nodiscard]] Bounds bounds_of(const Scenario& scenario, Mode mode);

/// Why nothing can be promised about the group in this scenario, whatever happens in the run: a sentence each.
[[nodiscard]] std::vector<std::string> obstacles(const Scenario& scenario, const Bounds& bounds);

}  // namespace bully::sim
