// What an election costs and how long it takes where that has a closed form: core/README.md#counts-and-times.
//
// The case: a settled group of n, its leader crashes, nothing else goes wrong, C1 to C3 hold. K is the lowest of those
// that notice before they hear of the new leader, m = n - K.
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

/// ELECTIONs sent; m of them go to the dead leader.
[[nodiscard]] constexpr std::uint64_t election_messages(std::uint64_t m) { return m * (m + 1) / 2; }
/// OKs to them.
[[nodiscard]] constexpr std::uint64_t answer_messages(std::uint64_t m) { return m * (m - 1) / 2; }
/// One of them goes to the dead leader.
[[nodiscard]] constexpr std::uint64_t coordinator_messages(std::uint64_t n) { return n - 1; }
/// The three together: m^2 + n - 1.
[[nodiscard]] constexpr std::uint64_t total_messages(std::uint64_t n, std::uint64_t m) {
    return election_messages(m) + answer_messages(m) + coordinator_messages(n);
}

/// E[m^2], where each of n - 1 processes PROBEs at its own pace, and those notice whose PROBE fails within `window`
/// of the first failure. Requires: n > 1.
[[nodiscard]] double mean_square_of_higher(std::uint64_t n, const NextProbe& gap, Duration window);

struct LeaderCrashTheory {
    /// Of an election: ELECTION, the OKs to it, COORDINATOR.
    struct Messages {
        double mean = 0;          ///< E[m^2] + n - 1.
        std::uint64_t least = 0;  ///< m = 1: n.
        std::uint64_t most = 0;   ///< m = n - 1: n(n - 1).

        friend bool operator==(const Messages&, const Messages&) = default;
    };

    /// Mean of the time to agreement: E[V] + T_p + J + T_ok, in nanoseconds, with V the time to the first PROBE that
    /// fails, and the mean delays of what then tells the others. Where the crashed host refuses connections, both
    /// timeouts are the time of a refusal.
    double latency = 0;
    /// The mean is within this of it, either way: the highest of those that are left may notice by itself before it is
    /// asked, and with many processes several notice at once.
    double latency_error = 0;
    /// None where connections are refused: then elections are over as fast as messages travel, and race each other.
    std::optional<Messages> messages;

    friend bool operator==(const LeaderCrashTheory&, const LeaderCrashTheory&) = default;
};

/// Applies under the conditions of core/README.md (a settled group that PROBEs, one crash of its leader, no
/// loss, C1 to C3), and two that its formulas take for granted when they leave out how messages race each other:
/// - No delay is more than a hundredth of T_ok: else more ELECTIONs cross the COORDINATOR, each for another round.
/// - Where the crashed host refuses connections, delays are constant: else an ELECTION may reach a process that follows
///   already, which elects again, and waits for the hold-down of who has just announced itself.
/// Rounded to nanoseconds and thousandths of a message, so that no C library's last digit shows.
/// Error: why the closed forms don't apply to this scenario.
[[nodiscard]] tl::expected<LeaderCrashTheory, std::string> leader_crash_theory(const Scenario& scenario, Mode mode);

}  // namespace bully::sim
