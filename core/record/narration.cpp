#include "core/record/narration.hpp"

#include "core/election.hpp"
#include "core/names.hpp"
#include "core/transitions.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace bully {
namespace {

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) {
        if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
    }
    return text;
}

// What came, and what is remarkable about it.
std::string cause(const NarratedStep& step) {
    const auto leader = step.before.leader;
    const bool watching = is_idle(step.before.phase) && step.before.watch == Watch::probe;
    switch (kind_of(*step.event)) {
        case EventKind::start: return "starts, asks the coordinator daemon for the group";
        case EventKind::joined: {
            const auto members = std::get<Joined>(*step.event).members.size();
            return "the daemon lists " + std::to_string(members) + (members == 1 ? " member" : " members");
        }
        case EventKind::join_failed: {
            const auto& failure = std::get<JoinFailed>(*step.event);
            if (failure.reason.empty()) return "the daemon can't be reached";
            return failure.kind == JoinFailed::Kind::rejected ? "the daemon answers: " + failure.reason
                                                              : failure.reason;
        }
        case EventKind::election: return "ELECTION from " + std::string(step.from) + ", answers OK";
        case EventKind::probe: return "PROBE from " + std::string(step.from) + ", answers OK";
        case EventKind::coordinator: return "COORDINATOR from " + std::string(step.from);
        case EventKind::answer: return "OK from " + std::string(step.from);
        case EventKind::unreachable: {
            const auto why = std::get<Unreachable>(*step.event).why;
            return std::string(step.from) + (why == Unreachable::Why::given_up ? " doesn't accept the connection"
                                             : why == Unreachable::Why::reset  ? " reset the connection"
                                                                               : " refuses the connection");
        }
        case EventKind::answer_timeout: return "no OK in time";
        case EventKind::coordinator_timeout: return "no COORDINATOR in time";
        case EventKind::probe_gap_over: return "time for a PROBE";
        case EventKind::probe_timeout:
            return watching && step.before.phase == Phase::following && leader
                       ? "no answer to the PROBE in time"
                       : "no answer to the PROBE of a higher member";
        case EventKind::join_retry_due: return "tries the daemon again";
        case EventKind::hold_down_over: return "the hold-down is over";
        case EventKind::refresh_due: return "time to ask the daemon anew";
        case EventKind::feign_due: return step.before.phase == Phase::failed ? "recovers" : "feigns a failure";
        case EventKind::elect: return "is told to elect";
        case EventKind::feign: return "feigns a failure";
    }
    return "";
}

}  // namespace

std::string narrate(const Warn& warning, const std::function<std::string(ProcessId)>& name) {
    constexpr std::string_view pronoun = "it ";
    const auto text = sentence(warning.what);
    if (!warning.about || !text.starts_with(pronoun)) return std::string(text);
    return name(*warning.about) + " " + std::string(text.substr(pronoun.size()));
}

Narration narrate(const NarratedStep& step, const std::function<std::string(ProcessId)>& name) {
    const auto& process = *step.process;
    const auto after = process.view();
    const auto* election = find_action<SendElection>(step.actions);
    const auto* announce = find_action<Announce>(step.actions);
    const auto* join_request = find_action<Join>(step.actions);
    const auto* probe = find_action<SendProbe>(step.actions);
    const auto* warning = find_action<Warn>(step.actions);
    std::vector<std::string> parts{cause(step)};
    auto prominence = Prominence::detail;
    const auto raise = [&](Prominence least) { prominence = std::min(prominence, least); };

    if (const auto* rejected = std::get_if<CoordinatorReceived>(step.event);
        rejected != nullptr && rejected->leader < process.self() && after.leader != rejected->leader) {
        parts.emplace_back("a lower process: not followed");
        raise(Prominence::normal);
    }
    const bool leader_gone =
        step.before.phase == Phase::following && step.before.watch == Watch::probe && after.watch == Watch::rejoin;
    if (leader_gone) {
        parts.push_back(step.before.leader ? name(*step.before.leader) + " is taken for dead, asks the daemon" : "");
        raise(Prominence::normal);
    } else if (join_request != nullptr && kind_of(*step.event) != EventKind::start) {
        parts.emplace_back("asks the daemon");
    }
    if (kind_of(*step.event) == EventKind::start) raise(Prominence::normal);
    if (election != nullptr) {
        const auto higher = process.members().size() - process.own_position() - 1;
        parts.push_back("elects: ELECTION to the " + std::to_string(higher) + " above");
        raise(Prominence::normal);
    }
    if (find_action<AskHigher>(step.actions) != nullptr) {
        const auto higher = process.members().size() - process.own_position() - 1;
        parts.push_back("asks the " + std::to_string(higher) + " above to lead");
        raise(Prominence::normal);
    }
    if (after.phase == Phase::awaiting_coordinator && step.before.phase == Phase::awaiting_answers) {
        parts.emplace_back("awaits the coordinator");
    }
    const bool won = after.phase == Phase::leading && (step.before.phase != Phase::leading || announce != nullptr);
    if (won) {
        const auto others = process.members().size() - 1;
        std::string told = announce == nullptr ? ""
                                               : ", COORDINATOR to the " + std::to_string(others) +
                                                     (others == 1 ? " other" : " others");
        parts.push_back((step.before.phase == Phase::leading ? "leads still" : "WINS") + told);
        if (kind_of(*step.event) != EventKind::refresh_due) {
            raise(step.before.phase == Phase::leading ? Prominence::normal : Prominence::headline);
        }
    }
    if (after.phase == Phase::following && after.leader &&
        (step.before.phase != Phase::following || step.before.leader != after.leader)) {
        parts.push_back("follows " + name(*after.leader));
        raise(Prominence::normal);
    }
    if (probe != nullptr) parts.push_back("PROBE to " + name(probe->to));
    if (warning != nullptr && !std::holds_alternative<JoinFailed>(*step.event)) {  // its cause says it already
        parts.push_back("WARNING: " + narrate(*warning, name));
        raise(Prominence::normal);
    }
    if (find_action<GiveUp>(step.actions) != nullptr) {
        parts.emplace_back("GIVES UP");
        raise(Prominence::headline);
    }
    if (find_action<StopListening>(step.actions) != nullptr || find_action<Listen>(step.actions) != nullptr)
        raise(Prominence::normal);
    return {prominence, join(parts)};
}

}  // namespace bully
