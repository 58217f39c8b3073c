// Random scenarios, a few thousand here; many more with BULLY_SEARCH_RUNS. A failure prints its seed and the
// scenario, without what isn't needed for it.
#include "sim/run.hpp"
#include "tests/sim/random_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace bully::sim {
namespace {

std::string violated_property(const Scenario& scenario) {
    const auto result = run_scenario(scenario);
    const auto found = std::find_if(result.properties.begin(), result.properties.end(), [](const auto& property) {
        return property.status == PropertyResult::Status::violated;
    });
    return found == result.properties.end() ? "" : found->name;
}

void search(World world) {
    const char* wish = std::getenv("BULLY_SEARCH_RUNS");
    const std::uint64_t runs = wish != nullptr ? std::strtoull(wish, nullptr, 10) : 3000;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        const auto scenario = random_scenario(seed, world);
        const auto property = violated_property(scenario);
        if (property.empty()) continue;
        const auto small =
            shrink(scenario, [&](const Scenario& candidate) { return violated_property(candidate) == property; });
        std::string steps;
        for (const auto& violation : run_scenario(small).violations) {
            steps += violation.property + " at " + bully::to_string(violation.at) + ": " + violation.what + "\n";
            for (const auto& step : violation.steps) steps += "  " + step + "\n";
        }
        ADD_FAILURE() << "seed " << seed << " violates " << property << "; what is needed for it:\n"
                      << describe(small) << steps;
        return;
    }
}

TEST(RandomSearch, calm_worlds) { search(World::calm); }
TEST(RandomSearch, disturbed_worlds) { search(World::disturbed); }

TEST(RandomSearch, shrinking_leaves_what_is_needed) {
    auto scenario = random_scenario(12, World::disturbed);
    scenario.faults.push_back({std::chrono::seconds(1), {}, fault::Crash{{ProcessRef::Kind::number, 1}, true}});
    const auto crashes = [](const Scenario& candidate) {
        return std::any_of(candidate.faults.begin(), candidate.faults.end(), [](const Fault& fault) {
            const auto* crash = std::get_if<fault::Crash>(&fault.what);
            return crash != nullptr && crash->process == ProcessRef{ProcessRef::Kind::number, 1};
        });
    };
    const auto small = shrink(scenario, crashes);
    EXPECT_EQ(small.faults.size(), 1U) << describe(small);
    EXPECT_TRUE(small.scripted.empty());
    EXPECT_NE(describe(small).find("crash: 1, host: up"), std::string::npos) << describe(small);
}

}  // namespace
}  // namespace bully::sim
