// What a process wants done. The executor does it, in the order given.
#pragma once

#include "core/event.hpp"
#include "core/process_id.hpp"
#include "core/timing.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace bully {

/// Ask the coordinator daemon for the members, announcing oneself. The outcome is exactly one Joined or
/// JoinFailed of `round`.
struct Join {
    static constexpr std::uint8_t number = 0;
    Round round = no_round;

    friend bool operator==(const Join&, const Join&) = default;
};

/// ELECTION with `Election::members()` to every member above oneself. Outcomes: AnswerReceived or Unreachable.
struct SendElection {
    static constexpr std::uint8_t number = 1;
    Round round = no_round;

    friend bool operator==(const SendElection&, const SendElection&) = default;
};

/// ELECTION with `Election::members()` to every member above oneself, outside of any election: each of them that is
/// alive announces itself, or makes somebody do so (R1, R2, R3, R8, H). The round is never the current one, so the
/// outcomes, AnswerReceived or Unreachable, change nothing.
struct AskHigher {
    static constexpr std::uint8_t number = 11;
    Round round = no_round;

    friend bool operator==(const AskHigher&, const AskHigher&) = default;
};

/// COORDINATOR with `leader`, oneself, to every other member, higher ones too, once (rule 5, P3).
struct Announce {
    static constexpr std::uint8_t number = 2;
    ProcessId leader;
    Round round = no_round;  ///< The election that was won.
    bool again = false;      ///< A repetition for those who may have missed it (R1, R8, H), and not a new victory.

    friend bool operator==(const Announce&, const Announce&) = default;
};

/// PROBE to `to`, a known member. Outcome: AnswerReceived or Unreachable of `round`, or nothing.
struct SendProbe {
    static constexpr std::uint8_t number = 3;
    ProcessId to;
    Round round = no_round;

    friend bool operator==(const SendProbe&, const SendProbe&) = default;
};

/// OK on the connection that `reply_to` names.
struct Reply {
    static constexpr std::uint8_t number = 4;
    ReplyTo reply_to = 0;

    friend bool operator==(const Reply&, const Reply&) = default;
};

/// Draw a duration from `range` and say TimerFired{timer, round} after it. Replaces the timer in the same slot. A
/// timer is never cancelled: one whose round is no longer the current one is ignored when it fires.
struct StartTimer {
    static constexpr std::uint8_t number = 5;
    Timer timer = Timer::answer;
    Round round = no_round;
    DurationRange range;

    friend bool operator==(const StartTimer&, const StartTimer&) = default;
};

/// Feign a failure (rule 8): close the listener, or accept and ignore; break what is open.
struct StopListening {
    static constexpr std::uint8_t number = 6;
    friend bool operator==(const StopListening&, const StopListening&) = default;
};

/// The feigned failure is over.
struct Listen {
    static constexpr std::uint8_t number = 7;
    friend bool operator==(const Listen&, const Listen&) = default;
};

/// What this process takes for the leader has changed; none after its own recovery (row 21).
struct LeaderChanged {
    static constexpr std::uint8_t number = 8;
    std::optional<ProcessId> leader;

    friend bool operator==(const LeaderChanged&, const LeaderChanged&) = default;
};

/// Something a person should know. The process goes on.
struct Warn {
    static constexpr std::uint8_t number = 9;
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

    friend bool operator==(const Warn&, const Warn&) = default;
};

/// This process can't take part: the JOIN at its start was rejected, or failed too often (rows 15 and 16). The reason
/// is that of the JoinFailed that brought this about.
struct GiveUp {
    static constexpr std::uint8_t number = 10;
    JoinFailed::Kind kind = JoinFailed::Kind::unreachable;

    friend bool operator==(const GiveUp&, const GiveUp&) = default;
};

/// A value without anything to own, so that a buffer of them is cleared at once. Each kind has a `number` that doesn't
/// depend on its place here. Never renumber: fingerprints depend on the numbers.
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

/// The number of an action's kind.
[[nodiscard]] inline std::uint8_t action_number(const Action& action) {
    static constexpr auto numbers = []<std::size_t... at>(std::index_sequence<at...>) {
        return std::array{std::variant_alternative_t<at, Action>::number...};
    }
    (std::make_index_sequence<std::variant_size_v<Action>>{});
    return numbers[action.index()];
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
