// Faults without an effect, and ends of faults that later faults have overtaken: no fault happens, and a warning says
// why.
#include "sim/checks/checked_run.hpp"
#include "sim/report/narrator.hpp"
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;

// The events of the world, in the words of the timeline.
class Told final : public Observer {
  public:
    void on_begin(const Scenario& scenario) override { narrator_.begin(scenario); }
    void on_world(const WorldNote& note) override {
        if (note.kind == WorldNote::Kind::start) return;
        const auto who = note.number == 0 ? std::string() : narrator_.name(note.number) + ": ";
        lines.push_back(bully::to_string(note.at) + " " + who + narrator_.world(note).text);
    }

    std::vector<std::string> lines;

  private:
    Narrator narrator_;
};

struct Faulted {
    std::vector<std::string> told;
    RunResult result;
};

Faulted run_faults(const std::string& faults, const std::string& more = "start: settled\n") {
    auto scenario = parse_scenario(
        "name: t\nprocesses: 3\nduration: 60s\nnetwork: {delay: 5ms}\n" + more + "faults:\n" + faults, "f");
    EXPECT_TRUE(scenario.has_value()) << to_string(scenario.error().front());
    Told told;
    RunOptions options;
    options.observers = {&told};
    auto result = run_scenario(*scenario, options);
    return {std::move(told.lines), std::move(result)};
}

using Lines = std::vector<std::string>;

struct InVain {
    const char* faults;
    const char* told;   // of the last of them
    Duration fault_at;  // the last that did something
};

const std::vector<InVain> faults_in_vain{
    {"- {at: 5s, restart: 3}", "5s restart: 3 is running already; nothing happens", 0s},
    {"- {at: 5s, restart: highest}", "5s restart: no process is down; nothing happens", 0s},
    {"- {at: 5s, restart: leader}", "5s restart: 3 is running already; nothing happens", 0s},
    {"- {at: 4s, pause: 3}\n- {at: 5s, restart: 3}", "5s restart: 3 is paused; nothing happens", 4s},
    {"- {at: 5s, resume: 3}", "5s resume: 3 is running already; nothing happens", 0s},
    {"- {at: 5s, resume: random}", "5s resume: no process is paused; nothing happens", 0s},
    {"- {at: 4s, pause: 3}\n- {at: 5s, pause: 3}", "5s pause: 3 is paused already; nothing happens", 4s},
    {"- {at: 4s, crash: 3}\n- {at: 5s, pause: 3}", "5s pause: 3 is down; nothing happens", 4s},
    {"- {at: 4s, crash: 3}\n- {at: 5s, crash: 3, for: 1s}", "5s crash: 3 is down already; nothing happens", 4s},
    {"- {at: 4s, crash: 3}\n- {at: 4s, crash: leader}", "4s crash: no live process leads; nothing happens", 4s},
    {"- {at: 4s, crash: 3}\n- {at: 5s, feign: 3, for: 1s}", "5s feign: 3 is down; nothing happens", 4s},
    {"- {at: 4s, feign: 3, for: 50s}\n- {at: 5s, feign: 3, for: 1s}",
     "5s feign: 3 is feigning a failure already; nothing happens", 54s},
    {"- {at: 4s, crash: 3}\n- {at: 5s, elect: 3}", "5s elect: 3 is down; nothing happens", 4s},
    {"- {at: 4s, crash: 3}\n- {at: 4s, elect: 1}\n- {at: 4100ms, elect: 1}",
     "4.1s elect: 1 is electing already; nothing happens", 4s},
    {"- {at: 5s, heal: all}", "5s heal: no link is cut or slow; nothing happens", 0s},
    {"- {at: 4s, gcd: down}\n- {at: 5s, gcd: down}", "5s gcd: the coordinator daemon is down already; nothing happens",
     4s},
    {"- {at: 4s, gcd: down, for: 10s}\n- {at: 5s, gcd: restart}",
     "5s gcd: the coordinator daemon is down; nothing restarts", 14s},
    {"- {at: 4s, gcd: restart}\n- {at: 4s, gcd: restart}",
     "4s gcd: the coordinator daemon knows nobody; nothing changes", 4s},
    {"- {at: 4s, gcd: down}\n- {at: 5s, heal: all}\n- {at: 6s, gcd: restart}",
     "6s gcd: the coordinator daemon is down; nothing restarts", 4s},
    {"- {at: 4s, partition: [[1], [2, 3]]}\n- {at: 5s, partition: [[1], [2, 3]]}",
     "5s partition {1} | {2,3}: no link changes by it; nothing happens", 4s},
    {"- {at: 4s, partition: [[1], [2, 3]]}\n- {at: 5s, cut: {between: [1, 2]}}",
     "5s cut 1 <-> 2: no link changes by it; nothing happens", 4s},
    {"- {at: 4s, cut: {between: [1, 2]}}\n- {at: 5s, slow: {from: 1, to: 2, by: 1ms}}",
     "5s slow 1 -> 2 by 1ms: no link changes by it; nothing happens", 4s},
    {"- {at: 5s, delay: 5ms}", "5s delay: it is constant 5ms already; nothing changes", 0s},
    {"- {at: 5s, loss: 0%}", "5s loss: it is 0% already; nothing changes", 0s},
};

TEST(Faults, that_hit_nobody_are_told_and_are_none) {
    for (const auto& [faults, told, fault_at] : faults_in_vain) {
        const auto [lines, result] = run_faults(faults);
        ASSERT_FALSE(lines.empty()) << faults;
        EXPECT_NE(std::find(lines.begin(), lines.end(), told), lines.end()) << faults << "\n" << lines.back();
        EXPECT_EQ(result.measures.last_fault, fault_at) << faults;
        auto warned = std::string(told);
        warned.insert(warned.find(' '), ":");
        EXPECT_NE(std::find(result.warnings.begin(), result.warnings.end(), warned), result.warnings.end()) << faults;
        EXPECT_TRUE(result.violations.empty()) << faults;
    }
}

TEST(Faults, that_hit_who_is_not_there_yet) {
    const std::string late = "start: settled\n";
    EXPECT_EQ(run_faults("- {at: 5s, crash: 3}\n- {at: 6s, join: 3}", late).told,
              (Lines{"5s crash: 3 isn't running yet; nothing happens"}));
    const std::string cold = "gcd: {delay: 1s}\n";
    EXPECT_EQ(run_faults("- {at: 1s, feign: 3, for: 1s}", cold).told,
              (Lines{"1s feign: 3 is joining; nothing happens"}));
    EXPECT_EQ(run_faults("- {at: 1s, elect: 3}", cold).told, (Lines{"1s elect: 3 is joining; nothing happens"}));
    EXPECT_EQ(run_faults("- {at: 5s, restart: 3}\n- {at: 6s, join: 3}", late).told,
              (Lines{"5s 3: is restarted", "6s start: 3 is running already; nothing happens"}));
}

// What each would have done to the clock of the time to agreement: it is that of the last that happened.
struct Overtaken {
    const char* faults;
    Lines told;
    Duration fault_at;
};

const std::vector<Overtaken> overtaken_faults{
    {"- {at: 1s, crash: 3, for: 10s}\n- {at: 5s, restart: 3}\n- {at: 8s, crash: 3}",
     {"1s 3: CRASHES; its host is silent", "5s 3: is restarted", "8s 3: CRASHES; its host is silent"},
     8s},
    {"- {at: 1s, crash: 3, for: 10s}\n- {at: 5s, restart: 3}",
     {"1s 3: CRASHES; its host is silent", "5s 3: is restarted"},
     5s},
    {"- {at: 1s, pause: 3, for: 10s}\n- {at: 5s, resume: 3}\n- {at: 8s, pause: 3}",
     {"1s 3: is PAUSED (SIGSTOP): it accepts connections, and answers nothing",
      "5s 3: is resumed, and finds its backlog",
      "8s 3: is PAUSED (SIGSTOP): it accepts connections, and answers nothing"},
     8s},
    {"- {at: 1s, pause: 3, for: 10s}\n- {at: 5s, crash: 3}\n- {at: 6s, restart: 3}\n- {at: 8s, pause: 3}",
     {"1s 3: is PAUSED (SIGSTOP): it accepts connections, and answers nothing", "5s 3: CRASHES; its host is silent",
      "6s 3: is restarted", "8s 3: is PAUSED (SIGSTOP): it accepts connections, and answers nothing"},
     8s},
    {"- {at: 1s, feign: 3, for: 10s}\n- {at: 5s, crash: 3}\n- {at: 6s, restart: 3}\n- {at: 8s, feign: 3, for: 20s}",
     {"1s 3: feign", "5s 3: CRASHES; its host is silent", "6s 3: is restarted", "8s 3: feign", "28s 3: recover"},
     28s},
    {"- {at: 1s, gcd: down, for: 10s}\n- {at: 5s, gcd: down, for: 10s}",
     {"1s the coordinator daemon is DOWN", "5s gcd: the coordinator daemon is down already; nothing happens",
      "11s gcd: a failure ends; by another the coordinator daemon stays down",
      "15s the coordinator daemon is up again"},
     15s},
    {"- {at: 1s, partition: [[1], [2, 3]], for: 10s}\n- {at: 5s, heal: all}",
     {"1s PARTITION: {1} | {2,3}", "5s all links are mended"},
     5s},
    {"- {at: 1s, cut: {between: [1, 2]}, for: 10s}\n- {at: 5s, heal: all}\n- {at: 8s, cut: {between: [1, 2]}}",
     {"1s link CUT: 1 <-> 2", "5s all links are mended", "8s link CUT: 1 <-> 2"},
     8s},
    {"- {at: 1s, slow: {between: [1, 2], by: 9ms}, for: 10s}\n- {at: 5s, heal: all}",
     {"1s link SLOW: 1 <-> 2 by 9ms", "5s all links are mended"},
     5s},
    {"- {at: 1s, partition: [[1], [2, 3]], for: 10s}\n- {at: 5s, partition: [[1], [2], [3]], for: 10s}\n"
     "- {at: 6s, partition: [[1], [2, 3]], for: 20s}",
     {"1s PARTITION: {1} | {2,3}", "5s PARTITION: {1} | {2} | {3}",
      "6s partition {1} | {2,3}: no link changes by it; nothing happens",
      ("11s partition {1} | {2,3} ends, and no link changes by it; still there: partition {1} | {2} | {3}, partition "
       "{1} | {2,3}"),
      "15s the PARTITION heals: {1} | {2} | {3}; still there: partition {1} | {2,3}",
      "26s the PARTITION heals: {1} | {2,3}"},
     26s},
    {"- {at: 1s, slow: {between: [1, 2], by: 9ms}, for: 10s}\n- {at: 5s, slow: {from: 1, to: 2, by: 3ms}, for: 10s}",
     {"1s link SLOW: 1 <-> 2 by 9ms", "5s link SLOW: 1 -> 2 by 3ms, on top of 1 <-> 2 by 9ms",
      "11s link SLOW: 1 -> 2 by 3ms", "15s link at full speed: 1 -> 2"},
     15s},
    {"- {at: 1s, delay: 7ms, for: 20s}\n- {at: 5s, delay: 9ms, for: 5s}",
     {"1s the delay is now constant 7ms", "5s the delay is now constant 9ms", "10s the delay is now constant 7ms",
      "21s the delay is now constant 5ms"},
     21s},
    {"- {at: 1s, delay: 7ms, for: 9s}\n- {at: 5s, delay: 9ms, for: 20s}",
     {"1s the delay is now constant 7ms", "5s the delay is now constant 9ms",
      "10s delay: a change ends; it stays constant 9ms", "25s the delay is now constant 5ms"},
     25s},
    {"- {at: 1s, loss: 1%, for: 9s}\n- {at: 5s, loss: 2%, for: 20s}",
     {"1s the loss is now 1%", "5s the loss is now 2%", "10s loss: a change ends; it stays 2%",
      "25s the loss is now 0%"},
     25s},
};

TEST(Faults, that_are_overtaken_end_nothing_of_a_later_one) {
    for (const auto& [faults, told, fault_at] : overtaken_faults) {
        const auto [lines, result] = run_faults(faults);
        EXPECT_EQ(lines, told) << faults;
        EXPECT_EQ(result.measures.last_fault, fault_at) << faults;
    }
}

// A delay that another has taken the place of isn't how the network is, and a link that is healed isn't slow.
TEST(Faults, that_are_overtaken_lengthen_no_bound) {
    const auto p14 = [](const std::string& faults) {
        const auto result = run_faults(faults).result;
        const auto found = std::find_if(result.properties.begin(), result.properties.end(),
                                        [](const auto& property) { return property.name == "P14"; });
        EXPECT_EQ(found->status, PropertyResult::Status::held) << faults << "\n" << found->detail;
        return found->bound;
    };
    EXPECT_EQ(p14("- {at: 1s, delay: 1s}\n- {at: 5s, delay: 5ms}"), p14("- {at: 1s, delay: 1s, for: 4s}"));
    EXPECT_EQ(p14("- {at: 1s, slow: {between: [1, 2], by: 1s}}\n- {at: 5s, heal: all}"),
              p14("- {at: 1s, slow: {between: [1, 2], by: 1s}, for: 4s}"));
    // Healed before it began: it stays.
    const auto slow = run_faults("- {at: 5s, heal: all}\n- {at: 5s, slow: {between: [1, 2], by: 1s}}").result;
    EXPECT_NE(slow.warnings.front().find("C1"), std::string::npos) << slow.warnings.front();
}

TEST(Faults, twins_of_a_settled_group_keep_their_own_entries) {
    const auto* const text = R"(
name: twins
processes:
  - {pid: [10, 1000001], name: a, host: 10.0.0.1}
  - {pid: [20, 1000002], name: b, host: 10.0.0.2}
  - {pid: [20, 1000002], name: twin, host: 10.0.0.3}
  - {pid: [30, 1000003], name: c, host: 10.0.0.4}
start: settled
duration: 60s
faults: [{at: 10s, crash: c}, {at: 30s, restart: c}]
)";
    for (const bool leads : {false, true}) {
        auto changed = std::string(text);
        if (leads) changed.replace(changed.find("[20, 1000002], name: twin"), 13, "[30, 1000003]");
        const auto scenario = parse_scenario(changed, "f");
        ASSERT_TRUE(scenario.has_value()) << to_string(scenario.error().front());
        for (const auto& violation : run_scenario(*scenario).violations) {
            EXPECT_NE(violation.property, "P11") << violation.what;
        }
    }
}

}  // namespace
}  // namespace bully::sim
