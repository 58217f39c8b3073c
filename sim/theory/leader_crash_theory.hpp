// The messages and the time of an election, where they have a closed form: core/README.md#counts-and-times.
//
// The case: the leader of a settled group of n crashes, nothing else goes wrong, and C1 to C3 hold. K is the lowest
// process that notices the crash before it hears of the new leader, and m = n - K.
#pragma once

#include "core/settings.hpp"
#include "core/timing.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/theory/next_probe.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bully::sim {

/// The number of ELECTIONs; m of them go to the dead leader.
[[nodiscard]] constexpr std::uint64_t election_messages(std::uint64_t m) { return m * (m + 1) / 2; }
/// The number of OKs in answer to the ELECTIONs.
[[nodiscard]] constexpr std::uint64_t answer_messages(std::uint64_t m) { return m * (m - 1) / 2; }
/// The number of COORDINATORs; one of them goes to the dead leader.
[[nodiscard]] constexpr std::uint64_t coordinator_messages(std::uint64_t n) { return n - 1; }
/// The number of all three: m^2 + n - 1.
[[nodiscard]] constexpr std::uint64_t total_messages(std::uint64_t n, std::uint64_t m) {
    return election_messages(m) + answer_messages(m) + coordinator_messages(n);
}

/// E[m^2], where each of n - 1 processes PROBEs at its own pace, and a process notices the crash if its PROBE fails
/// within `window` of the first failure. Requires: n > 1.
[[nodiscard]] double mean_square_of_higher(std::uint64_t n, const NextProbe& gap, Duration window);

/// What the closed forms predict for one scenario.
struct LeaderCrashTheory {
    /// The messages of an election: ELECTION, the OKs in answer, COORDINATOR.
    struct Messages {
        double mean = 0;          ///< E[m^2] + n - 1.
        std::uint64_t least = 0;  ///< m = 1: n.
        std::uint64_t most = 0;   ///< m = n - 1: n(n - 1).

        friend bool operator==(const Messages&, const Messages&) = default;
    };

    /// The mean of the time to agreement in ns: E[V] + T_p + J + T_ok plus the mean delays of the messages that then
    /// tell the others. V is the time to the first PROBE that fails. Where the crashed host refuses connections, the
    /// time of a refusal stands for both timeouts.
    double latency = 0;
    /// How far the true mean may be from `latency`, in ns: the highest surviving process may notice by itself before it
    /// is asked, and in a large group several processes notice at once.
    double latency_error = 0;
    /// None where connections are refused: elections are then over as fast as messages travel, and race each other.
    std::optional<Messages> messages;

    friend bool operator==(const LeaderCrashTheory&, const LeaderCrashTheory&) = default;
};

/// The predictions for a scenario, rounded to nanoseconds and thousandths of a message, so that no C library's last
/// digit shows. They hold under the conditions of core/README.md (a settled group that PROBEs, one crash of its leader,
/// no loss, C1 to C3) and under two more, because the formulas leave out races between messages:
/// - No delay is more than a hundredth of T_ok: otherwise more ELECTIONs cross the COORDINATOR, each for another round.
/// - Where the crashed host refuses connections, delays are constant: otherwise an ELECTION may reach a process that
///   follows already, which elects again, and waits for the hold-down of the process that has just announced itself.
/// Error: the reason why the closed forms don't apply, for people.
[[nodiscard]] tl::expected<LeaderCrashTheory, std::string> leader_crash_theory(const Scenario& scenario, Mode mode);

}  // namespace bully::sim
