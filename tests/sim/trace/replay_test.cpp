// A trace of any run gives the same steps again, and a modified trace is refused.
#include "sim/trace/replay.hpp"

#include "core/record/trace_text.hpp"
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
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
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

// The first world with a trace that is short, and has something in it: to be replayed hundreds of times.
Scenario chosen() {
    static const auto first = [] {
        for (std::uint64_t seed = 1;; ++seed) {
            auto scenario = random_scenario(seed, World::calm);
            const auto lines = lines_of(record(scenario, Mode::robust).trace).size();
            if (lines >= 250 && lines <= 500) return scenario;
        }
    }();
    return first;
}

// Of a short run each step that begins a round, left out: the next one of that process can't be right any
// more.
TEST(Replay, notices_a_step_that_is_left_out) {
    const auto scenario = chosen();
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
    auto lines = lines_of(record(chosen(), Mode::robust).trace);
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

// As if it had been written so: the last line fits those before it.
std::string sealed(std::vector<std::string> lines) {
    TraceText text;
    const auto end = lines.back();
    lines.pop_back();
    for (const auto& line : lines) text.line(line);
    text.end(std::stoll(end.substr(end.find(':') + 1)));
    return text.take();
}

// Some lines of a trace: all lines would take minutes.
std::vector<std::size_t> some_of(const std::vector<std::string>& lines) {
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i + 1 < lines.size(); i += 1 + lines.size() / 40) some.push_back(i);
    return some;
}

TEST(Replay, tells_a_line_that_is_left_out_or_stands_twice) {
    const auto lines = lines_of(record(chosen(), Mode::robust).trace);
    ASSERT_EQ(sealed(lines), joined(lines));
    for (const auto i : some_of(lines)) {
        auto fewer = lines;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        const auto without = replay_text(joined(fewer));
        EXPECT_TRUE(!without || without->difference) << lines[i];
        auto more = lines;
        more.insert(more.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
        const auto twice = replay_text(joined(more));
        EXPECT_TRUE(!twice || twice->difference) << lines[i];
    }
}

TEST(Replay, tells_a_digit_that_is_changed) {
    const auto lines = lines_of(record(chosen(), Mode::robust).trace);
    for (const auto i : some_of(lines)) {
        auto changed = lines;
        auto& digit = changed[i][changed[i].find_last_of("0123456789")];
        digit = digit == '7' ? '8' : '7';
        const auto result = replay_text(joined(changed));
        EXPECT_TRUE(!result || result->difference) << lines[i];
    }
}

struct Misread {
    const char* line;  // behind the first one, and a life of process 1
    const char* error;
};

const std::vector<Misread> misread_lines{
    {R"({"t":0,"world":"message","fate":"zzz","type":"OK","from":1,"to":2,"delay":0})",
     "`fate` is \"zzz\", expected one of sent, lost, to_down, void"},
    {R"({"t":0,"world":"message","fate":"lost","type":"FOO","from":1,"to":2,"delay":0})",
     "`type` is \"FOO\", expected one of OK, ELECTION, PROBE, COORDINATOR, JOIN"},
    {R"({"t":0,"world":"message","fate":"lost","type":"OK","from":1,"to":2,"delay":-5})",
     "`delay` is -5, expected an integer from 0 to 2305843009213693951"},
    {R"({"t":0,"world":"crash","node":1,"node":2})", "`node` twice, expected each key once"},
    {R"({"t":0,"world":"crash","nod":1})", "an unknown key `nod`, expected one of t, world, node, ends, host_up, text"},
    {R"({"t":0,"world":"\u001b","node":1})", "`world` is \"?\", expected a fault"},
    {R"({"t":0,"node":2,"event":{"type":"start"},"actions":[],"state":{}})",
     "a step of process 2, expected its `life` before"},
    {R"({"t":0,"node":1,"event":{"type":"start","now":1},"actions":[],"state":{}})",
     "an unknown key `now`, expected one of type"},
    {R"({"t":0,"node":1,"event":{"type":"start"},"actions":[],"state":{},"more":1})",
     "an unknown key `more`, expected one of t, node, event, actions, state"},
    {R"({"t":0,"node":1,"event":{"type":"coordinator","leader":[1,2,3]},"actions":[],"state":{}})",
     "a pid that is no pair of 32-bit integers, expected [days, student_id]"},
    {R"({"t":0,"node":1,"event":{"type":"coordinator","leader":[1,18446744073709551615]},"actions":[],"state":{}})",
     "a pid that is no pair of 32-bit integers, expected [days, student_id]"},
    {R"({"snapshot":1,"members":[],"node":1})", "an unknown key `node`, expected one of snapshot, members"},
    {R"({"t":0,"world":"end"})", "no `lines`, expected it"},
};

TEST(Replay, refuses_words_and_keys_that_it_does_not_know) {
    Scenario scenario;
    scenario.processes = made_up_processes(2);
    const auto lines = lines_of(record(scenario, Mode::robust).trace);
    const auto is_life = [](const std::string& line) { return line.find("\"life\"") != std::string::npos; };
    const auto life = *std::find_if(lines.begin(), lines.end(), is_life);
    const auto error_of = [&](const std::vector<std::string>& of) {
        const auto result = replay_text(joined(of));
        return result ? "good" : result.error().what + ", expected " + result.error().expected;
    };
    for (const auto& [line, error] : misread_lines) EXPECT_EQ(error_of({lines[0], life, line}), error) << line;
    EXPECT_EQ(error_of({lines[0], life, life}), "a life of process 1, which runs already, expected its end before");
    EXPECT_EQ(error_of({lines[0], life, R"({"t":0,"world":"crash","node":1})",
                        R"({"t":0,"node":1,"event":{"type":"start"},"actions":[],"state":{}})"}),
              "a step of process 1, which is down, expected its `life` before");
    auto header = lines[0];
    header.replace(header.find("\"seed\":1"), 8, "\"seed\":-1");
    EXPECT_EQ(error_of({header, life}), "`seed` is no whole number, expected one below 2^64");
}

TEST(Replay, refuses_what_is_no_trace) {
    const auto lines = lines_of(record(chosen(), Mode::robust).trace);
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
