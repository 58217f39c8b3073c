// A scripted message that a run never sends causes a warning: without it the scenario tests nothing.
#include "sim/checks/checked_run.hpp"
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bully::sim {
namespace {

// Three processes; the leader dies.
std::vector<std::string> warnings_with(const std::string& script, bool check = true) {
    const auto scenario = parse_scenario(
        "name: t\nduration: 9s\nstart: settled\nprocesses: 3\nfaults:\n- {at: 2s, crash: 3}\n- " + script, "f");
    EXPECT_TRUE(scenario) << script;
    RunOptions options;
    options.check_properties = check;
    return run_scenario(scenario.value(), options).warnings;
}

TEST(Scripts, that_no_message_matches_are_told) {
    for (const auto& [script, found] : std::vector<std::pair<std::string, std::string>>{
             {"{message: ELECTION, from: 2, to: 1, drop: on}", "0 such messages were sent, expected 1 or more"},
             {"{message: COORDINATOR, from: 2, to: 3, nth: 2, delay: 1ms}",
              "1 such message was sent, expected 2 or more"},
             {"{message: OK, from: 3, nth: 4000, duplicate: on}", " was sent, expected 4000 or more"}}) {
        const auto warnings = warnings_with(script);
        ASSERT_EQ(warnings.size(), 1U) << script;
        EXPECT_TRUE(warnings[0].starts_with(script + " in line 7 had no effect: ")) << warnings[0];
        EXPECT_TRUE(warnings[0].ends_with(found)) << warnings[0];
    }
}

TEST(Scripts, that_a_message_matches_are_not_told) {
    for (const auto* script :
         {"{message: COORDINATOR, from: 2, to: 3, nth: 1, delay: 1ms}", "{message: PROBE, nth: 2, drop: on}",
          "{message: ELECTION, from: 2, to: 3, delay: 1ms}"}) {
        EXPECT_EQ(warnings_with(script), std::vector<std::string>{}) << script;
    }
    EXPECT_TRUE(warnings_with("{message: ELECTION, from: 2, to: 1, drop: on}", false).empty()) << "a sweep wants none";
}

}  // namespace
}  // namespace bully::sim
