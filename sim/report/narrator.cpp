#include "sim/report/narrator.hpp"

#include "sim/scenario/roster.hpp"
#include "sim/util/controls.hpp"

namespace bully::sim {

void Narrator::begin(const Scenario& scenario) { processes_ = scenario.processes; }

std::string Narrator::name(Number number) const {
    return number == 0 || number > processes_.size() ? "?" : name_of(number, processes_);
}

std::string Narrator::name(ProcessId pid) const { return name_of(pid, processes_); }

// The sender of a message. In a live trace it may be unknown: the lab's ELECTION and PROBE don't name it.
std::string Narrator::sender(const StepNote& note) const {
    if (note.from != 0) return name(note.from);
    if (const auto* e = std::get_if<CoordinatorReceived>(note.event)) return name(e->leader);
    if (const auto* e = std::get_if<AnswerReceived>(note.event)) return name(e->from);
    if (const auto* e = std::get_if<Unreachable>(note.event)) return name(e->peer);
    return "an unknown process";
}

Narration Narrator::step(const StepNote& note) const {
    const auto from = sender(note);
    auto narration = narrate({note.event, from, note.actions, note.before, note.process},
                             [this](ProcessId pid) { return name(pid); });
    narration.text = without_controls(narration.text);  // a trace has the daemon's answers as they came
    return narration;
}

Narration Narrator::message(const MessageNote& note) const {
    const auto what = std::string(to_string(note.type)) + " to " + (note.to == 0 ? "the daemon" : name(note.to));
    if (note.fate == Fate::lost) return {Prominence::normal, what + " is LOST"};
    if (note.fate == Fate::to_down) return {Prominence::detail, what + ": no process listens"};
    if (note.fate != Fate::sent || !note.disturbed || note.delay == Duration::zero()) return {};
    return {Prominence::normal, what + " is LATE: takes " + bully::to_string(note.delay)};
}

Narration Narrator::world(const WorldNote& note) const {
    using enum WorldNote::Kind;
    const auto who = note.number == 0 ? std::string() : name(note.number);
    switch (note.kind) {
        case start:
        case elect:
        case feign:
        case recover: return {Prominence::detail, std::string(to_string(note.kind))};
        case give_up: return {Prominence::detail, who + " has given up"};
        case crash:
            return {Prominence::headline,
                    "CRASHES; its host " + std::string(note.host_up ? "refuses connections" : "is silent")};
        case restart: return {Prominence::headline, "is restarted"};
        case pause: return {Prominence::headline, "is PAUSED (SIGSTOP): it accepts connections, and answers nothing"};
        case resume: return {Prominence::headline, "is resumed, and finds its backlog"};
        case partition:
            return {Prominence::headline, note.ends ? "the PARTITION heals: " + note.text : "PARTITION: " + note.text};
        case cut: return {Prominence::headline, (note.ends ? "link mended: " : "link CUT: ") + note.text};
        case heal: return {Prominence::headline, "all links are mended"};
        case slow: return {Prominence::headline, (note.ends ? "link at full speed: " : "link SLOW: ") + note.text};
        case delay: return {Prominence::headline, "the delay is now " + note.text};
        case loss: return {Prominence::headline, "the loss is now " + note.text};
        case daemon_down: return {Prominence::headline, "the coordinator daemon is DOWN"};
        case daemon_up: return {Prominence::headline, "the coordinator daemon is up again"};
        case daemon_restart:
            return {Prominence::headline, "the coordinator daemon RESTARTS, and has forgotten all members"};
        case no_effect: return {Prominence::normal, note.text};
        case stand_still:
            return {note.ends ? Prominence::detail : Prominence::headline, "everything STANDS STILL " + note.text};
    }
    return {};
}

}  // namespace bully::sim
