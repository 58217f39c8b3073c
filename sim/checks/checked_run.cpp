#include "sim/checks/checked_run.hpp"

#include "core/record/narration.hpp"
#include "sim/checks/bounds.hpp"
#include "sim/checks/expectations.hpp"
#include "sim/checks/properties.hpp"
#include "sim/checks/script_use.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/scenario/roster.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>
#include <set>

namespace bully::sim {
namespace {

// Each thing that a process warned of, once; and the faults that have hit nobody.
class Warnings final : public Observer {
  public:
    [[nodiscard]] bool hears_messages() const override { return false; }
    void on_begin(const Scenario& scenario) override {
        scenario_ = &scenario;
        seen_.clear();
        texts.clear();
    }
    void on_step(const StepNote& note) override {
        const auto& processes = scenario_->processes;
        const auto who = [&] { return bully::to_string(note.at) + ": " + name_of(note.number, processes); };
        const auto look_at = Overloaded{
            [&](const Warn& warning) {
                if (!seen_.emplace(note.number, warning.what).second) return;
                texts.push_back(who() + ": " +
                                narrate(warning, [&](ProcessId pid) { return name_of(pid, processes); }));
            },
            [&](const GiveUp&) { texts.push_back(who() + " gave up joining"); },
            [](const AnyOf<Join, SendElection, Announce, SendProbe, Reply, StartTimer, StopListening, Listen,
                           LeaderChanged, AskHigher> auto&) {},  // nothing to warn of
        };
        for (const auto& action : note.actions) std::visit(look_at, action);
    }

    void on_world(const WorldNote& note) override {
        if (note.kind == WorldNote::Kind::no_effect && !note.ends)
            texts.push_back(bully::to_string(note.at) + ": " + note.text);
    }

    std::vector<std::string> texts;

  private:
    const Scenario* scenario_ = nullptr;
    std::set<std::pair<Number, Warn::What>> seen_;
};

}  // namespace

bool RunResult::held() const {
    const bool expected = std::all_of(expectations.begin(), expectations.end(),
                                      [](const auto& result) { return result.held || !result.applies; });
    return expected && std::none_of(properties.begin(), properties.end(), [](const auto& property) {
               return property.status == PropertyResult::Status::violated && !property.expected_violation;
           });
}

bool demanded_to_the_end(const std::vector<PropertyResult>& properties) {
    using enum PropertyResult::Status;
    return std::none_of(properties.begin(), properties.end(), [](const auto& property) {
        return property.status == partly || property.status == not_demanded;
    });
}

RunResult run_scenario(const Scenario& scenario, const RunOptions& options) {
    RunResult result;
    result.scenario = scenario.name;
    result.file = scenario.file;
    result.overrides = scenario.overrides;
    result.seed = options.seed.value_or(scenario.seed);
    result.mode = options.mode.value_or(scenario.mode);

    Properties properties(result.mode);
    Expectations expectations(result.mode);
    Warnings warnings;
    ScriptUse scripts;
    Simulator simulator(scenario);
    if (options.check_properties) {
        simulator.attach(properties);
        simulator.attach(warnings);
        if (!scenario.scripted.empty()) simulator.attach(scripts);
    }
    if (!scenario.expectations.empty()) simulator.attach(expectations);
    for (auto* observer : options.observers) simulator.attach(*observer);
    simulator.run(result.seed, result.mode, options.progress);

    result.fingerprint = simulator.fingerprint();
    result.duration = simulator.now();
    result.interrupted = simulator.interrupted();
    result.processes = simulator.processes();
    result.measures = simulator.measures();
    if (const auto& agreement = result.measures.agreement) result.leader = agreement->leader;
    for (const auto& condition : bounds_of(scenario, result.mode).broken) {
        result.warnings.push_back(condition.name + ": " + condition.explanation);
    }
    if (options.check_properties) {
        result.properties = properties.results(Properties::With::demands);
        result.violations = properties.violations();
        mark_expected_violations(expected_violations(scenario, result.mode), result.properties);
        result.warnings.insert(result.warnings.end(), warnings.texts.begin(), warnings.texts.end());
        if (!scenario.scripted.empty() && !result.interrupted) {
            const auto unused = scripts.warnings();
            result.warnings.insert(result.warnings.end(), unused.begin(), unused.end());
        }
    }
    if (!scenario.expectations.empty()) result.expectations = expectations.results(result.properties);
    return result;
}

}  // namespace bully::sim
