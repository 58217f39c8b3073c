// The transition table: phase, watch, mode and event -> what happens, and the rule that says so. `Election::step` runs
// from this very table; a test walks it, and the state diagram of the documentation is generated from it.
//
// What can't be a column stays in the acts: what an event carries (a higher process or a lower one, who is known), and
// what a process knows (whether its leader is a stranger, whether more are to be asked, whether the hold-down runs).
#pragma once

#include "core/settings.hpp"
#include "core/view.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace bully {

class Election;

/// The kinds of event that the table tells apart: each alternative of Event, and TimerFired by timer.
enum class EventKind : std::uint8_t {
    start,
    joined,
    join_failed,
    election,
    probe,
    coordinator,
    answer,
    unreachable,
    answer_timeout,
    coordinator_timeout,
    probe_gap_over,
    probe_timeout,
    join_retry_due,
    hold_down_over,
    refresh_due,
    feign_due,
    elect,
    feign,
};
inline constexpr std::size_t event_kind_count = 18;

[[nodiscard]] EventKind kind_of(const Event& event);

/// A set of enumerators, as bits.
template <typename Enum>
struct SetOf {
    std::uint8_t bits = 0;

    constexpr SetOf() = default;
    constexpr SetOf(std::initializer_list<Enum> members) {
        for (const auto member : members) bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(member));
    }
    [[nodiscard]] constexpr bool has(Enum member) const { return (bits >> static_cast<unsigned>(member) & 1U) != 0; }
    constexpr void remove(Enum member) {
        bits = static_cast<std::uint8_t>(bits & ~(1U << static_cast<unsigned>(member)));
    }

    friend constexpr bool operator==(const SetOf&, const SetOf&) = default;
};

/// Whether an event is the outcome of what its process waits for. Of an answer, a refusal and a timer the round says
/// so; of the outcome of a JOIN, the round and that nothing but a JOIN is waited for. All other events are `awaited`.
enum class Outcome : std::uint8_t {
    awaited,
    other,
};
inline constexpr std::size_t outcome_count = 2;

inline constexpr SetOf<Mode> both_modes{Mode::strict, Mode::robust};
inline constexpr SetOf<Watch> any_watch{Watch::nothing, Watch::gap, Watch::probe, Watch::rejoin, Watch::lookup};

/// A row of the table. What has no row is ignored: nothing changes, and nothing is done. In particular no row is about
/// an answer, a refusal or a timer that isn't awaited (row 6, P7), but some are about the outcome of a JOIN that isn't:
/// news are news (row 13).
struct Transition {
    Phase from;
    SetOf<Watch> during;  ///< What the process watches meanwhile. Nothing, unless it is idle.
    EventKind on;
    Outcome outcome;
    SetOf<Mode> mode;
    std::string_view what;  ///< What happens, for people.
    std::string_view rule;  ///< "lab 3", "R1", "row 9", ...
    SetOf<Phase> to;        ///< Where it may lead.
};

/// "following, rejoin x joined, strict, robust": the row, for messages.
[[nodiscard]] std::string name_of(const Transition& row);

/// All rows, by phase.
[[nodiscard]] std::span<const Transition> transitions();

/// The row that `process.step(event)` runs, or null if it ignores the event.
[[nodiscard]] const Transition* find_transition(const Election& process, const Event& event);

/// The row of one cell of the table, or null.
[[nodiscard]] const Transition* find_transition(Mode mode, const View& before, EventKind on, Outcome outcome);

/// The outcome as far as a view of the process shows it: the timers of the slots beside the main one, whose rounds it
/// hasn't, count as awaited. An executor that never gives a replaced timer knows no others.
[[nodiscard]] Outcome outcome_of(const View& before, const Event& event);

/// The state diagram of one mode as Mermaid text, ready for a Markdown document: an edge per pair of phases, its label
/// the events that lead along it.
[[nodiscard]] std::string state_diagram(Mode mode);

/// What the table says of one mode, as Markdown.
[[nodiscard]] std::string transition_table(Mode mode);

}  // namespace bully
