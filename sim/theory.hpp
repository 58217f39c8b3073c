// What an election costs and how long it takes where that has a closed form: algorithm.md section 4.
//
// The case: a settled group of n, its leader crashes, nothing else goes wrong, C1 to C3 hold. K is the lowest of those
// that notice before they hear of the new leader, m = n - K.
#pragma once

#include "core/election.hpp"
#include "core/timing.hpp"
#include "sim/scenario.hpp"

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

/// Of the time from any instant to the next PROBE of one process, long under way, in nanoseconds.
class ResidualGap {
  public:
    /// Requires: gap.max > 0.
    explicit ResidualGap(DurationRange gap);

    /// P(R > x), for any x >= 0.
    [[nodiscard]] double survival(double x) const;
    /// The x with survival(x) = y, 0 <= y <= 1.
    [[nodiscard]] double at_survival(double y) const;
    /// E[min of `count` independent ones], count > 0.
    [[nodiscard]] double mean_of_least(std::uint64_t count) const;

  private:
    double a_;
    double b_;
    double mean_;
};

/// E[m^2], where each of n - 1 processes PROBEs at its own pace, and those notice whose PROBE fails within `window`
/// of the first failure. Requires: n > 1.
[[nodiscard]] double mean_square_of_higher(std::uint64_t n, const ResidualGap& gap, Duration window);

struct LeaderCrashTheory {
    /// Of an election: ELECTION, the OKs to it, COORDINATOR.
    struct Messages {
        double mean = 0;          ///< E[m^2] + n - 1.
        std::uint64_t least = 0;  ///< m = 1: n.
        std::uint64_t most = 0;   ///< m = n - 1: n(n - 1).

        friend bool operator==(const Messages&, const Messages&) = default;
    };

    /// E[V] + T_p + J + T_ok, in nanoseconds, with V the time to the first PROBE that fails; where the crashed host
    /// refuses connections, both timeouts are the time of a refusal.
    double latency = 0;
    /// The delays of messages come on top of that, and the hold-down where refusals are fast: this at most.
    double latency_slack = 0;
    /// None where connections are refused: then elections are over as fast as messages travel, and race each other.
    std::optional<Messages> messages;

    friend bool operator==(const LeaderCrashTheory&, const LeaderCrashTheory&) = default;
};

/// Rounded to nanoseconds and thousandths of a message, so that no C library's last digit shows.
/// Error: why the closed forms don't apply to this scenario.
[[nodiscard]] tl::expected<LeaderCrashTheory, std::string> leader_crash_theory(const Scenario& scenario, Mode mode);

}  // namespace bully::sim
