// What can happen to a process. The executor turns arrivals, connections and clocks into these.
#pragma once

#include "core/membership.hpp"
#include "core/process_id.hpp"
#include "core/timing.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace bully {

/// Numbers each thing a process waits for: an election, a PROBE, a JOIN, a timer. Never reused within a life. A
/// request carries it out, its outcome carries it back, and what isn't of the present round is ignored (row 6, P7).
using Round = std::uint32_t;
/// The round of what nothing waits for, and of a timer that doesn't run. No request or timer has it.
inline constexpr Round no_round = 0;

/// Names the connection on which a request came. Opaque: the lab's ELECTION doesn't say who sent it.
using ReplyTo = std::uint64_t;

/// What a timer is for. A process has one timer per slot: starting one replaces the one in its slot (see `slot`).
/// Never renumber: the draws and the fingerprints of simulations depend on the numbers.
enum class Timer : std::uint8_t {
    answer = 0,         ///< T_ok
    coordinator = 1,    ///< T_coord
    probe_gap = 2,      ///< until the next PROBE
    probe_timeout = 3,  ///< T_p
    join_retry = 4,     ///< row 15
    hold_down = 5,      ///< H
    feign = 6,          ///< rule 8: until the feigned failure begins, or ends
    refresh = 7,        ///< R8: until the next JOIN that nothing has asked for
};
inline constexpr std::size_t timer_count = 8;

enum class TimerSlot : std::uint8_t { main, hold_down, feign, refresh };
inline constexpr std::size_t timer_slot_count = 4;

[[nodiscard]] constexpr TimerSlot slot(Timer timer) {
    switch (timer) {
        case Timer::hold_down: return TimerSlot::hold_down;
        case Timer::feign: return TimerSlot::feign;
        case Timer::refresh: return TimerSlot::refresh;
        default: return TimerSlot::main;
    }
}

/// Begin: JOIN the group, then elect (rule 1).
struct Start {
    friend bool operator==(const Start&, const Start&) = default;
};

/// The coordinator daemon's answer to the JOIN of this round.
struct Joined {
    Membership members;
    Round round = no_round;

    friend bool operator==(const Joined&, const Joined&) = default;
};

/// The JOIN of this round failed.
struct JoinFailed {
    enum class Kind : std::uint8_t {
        unreachable,  ///< no connection, no answer: worth another try at start (row 15)
        rejected,     ///< the daemon answered with an error text, which is `reason` (row 16)
    };
    Kind kind = Kind::unreachable;
    std::string reason;  ///< For people; may be empty.
    Round round = no_round;

    friend bool operator==(const JoinFailed&, const JoinFailed&) = default;
};

/// ELECTION, with all members its sender knows.
struct ElectionReceived {
    ReplyTo reply_to = 0;
    Membership members;

    friend bool operator==(const ElectionReceived&, const ElectionReceived&) = default;
};

struct ProbeReceived {
    ReplyTo reply_to = 0;

    friend bool operator==(const ProbeReceived&, const ProbeReceived&) = default;
};

/// COORDINATOR: `leader` claims to lead.
struct CoordinatorReceived {
    ProcessId leader;

    friend bool operator==(const CoordinatorReceived&, const CoordinatorReceived&) = default;
};

/// OK, in answer to the ELECTION or PROBE that was sent in `round`.
struct AnswerReceived {
    ProcessId from;
    Round round = no_round;

    friend bool operator==(const AnswerReceived&, const AnswerReceived&) = default;
};

/// The request sent to `peer` in `round` will get no answer. At most one a request.
struct Unreachable {
    enum class Why : std::uint8_t {
        refused,   ///< nobody listens there
        reset,     ///< the connection broke before an answer
        given_up,  ///< no connection within the connect timeout: silence, not a refusal (row 9)
    };
    ProcessId peer;
    Round round = no_round;
    Why why = Why::refused;

    friend bool operator==(const Unreachable&, const Unreachable&) = default;
};

struct TimerFired {
    Timer timer = Timer::answer;
    Round round = no_round;

    friend bool operator==(const TimerFired&, const TimerFired&) = default;
};

/// Start an election as if a failure had been noticed, without PROBE and JOIN. For scenarios and benchmarks.
struct Elect {
    friend bool operator==(const Elect&, const Elect&) = default;
};

/// Feign a failure now, for a time drawn from `down` (rule 8, on demand).
struct Feign {
    DurationRange down;

    friend bool operator==(const Feign&, const Feign&) = default;
};

/// A value: it owns what it carries, and may be kept, copied and compared.
using Event = std::variant<Start, Joined, JoinFailed, ElectionReceived, ProbeReceived, CoordinatorReceived,
                           AnswerReceived, Unreachable, TimerFired, Elect, Feign>;

}  // namespace bully
