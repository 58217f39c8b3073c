#include "sim/trace/trace_writer.hpp"

#include "core/election.hpp"
#include "sim/checks/bounds.hpp"
#include "sim/checks/expectations.hpp"
#include "sim/scenario/fault_span.hpp"

#include <algorithm>
#include <bully/version.hpp>

namespace bully::sim {
namespace {

std::string_view fate_name(Fate fate) {
    switch (fate) {
        case Fate::sent: return "sent";
        case Fate::delivered: return "delivered";
        case Fate::lost: return "lost";
        case Fate::to_down: return "to_down";
        case Fate::discarded: return "void";
    }
    return "";
}

// Of all that can happen to messages a trace tells only when it happens; whoever checks what the group keeps to has to
// know beforehand how long these last.
bool is_told(const Scenario& scenario) {
    const bool lasts = std::any_of(scenario.faults.begin(), scenario.faults.end(), [](const Fault& fault) {
        const auto change = link_change(fault.what);
        return change == LinkChange::block || change == LinkChange::delay;
    });
    return !lasts && std::none_of(scenario.scripted.begin(), scenario.scripted.end(),
                                  [](const ScriptedMessage& script) { return script.drop && !script.nth; });
}

}  // namespace

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
    text_.header(header);
    out_ << text_.take();
}

void TraceWriter::on_life(const LifeNote& note) {
    text_.life({note.at.count(), note.number, *note.member, note.first_round, {}, note.actions, note.process->view()},
               note.settled ? &note.process->members() : nullptr);
    out_ << text_.take();
}

void TraceWriter::on_step(const StepNote& note) {
    text_.step({note.at.count(), note.number, note.event, 0, note.actions, note.process->view()});
    out_ << text_.take();
}

void TraceWriter::on_message(const MessageNote& note) {
    // What is sent and delivered the steps tell already; these are what they can't.
    if (note.fate == Fate::delivered || (note.fate == Fate::sent && !note.disturbed)) return;
    std::string line = R"({"t":)" + std::to_string(note.at.count()) + R"(,"world":"message","fate":")";
    line += fate_name(note.fate);
    line += R"(","type":")";
    line += to_string(note.type);
    line += R"(","from":)" + std::to_string(note.from) + R"(,"to":)" + std::to_string(note.to) + R"(,"delay":)" +
            std::to_string(note.delay.count()) + "}";
    text_.line(line);
    out_ << text_.take();
}

void TraceWriter::on_end(Time at) {
    text_.end(at.count());
    out_ << text_.take();
}

void TraceWriter::on_world(const WorldNote& note) {
    text_.world({note.at.count(), to_string(note.kind), note.number, note.ends, note.host_up, note.text});
    out_ << text_.take();
}

}  // namespace bully::sim
