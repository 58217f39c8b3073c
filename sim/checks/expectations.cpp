#include "sim/checks/expectations.hpp"

#include "core/election.hpp"
#include "sim/scenario/roster.hpp"
#include "sim/util/counted.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>
#include <string_view>
#include <type_traits>

namespace bully::sim {
namespace {

bool applies(const Expectation& expectation, Mode mode) { return !expectation.mode || *expectation.mode == mode; }

}  // namespace

void Expectations::on_begin(const Scenario& scenario) {
    scenario_ = &scenario;
    paths_.on_begin(scenario);
    processes_.assign(scenario.processes.size(), {});
    standings_.assign(scenario.expectations.size(), {});
    next_ = Time::max();
    end_ = {};
    holding_ = 0;
    no_elections_ = false;
    sent_ = {};
    elections_ = 0;
    for (std::size_t i = 0; i < standings_.size(); ++i) {
        std::visit(Overloaded{
                       [&](const expectation::LeaderAt& leader) { standings_[i].at = leader.at; },
                       [&](const expectation::AgreementWithin& agreement) {
                           standings_[i].at = agreement.after + agreement.within;
                       },
                       [&](const expectation::NoElection&) { no_elections_ = true; },
                       // These are judged by the whole run.
                       [](const AnyOf<expectation::Messages, expectation::Elections, expectation::Violated,
                                      expectation::Reached> auto&) {},
                   },
                   scenario.expectations[i].what);
        next_ = std::min(next_, standings_[i].at);
    }
}

// Looks at what had to be so before anything happens at `at`.
void Expectations::advance(Time at) {
    if (at <= next_) return;
    for (std::size_t i = 0; i < standings_.size(); ++i) {
        if (!standings_[i].looked && standings_[i].at < at) look(i);
    }
    next_ = Time::max();
    for (const auto& standing : standings_) {
        if (!standing.looked) next_ = std::min(next_, standing.at);
    }
}

void Expectations::look(std::size_t which) {
    auto& standing = standings_[which];
    standing.looked = true;
    const auto& what = scenario_->expectations[which].what;
    if (const auto* leader = std::get_if<expectation::LeaderAt>(&what)) {
        standing.found = found_instead(leader->leader);
        standing.over = true;
        return;
    }
    if (auto found = disagreement(); !found.empty()) {
        standing.found = "at " + bully::to_string(standing.at) + " " + found;
        standing.over = true;
    } else {
        ++holding_;
    }
}

void Expectations::look_at_agreements() {
    if (holding_ == 0) return;
    const auto found = disagreement();
    if (found.empty()) return;
    for (auto& standing : standings_) {
        if (!standing.looked || standing.over) continue;
        standing.found = "the agreement ended: " + found;
        standing.over = true;
    }
    holding_ = 0;
}

void Expectations::on_life(const LifeNote& note) {
    advance(note.at);
    paths_.on_life(note);
    auto& process = processes_[note.number - 1];
    process = {true, false, note.process->phase(), note.process->leader(), 0};
}

void Expectations::on_step(const StepNote& note) {
    advance(note.at);
    paths_.on_step(note);
    auto& process = processes_[note.number - 1];
    const auto elections = note.process->elections();
    for (; process.elections < elections; ++process.elections) count_election(note.number, note.at);
    const auto leader = note.process->leader();
    const auto phase = note.process->phase();
    if (process.phase == phase && process.leader == leader) return;
    // A feigned failure is a fault, and the world says so only after the step.
    const bool fault = (phase == Phase::failed) != (process.phase == Phase::failed);
    process.phase = phase;
    process.leader = leader;
    if (fault) {
        for (auto& standing : standings_) standing.over = standing.over || standing.looked;
        holding_ = 0;
    }
    look_at_agreements();
}

void Expectations::on_message(const MessageNote& note) {
    if (note.fate == Fate::sent) ++sent_[static_cast<std::size_t>(note.type)];
    paths_.on_message(note);
}

void Expectations::on_world(const WorldNote& note) {
    advance(note.at);
    if (note.kind == WorldNote::Kind::no_effect) return;
    paths_.on_world(note);
    // The next fault: what was to hold up to it has.
    for (auto& standing : standings_) standing.over = standing.over || standing.looked;
    holding_ = 0;
    if (note.number == 0) return;
    auto& process = processes_[note.number - 1];
    switch (life_change(note.kind)) {
        case LifeChange::ends: process.running = false; break;
        case LifeChange::pauses: process.paused = true; break;
        case LifeChange::resumes: process.paused = false; break;
        case LifeChange::none: break;
    }
}

void Expectations::on_end(Time at) {
    end_ = at;
    for (std::size_t i = 0; i < standings_.size(); ++i) {
        if (!standings_[i].looked && standings_[i].at <= at) look(i);
    }
}

void Expectations::count_election(Number number, Time at) {
    ++elections_;
    if (!no_elections_) return;
    for (std::size_t i = 0; i < standings_.size(); ++i) {
        const auto* none = std::get_if<expectation::NoElection>(&scenario_->expectations[i].what);
        if (none == nullptr || at < none->from || at > none->to || !standings_[i].found.empty()) continue;
        standings_[i].found = describe(number) + " started one at " + bully::to_string(at);
    }
}

std::string Expectations::describe(Number number) const {
    return number == 0 ? "a stranger" : name_of(number, scenario_->processes);
}

// Empty if all live processes follow the same live one.
std::string Expectations::disagreement() const {
    const Process* first = nullptr;
    Number first_number = 0;
    for (Number number = 1; number <= processes_.size(); ++number) {
        const auto& process = processes_[number - 1];
        if (!process.live()) continue;
        if (!process.leader) return describe(number) + " followed nobody";
        if (first == nullptr) {
            first = &process;
            first_number = number;
            const auto leader = number_of(*process.leader, scenario_->processes);
            if (leader == 0 || !processes_[leader - 1].live()) {
                return describe(number) + " followed " + describe(leader) + ", which wasn't live";
            }
        } else if (process.leader != first->leader) {
            return describe(first_number) + " followed " + describe(number_of(*first->leader, scenario_->processes)) +
                   ", and " + describe(number) + " followed " +
                   describe(number_of(*process.leader, scenario_->processes));
        }
    }
    return first == nullptr ? "nobody was live" : "";
}

std::string Expectations::found_instead(const ProcessRef& expected) const {
    if (auto found = disagreement(); !found.empty()) return found;
    const auto is_live = [](const Process& process) { return process.live(); };
    const auto lowest = std::find_if(processes_.begin(), processes_.end(), is_live);
    const auto highest = std::find_if(processes_.rbegin(), processes_.rend(), is_live);
    const auto actual = number_of(*lowest->leader, scenario_->processes);
    Number wanted = actual;  // `leader` and `random`: any that all agree on
    if (expected.kind == ProcessRef::Kind::number) wanted = expected.number;
    if (expected.kind == ProcessRef::Kind::highest) wanted = static_cast<Number>(processes_.rend() - highest);
    if (expected.kind == ProcessRef::Kind::lowest) wanted = static_cast<Number>(lowest - processes_.begin()) + 1;
    return actual == wanted ? "" : "all followed " + describe(actual);
}

std::vector<ExpectationResult> Expectations::results(const std::vector<PropertyResult>& properties) const {
    std::vector<ExpectationResult> all;
    all.reserve(standings_.size());
    for (std::size_t i = 0; i < standings_.size(); ++i) all.push_back(result(i, properties));
    return all;
}

ExpectationResult Expectations::result(std::size_t which, const std::vector<PropertyResult>& properties) const {
    const auto& expected = scenario_->expectations[which];
    const auto& standing = standings_[which];
    ExpectationResult result{expected.text, expected.line, false, applies(expected, mode_), {}};
    const auto at_a_time = [&] {
        result.held = standing.looked && standing.found.empty();
        result.detail = standing.looked ? standing.found : "the run ended at " + bully::to_string(end_);
    };
    std::visit(Overloaded{
                   [&](const expectation::LeaderAt&) { at_a_time(); },
                   [&](const expectation::AgreementWithin&) { at_a_time(); },
                   [&](const expectation::Messages& messages) {
                       result.held = true;
                       for (const auto& [type, comparison] : messages.counts) {
                           const auto sent = sent_[static_cast<std::size_t>(type)];
                           if (comparison.holds_for(static_cast<std::int64_t>(sent))) continue;
                           result.held = false;
                           result.detail += (result.detail.empty() ? "" : ", ") + std::to_string(sent) + " " +
                                            std::string(to_string(type));
                       }
                   },
                   [&](const expectation::Elections& elections) {
                       result.held = elections.count.holds_for(static_cast<std::int64_t>(elections_));
                       if (!result.held) result.detail = counted(elections_, "election");
                   },
                   [&](const expectation::NoElection&) {
                       result.held = standing.found.empty();
                       result.detail = standing.found;
                   },
                   [&](const expectation::Violated& violated) {
                       const auto found = std::find_if(properties.begin(), properties.end(), [&](const auto& property) {
                           return property.name == violated.property;
                       });
                       if (found == properties.end()) {
                           result.detail = "it wasn't checked";
                           return;
                       }
                       result.held = found->status == PropertyResult::Status::violated;
                       if (found->status == PropertyResult::Status::held) result.detail = "it held";
                       if (found->status == PropertyResult::Status::partly) {
                           result.detail = "it held where it was demanded: " + found->bound;
                       }
                       if (found->status == PropertyResult::Status::not_demanded) {
                           result.detail = "it wasn't demanded: " + found->detail;
                       }
                   },
                   [&](const expectation::Reached& reached) {
                       result.held = paths_.reached(reached.path);
                       if (!result.held) result.detail = "never";
                   },
               },
               expected.what);
    return result;
}

std::vector<std::string> expected_violations(const Scenario& scenario, Mode mode) {
    std::vector<std::string> names;
    for (const auto& expected : scenario.expectations) {
        const auto* violated = std::get_if<expectation::Violated>(&expected.what);
        if (violated != nullptr && applies(expected, mode)) names.push_back(violated->property);
    }
    return names;
}

void mark_expected_violations(const std::vector<std::string>& names, std::vector<PropertyResult>& properties) {
    for (auto& property : properties) {
        property.expected_violation = std::find(names.begin(), names.end(), property.name) != names.end();
    }
}

}  // namespace bully::sim
