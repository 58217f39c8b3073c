#include "core/timing.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace bully {
namespace {

using namespace std::chrono_literals;

std::string broken(const Timing& timing, Duration delay, bool probing = true) {
    std::string names;
    for (const auto& condition : broken_conditions(timing, delay, probing)) {
        EXPECT_FALSE(condition.explanation.empty());
        names += (names.empty() ? "" : " ") + condition.name;
    }
    return names;
}

Timing timing(Duration answer, Duration coordinator, Duration probe) {
    Timing result;
    result.answer_timeout = answer;
    result.coordinator_timeout = coordinator;
    result.probe_timeout = probe;
    result.hold_down = 100ms;
    return result;
}

TEST(Timing, the_defaults_keep_the_conditions) { EXPECT_EQ(broken(Timing{}, 10ms), ""); }

TEST(Timing, each_condition_breaks_at_its_limit) {
    const auto delay = 50ms;
    EXPECT_EQ(broken(timing(101ms, 302ms, 101ms), delay), "");
    EXPECT_EQ(broken(timing(100ms, 301ms, 101ms), delay), "C1");
    EXPECT_EQ(broken(timing(101ms, 301ms, 101ms), delay), "C2");
    EXPECT_EQ(broken(timing(101ms, 302ms, 100ms), delay), "C3");
    EXPECT_EQ(broken(timing(100ms, 300ms, 100ms), delay), "C1 C2 C3");
}

TEST(Timing, without_probing_C3_is_not_asked_for) { EXPECT_EQ(broken(timing(101ms, 302ms, 1ms), 50ms, false), ""); }

TEST(Timing, the_explanation_has_the_figures) {
    const auto conditions = broken_conditions(timing(100ms, 301ms, 101ms), 50ms);
    ASSERT_EQ(conditions.size(), 1U);
    EXPECT_NE(conditions[0].explanation.find("100ms"), std::string::npos) << conditions[0].explanation;
}

TEST(Timing, durations_are_written_in_the_shortest_exact_form) {
    EXPECT_EQ(to_string(Duration{0}), "0s");
    EXPECT_EQ(to_string(3ns), "3ns");
    EXPECT_EQ(to_string(7us), "7us");
    EXPECT_EQ(to_string(1500us), "1.5ms");
    EXPECT_EQ(to_string(40ms), "40ms");
    EXPECT_EQ(to_string(1500ms), "1.5s");
    EXPECT_EQ(to_string(61s), "61s");
    EXPECT_EQ(to_string(1s + 1ns), "1.000000001s");
}

}  // namespace
}  // namespace bully
