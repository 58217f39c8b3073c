// The names of enumerators, as traces, timelines and documents write them.
#include "core/names.hpp"

#include "core/transitions.hpp"

#include <array>

namespace bully {
namespace {

template <typename Enum, std::size_t N>
std::string_view name(const std::array<std::string_view, N>& names, Enum value) {
    return names[static_cast<std::size_t>(value)];
}

}  // namespace

std::string to_string(ProcessId pid) {
    return "(" + std::to_string(pid.days) + ", " + std::to_string(pid.student_id) + ")";
}

std::string_view to_string(Phase phase) {
    static constexpr std::array<std::string_view, phase_count> names{
        "down", "joining", "following", "leading", "awaiting_answers", "awaiting_coordinator", "failed"};
    return name(names, phase);
}

std::string_view to_string(Watch watch) {
    static constexpr std::array<std::string_view, 5> names{"nothing", "gap", "probe", "rejoin", "lookup"};
    return name(names, watch);
}

std::string_view to_string(Mode mode) { return mode == Mode::strict ? "strict" : "robust"; }

std::string_view to_string(EventKind kind) {
    static constexpr std::array<std::string_view, event_kind_count> names{
        "start",          "joined",        "join_failed",    "election",       "probe",
        "coordinator",    "answer",        "unreachable",    "answer_timeout", "coordinator_timeout",
        "probe_gap_over", "probe_timeout", "join_retry_due", "hold_down_over", "refresh_due",
        "feign_due",      "elect",         "feign"};
    return name(names, kind);
}

std::string_view to_string(Timer timer) {
    static constexpr std::array<std::string_view, timer_count> names{
        "answer", "coordinator", "probe_gap", "probe_timeout", "join_retry", "hold_down", "feign", "refresh"};
    return name(names, timer);
}

std::string_view to_string(Warn::What what) {
    static constexpr std::array<std::string_view, 7> names{"duplicate_identity_listed",
                                                           "duplicate_identity_claimed",
                                                           "coordinator_timeout_short",
                                                           "join_unreachable",
                                                           "join_rejected",
                                                           "answer_discounted",
                                                           "leader_unsteady"};
    return name(names, what);
}

std::string_view sentence(Warn::What what) {
    static constexpr std::array<std::string_view, 7> sentences{
        "the daemon lists another process with this pid",
        "another process announces itself with this pid",
        "T_coord isn't longer than T_ok and the hold-down: an election may begin again before it can be over",
        "the daemon can't be reached: going on with the members known",
        "the daemon refuses to answer: going on with the members known",
        "it answers each ELECTION and never leads: its OK counts no more",
        "it doesn't answer PROBEs, and leads again each time: its host is slow, or messages to it are lost"};
    return name(sentences, what);
}

std::string_view to_string(Unreachable::Why why) {
    static constexpr std::array<std::string_view, 3> names{"refused", "reset", "given_up"};
    return name(names, why);
}

std::string name_of(const Transition& row) {
    std::string name(to_string(row.from));
    for (std::size_t i = 0; i < watch_count && is_idle(row.from); ++i) {
        const auto watch = static_cast<Watch>(i);
        if (row.during.has(watch)) name += ", " + std::string(to_string(watch));
    }
    name += " x " + std::string(to_string(row.on));
    if (row.outcome == Outcome::other) name += ", not awaited";
    for (const auto mode : {Mode::strict, Mode::robust}) {
        if (row.mode.has(mode)) name += ", " + std::string(to_string(mode));
    }
    return name;
}

}  // namespace bully
