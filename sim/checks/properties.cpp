#include "sim/checks/properties.hpp"

#include "sim/util/counted.hpp"

#include <utility>

namespace bully::sim {
namespace {

std::string bound_of(Property property, const Bounds& bounds, const Scenario& scenario, Observability observability) {
    const auto tolerance = observability.tolerance;
    const auto late =
        tolerance > Duration::zero() ? ", timers up to " + bully::to_string(tolerance) + " late" : std::string();
    if (property == Property::p6) {
        return "within " + bully::to_string(bounds.answer_timeout - tolerance) + ", then " +
               bully::to_string(bounds.coordinator_timeout - tolerance) + late;
    }
    if (property == Property::p3 && !observability.messages) {
        return "as decided: a trace doesn't record each message of a multicast";
    }
    if (property != Property::p8 || scenario.processes.empty()) return {};
    auto least = scenario.processes.front().timing.probe_gap.min;
    for (const auto& spec : scenario.processes) least = std::min(least, spec.timing.probe_gap.min);
    return "gaps of " + bully::to_string(least) + " to " + bully::to_string(bounds.gap - tolerance) + late;
}

}  // namespace

void Properties::on_begin(const Scenario& scenario) {
    scenario_ = &scenario;
    log_.reset(scenario);
    processes_.on_begin(scenario);
    group_.on_begin(scenario);
}

void Properties::on_life(const LifeNote& note) {
    processes_.on_life(note);
    if (!group_left_) group_.on_life(note);
}

void Properties::on_step(const StepNote& note) {
    const StepDigest digest(note.actions);
    log_.remember(note, digest);
    const bool is_routine = processes_.check(note, digest);
    if (group_left_) return;
    if (is_routine) {
        group_.pass(note.at);
        return;
    }
    group_.check(note, digest);
    if (observability_.messages) return;
    // P16 wants to know what is sent; the step tells.
    const auto tell = [&](MessageType type, Round round) {
        group_.on_message({note.at, Fate::sent, type, note.number, 0, round, {}, false});
    };
    if (digest.election != nullptr) tell(MessageType::election, digest.election->round);
    if (digest.ask != nullptr) tell(MessageType::election, digest.ask->round);
    if (digest.announce != nullptr) tell(MessageType::coordinator, digest.announce->round);
    if (digest.has<Join>()) tell(MessageType::join, 0);
}

void Properties::on_message(const MessageNote& note) {
    // As it should be; half of all notes. But a JOIN tells the daemon of a process that it may have forgotten.
    if (note.fate == Fate::delivered && note.type != MessageType::join) return;
    processes_.on_message(note);
    if (!group_left_) group_.on_message(note);
}

void Properties::on_world(const WorldNote& note) {
    processes_.on_world(note);
    if (!group_left_) group_.on_world(note);
}

void Properties::on_ahead(Number number) {
    log_.fetch(number);
    processes_.fetch(number);
    group_.fetch(number);
}

void Properties::on_end(Time at) {
    processes_.on_end(at);
    if (!group_left_) group_.on_end(at);
}

void Properties::leave_group(std::string why) {
    if (std::exchange(group_left_, true)) return;
    why_group_left_ = std::move(why);
    log_.forget_group();
}

std::vector<PropertyResult> Properties::results(With with) const {
    std::vector<PropertyResult> all;
    all.reserve(all_properties.size());
    for (const auto& [property, name, title] : all_properties) {
        PropertyResult result;
        if (is_of_group(property) && group_left_) {
            result.status = PropertyResult::Status::not_checked;
            result.detail = why_group_left_;
        } else if (is_of_group(property)) {
            result = group_.result(property);
            if (with == With::demands) result.demands = group_.demands_of(property);
        } else {
            result.bound = bound_of(property, group_.bounds(), *scenario_, observability_);
            if (const auto count = log_.count(property); count > 0) {
                result.status = PropertyResult::Status::violated;
                result.detail = counted(count, "time");
            }
        }
        result.name = name;
        result.title = title;
        all.push_back(std::move(result));
    }
    return all;
}

}  // namespace bully::sim
