#include "sim/trace/replay_checks.hpp"

#include "core/election.hpp"
#include "sim/checks/expectations.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

std::string why_unbounded(const TraceHeader& header) {
    if (header.program == simulator_name) {
        return "the scenario disturbs links in ways that its trace doesn't tell of; a run of it checks this";
    }
    return "the trace doesn't say how long a message may take; --delta does";
}

std::string shown(ProcessId pid) {
    return "(" + std::to_string(pid.days) + ", " + std::to_string(pid.student_id) + ")";
}

}  // namespace

ReplayChecks::ReplayChecks(const TraceHeader& header, const std::optional<TraceBounds>& bounds, Duration tolerance)
    : properties_(header.mode, {.messages = false, .tolerance = tolerance}),
      tells_of_daemon_(header.program == simulator_name),
      expected_violations_(header.expected_violations) {
    if (!bounds) properties_.leave_group(why_unbounded(header));
}

void ReplayChecks::on_begin(const Scenario& scenario) {
    for (const auto& process : scenario.processes) pids_.push_back(process.pid);
    members_.resize(pids_.size());
    properties_.on_begin(scenario);
}

void ReplayChecks::on_life(const LifeNote& note) {
    look_for_strangers(note.number, *note.process);
    properties_.on_life(note);
}

void ReplayChecks::on_step(const StepNote& note) {
    look_for_strangers(note.number, *note.process);
    // A live trace tells only this way that the daemon is away. Who asked it may have missed who joined.
    const auto* failed = std::get_if<JoinFailed>(note.event);
    if (failed != nullptr && failed->kind == JoinFailed::Kind::unreachable && !tells_of_daemon_) {
        properties_.on_world({note.at, WorldNote::Kind::daemon_down, 0, false, false, {}});
    }
    properties_.on_step(note);
}

void ReplayChecks::on_world(const WorldNote& note) {
    if (note.kind == WorldNote::Kind::stand_still) {
        stop_or_go_on(note);
        return;
    }
    if (changes_links(note.kind)) {
        properties_.leave_group("links were disturbed (" + std::string(to_string(note.kind)) + " at " +
                                bully::to_string(note.at) + "), and the trace doesn't tell for how long");
    }
    properties_.on_world(note);
}

// As if each process had been paused. Whether a timer of theirs was lost meanwhile nobody can tell.
void ReplayChecks::stop_or_go_on(const WorldNote& note) {
    if (!note.ends) {
        ++stops_;
        if (!stopped_at_) stopped_at_ = note.at;
    } else if (stops_ == 1) {
        went_on_at_ = note.at;
    }
    const auto kind = note.ends ? WorldNote::Kind::resume : WorldNote::Kind::pause;
    for (Number number = 1; number <= pids_.size(); ++number) {
        properties_.on_world({note.at, kind, number, false, false, {}});
    }
}

std::vector<PropertyResult> ReplayChecks::results(Duration enough) const {
    auto results = properties_.results(Properties::With::demands);
    for (auto& result : results) {
        const bool is_timed = result.name == name_of(Property::p6) || result.name == name_of(Property::p8) ||
                              result.name == name_of(Property::p9);
        if (!is_timed || stops_ == 0 || result.status != PropertyResult::Status::held) continue;
        result.status = PropertyResult::Status::not_checked;
        result.detail = "its program stood still " +
                        (stops_ > 1 ? std::to_string(stops_) + " times, first " : std::string()) + "between " +
                        bully::to_string(*stopped_at_) + " and " + bully::to_string(went_on_at_) + "; --tolerance " +
                        bully::to_string(enough) + " allows for that";
    }
    mark_expected_violations(expected_violations_, results);
    return results;
}

// Who isn't in the trace may do, or not do, anything.
void ReplayChecks::look_for_strangers(Number number, const Election& process) {
    if (!properties_.checks_group()) return;
    const auto in_trace = [&](ProcessId pid) { return std::binary_search(pids_.begin(), pids_.end(), pid); };
    std::optional<ProcessId> stranger;
    if (const auto leader = process.view().leader; leader && !in_trace(*leader)) stranger = leader;
    auto& known = members_[number - 1];
    if (!known.same_snapshot(process.members())) {
        known = process.members();
        for (const auto& member : known.members()) {
            if (!in_trace(member.pid)) stranger = member.pid;
        }
    }
    if (stranger) properties_.leave_group("member " + shown(*stranger) + " of the group isn't in the trace");
}

}  // namespace bully::sim
