#include "sim/scenario/scenario.hpp"

#include <algorithm>
#include <array>

namespace bully::sim {

std::vector<ProcessSpec> made_up_processes(Number count, const Timing& timing) {
    std::vector<ProcessSpec> processes(count);
    for (Number i = 0; i < count; ++i) {
        auto& spec = processes[i];
        // Days have a range of 1..365 in the lab: groups beyond that share days and differ by student id.
        spec.pid = {static_cast<std::int32_t>(1 + static_cast<std::uint64_t>(i) * 365 / std::max<Number>(count, 365)),
                    static_cast<std::int32_t>(1'000'001 + i)};
        spec.name = std::to_string(i + 1);
        spec.endpoint = {"10." + std::to_string(i / 62'500) + "." + std::to_string(i / 250 % 250) + "." +
                             std::to_string(i % 250 + 1),
                         5000};
        spec.timing = timing;
    }
    return processes;
}

bool matches(const ScriptedMessage& script, MessageType type, Number from, Number to) {
    return script.type == type && script.from.value_or(from) == from && script.to.value_or(to) == to;
}

bool Comparison::holds_for(std::int64_t actual) const {
    switch (op) {
        case Operator::less: return actual < value;
        case Operator::less_equal: return actual <= value;
        case Operator::equal: return actual == value;
        case Operator::not_equal: return actual != value;
        case Operator::greater_equal: return actual >= value;
        case Operator::greater: return actual > value;
    }
    return false;
}

std::string_view to_string(MessageType type) {
    static constexpr std::array<std::string_view, message_type_count> names{"OK", "ELECTION", "PROBE", "COORDINATOR",
                                                                            "JOIN"};
    return names[static_cast<std::size_t>(type)];
}

const std::vector<std::pair<std::string_view, std::string_view>>& path_names() {
    static const std::vector<std::pair<std::string_view, std::string_view>> names{
        {"late_answer_ignored", "an OK of an earlier election or PROBE came, and changed nothing (row 6)"},
        {"stale_timer_ignored", "a timer of an earlier round fired, and changed nothing (row 6)"},
        {"lower_coordinator_rejected", "a COORDINATOR of a lower process was not followed (R1)"},
        {"misled_prober_told", "a process that was taken for the leader asked those above it who leads (R2)"},
        {"higher_member_probed", "a leader PROBEd a higher member (R3)"},
        {"higher_member_asked", "a leader asked those above it, because one of them had answered a PROBE (R3)"},
        {"asked_again",
         "instead of winning, a process asked a higher member that it had learned of while waiting (R4)"},
        {"open_probe_voided", "a COORDINATOR came while a PROBE or JOIN was open (R5)"},
        {"answer_discounted", "the OK of a process that answers but never leads was discounted (R6)"},
        {"probe_gap_doubled", "the gap to a leader that is silent to PROBEs was doubled (R7)"},
        {"refreshed", "a member JOINed again by itself (R8)"},
        {"strangers_told", "a JOIN brought strangers, and a leader announced itself to them (R8)"},
        {"announcement_held", "ELECTIONs within the hold-down were answered by one announcement (H)"},
        {"all_refused", "all higher members refused, and the election was won at once (row 9)"},
        {"coordinator_timeout", "no COORDINATOR came within T_coord (rule 4)"},
        {"elected_without_daemon", "the daemon couldn't be reached, and the election went ahead (rule 7)"},
        {"unknown_coordinator_followed", "a COORDINATOR from an unknown process was followed (row 18)"},
        {"stranger_followed_on",
         "the address of the leader was unavailable, and the leader was followed anyway (row 18)"},
        {"duplicate_identity_noticed", "a process noticed another one with its pid (rows 11 and 14)"},
        {"backlog_before_timers", "a resumed process read its backlog before its timers (row 20)"},
        {"message_lost", "a message was lost"},
        {"connection_refused", "a connection was refused"},
    };
    return names;
}

}  // namespace bully::sim
