#include "sim/narrator.hpp"

#include "core/transitions.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

template <typename Wanted>
const Wanted* find(std::span<const Action> actions) {
    for (const auto& action : actions) {
        if (const auto* found = std::get_if<Wanted>(&action)) return found;
    }
    return nullptr;
}

bool is_idle(Phase phase) { return phase == Phase::following || phase == Phase::leading; }

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) {
        if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
    }
    return text;
}

}  // namespace

void Narrator::begin(const Scenario& scenario) { processes_ = scenario.processes; }

std::string Narrator::name(Number number) const {
    return number == 0 || number > processes_.size() ? "?" : processes_[number - 1].name;
}

std::string Narrator::name(ProcessId pid) const {
    const auto found = std::find_if(processes_.begin(), processes_.end(), [&](const auto& p) { return p.pid == pid; });
    if (found != processes_.end()) return found->name;
    return "(" + std::to_string(pid.days) + ", " + std::to_string(pid.student_id) + ")";
}

// What came, and what is remarkable about it.
std::string Narrator::cause(const StepNote& note) const {
    const auto& process = *note.process;
    const auto leader = note.before.leader;
    const bool watching = is_idle(note.before.phase) && note.before.watch == Watch::probe;
    switch (kind_of(*note.event)) {
        case EventKind::start: return "starts, asks the coordinator daemon for the group";
        case EventKind::joined: {
            const auto members = process.members().size();
            return "the daemon lists " + std::to_string(members) + (members == 1 ? " member" : " members");
        }
        case EventKind::join_failed: return "the daemon can't be reached";
        case EventKind::election: return "ELECTION from " + name(note.from) + ", answers OK";
        case EventKind::probe: return "PROBE from " + name(note.from) + ", answers OK";
        case EventKind::coordinator: return "COORDINATOR from " + name(note.from);
        case EventKind::answer: return "OK from " + name(note.from);
        case EventKind::unreachable: {
            const auto why = std::get<Unreachable>(*note.event).why;
            return name(note.from) + (why == Unreachable::Why::given_up ? " doesn't accept the connection"
                                      : why == Unreachable::Why::reset  ? " reset the connection"
                                                                        : " refuses the connection");
        }
        case EventKind::answer_timeout: return "no OK in time";
        case EventKind::coordinator_timeout: return "no COORDINATOR in time";
        case EventKind::probe_gap_over: return "time for a PROBE";
        case EventKind::probe_timeout:
            return watching && note.before.phase == Phase::following && leader
                       ? "no answer to the PROBE in time"
                       : "no answer to the PROBE of a higher member";
        case EventKind::join_retry_due: return "tries the daemon again";
        case EventKind::hold_down_over: return "the hold-down is over";
        case EventKind::feign_due: return note.before.phase == Phase::failed ? "recovers" : "feigns a failure";
        case EventKind::elect: return "is told to elect";
        case EventKind::feign: return "feigns a failure";
    }
    return "";
}

Narration Narrator::step(const StepNote& note) const {
    const auto& process = *note.process;
    const auto after = process.view();
    const auto* election = find<SendElection>(note.actions);
    const auto* announce = find<Announce>(note.actions);
    const auto* join_request = find<Join>(note.actions);
    const auto* probe = find<SendProbe>(note.actions);
    const auto* warning = find<Warn>(note.actions);
    std::vector<std::string> parts{cause(note)};
    auto weight = Weight::detail;
    const auto raise = [&](Weight least) { weight = std::min(weight, least); };

    if (const auto* rejected = std::get_if<CoordinatorReceived>(note.event);
        rejected != nullptr && rejected->leader < process.self() && after.leader != rejected->leader) {
        parts.emplace_back("a lower process: not followed");
        raise(Weight::normal);
    }
    const bool leader_gone =
        note.before.phase == Phase::following && note.before.watch == Watch::probe && after.watch == Watch::rejoin;
    if (leader_gone) {
        parts.push_back(note.before.leader ? name(*note.before.leader) + " is taken for dead, asks the daemon" : "");
        raise(Weight::normal);
    } else if (join_request != nullptr && kind_of(*note.event) != EventKind::start) {
        parts.emplace_back("asks the daemon");
    }
    if (kind_of(*note.event) == EventKind::start) raise(Weight::normal);
    if (election != nullptr) {
        const auto higher = process.members().size() - process.own_position() - 1;
        parts.push_back("elects: ELECTION to the " + std::to_string(higher) + " above");
        raise(Weight::normal);
    }
    if (after.phase == Phase::awaiting_coordinator && note.before.phase == Phase::awaiting_answers) {
        parts.emplace_back("awaits the coordinator");
    }
    const bool won = after.phase == Phase::leading && (note.before.phase != Phase::leading || announce != nullptr);
    if (won) {
        const auto others = process.members().size() - 1;
        std::string told = announce == nullptr ? ""
                                               : ", COORDINATOR to the " + std::to_string(others) +
                                                     (others == 1 ? " other" : " others");
        parts.push_back((note.before.phase == Phase::leading ? "leads still" : "WINS") + told);
        raise(note.before.phase == Phase::leading ? Weight::normal : Weight::headline);
    }
    if (after.phase == Phase::following && after.leader &&
        (note.before.phase != Phase::following || note.before.leader != after.leader)) {
        parts.push_back("follows " + name(*after.leader));
        raise(Weight::normal);
    }
    if (probe != nullptr) parts.push_back("PROBE to " + name(probe->to));
    if (warning != nullptr && !std::holds_alternative<JoinFailed>(*note.event)) {  // its cause says it already
        parts.push_back("WARNING: " + std::string(sentence(warning->what)));
        raise(Weight::normal);
    }
    if (find<GiveUp>(note.actions) != nullptr) {
        parts.emplace_back("GIVES UP");
        raise(Weight::headline);
    }
    if (find<StopListening>(note.actions) != nullptr || find<Listen>(note.actions) != nullptr) raise(Weight::normal);
    return {weight, join(parts)};
}

Narration Narrator::world(const WorldNote& note) const {
    using enum WorldNote::Kind;
    const auto who = note.number == 0 ? std::string() : name(note.number);
    switch (note.kind) {
        case start:
        case elect:
        case feign:
        case recover: return {Weight::detail, std::string(to_string(note.kind))};
        case give_up: return {Weight::detail, who + " has given up"};
        case crash:
            return {Weight::headline,
                    "CRASHES; its host " + std::string(note.host_up ? "refuses connections" : "is silent")};
        case restart: return {Weight::headline, "is restarted"};
        case pause: return {Weight::headline, "is PAUSED (SIGSTOP): it accepts, and says nothing"};
        case resume: return {Weight::headline, "is resumed, and finds its backlog"};
        case partition:
            return {Weight::headline, note.ends ? "the PARTITION heals: " + note.text : "PARTITION: " + note.text};
        case cut: return {Weight::headline, (note.ends ? "link mended: " : "link CUT: ") + note.text};
        case heal: return {Weight::headline, "all links are mended"};
        case slow: return {Weight::headline, (note.ends ? "link at full speed: " : "link SLOW: ") + note.text};
        case delay: return {Weight::headline, "the delay is now " + note.text};
        case loss: return {Weight::headline, "the loss is now " + note.text};
        case daemon_down: return {Weight::headline, "the coordinator daemon is DOWN"};
        case daemon_up: return {Weight::headline, "the coordinator daemon is up again"};
    }
    return {};
}

}  // namespace bully::sim
