// Each property over the same random runs: the real core keeps all of them, and each mutant of
// mutants/properties.mutant is reported for the property that it breaks.
#include "sim/checks/checked_run.hpp"
#include "sim/scenario/property.hpp"
#include "tests/sim/checks/random_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace bully::sim {
namespace {

// A mutant is given more: its test ends with the first violation, and some mistakes show in one run of a thousand.
std::uint64_t runs() {
    const char* given = std::getenv("BULLY_RUNS");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 400;
}

// The first run in which `property` is violated, described; empty if there is none.
std::string first_violation(const std::string& property) {
    for (std::uint64_t seed = 1; seed <= runs(); ++seed) {
        const auto scenario = random_scenario(seed, seed % 2 == 0 ? World::calm : World::disturbed);
        for (const auto& violation : run_scenario(scenario).violations) {
            if (violation.property != property) continue;
            auto text = violation.property + " at " + bully::to_string(violation.at) + ": " + violation.what + "\n";
            for (const auto& step : violation.steps) text += "  " + step + "\n";
            return text + describe(scenario);
        }
    }
    return {};
}

class Properties : public testing::TestWithParam<NamedProperty> {};

TEST_P(Properties, holds) { EXPECT_EQ(first_violation(std::string(GetParam().name)), ""); }

INSTANTIATE_TEST_SUITE_P(Each, Properties, testing::ValuesIn(all_properties.begin(), all_properties.end()),
                         [](const auto& test) { return std::string(test.param.name); });

// A property that is never demanded can't fail.
TEST(Properties, are_demanded_in_most_runs) {
    std::uint64_t demanded = 0;
    for (std::uint64_t seed = 1; seed <= runs(); ++seed) {
        for (const auto& property : run_scenario(random_scenario(seed, World::calm)).properties) {
            demanded += property.name == "P14" && property.status == PropertyResult::Status::held ? 1 : 0;
        }
    }
    EXPECT_GT(demanded, runs() * 8 / 10);  // some worlds end amid something that makes agreement impossible
}

TEST(Properties, are_demanded_again_after_a_restart_of_the_daemon) {
    std::uint64_t restarts = 0;
    std::uint64_t demanded = 0;
    for (std::uint64_t seed = 1; seed <= std::min<std::uint64_t>(runs(), 1000); ++seed) {
        const auto scenario = random_scenario(seed, World::disturbed);
        const bool is_restarted = std::any_of(scenario.faults.begin(), scenario.faults.end(), [](const Fault& fault) {
            return std::holds_alternative<fault::CoordinatorDaemonRestart>(fault.what);
        });
        if (!is_restarted) continue;
        ++restarts;
        for (const auto& property : run_scenario(scenario).properties) {
            demanded += property.name == "P14" && property.status == PropertyResult::Status::held ? 1 : 0;
        }
    }
    EXPECT_GT(restarts, 0U);
    EXPECT_GT(demanded, restarts / 2) << "of " << restarts;
}

}  // namespace
}  // namespace bully::sim
