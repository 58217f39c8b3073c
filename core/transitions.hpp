// The transition table: phase x event -> what happens, and the rule that says so. `Election::step` runs from this
// very table; a test walks it, and the state diagram of the documentation is generated from it.
#pragma once

#include "core/view.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace bully {

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

/// A set of phases, as bits.
struct PhaseSet {
    std::uint8_t bits = 0;

    constexpr PhaseSet() = default;
    constexpr PhaseSet(std::initializer_list<Phase> phases) {
        for (const auto phase : phases) bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(phase));
    }
    [[nodiscard]] constexpr bool has(Phase phase) const { return (bits >> static_cast<unsigned>(phase) & 1U) != 0; }
};

/// A row of the table. A pair of phase and event without one is ignored: nothing changes, nothing is done. Neither
/// is anything done about an event of an older round, in any phase (row 6, P7).
struct Transition {
    Phase from;
    EventKind on;
    std::string_view what;  ///< What happens, for people.
    std::string_view rule;  ///< "lab 3", "R1", "row 9", ...
    PhaseSet to;            ///< Where it may lead.
};

/// All rows, by phase.
[[nodiscard]] std::span<const Transition> transitions();

/// The row for (phase, kind), or null where the pair is ignored.
[[nodiscard]] const Transition* find_transition(Phase phase, EventKind kind);

/// The state diagram as Mermaid text, ready for a Markdown document: an edge per pair of phases, its label the
/// events that lead along it.
[[nodiscard]] std::string state_diagram();

/// The table as Markdown.
[[nodiscard]] std::string transition_table();

}  // namespace bully
