#include "sim/trace_writer.hpp"

#include "sim/bounds.hpp"
#include "sim/expectations.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

const Membership* members_of(const Event& event) {
    if (const auto* joined = std::get_if<Joined>(&event)) return joined->members;
    if (const auto* election = std::get_if<ElectionReceived>(&event)) return election->members;
    return nullptr;
}

std::string_view fate_name(Fate fate) {
    switch (fate) {
        case Fate::sent: return "sent";
        case Fate::delivered: return "delivered";
        case Fate::lost: return "lost";
        case Fate::to_down: return "to_down";
        case Fate::void_: return "void";
    }
    return "";
}

// Of all that can happen to messages a trace tells only when it happens; whoever checks what the group keeps to has to
// know beforehand how long these last.
bool is_told(const Scenario& scenario) {
    const bool lasts = std::any_of(scenario.faults.begin(), scenario.faults.end(), [](const Fault& fault) {
        return std::holds_alternative<fault::Partition>(fault.what) || std::holds_alternative<fault::Cut>(fault.what) ||
               std::holds_alternative<fault::Slow>(fault.what) ||
               std::holds_alternative<fault::ChangeDelay>(fault.what);
    });
    return !lasts && std::none_of(scenario.scripted.begin(), scenario.scripted.end(),
                                  [](const ScriptedMessage& script) { return script.drop && !script.nth; });
}

}  // namespace

void TraceWriter::flush() {
    out_ << line_;
    line_.clear();
}

SnapshotNumber TraceWriter::snapshot(const Membership* members) {
    if (members == nullptr || members->empty()) return 0;
    const auto next = static_cast<SnapshotNumber>(snapshots_.size() + 1);
    const auto [found, fresh] = snapshots_.try_emplace(members->identity(), *members, next);
    if (fresh) {
        append_snapshot(line_, next, *members);
        flush();
    }
    return found->second.second;
}

void TraceWriter::on_begin(const Scenario& scenario) {
    TraceHeader header{"bully_sim", BULLY_VERSION, scenario.name, seed_, mode_, {}, {}, {}};
    Number number = 0;
    for (const auto& spec : scenario.processes) {
        header.processes.push_back(
            {++number, spec.name, {spec.pid, spec.endpoint}, {mode_, spec.timing, scenario.probing, spec.feign}});
    }
    if (is_told(scenario)) {
        const auto bounds = bounds_of(scenario, mode_);
        header.bounds = TraceBounds{bounds.longest_delay.count(), bounds.join.count()};
    }
    header.expected_violations = expected_violations(scenario, mode_);
    append_header(line_, header);
    flush();
}

void TraceWriter::on_life(const LifeNote& note) {
    LifeRecord record{note.at.count(), note.number,         *note.member, note.first_round, {},
                      note.actions,    note.process->view()};
    if (note.settled) record.settled = snapshot(&note.process->members());
    append_life(line_, record);
    flush();
}

void TraceWriter::on_step(const StepNote& note) {
    const auto members = snapshot(members_of(*note.event));
    append_step(line_, {note.at.count(), note.number, note.event, members, note.actions, note.process->view()});
    flush();
}

void TraceWriter::on_message(const MessageNote& note) {
    // What is sent and delivered the steps tell already; these are what they can't.
    if (note.fate == Fate::delivered || (note.fate == Fate::sent && !note.disturbed)) return;
    line_ += R"({"t":)" + std::to_string(note.at.count()) + R"(,"world":"message","fate":")";
    line_ += fate_name(note.fate);
    line_ += R"(","type":")";
    line_ += to_string(note.type);
    line_ += R"(","from":)" + std::to_string(note.from) + R"(,"to":)" + std::to_string(note.to) + R"(,"delay":)" +
             std::to_string(note.delay.count()) + "}\n";
    flush();
}

void TraceWriter::on_end(Time at) {
    line_ += R"({"t":)" + std::to_string(at.count()) + R"(,"world":"end"})" + "\n";
    flush();
}

void TraceWriter::on_world(const WorldNote& note) {
    line_ += R"({"t":)" + std::to_string(note.at.count()) + R"(,"world":")";
    line_ += to_string(note.kind);
    line_ += R"(","node":)" + std::to_string(note.number) + R"(,"ends":)" + (note.ends ? "true" : "false") +
             R"(,"host_up":)" + (note.host_up ? "true" : "false") + R"(,"text":)";
    append_json_string(line_, note.text);
    line_ += "}\n";
    flush();
}

}  // namespace bully::sim
