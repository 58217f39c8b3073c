// The arguments of --over and --set, and their effect on a scenario.
#include "sim/sweep/axes.hpp"

#include "sim/scenario/parser.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/sweep/scales.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

using Values = std::vector<std::string>;

Values values(const std::string& text) {
    const auto axis = parse_axis("key=" + text);
    return axis ? axis->values : Values{"error: " + axis.error()};
}

TEST(SweepAxes, whole_numbers) {
    EXPECT_EQ(values("3..6"), (Values{"3", "4", "5", "6"}));
    EXPECT_EQ(values("3..1000:log"), (Values{"3", "5", "10", "20", "50", "100", "200", "500", "1000"}));
    EXPECT_EQ(values("10..20:log"), (Values{"10", "20"}));
    EXPECT_EQ(values("0..10:3"), (Values{"0", "5", "10"}));
    EXPECT_EQ(values("1..4:9"), (Values{"1", "2", "3", "4"})) << "each once";
}

TEST(SweepAxes, times_and_percentages) {
    EXPECT_EQ(values("200ms..3s:8"), (Values{"200ms", "600ms", "1s", "1.4s", "1.8s", "2.2s", "2.6s", "3s"}));
    EXPECT_EQ(values("30ms..1s:log"), (Values{"30ms", "50ms", "100ms", "200ms", "500ms", "1s"}));
    EXPECT_EQ(values("0%..1%:5"), (Values{"0%", "0.25%", "0.5%", "0.75%", "1%"}));
}

TEST(SweepAxes, lists) {
    EXPECT_EQ(values("strict,robust"), (Values{"strict", "robust"}));
    EXPECT_EQ(values("5ms,{uniform: [1ms, 10ms]},x2"), (Values{"5ms", "{uniform: [1ms, 10ms]}", "x2"}));
    EXPECT_EQ(values("5ms"), (Values{"5ms"}));
}

TEST(SweepAxes, what_is_no_axis) {
    for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
             {"3..", "expected two whole numbers"},
             {"3..x", "expected two whole numbers"},
             {"3s..5", "expected two whole numbers, times"},
             {"9..3", "`9..3` isn't an ascending range, expected the lesser end first"},
             {"3..3", "`3..3` isn't an ascending range, expected the lesser end first"},
             {"0..9:log", "expected a beginning above zero"},
             {"1..9:1", "`:1`, expected :log, or a number of values"},
             {"1..9:x", "`:x`, expected :log, or a number of values"},
             {"1..9999", "more than 1000 values"},
             {"1s..2s", "a range without a number of values, expected 1s..2s:8, or :log"},
             {"a,a", "`a` is given twice"},
             {"3,5,03", "`03` is the same as `3`"},
             {"1s,1000ms", "`1000ms` is the same as `1s`"},
             {"1%,0.50%,0.5%", "`0.5%` is the same as `0.50%`"},
             {"x2,{uniform: [1ms, 2ms]},x2.0", "`x2.0` is the same as `x2`"},
             {"a,,b", "an empty value"},
             {" ", "--over key= : no value, expected one, or several separated by commas"},
             {"\n", "--over key=?: no value"},
             {"\t", "--over key=?: no value"},
             {"5ms],[6ms", "something after the end of the value, expected the value alone"},
             {std::string(200, 'a') + "," + std::string(200, 'a'), "--over key=" + std::string(76, 'a') + "...: `" +
                                                                       std::string(40, 'a') +
                                                                       "...` is given twice, expected it once"},
             {"{a", "`{` that isn't closed, expected a closing `}`"}}) {
        EXPECT_TRUE(values(text).front().starts_with("error: --over key=")) << text;
        EXPECT_NE(values(text).front().find(message), std::string::npos) << values(text).front();
    }
    EXPECT_EQ(values("3,3s,3%,x3"), (Values{"3", "3s", "3%", "x3"}));
    for (const auto* text : {"..3", "-1..3"})
        EXPECT_EQ(values(text), Values{text}) << "a word, for the scenario to judge";
    EXPECT_FALSE(parse_axis("key="));
    EXPECT_FALSE(parse_axis("=3"));
    EXPECT_FALSE(parse_axis("a..b=3"));
    EXPECT_TRUE(parse_axis("a").error().starts_with("--over `a`, expected KEY=VALUES, such as"));
}

TEST(SweepAxes, the_last_changes_fastest) {
    const std::vector<Axis> axes{{"a", {"1", "2"}}, {"b", {"x", "y", "z"}}};
    ASSERT_EQ(count_cells(axes), 6U);
    EXPECT_EQ(cell_overrides(axes, 0), (std::vector<Override>{{"a", "1"}, {"b", "x"}}));
    EXPECT_EQ(cell_overrides(axes, 1), (std::vector<Override>{{"a", "1"}, {"b", "y"}}));
    EXPECT_EQ(cell_overrides(axes, 5), (std::vector<Override>{{"a", "2"}, {"b", "z"}}));
    EXPECT_EQ(count_cells({}), 1U);
    EXPECT_TRUE(cell_overrides({}, 0).empty());
}

constexpr auto four_processes = R"(name: a
duration: 9s
start: settled
processes: 4
network: {delay: {uniform: [1ms, 10ms]}}
)";

tl::expected<Scenario, std::vector<Diagnostic>> with(const Values& settings, const std::string& more = "") {
    std::vector<Override> overrides;
    for (const auto& setting : settings) overrides.push_back(parse_override(setting).value());
    return parse_with_overrides(four_processes + more, "a.yaml", overrides);
}

Values mistakes(const Values& settings, const std::string& more = "") {
    const auto scenario = with(settings, more);
    Values all;
    if (scenario) return all;
    for (const auto& diagnostic : scenario.error()) all.push_back(to_string(diagnostic));
    return all;
}

TEST(Axis, labels_tell_axes_apart) {
    const std::vector<Axis> axes{{"network.delay", {"1ms"}}, {"processes", {"3"}}, {"gcd.delay", {"1ms"}}};
    EXPECT_EQ(axis_label(axes, 0), "network.delay");
    EXPECT_EQ(axis_label(axes, 1), "processes");
    EXPECT_EQ(axis_label(axes, 2), "gcd.delay");
    EXPECT_EQ(axis_label({axes[0], axes[1]}, 0), "delay");
}

TEST(Axis, nothing_stands_between_whole_numbers) {
    EXPECT_EQ(Abscissa({"processes", {"6", "3", "4"}}).axis.ticks, (std::vector<double>{3, 4, 6}));
    EXPECT_TRUE(Abscissa({"network.loss", {"1%", "2%"}}).axis.ticks.empty()) << "at round values";
}

TEST(Overrides, stand_in_for_values_of_the_file) {
    const auto plain = with({});
    ASSERT_TRUE(plain);
    const auto changed = with({"processes=7", "timing.answer_timeout=250ms", "network.loss=3%", "mode=strict"});
    ASSERT_TRUE(changed) << to_string(changed.error().front());
    EXPECT_EQ(changed->processes.size(), 7U);
    EXPECT_EQ(changed->processes[6].timing.answer_timeout, std::chrono::milliseconds(250));
    EXPECT_EQ(changed->processes[6].timing.probe_timeout, plain->processes[0].timing.probe_timeout);
    EXPECT_GT(changed->network.loss, 0U);
    EXPECT_EQ(changed->mode, Mode::strict);
    EXPECT_EQ(changed->network.delay, plain->network.delay) << "what stands beside it stays";
    EXPECT_EQ(changed->overrides,
              (Values{"processes=7", "timing.answer_timeout=250ms", "network.loss=3%", "mode=strict"}));
}

TEST(Overrides, factors_scale_the_times_of_the_file) {
    const auto scaled = with({"network.delay=x2.5"});
    const auto plain = with({"network.delay={uniform: [2500us, 25ms]}"});
    ASSERT_TRUE(scaled && plain);
    EXPECT_EQ(scaled->network.delay, plain->network.delay);
    EXPECT_TRUE(with({"network.delay=x0.000001"}));
    for (const auto* factor : {"x0", "x-1", "x1001", "xx", "x0.0000001"}) {
        EXPECT_FALSE(with({std::string("network.delay=") + factor})) << factor;
    }
    EXPECT_FALSE(with({"network.loss=x2"})) << "no times there";
}

TEST(Overrides, mistakes_are_those_of_the_scenario) {
    const std::string factor = "`, expected a factor from x0.000001 to x1000, with at most 6 decimals";
    // The place is the option, as its user gave it, and nothing else that was given.
    for (const auto& [setting, message] : std::vector<std::pair<std::string, std::string>>{
             {"proceses=7", "unknown key `proceses` in a scenario, expected `processes` perhaps"},
             {"network.los=1%", "unknown key `los` in `network`, expected `loss` perhaps"},
             {"processes=0", "`0`, expected a number of processes from 1 to 60000"},
             {"processes.count=3", "`processes` is 4 in the scenario, expected a map"},
             {"network.loss=[1", "`[` that isn't closed, expected a closing `]`"},
             {"network.loss= #", "a comment, `#`, expected quotes around a value with a `#` after a space"},
             {"network.loss=%", "no value, expected a value as in a scenario file"},
             {"processes= \"3\" x", "something after the end of the value, expected the value alone"},
             {"network={loss: 1%, loss: 2%}", "duplicate key `loss`, expected it once"},
             {"network.loss=!a 1%", "tag `!a`, expected a plain value: tags are not allowed"},
             {"network.delay={uniform: [1ms, 2]}", "`2`, expected a time with a unit, such as 500ms, 1.5s or 2min"},
             {"network.delay=uniform:1ms",
              "`uniform:1ms`, expected a time such as 5ms, or a distribution such as {uniform: [1ms, 10ms]}"},
             {"network.delay=x1001", "`x1001" + factor},
             {"duration=x1000x", "`x1000x" + factor},
             {"duration=x0.0000001", "`x0.0000001" + factor},
             {"duration=x99999999999999999999999", "`x99999999999999999999999" + factor},
             {"duration=x", "`x`, expected a time with a unit, such as 500ms, 1.5s or 2min"},
             {"timing.answer_timeout=abc", "`abc`, expected a time with a unit, such as 500ms, 1.5s or 2min"}}) {
        const auto told = std::string("bully_sim: --set ").append(setting).append(": ").append(message);
        EXPECT_EQ(mistakes({"seed=7", setting}), Values{told});
    }
    EXPECT_EQ(mistakes({"processes=3", "processes=4"}),
              Values{"bully_sim: --set processes=4: `processes` is set twice, expected once"});
    for (const auto* wrong : {"", "a", "a=", "=b", ".a=b", "a.=b", "a..b=c", "A=b", "a b=c"}) {
        EXPECT_FALSE(parse_override(wrong)) << wrong;
    }
}

TEST(Overrides, of_one_key_or_what_is_in_it_do_not_drop_one_another) {
    constexpr auto both = " sets too, expected one of the two";
    const auto told = [&](const std::string& refused, const std::string& how, const std::string& beside) {
        return Values{"bully_sim: --set " + refused + ": " + how + ", which --set " + beside + both};
    };
    const std::string inner = "timing.refresh=5s";
    const std::string outer = "timing={refresh: 6s}";
    EXPECT_EQ(mistakes({inner, outer}), told(outer, "`timing` contains `timing.refresh`", inner));
    EXPECT_EQ(mistakes({outer, "seed=7", inner}), told(inner, "`timing.refresh` is in `timing`", outer));
    EXPECT_EQ(mistakes({"network=x2", "network.delay=1ms"}),
              told("network.delay=1ms", "`network.delay` is in `network`", "network=x2"));
    EXPECT_EQ(mistakes({"network.delay.uniform=x2", "network=x2"}),
              told("network=x2", "`network` contains `network.delay.uniform`", "network.delay.uniform=x2"));
    EXPECT_TRUE(with({"timing.probe_gap=1s", "timing.probe_gap_limit=9s"})) << "one name begins with the other";
    const auto axis = parse_axis("timing={refresh: 90s},{refresh: 8s}");
    ASSERT_TRUE(axis);
    auto overrides = cell_overrides({*axis}, 0);
    overrides.push_back(parse_override(inner).value());
    const auto scenario = parse_with_overrides(four_processes, "a.yaml", overrides);
    ASSERT_FALSE(scenario);
    EXPECT_EQ(to_string(scenario.error().front()),
              "bully_sim: --set timing.refresh=5s: `timing.refresh` is in `timing`, which --over timing={refresh: "
              "90s},{refresh: 8s} sets too, expected one of the two");
}

TEST(Overrides, what_is_in_the_file_keeps_its_place) {
    EXPECT_EQ(mistakes({"processes=3"}, "faults: [{at: 1s, crash: 4}]\n"),
              (Values{"a.yaml:6:26: no such process: `4`, expected a process from 1 to 3 (with --set processes=3)"}));
    EXPECT_EQ(mistakes({"faults=x5", "seed=7"}, "faults: [{at: 2s, crash: 4}]\n"),
              (Values{"a.yaml:6:15: 10s is after the end of the run, expected at most 9s (with --set "
                      "faults=x5, --set seed=7)"}));
    EXPECT_EQ(mistakes({"gcd.delay=x1000"}, "gcd: {delay: 20h}\n"),
              (Values{"a.yaml:6:14: `72000000s`, expected at most a year: 31622400s (with --set gcd.delay=x1000)"}));
}

TEST(Overrides, mistakes_in_one_value_are_told_apart) {
    const std::string expected = ", expected a student id from 1000000 to 9999999";
    const auto at = [&](int place) { return "`1` at character " + std::to_string(place) + " of the value" + expected; };
    const std::string one = "processes=[{pid: [1, 1]}]";
    EXPECT_EQ(mistakes({one}), (Values{"bully_sim: --set " + one + ": `1`" + expected}));
    const std::string two = "processes=[{pid: [1, 1]},{pid: [1, 1]}]";
    EXPECT_EQ(mistakes({two}),
              (Values{"bully_sim: --set " + two + ": " + at(12), "bully_sim: --set " + two + ": " + at(26)}));
    const std::string lines = "- {pid: [1, 1]}\n- {pid: [1, 1]}";
    const std::string shown = "processes=- {pid: [1, 1]}?- {pid: [1, 1]}";
    EXPECT_EQ(mistakes({"processes=" + lines}),
              (Values{"bully_sim: --set " + shown + ": " + at(13), "bully_sim: --set " + shown + ": " + at(29)}));
}

TEST(Overrides, options_are_shown_on_one_short_line) {
    EXPECT_EQ(
        mistakes({"processes=\x1b]0;x\a"}),
        (Values{"bully_sim: --set processes=?]0;x?: a control character, 0x1b, expected printable characters only"}));
    EXPECT_EQ(
        mistakes({"network={\"\\e\": 1}"}),
        (Values{"bully_sim: --set network={\"\\e\": 1}: unknown key `?` in `network`, expected one of delay, loss, "
                "duplicate, connect_timeout"}));
    EXPECT_TRUE(parse_override("a\x1b=1").error().starts_with("--set `a?=1`, expected"));
    EXPECT_EQ(parse_override("name=" + std::string(1000, 'x'))->option, "--set name=" + std::string(75, 'x') + "...");
    EXPECT_EQ(parse_override("name=" + std::string(74, 'x') + "\xc3\xa4")->option,
              "--set name=" + std::string(74, 'x') + "...")
        << "no half of a character";
    const auto axis = parse_axis("processes=3," + std::string(1000, ' ') + "4");
    ASSERT_TRUE(axis);
    EXPECT_EQ(given(cell_overrides({*axis}, 1)), " (with --over processes=3," + std::string(68, ' ') + "... at 4)");
}

}  // namespace
}  // namespace bully::sim
