#include "sim/checks/properties.hpp"

#include "sim/util/counted.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace bully::sim {
namespace {

constexpr std::array<std::pair<Property, std::string_view>, 17> titles{{
    {Property::p1, "no lower leader"},
    {Property::p2, "victories are earned"},
    {Property::p3, "one COORDINATOR to each member"},
    {Property::p4, "one OK for each request"},
    {Property::p5, "no deadline moves"},
    {Property::p6, "elections end in time"},
    {Property::p7, "stale events have no effect"},
    {Property::p8, "PROBEs keep their pace"},
    {Property::p9, "a failed PROBE: one JOIN, one election"},
    {Property::p10, "a failed process does nothing"},
    {Property::p11, "no member is forgotten"},
    {Property::p12, "one leader at a time"},
    {Property::p13, "no victory over a live higher process"},
    {Property::p14, "agreement"},
    {Property::p15, "stability"},
    {Property::p16, "quiet"},
    {Property::p18, "a dead leader is noticed"},
}};

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
    log_.forget(Property::p12);
}

std::vector<PropertyResult> Properties::results(With with) const {
    std::vector<PropertyResult> all;
    all.reserve(titles.size());
    for (const auto& [property, title] : titles) {
        PropertyResult result;
        if (property >= Property::p12 && group_left_) {
            result.name = name_of(property);
            result.status = PropertyResult::Status::not_checked;
            result.detail = why_group_left_;
        } else if (property >= Property::p12) {
            result = group_.result(property);
            if (with == With::demands) result.demands = group_.demands_of(property);
        } else {
            result.name = name_of(property);
            result.bound = bound_of(property, group_.bounds(), *scenario_, observability_);
            if (const auto count = log_.count(property); count > 0) {
                result.status = PropertyResult::Status::violated;
                result.detail = counted(count, "time");
            }
        }
        result.title = title;
        all.push_back(std::move(result));
    }
    return all;
}

}  // namespace bully::sim
