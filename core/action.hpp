// What a process wants done. The executor does it, in the order given.
#pragma once

#include "core/event.hpp"
#include "core/process_id.hpp"
#include "core/timing.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

namespace bully {

/// Ask the coordinator daemon for the members, announcing oneself. The outcome is exactly one Joined or
/// JoinFailed of `round`.
struct Join {
    Round round = no_round;
};

/// ELECTION with `Election::members()` to every member above oneself. Outcomes: AnswerReceived or Unreachable.
struct SendElection {
    Round round = no_round;
};

/// ELECTION with `Election::members()` to every member above oneself, outside of any election: each of them that is
/// alive announces itself, or makes somebody do so (R1, R2, R3, R8, H). The round is never the current one, so the
/// outcomes, AnswerReceived or Unreachable, change nothing.
struct AskHigher {
    Round round = no_round;
};

/// COORDINATOR with `leader`, oneself, to every other member, higher ones too, once (rule 5, P3).
struct Announce {
    ProcessId leader;
    Round round = no_round;  ///< The election that was won.
    bool again = false;      ///< A repetition for those who may have missed it (R1, R8, H), and not a new victory.
};

/// PROBE to `to`, a known member. Outcome: AnswerReceived or Unreachable of `round`, or nothing.
struct SendProbe {
    ProcessId to;
    Round round = no_round;
};

/// OK on the connection that `reply_to` names.
struct Reply {
    ReplyTo reply_to = 0;
};

/// Draw a duration from `range` and say TimerFired{timer, round} after it. Replaces the timer in the same slot. A
/// timer is never cancelled: one whose round is no longer the current one is ignored when it fires.
struct StartTimer {
    Timer timer = Timer::answer;
    Round round = no_round;
    DurationRange range;
};

/// Feign a failure (rule 8): close the listener, or accept and ignore; break what is open.
struct StopListening {};

/// The feigned failure is over.
struct Listen {};

/// What this process takes for the leader has changed; none after its own recovery (row 21).
struct LeaderChanged {
    std::optional<ProcessId> leader;
};

/// Something a person should know. The process goes on.
struct Warn {
    enum class What : std::uint8_t {
        duplicate_identity_listed,   ///< row 11: the daemon lists our pid with another address
        duplicate_identity_claimed,  ///< row 14: a COORDINATOR with our pid came from elsewhere
        coordinator_timeout_short,   ///< row 10: T_coord isn't more than T_ok + hold-down, whatever the delay
        join_unreachable,            ///< rows 7 and 15: the daemon can't be reached; going on with the members known
        join_rejected,               ///< row 16: the daemon refused a JOIN; going on with the members known
        answer_discounted,           ///< R6: `about` answers OK but never leads
        leader_unsteady,             ///< R7: `about` has been silent and has led again, several times
    };
    What what = What::duplicate_identity_listed;
    std::optional<ProcessId> about;
};

/// This process can't take part: the JOIN at its start was rejected, or failed too often (rows 15 and 16). The reason
/// is that of the JoinFailed that brought this about.
struct GiveUp {
    JoinFailed::Kind kind = JoinFailed::Kind::unreachable;
};

/// A value without anything to own, so that a buffer of them is cleared at once.
using Action = std::variant<Join, SendElection, Announce, SendProbe, Reply, StartTimer, StopListening, Listen,
                            LeaderChanged, Warn, GiveUp, AskHigher>;
static_assert(std::is_trivially_copyable_v<Action>);

/// The position of an alternative among those of Action.
template <typename Alternative, std::size_t at = 0>
[[nodiscard]] constexpr std::size_t action_index() {
    if constexpr (std::is_same_v<std::variant_alternative_t<at, Action>, Alternative>) {
        return at;
    } else {
        return action_index<Alternative, at + 1>();
    }
}

/// The first action of this kind in what a step has brought; null if there is none.
template <typename Wanted>
[[nodiscard]] const Wanted* find_action(std::span<const Action> actions) {
    for (const auto& action : actions) {
        if (const auto* found = std::get_if<Wanted>(&action)) return found;
    }
    return nullptr;
}

/// The executor's buffer, cleared and reused for each step so that a step doesn't allocate.
using Actions = std::vector<Action>;

}  // namespace bully
