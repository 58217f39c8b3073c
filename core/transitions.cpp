#include "core/transitions.hpp"

#include <array>
#include <utility>

namespace bully {

using enum Phase;
using enum EventKind;

/// The table with what only Election may call.
struct TransitionTable {
    using Act = void (Election::*)(const Event&, Actions&);
    struct Row {
        Transition transition;
        Act act = nullptr;
    };
    static constexpr std::size_t row_count = 54;
    static const std::array<Row, row_count> rows;

    template <std::size_t row>
    static void act(Election& process, const Event& event, Actions& out) {
        (process.*rows[row].act)(event, out);
    }
};

namespace {
using E = Election;
}  // namespace

// clang-format off
constexpr std::array<TransitionTable::Row, TransitionTable::row_count> TransitionTable::rows{{
    {{down, start, "JOIN the group", "lab 1", {joining}}, &E::join_group},

    {{joining, joined, "take the members, elect; JOIN again if a stranger leads", "lab 1, row 18", {following, leading, awaiting_answers}}, &E::enter_group},
    {{joining, join_failed, "try again later, at last give up", "rows 15 and 16", {joining, down}}, &E::retry_join_later},
    {{joining, join_retry_due, "JOIN again", "row 15", {joining}}, &E::join_again},
    {{joining, election, "answer OK; the election follows the JOIN", "lab 3", {joining}}, &E::answer_only},
    {{joining, probe, "answer OK", "lab 7", {joining}}, &E::answer_probe},
    {{joining, coordinator, "remember the leader; the election follows the JOIN", "lab 6", {joining}}, &E::note_coordinator},

    {{following, joined, "take the members; after a failed PROBE, or if not even the daemon knows the leader, elect; for a misled prober ask those above", "lab 7, R2, row 18", {following, leading, awaiting_answers}}, &E::rejoined},
    {{following, join_failed, "elect with the members known; robust: not while the leader is a stranger", "lab 7, rows 16 and 18", {following, leading, awaiting_answers}}, &E::rejoin_failed},
    {{following, election, "answer OK, then elect; if the leader is a stranger, JOIN first", "lab 3, row 18", {following, leading, awaiting_answers}}, &E::answer_and_elect},
    {{following, probe, "answer OK; robust: the prober is misled, ask those above; if the leader is a stranger, JOIN first", "lab 7, R2", {following}}, &E::answer_misled_prober},
    {{following, coordinator, "follow; robust: a lower one is not followed, elect", "lab 6, R1, R5, rows 14, 18, 19", {following, awaiting_answers}}, &E::coordinator_while_idle},
    {{following, answer, "the leader is alive: next gap", "lab 7", {following}}, &E::probe_answered},
    {{following, unreachable, "the leader has failed: JOIN again", "lab 7", {following}}, &E::leader_failed},
    {{following, probe_gap_over, "PROBE the leader; JOIN first, if it is a stranger", "lab 7, row 18", {following}}, &E::probe_leader},
    {{following, probe_timeout, "the leader has failed: JOIN again", "lab 7", {following}}, &E::leader_failed},
    {{following, refresh_due, "JOIN again", "R8", {following}}, &E::refresh},
    {{following, elect, "elect; if the leader is a stranger, JOIN first", "lab 2, row 18", {following, leading, awaiting_answers}}, &E::elect_now},
    {{following, feign_due, "fail", "lab 8", {failed}}, &E::fail},
    {{following, feign, "fail", "lab 8", {failed}}, &E::fail},

    {{leading, joined, "take the members; robust: if there are new ones, or a lower stranger claimed to lead, ask those above and announce again", "row 13, R1, R8", {leading}}, &E::rejoined},
    {{leading, join_failed, "robust: if a lower stranger claimed to lead, ask those above and announce again", "row 16, R1", {leading}}, &E::rejoin_failed},
    {{leading, election, "answer OK, then elect; robust: ask those above and announce again, within the hold-down when it ends", "lab 3, H", {leading, awaiting_answers}}, &E::answer_as_leader},
    {{leading, probe, "answer OK", "lab 7", {leading}}, &E::answer_probe},
    {{leading, coordinator, "follow; robust: a lower one is not followed: ask those above and announce again, if it is a stranger after a JOIN", "lab 6, R1, rows 14, 18", {leading, following}}, &E::coordinator_while_idle},
    {{leading, answer, "a higher process is alive: ask those above, and lead on", "R3", {leading}}, &E::higher_is_alive},
    {{leading, unreachable, "the next higher one in turn, after a gap", "R3", {leading}}, &E::higher_is_silent},
    {{leading, probe_gap_over, "PROBE a higher member in turn", "R3", {leading}}, &E::probe_next_higher},
    {{leading, probe_timeout, "the next higher one in turn, after a gap", "R3", {leading}}, &E::higher_is_silent},
    {{leading, hold_down_over, "announce once for all ELECTIONs held", "H", {leading}}, &E::end_hold_down},
    {{leading, refresh_due, "JOIN again, and announce again", "R8", {leading}}, &E::refresh},
    {{leading, elect, "elect", "lab 2", {leading, awaiting_answers}}, &E::elect_now},
    {{leading, feign_due, "fail", "lab 8", {failed}}, &E::fail},
    {{leading, feign, "fail", "lab 8", {failed}}, &E::fail},

    {{awaiting_answers, joined, "take the members", "row 13", {awaiting_answers}}, &E::learn_members},
    {{awaiting_answers, election, "answer OK, that is all", "lab 3, row 7", {awaiting_answers}}, &E::answer_only},
    {{awaiting_answers, probe, "answer OK", "lab 7", {awaiting_answers}}, &E::answer_probe},
    {{awaiting_answers, coordinator, "follow; robust: ignore a lower one", "lab 6, R1, rows 14, 18", {awaiting_answers, following}}, &E::coordinator_while_electing},
    {{awaiting_answers, answer, "await the coordinator; robust: not if it never leads", "lab 4, R6", {awaiting_answers, awaiting_coordinator}}, &E::await_coordinator},
    {{awaiting_answers, unreachable, "all have refused: win", "lab 5, row 9, R4", {awaiting_answers, leading}}, &E::count_refusal},
    {{awaiting_answers, answer_timeout, "win; robust: unless a higher one was learned of, then ask it", "lab 5, R4", {awaiting_answers, leading}}, &E::win_unless_more_to_ask},
    {{awaiting_answers, refresh_due, "not now: another time", "R8", {awaiting_answers}}, &E::refresh_later},
    {{awaiting_answers, feign_due, "fail", "lab 8", {failed}}, &E::fail},
    {{awaiting_answers, feign, "fail", "lab 8", {failed}}, &E::fail},

    {{awaiting_coordinator, joined, "take the members", "row 13", {awaiting_coordinator}}, &E::learn_members},
    {{awaiting_coordinator, election, "answer OK, that is all", "lab 3, row 7", {awaiting_coordinator}}, &E::answer_only},
    {{awaiting_coordinator, probe, "answer OK", "lab 7", {awaiting_coordinator}}, &E::answer_probe},
    {{awaiting_coordinator, coordinator, "follow; robust: ignore a lower one", "lab 6, R1, rows 14, 18", {awaiting_coordinator, following}}, &E::coordinator_while_electing},
    {{awaiting_coordinator, answer, "no deadline moves", "row 7, R6", {awaiting_coordinator}}, &E::note_late_answer},
    {{awaiting_coordinator, coordinator_timeout, "elect again", "lab 4, R6", {awaiting_answers}}, &E::elect_again},
    {{awaiting_coordinator, refresh_due, "not now: another time", "R8", {awaiting_coordinator}}, &E::refresh_later},
    {{awaiting_coordinator, feign_due, "fail", "lab 8", {failed}}, &E::fail},
    {{awaiting_coordinator, feign, "fail", "lab 8", {failed}}, &E::fail},

    {{failed, feign_due, "recover: leader forgotten, members kept, elect; robust: JOIN as well", "lab 8", {leading, awaiting_answers}}, &E::recover},
}};
// clang-format on

namespace {

constexpr std::size_t index(Phase phase) { return static_cast<std::size_t>(phase); }
constexpr std::size_t index(EventKind kind) { return static_cast<std::size_t>(kind); }

template <typename Value>
using ByPair = std::array<std::array<Value, event_kind_count>, phase_count>;

// Rows by (phase, kind); 0 is none, otherwise the row's number + 1.
constexpr auto row_numbers = [] {
    ByPair<std::uint8_t> numbers{};
    for (std::size_t i = 0; i < TransitionTable::row_count; ++i) {
        const auto& transition = TransitionTable::rows[i].transition;
        auto& number = numbers[index(transition.from)][index(transition.on)];
        if (number != 0) throw "two rows for one pair of phase and event";  // at compile time
        number = static_cast<std::uint8_t>(i + 1);
    }
    return numbers;
}();

// The acts of the rows as plain functions: a call through a pointer to a member, which might be virtual, takes longer.
constexpr auto acts = []<std::size_t... row>(std::index_sequence<row...>) {
    return std::array{&TransitionTable::act<row>...};
}
(std::make_index_sequence<TransitionTable::row_count>{});

constexpr std::array<EventKind, timer_count> timer_kinds{answer_timeout, coordinator_timeout, probe_gap_over,
                                                         probe_timeout,  join_retry_due,      hold_down_over,
                                                         feign_due,      refresh_due};

// By index of the alternative in Event; TimerFired, which isn't one kind, has the first of its own.
constexpr std::array<EventKind, std::variant_size_v<Event>> alternative_kinds{
    start, joined, join_failed, election, probe, coordinator, answer, unreachable, answer_timeout, elect, feign};

}  // namespace

EventKind kind_of(const Event& event) {
    if (const auto* fired = std::get_if<TimerFired>(&event)) {
        return timer_kinds[static_cast<std::size_t>(fired->timer)];
    }
    return alternative_kinds[event.index()];
}

void Election::step(const Event& event, Actions& out) {
    const auto number = row_numbers[index(phase_)][index(kind_of(event))];
    if (number == 0 || is_stale(event)) return;
    acts[number - 1U](*this, event, out);
}

std::span<const Transition> transitions() {
    static const auto published = [] {
        std::array<Transition, TransitionTable::row_count> all{};
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = TransitionTable::rows[i].transition;
        return all;
    }();
    return published;
}

const Transition* find_transition(Phase phase, EventKind kind) {
    const auto number = row_numbers[index(phase)][index(kind)];
    return number == 0 ? nullptr : &transitions()[number - 1U];
}

}  // namespace bully
