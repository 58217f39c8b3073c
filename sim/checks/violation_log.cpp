#include "sim/checks/violation_log.hpp"

#include "core/election.hpp"
#include "core/names.hpp"
#include "core/transitions.hpp"
#include "sim/scenario/roster.hpp"

#include <algorithm>
#include <string_view>

namespace bully::sim {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<Action>> action_names{
    "JOIN", "ELECTION", "COORDINATOR", "PROBE",          "OK", "timer", "stop", "listen",
    "",     "warning",  "give up",     "ELECTION to ask"};  // a change of leader is shown as such

}  // namespace

void ViolationLog::reset(const Scenario& scenario) {
    scenario_ = &scenario;
    const auto count = scenario.processes.size();
    steps_.resize(count);
    step_counts_.assign(count, 0);
    counts_ = {};
    violations_.clear();
}

void ViolationLog::remember(const StepNote& note, const StepDigest& digest) {
    const auto index = note.number - 1;
    const auto& process = *note.process;
    auto& step = steps_[index][step_counts_[index]++ % steps_per_process];
    step.at = note.at;
    step.leader = process.leader().value_or(ProcessId{});
    step.from = static_cast<std::uint16_t>(note.from);
    step.event_round = round_of(*note.event);
    step.round = process.round();
    step.actions = digest.kinds;
    step.kind = kind_of(*note.event);
    step.before = note.before.phase;
    step.after = process.phase();
    step.has_leader = process.leader().has_value();
}

std::string ViolationLog::describe(Number number, const Step& step) const {
    const auto name = [&](Number n) { return name_of(n, scenario_->processes); };
    std::string text = bully::to_string(step.at) + "  " + name(number) + ": " + std::string(to_string(step.kind));
    if (step.from != 0) text += " from " + name(step.from);
    if (step.event_round != 0) text += " of round " + std::to_string(step.event_round);
    text += ", " + std::string(to_string(step.before));
    if (step.before != step.after) text += " -> " + std::string(to_string(step.after));
    text += " in round " + std::to_string(step.round);
    // Its days would not say who it is, and a stranger has no name.
    if (const auto leader = step.has_leader ? number_of(step.leader, scenario_->processes) : 0; leader != 0)
        text += ", leader " + name(leader);
    std::string_view separator = "; ";
    for (std::size_t i = 0; i < action_names.size(); ++i) {
        if ((step.actions >> i & 1U) == 0 || action_names[i].empty()) continue;
        text += separator;
        text += action_names[i];
        separator = ", ";
    }
    return text;
}

void ViolationLog::forget_group() {
    for (const auto& known : all_properties) {
        if (!is_of_group(known.property)) continue;
        std::erase_if(violations_, [&](const Violation& violation) { return violation.property == known.name; });
        counts_[static_cast<std::size_t>(known.property)] = 0;
    }
}

void ViolationLog::add(Property property, Time at, std::vector<Number> processes, std::string what) {
    if (++counts_[static_cast<std::size_t>(property)] > kept_per_property) return;
    Violation violation{name_of(property), at, std::move(processes), std::move(what), {}};
    std::vector<std::pair<Number, Step>> last;
    for (const auto number : violation.processes) {
        const auto count = step_counts_[number - 1];
        const auto kept = std::min<std::uint32_t>(count, steps_per_process);
        for (auto i = count - kept; i < count; ++i)
            last.emplace_back(number, steps_[number - 1][i % steps_per_process]);
    }
    std::stable_sort(last.begin(), last.end(), [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
    for (const auto& [number, step] : last) violation.steps.push_back(describe(number, step));
    violations_.push_back(std::move(violation));
}

}  // namespace bully::sim
