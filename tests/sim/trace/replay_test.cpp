// A trace of any run gives the same steps again, and one that was changed doesn't pass for it.
#include "sim/trace/replay.hpp"

#include "sim/checks/checked_run.hpp"
#include "sim/report/timeline.hpp"
#include "sim/trace/trace_writer.hpp"
#include "tests/sim/checks/random_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

class Steps final : public Observer {
  public:
    void on_step(const StepNote&) override { ++count; }
    std::size_t count = 0;
};

struct Recorded {
    std::string trace;
    std::string timeline;
    std::size_t steps = 0;
};

Recorded record(const Scenario& scenario, Mode mode) {
    std::ostringstream trace;
    std::ostringstream timeline;
    TraceWriter writer(trace, scenario.seed, mode);
    Timeline lines(timeline, {});
    Steps steps;
    RunOptions options;
    options.mode = mode;
    options.check_properties = false;
    options.observers = {&writer, &lines, &steps};
    static_cast<void>(run_scenario(scenario, options));
    return {trace.str(), timeline.str(), steps.count};
}

tl::expected<ReplayResult, TraceError> replay_text(const std::string& trace) {
    std::istringstream in(trace);
    return replay(in);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

TEST(Replay, gives_every_step_again) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const auto scenario = random_scenario(seed, seed % 2 == 0 ? World::calm : World::disturbed);
        for (const auto mode : {Mode::strict, Mode::robust}) {
            const auto recorded = record(scenario, mode);
            const auto result = replay_text(recorded.trace);
            ASSERT_TRUE(result.has_value()) << "seed " << seed << ": " << result.error().line << ": "
                                            << result.error().what << ", expected " << result.error().expected;
            ASSERT_FALSE(result->difference.has_value())
                << "seed " << seed << ", line " << result->difference->line << ": " << result->difference->recorded
                << " / " << result->difference->replayed;
            ASSERT_EQ(result->steps, recorded.steps);
            ASSERT_EQ(result->mode, mode);
        }
    }
}

TEST(Replay, shows_the_timeline_of_the_run) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto recorded = record(random_scenario(seed, World::calm), Mode::robust);
        std::ostringstream again;
        Timeline lines(again, {});
        std::istringstream in(recorded.trace);
        ReplayOptions options;
        options.observers = {&lines};
        ASSERT_TRUE(replay(in, options).has_value());
        auto expected = lines_of(recorded.timeline);
        auto shown = lines_of(again.str());
        // A trace doesn't tell for how long after its last step nothing happened.
        ASSERT_NE(expected.back().find("the end"), std::string::npos);
        expected.pop_back();
        if (!shown.empty() && shown.back().find("the end") != std::string::npos) shown.pop_back();
        ASSERT_EQ(joined(shown), joined(expected)) << "seed " << seed;
    }
}

constexpr std::uint64_t chosen = 22;  // a short run with elections

// Of a short run each step that begins a round, left out: the next one of that process can't be right any
// more.
TEST(Replay, notices_a_step_that_is_left_out) {
    const auto scenario = random_scenario(chosen, World::calm);
    const auto lines = lines_of(record(scenario, Mode::robust).trace);
    std::size_t noticed = 0;
    std::size_t steps = 0;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto has = [&](const char* text) { return lines[i].find(text) != std::string::npos; };
        if (!has("\"event\":") || !(has("\"type\":\"join\"") || has("\"probe\",\"to\"") || has("leader_changed")))
            continue;
        ++steps;
        auto changed = lines;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
        const auto result = replay_text(joined(changed));
        if (!result || result->difference) ++noticed;
    }
    EXPECT_GT(steps, 50U);
    // The last one of a process may have nothing after it that could tell.
    EXPECT_GE(noticed + scenario.processes.size(), steps);
}

TEST(Replay, shows_the_first_action_that_differs) {
    auto lines = lines_of(record(random_scenario(chosen, World::calm), Mode::robust).trace);
    const auto found = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
        return line.find("\"actions\":[{\"type\":\"election\"") != std::string::npos;
    });
    ASSERT_NE(found, lines.end());
    const std::string action = "\"actions\":[{\"type\":\"election\"";
    found->replace(found->find(action), action.size(), "\"actions\":[{\"type\":\"listen\"},{\"type\":\"election\"");
    const auto result = replay_text(joined(lines));
    ASSERT_TRUE(result.has_value());
    ASSERT_TRUE(result->difference.has_value());
    EXPECT_EQ(result->difference->line, static_cast<std::size_t>(found - lines.begin()) + 1);
    EXPECT_NE(result->difference->recorded.find("listen"), std::string::npos);
    EXPECT_NE(result->difference->replayed.find("election"), std::string::npos);
}

TEST(Replay, refuses_what_is_no_trace) {
    const auto lines = lines_of(record(random_scenario(chosen, World::calm), Mode::robust).trace);
    const auto refused = [](const std::string& text, std::size_t line) {
        const auto result = replay_text(text);
        ASSERT_FALSE(result.has_value()) << text.substr(0, 200);
        EXPECT_EQ(result.error().line, line) << result.error().what;
        EXPECT_FALSE(result.error().what.empty());
        EXPECT_FALSE(result.error().expected.empty());
    };
    refused("", 1);
    refused("hello\n", 1);
    refused("{}\n", 1);
    refused("[1, 2]\n", 1);
    refused(lines[1] + "\n", 1);
    auto cut = lines;
    cut[3].resize(cut[3].size() / 2);
    refused(joined(cut), 4);
    auto twice = lines;
    twice.insert(twice.begin() + 1, lines[0]);
    refused(joined(twice), 2);
    auto other_version = lines;
    const auto version = "\"version\":" + std::to_string(trace_version);
    other_version[0].replace(other_version[0].find(version), version.size(), "\"version\":99");
    refused(joined(other_version), 1);
}

}  // namespace
}  // namespace bully::sim
