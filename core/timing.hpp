// The timeouts of the algorithm, and the conditions under which it keeps its promises.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace bully {

using Duration = std::chrono::nanoseconds;

/// A range from which the executor draws a duration; min == max is a fixed one.
struct DurationRange {
    Duration min{};
    Duration max{};

    friend constexpr bool operator==(const DurationRange&, const DurationRange&) = default;
};

/// A range that holds one duration.
[[nodiscard]] constexpr DurationRange exactly(Duration duration) { return {duration, duration}; }

/// Defaults: the lab's, and row 10's.
struct Timing {
    Duration answer_timeout = std::chrono::milliseconds(1500);       ///< T_ok: wait for an OK.
    Duration coordinator_timeout = std::chrono::milliseconds(4000);  ///< T_coord: wait for a COORDINATOR.
    Duration probe_timeout = std::chrono::milliseconds(1500);        ///< T_p: wait for the answer to a PROBE.
    DurationRange probe_gap{std::chrono::milliseconds(500), std::chrono::milliseconds(3000)};  ///< a..b
    Duration probe_gap_limit = std::chrono::seconds(60);   ///< R7: no gap is doubled beyond this.
    Duration hold_down = std::chrono::milliseconds(100);   ///< H; counts only in mode robust.
    Duration join_retry = std::chrono::milliseconds(500);  ///< Row 15: first pause after a failed JOIN; it doubles.
    Duration join_retry_limit = std::chrono::seconds(8);   ///< Row 15: the longest pause between two JOINs.
    Duration refresh = std::chrono::seconds(30);           ///< T_r of R8: JOIN again after T_r to 2 T_r; mode robust.
    int join_attempts = 8;                                 ///< Row 15: then the process gives up.

    friend constexpr bool operator==(const Timing&, const Timing&) = default;
};

/// One of C1 to C3 that a configuration breaks.
struct BrokenCondition {
    std::string name;         ///< "C1", "C2" or "C3"
    std::string explanation;  ///< With the figures, for people.
};

/// C1 `T_ok > 2δ`, C2 `T_coord > T_ok + 2δ + hold-down`, C3 `T_p > 2δ` (core/README.md, row 10).
/// `longest_delay` is δ, the longest one-way delay. With `probing` off C3 is not asked for.
[[nodiscard]] std::vector<BrokenCondition> broken_conditions(const Timing& timing, Duration longest_delay,
                                                             bool probing = true);

/// "1.5s", "40ms", "7us", "3ns": the shortest exact form.
[[nodiscard]] std::string to_string(Duration duration);

}  // namespace bully
