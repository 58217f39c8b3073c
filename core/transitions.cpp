#include "core/transitions.hpp"

#include "core/acts.hpp"
#include "core/election.hpp"

#include <array>
#include <utility>

namespace bully {

using enum Phase;
using Watch::gap;
using Watch::lookup;
using Watch::nothing;
using Watch::rejoin;
using enum EventKind;
using enum Outcome;
using enum Mode;

/// The table with what only Election may call.
struct TransitionTable {
    using Act = void (Election::*)(const Event&, Actions&);
    struct Row {
        Transition transition;
        Act act = nullptr;
    };
    static constexpr std::size_t row_count = 88;
    static const std::array<Row, row_count> rows;

    /// 0 if there is none, otherwise its place + 1.
    static std::uint8_t row_number(const Election& process, const Event& event);

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
    {{down, {nothing}, start, awaited, both_modes, "JOIN the group", "lab 1", {joining}}, &E::join_group},

    {{joining, {nothing}, joined, awaited, both_modes, "take the members, elect; JOIN again if a stranger leads", "lab 1, row 18", {following, leading, awaiting_answers}}, &E::enter_group},
    {{joining, {nothing}, join_failed, awaited, both_modes, "try again later, at last give up", "rows 15 and 16", {joining, down}}, &E::retry_join_later},
    {{joining, {nothing}, join_retry_due, awaited, both_modes, "JOIN again", "row 15", {joining}}, &E::join_again},
    {{joining, {nothing}, election, awaited, both_modes, "answer OK; the election follows the JOIN", "lab 3", {joining}}, &E::answer_only},
    {{joining, {nothing}, EventKind::probe, awaited, both_modes, "answer OK", "lab 7", {joining}}, &E::answer_probe},
    {{joining, {nothing}, coordinator, awaited, {strict}, "remember the leader; the election follows the JOIN", "lab 6, row 14", {joining}}, &E::note_coordinator},
    {{joining, {nothing}, coordinator, awaited, {robust}, "remember the leader, unless it is a lower one; the election follows the JOIN", "lab 6, R1, row 14", {joining}}, &E::note_higher_coordinator},

    {{following, {rejoin}, joined, awaited, both_modes, "take the members, elect", "lab 7", {leading, awaiting_answers}}, &E::rejoined},
    {{following, {lookup}, joined, awaited, {robust}, "take the members; PROBE the leader after a gap, for a misled prober ask those above first; if not even the daemon knows the leader, elect", "row 18, R2", {following, leading, awaiting_answers}}, &E::looked_up},
    {{following, any_watch, joined, other, both_modes, "take the members", "row 13", {following}}, &E::learn_members},
    {{following, {rejoin}, join_failed, awaited, {strict}, "elect with the members known", "lab 7, row 16", {leading, awaiting_answers}}, &E::rejoin_failed},
    {{following, {rejoin}, join_failed, awaited, {robust}, "elect with the members known; if the leader is a stranger, ask again after a gap", "lab 7, rows 16 and 18", {following, awaiting_answers}}, &E::rejoin_failed_robustly},
    {{following, {lookup}, join_failed, awaited, {robust}, "ask again after a gap", "row 18", {following}}, &E::lookup_failed},
    {{following, any_watch, join_failed, other, {strict}, "warn of the daemon", "row 16", {following}}, &E::warn_of_daemon},
    {{following, any_watch, join_failed, other, {robust}, "warn of the daemon; JOIN again soon, if nothing waited for this", "row 16, R8", {following}}, &E::warn_and_refresh_sooner},
    {{following, {nothing, gap, Watch::probe, lookup}, election, awaited, both_modes, "answer OK, then elect; if the leader is a stranger, JOIN first", "lab 3, row 18", {following, leading, awaiting_answers}}, &E::answer_and_elect},
    {{following, {rejoin}, election, awaited, both_modes, "answer OK, then elect; if the leader is a stranger, the JOIN comes first", "lab 3, row 18", {following, leading, awaiting_answers}}, &E::answer_and_elect_unless_rejoining},
    {{following, any_watch, EventKind::probe, awaited, {strict}, "answer OK", "lab 7", {following}}, &E::answer_probe},
    {{following, {nothing, gap, Watch::probe}, EventKind::probe, awaited, {robust}, "answer OK; the prober is misled: ask those above; if the leader is a stranger, JOIN first", "R2, row 18", {following}}, &E::answer_misled_prober},
    {{following, {rejoin}, EventKind::probe, awaited, {robust}, "answer OK; the prober is misled: ask those above; if the leader is a stranger, the election will do", "R2, row 18", {following}}, &E::answer_misled_prober_rejoining},
    {{following, {lookup}, EventKind::probe, awaited, {robust}, "answer OK; the prober is misled: ask those above; if the leader is a stranger, once the JOIN has brought it", "R2, row 18", {following}}, &E::answer_misled_prober_looking},
    {{following, {nothing, gap}, coordinator, awaited, {strict}, "follow", "lab 6, rows 14, 18, 19", {following}}, &E::follow_any},
    {{following, {Watch::probe, rejoin}, coordinator, awaited, {strict}, "follow; what is open about the old leader stays open", "lab 6, rows 14, 18", {following}}, &E::follow_with_old_watch},
    {{following, {nothing, gap, Watch::probe, lookup}, coordinator, awaited, {robust}, "follow; a lower one is not followed: elect, if it or the leader is a stranger after a JOIN", "lab 6, R1, R5, rows 14, 18, 19", {following, awaiting_answers}}, &E::follow_or_elect},
    {{following, {rejoin}, coordinator, awaited, {robust}, "follow; a lower one is not followed: elect, if it or the leader is a stranger after the JOIN", "lab 6, R1, R5, rows 14, 18", {following, awaiting_answers}}, &E::follow_or_elect_rejoining},
    {{following, {Watch::probe}, answer, awaited, both_modes, "the leader is alive: next gap", "lab 7", {following}}, &E::probe_answered},
    {{following, {Watch::probe}, unreachable, awaited, {strict}, "the leader has failed: JOIN again", "lab 7", {following}}, &E::leader_failed},
    {{following, {Watch::probe}, unreachable, awaited, {robust}, "the leader has failed: JOIN again; if by silence, remember it", "lab 7, R7", {following}}, &E::leader_is_unreachable},
    {{following, {gap}, probe_gap_over, awaited, {strict}, "PROBE the leader; JOIN again, if it is a stranger", "lab 7, row 18", {following}}, &E::probe_leader_or_rejoin},
    {{following, {gap}, probe_gap_over, awaited, {robust}, "PROBE the leader; ask the daemon for it, if it is a stranger", "lab 7, row 18", {following}}, &E::probe_leader},
    {{following, {Watch::probe}, probe_timeout, awaited, {strict}, "the leader has failed: JOIN again", "lab 7", {following}}, &E::leader_failed},
    {{following, {Watch::probe}, probe_timeout, awaited, {robust}, "the leader has failed by silence: JOIN again", "lab 7, R7", {following}}, &E::leader_is_silent},
    {{following, any_watch, refresh_due, awaited, {robust}, "JOIN again", "R8", {following}}, &E::refresh},
    {{following, {nothing, gap, Watch::probe, lookup}, elect, awaited, both_modes, "elect; if the leader is a stranger, JOIN first", "lab 2, row 18", {following, leading, awaiting_answers}}, &E::elect_now},
    {{following, {rejoin}, elect, awaited, both_modes, "elect; if the leader is a stranger, the JOIN comes first", "lab 2, row 18", {following, leading, awaiting_answers}}, &E::elect_unless_rejoining},
    {{following, any_watch, feign_due, awaited, both_modes, "fail", "lab 8", {failed}}, &E::fail_as_planned},
    {{following, any_watch, feign, awaited, both_modes, "fail", "lab 8", {failed}}, &E::fail_on_demand},

    {{leading, {rejoin}, joined, awaited, {robust}, "take the members; ask those above and announce again: a lower stranger had claimed to lead", "R1", {leading}}, &E::rejoined_as_leader},
    {{leading, {nothing}, joined, other, {strict}, "take the members", "row 13", {leading}}, &E::learn_members},
    {{leading, any_watch, joined, other, {robust}, "take the members; ask those above if some are new, and announce again if some below are", "row 13, R8", {leading}}, &E::greet_strangers},
    {{leading, {rejoin}, join_failed, awaited, {robust}, "ask those above and announce again: a lower stranger had claimed to lead", "row 16, R1", {leading}}, &E::rejoin_failed_as_leader},
    {{leading, {nothing}, join_failed, other, {strict}, "warn of the daemon", "row 16", {leading}}, &E::warn_of_daemon},
    {{leading, any_watch, join_failed, other, {robust}, "warn of the daemon; JOIN again soon, if nothing waited for this", "row 16, R8", {leading}}, &E::warn_and_refresh_sooner},
    {{leading, {nothing}, election, awaited, {strict}, "answer OK, then elect", "lab 3", {leading, awaiting_answers}}, &E::answer_and_elect_as_leader},
    {{leading, any_watch, election, awaited, {robust}, "answer OK; ask those above and announce again, within the hold-down when it ends", "lab 3, H", {leading}}, &E::answer_as_leader},
    {{leading, any_watch, EventKind::probe, awaited, both_modes, "answer OK", "lab 7", {leading}}, &E::answer_probe},
    {{leading, {nothing}, coordinator, awaited, {strict}, "follow", "lab 6, rows 14, 18", {leading, following}}, &E::follow_any},
    {{leading, {nothing, gap, Watch::probe}, coordinator, awaited, {robust}, "follow; a lower one is not followed: ask those above and announce again, if it is a stranger after a JOIN", "lab 6, R1, rows 14, 18", {leading, following}}, &E::follow_or_reassert},
    {{leading, {rejoin}, coordinator, awaited, {robust}, "follow; a lower one is not followed: ask those above and announce again, if it is a stranger after the JOIN", "lab 6, R1, rows 14, 18", {leading, following}}, &E::follow_or_reassert_rejoining},
    {{leading, {Watch::probe}, answer, awaited, {robust}, "a higher process is alive: ask those above, and lead on", "R3", {leading}}, &E::higher_is_alive},
    {{leading, {Watch::probe}, unreachable, awaited, {robust}, "the next higher one in turn, after a gap", "R3", {leading}}, &E::higher_is_unreachable},
    {{leading, {gap}, probe_gap_over, awaited, {robust}, "PROBE a higher member in turn", "R3", {leading}}, &E::probe_next_higher},
    {{leading, {Watch::probe}, probe_timeout, awaited, {robust}, "the next higher one in turn, after a gap", "R3", {leading}}, &E::higher_is_silent},
    {{leading, any_watch, hold_down_over, awaited, {robust}, "announce once for all ELECTIONs held", "H", {leading}}, &E::end_hold_down},
    {{leading, any_watch, refresh_due, awaited, {robust}, "JOIN again, and announce again", "R8", {leading}}, &E::refresh_as_leader},
    {{leading, any_watch, elect, awaited, both_modes, "elect", "lab 2", {leading, awaiting_answers}}, &E::elect_again},
    {{leading, any_watch, feign_due, awaited, both_modes, "fail", "lab 8", {failed}}, &E::fail_as_planned},
    {{leading, any_watch, feign, awaited, both_modes, "fail", "lab 8", {failed}}, &E::fail_on_demand},

    {{awaiting_answers, {nothing}, joined, other, both_modes, "take the members", "row 13", {awaiting_answers}}, &E::learn_members},
    {{awaiting_answers, {nothing}, join_failed, other, {robust}, "JOIN again soon, if nothing waited for this", "R8", {awaiting_answers}}, &E::refresh_sooner},
    {{awaiting_answers, {nothing}, election, awaited, both_modes, "answer OK, that is all", "lab 3, row 7", {awaiting_answers}}, &E::answer_only},
    {{awaiting_answers, {nothing}, EventKind::probe, awaited, both_modes, "answer OK", "lab 7", {awaiting_answers}}, &E::answer_probe},
    {{awaiting_answers, {nothing}, coordinator, awaited, {strict}, "follow", "lab 6, rows 14, 18", {awaiting_answers, following}}, &E::follow_any},
    {{awaiting_answers, {nothing}, coordinator, awaited, {robust}, "follow; ignore a lower one", "lab 6, R1, rows 14, 18", {awaiting_answers, following}}, &E::follow_if_higher},
    {{awaiting_answers, {nothing}, answer, awaited, {strict}, "await the coordinator", "lab 4", {awaiting_answers, awaiting_coordinator}}, &E::await_coordinator},
    {{awaiting_answers, {nothing}, answer, awaited, {robust}, "await the coordinator; not of one that never leads", "lab 4, R6", {awaiting_answers, awaiting_coordinator}}, &E::await_coordinator_unless_discounted},
    {{awaiting_answers, {nothing}, unreachable, awaited, {strict}, "all have refused: win", "lab 5, row 9", {awaiting_answers, leading}}, &E::count_refusal},
    {{awaiting_answers, {nothing}, unreachable, awaited, {robust}, "all have refused: win; if a higher one was learned of, ask it", "lab 5, row 9, R4", {awaiting_answers, leading}}, &E::count_refusal_robustly},
    {{awaiting_answers, {nothing}, answer_timeout, awaited, {strict}, "win", "lab 5", {leading}}, &E::win},
    {{awaiting_answers, {nothing}, answer_timeout, awaited, {robust}, "win; if a higher one was learned of, ask it", "lab 5, R4", {awaiting_answers, leading}}, &E::win_unless_more_to_ask},
    {{awaiting_answers, {nothing}, refresh_due, awaited, {robust}, "not now: another time", "R8", {awaiting_answers}}, &E::refresh_later},
    {{awaiting_answers, {nothing}, feign_due, awaited, both_modes, "fail", "lab 8", {failed}}, &E::fail_as_planned},
    {{awaiting_answers, {nothing}, feign, awaited, both_modes, "fail", "lab 8", {failed}}, &E::fail_on_demand},

    {{awaiting_coordinator, {nothing}, joined, other, both_modes, "take the members", "row 13", {awaiting_coordinator}}, &E::learn_members},
    {{awaiting_coordinator, {nothing}, join_failed, other, {robust}, "JOIN again soon, if nothing waited for this", "R8", {awaiting_coordinator}}, &E::refresh_sooner},
    {{awaiting_coordinator, {nothing}, election, awaited, both_modes, "answer OK, that is all", "lab 3, row 7", {awaiting_coordinator}}, &E::answer_only},
    {{awaiting_coordinator, {nothing}, EventKind::probe, awaited, both_modes, "answer OK", "lab 7", {awaiting_coordinator}}, &E::answer_probe},
    {{awaiting_coordinator, {nothing}, coordinator, awaited, {strict}, "follow", "lab 6, rows 14, 18", {awaiting_coordinator, following}}, &E::follow_any},
    {{awaiting_coordinator, {nothing}, coordinator, awaited, {robust}, "follow; ignore a lower one", "lab 6, R1, rows 14, 18", {awaiting_coordinator, following}}, &E::follow_if_higher},
    {{awaiting_coordinator, {nothing}, answer, awaited, {robust}, "no deadline moves; remember the greatest that answers", "row 7, R6", {awaiting_coordinator}}, &E::note_late_answer},
    {{awaiting_coordinator, {nothing}, coordinator_timeout, awaited, {strict}, "elect again", "lab 4", {awaiting_answers}}, &E::elect_again},
    {{awaiting_coordinator, {nothing}, coordinator_timeout, awaited, {robust}, "elect again; suspect the greatest that answered", "lab 4, R6", {awaiting_answers}}, &E::elect_after_silence},
    {{awaiting_coordinator, {nothing}, refresh_due, awaited, {robust}, "not now: another time", "R8", {awaiting_coordinator}}, &E::refresh_later},
    {{awaiting_coordinator, {nothing}, feign_due, awaited, both_modes, "fail", "lab 8", {failed}}, &E::fail_as_planned},
    {{awaiting_coordinator, {nothing}, feign, awaited, both_modes, "fail", "lab 8", {failed}}, &E::fail_on_demand},

    {{failed, {nothing}, feign_due, awaited, {strict}, "recover: leader forgotten, members kept, elect", "lab 8", {leading, awaiting_answers}}, &E::recover_strictly},
    {{failed, {nothing}, feign_due, awaited, {robust}, "recover: leader forgotten, members kept, elect; JOIN as well", "lab 8", {leading, awaiting_answers}}, &E::recover_and_join},
}};
// clang-format on

namespace {

// A cell of the table: all that decides which row it is.
constexpr std::size_t cell(Mode mode, Phase phase, Watch watch, Outcome outcome, EventKind kind) {
    auto at = static_cast<std::size_t>(mode);
    at = at * phase_count + static_cast<std::size_t>(phase);
    at = at * watch_count + static_cast<std::size_t>(watch);
    at = at * outcome_count + static_cast<std::size_t>(outcome);
    return at * event_kind_count + static_cast<std::size_t>(kind);
}
constexpr auto cell_count = mode_count * phase_count * watch_count * outcome_count * event_kind_count;

// The number of the row of each cell; 0 is none, otherwise its place in the table + 1.
constexpr auto row_numbers = [] {
    std::array<std::uint8_t, cell_count> numbers{};
    for (std::size_t i = 0; i < TransitionTable::row_count; ++i) {
        const auto& row = TransitionTable::rows[i].transition;
        for (const auto mode : {strict, robust}) {
            for (const auto watch : {nothing, gap, Watch::probe, rejoin, lookup}) {
                if (!row.mode.has(mode) || !row.during.has(watch)) continue;
                auto& number = numbers[cell(mode, row.from, watch, row.outcome, row.on)];
                if (number != 0) throw "two rows for one cell";  // at compile time
                number = static_cast<std::uint8_t>(i + 1);
            }
        }
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

std::uint8_t TransitionTable::row_number(const Election& process, const Event& event) {
    const auto outcome = process.is_awaited(event) ? awaited : other;
    return row_numbers[cell(process.settings_->mode, process.phase_, process.watch_, outcome, kind_of(event))];
}

void Election::step(const Event& event, Actions& out) {
    const auto number = TransitionTable::row_number(*this, event);
    if (number != 0) acts[number - 1U](*this, event, out);
}

std::span<const Transition> transitions() {
    static const auto published = [] {
        std::array<Transition, TransitionTable::row_count> all{};
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = TransitionTable::rows[i].transition;
        return all;
    }();
    return published;
}

const Transition* find_transition(const Election& process, const Event& event) {
    const auto number = TransitionTable::row_number(process, event);
    return number == 0 ? nullptr : &transitions()[number - 1U];
}

const Transition* find_transition(Mode mode, const View& before, EventKind on, Outcome outcome) {
    const auto number = row_numbers[cell(mode, before.phase, before.watch, outcome, on)];
    return number == 0 ? nullptr : &transitions()[number - 1U];
}

Outcome outcome_of(const View& before, const Event& event) {
    return is_awaited(before.phase, before.watch, before.round, event) ? awaited : other;
}

}  // namespace bully
