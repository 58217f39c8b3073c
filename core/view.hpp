// What an observer sees of a process.
#pragma once

#include "core/event.hpp"
#include "core/process_id.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace bully {

/// Never renumber: fingerprints and digests depend on the numbers.
enum class Phase : std::uint8_t {
    down = 0,                  ///< Not started, or given up.
    joining = 1,               ///< The first JOIN is under way.
    following = 2,             ///< Idle; another process leads.
    leading = 3,               ///< Idle; this process leads.
    awaiting_answers = 4,      ///< ELECTION sent, waiting for an OK: at most T_ok.
    awaiting_coordinator = 5,  ///< A higher process answered OK, waiting for its COORDINATOR: at most T_coord.
    failed = 6,                ///< Feigning a failure (rule 8).
};
inline constexpr std::size_t phase_count = 7;

/// In a group, and in no election.
[[nodiscard]] constexpr bool is_idle(Phase phase) { return phase == Phase::following || phase == Phase::leading; }

/// What an idle process is doing about the process it watches: its leader, or, leading, a higher member (R3).
/// Never renumber: fingerprints and digests depend on the numbers.
enum class Watch : std::uint8_t {
    nothing = 0,
    gap = 1,     ///< The next PROBE waits for the end of the gap.
    probe = 2,   ///< A PROBE is open.
    rejoin = 3,  ///< A JOIN is open, and an election waits for its outcome.
    lookup = 4,  ///< A JOIN is open for the address of a leader that is known by its pid alone (row 18).
};
inline constexpr std::size_t watch_count = 5;

/// Everything an observer may want to know of a process after a step.
struct View {
    Phase phase = Phase::down;
    Watch watch = Watch::nothing;
    std::optional<ProcessId> leader;
    Round round = no_round;  ///< That of the current wait; changes whenever the process turns to something new.

    friend bool operator==(const View&, const View&) = default;
};

}  // namespace bully
