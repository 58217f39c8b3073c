// Random scenarios: BULLY_SEARCH_RUNS of them (default: a few thousand), from seed BULLY_SEARCH_FIRST on. A search
// continues after a failure. Each failure prints its seed; the first ones also print the shrunk scenario.
#include "sim/checks/checked_run.hpp"
#include "tests/sim/checks/random_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bully::sim {
namespace {

constexpr std::size_t shown_findings = 20;

std::string violated_property(const Scenario& scenario) {
    const auto result = run_scenario(scenario);
    const auto found = std::find_if(result.properties.begin(), result.properties.end(), [](const auto& property) {
        return property.status == PropertyResult::Status::violated;
    });
    return found == result.properties.end() ? "" : found->name;
}

std::uint64_t wish(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

// As people read it, and as small as it gets.
std::string describe_finding(const Scenario& scenario, const std::string& property) {
    const auto small =
        shrink(scenario, [&](const Scenario& candidate) { return violated_property(candidate) == property; });
    std::string text = "seed " + std::to_string(scenario.seed) + " violates " + property +
                       "; what is needed for it:\n" + describe(small);
    for (const auto& violation : run_scenario(small).violations) {
        text += violation.property + " at " + bully::to_string(violation.at) + ": " + violation.what + "\n";
        for (const auto& step : violation.steps) text += "  " + step + "\n";
    }
    return text;
}

void search(World world) {
    const auto first = wish("BULLY_SEARCH_FIRST", 1);
    const auto runs = wish("BULLY_SEARCH_RUNS", 3000);
    std::atomic<std::uint64_t> next = 0;
    std::mutex mutex;
    std::map<std::uint64_t, std::string> findings;  // by seed
    const auto work = [&] {
        for (auto i = next++; i < runs; i = next++) {
            const auto scenario = random_scenario(first + i, world, Groups::of_any_size);
            const auto property = violated_property(scenario);
            if (property.empty()) continue;
            const std::scoped_lock lock(mutex);
            findings[first + i] = findings.size() < shown_findings ? describe_finding(scenario, property) : property;
        }
    };
    {
        std::vector<std::jthread> workers(std::max(1U, std::thread::hardware_concurrency()));
        for (auto& worker : workers) worker = std::jthread(work);
    }
    std::cout << runs << " worlds, seeds " << first << " to " << first + runs - 1 << ": " << findings.size()
              << " that violate something\n";
    for (const auto& [seed, text] : findings) ADD_FAILURE() << text;
}

TEST(RandomSearch, calm_worlds) { search(World::calm); }
TEST(RandomSearch, disturbed_worlds) { search(World::disturbed); }

TEST(RandomSearch, shrinking_leaves_what_is_needed) {
    auto scenario = random_scenario(12, World::disturbed);
    scenario.faults.push_back({std::chrono::seconds(1), {}, fault::Crash{{ProcessRef::Kind::number, 1}, true}});
    const auto crashes = [](const Scenario& candidate) {
        return std::any_of(candidate.faults.begin(), candidate.faults.end(), [](const Fault& fault) {
            const auto* crash = std::get_if<fault::Crash>(&fault.what);
            return crash != nullptr && crash->host_up && crash->process == ProcessRef{ProcessRef::Kind::number, 1};
        });
    };
    const auto small = shrink(scenario, crashes);
    EXPECT_EQ(small.faults.size(), 1U) << describe(small);
    EXPECT_TRUE(small.scripted.empty());
    EXPECT_NE(describe(small).find("crash: 1, host: up"), std::string::npos) << describe(small);
}

}  // namespace
}  // namespace bully::sim
