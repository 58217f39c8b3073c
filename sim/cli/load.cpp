#include "sim/cli/load.hpp"

#include "sim/cli/options.hpp"
#include "sim/scenario/parser.hpp"

#include <iostream>
#include <utility>

namespace bully::sim {
namespace {

std::optional<Scenario> load(const std::string& path, const std::vector<Override>& overrides) {
    auto scenario = load_scenario(path, overrides);
    if (scenario) return std::move(*scenario);
    for (const auto& diagnostic : scenario.error()) std::cerr << to_string(diagnostic) << "\n";
    return std::nullopt;
}

}  // namespace

std::optional<Scenario> load(const std::string& path) { return load(path, {}); }

std::optional<Scenario> load(const ChosenRun& run) {
    const auto refuse = [](const std::string& why) {
        std::cerr << "bully_sim: " << why << "\n";
        return std::nullopt;
    };
    std::vector<Override> overrides;
    for (const auto& text : run.overrides) {
        auto override = parse_override(text);
        if (!override) return refuse(override.error());
        overrides.push_back(std::move(*override));
    }
    if (const auto twice = said_twice(overrides, run.seed.has_value(), run.mode.has_value())) return refuse(*twice);
    if (const auto vain = without_effect(overrides, run.mode)) return refuse(*vain);
    return load(run.scenario, overrides);
}

}  // namespace bully::sim
