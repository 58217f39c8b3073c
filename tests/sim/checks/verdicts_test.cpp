// The verdict on each property: whether it held, and when it was demanded.
#include "sim/checks/checked_run.hpp"
#include "sim/checks/demands.hpp"
#include "sim/report/summary.hpp"
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using enum PropertyResult::Status;
using Outcome = PropertyDemand::Outcome;

RunResult verdict_of(const std::string& text, std::optional<Mode> mode = std::nullopt, std::uint64_t seed = 1) {
    const auto scenario = parse_scenario("name: test\n" + text, "test.yaml");
    EXPECT_TRUE(scenario) << (scenario ? "" : to_string(scenario.error().front()));
    RunOptions options;
    options.mode = mode;
    options.seed = seed;
    return run_scenario(*scenario, options);
}

const PropertyResult& of(const RunResult& result, const std::string& name) {
    return *std::find_if(result.properties.begin(), result.properties.end(),
                         [&](const auto& property) { return property.name == name; });
}

std::string summary(const RunResult& result, bool colour) {
    std::ostringstream out;
    write_summary(out, result, {.colour = colour, .quiet = false});
    return out.str();
}

constexpr auto split = R"(duration: 300s
start: settled
processes: 4
faults:
  - {at: 5s, crash: 4}
  - {at: 15s, partition: [[1], [2, 3]]}
)";

TEST(Verdicts, what_was_demanded_only_before_a_partition_that_lasts_is_not_held) {
    const auto result = verdict_of(split);
    EXPECT_GT(result.measures.multi_leader, seconds(200));
    EXPECT_EQ(of(result, "P11").status, held);
    for (const auto* name : {"P12", "P13", "P14", "P15", "P16", "P18"}) {
        EXPECT_EQ(of(result, name).status, partly) << name;
    }
    EXPECT_EQ(of(result, "P12").bound, "overlap within 110ms, from 0s to 15s; not demanded from 15s on: a partition");
    EXPECT_EQ(of(result, "P14").bound, "from 5s + 6.14s = 11.14s to 15s");
    EXPECT_EQ(of(result, "P14").detail, "a partition lasts to the end");
    EXPECT_FALSE(demanded_to_the_end(result.properties));
    EXPECT_TRUE(result.held()) << "nothing is violated";
}

TEST(Verdicts, each_demand_is_listed) {
    const auto result = verdict_of(split);
    const auto& agreements = of(result, "P14").demands;
    ASSERT_EQ(agreements.size(), 3U);
    EXPECT_EQ(agreements[0].after, "the start");
    EXPECT_EQ(agreements[0].due, of(result, "P14").demands[1].due.value() - seconds(5));
    EXPECT_EQ(agreements[0].outcome, Outcome::not_demanded) << "5 s are too few";
    EXPECT_EQ(agreements[1].after, "a crash");
    EXPECT_EQ(agreements[1].after_at, seconds(5));
    EXPECT_EQ(agreements[1].due, milliseconds(11'140));
    EXPECT_EQ(agreements[1].until, seconds(15));
    EXPECT_EQ(agreements[1].outcome, Outcome::reached);
    EXPECT_EQ(agreements[2].after, "a partition");
    EXPECT_EQ(agreements[2].due, std::nullopt);
    EXPECT_EQ(agreements[2].until, seconds(300));
    EXPECT_EQ(agreements[2].outcome, Outcome::not_demanded);
    EXPECT_EQ(agreements[2].why, "a partition lasts to the end");
    const auto& calm = of(result, "P12").demands;
    ASSERT_EQ(calm.size(), 2U);
    EXPECT_EQ(calm[0].outcome, Outcome::demanded);
    EXPECT_EQ(calm[0].until, seconds(15));
    EXPECT_EQ(calm[1].outcome, Outcome::not_demanded);
    EXPECT_EQ(calm[1].after, "a partition");
    EXPECT_TRUE(of(result, "P1").demands.empty());
}

TEST(Verdicts, the_agreement_of_the_crash_before_is_not_that_of_the_last) {
    const auto result = verdict_of(
        "duration: 30s\nstart: settled\nprocesses: 5\nfaults:\n  - {at: 5s, crash: 5}\n  - {at: 28s, crash: 4}\n");
    EXPECT_EQ(result.leader, 0U);
    EXPECT_EQ(of(result, "P14").status, partly);
    EXPECT_EQ(of(result, "P14").bound, "from 5s + 6.14s = 11.14s to 28s");
    EXPECT_EQ(of(result, "P14").detail,
              "the run ends at 30s, too soon after the last fault: a crash at 28s, after which agreement is due at "
              "34.14s");
    EXPECT_EQ(of(result, "P12").status, held) << "a crash leaves the world calm";
    EXPECT_EQ(of(result, "P12").bound, "overlap within 110ms");
}

TEST(Verdicts, one_leader_at_a_time_is_asked_for_before_a_partition_and_after_it) {
    const auto result = verdict_of(
        "duration: 60s\nstart: settled\nprocesses: 4\nfaults:\n"
        "  - {at: 5s, partition: [[1, 2], [3, 4]], for: 10s}\n");
    EXPECT_GT(result.measures.multi_leader, seconds(5));
    EXPECT_EQ(of(result, "P12").status, held);
    EXPECT_EQ(of(result, "P12").bound,
              "overlap within 110ms, from 0s to 5s, and from 30.13s on; not demanded from 5s to 30.13s: a partition");
    EXPECT_EQ(of(result, "P14").bound, "from 15s + 15.13s = 30.13s on");
    EXPECT_EQ(of(result, "P14").demands.back().after, "the end of a partition");
    EXPECT_TRUE(demanded_to_the_end(result.properties));
}

TEST(Verdicts, without_any_calm_nothing_is_held) {
    const auto result = verdict_of(
        "duration: 30s\nstart: settled\nprocesses: 3\nfaults:\n  - {at: 0s, cut: {between: [1, 3]}}\n", Mode::strict);
    for (const auto* name : {"P12", "P13", "P14", "P15", "P16", "P18"}) {
        EXPECT_EQ(of(result, name).status, not_demanded) << name;
    }
}

TEST(Verdicts, each_crash_of_a_cascade_sets_up_a_demand) {
    const auto result = verdict_of(
        "duration: 36s\nstart: settled\nprocesses: 5\nfaults:\n"
        "  - {at: 3s, crash: leader}\n  - {at: 12s, crash: leader}\n  - {at: 21s, crash: leader}\n");
    EXPECT_EQ(of(result, "P14").bound,
              "from 3s + 6.14s = 9.14s to 12s, from 12s + 6.14s = 18.14s to 21s, and from 21s + 6.14s = 27.14s on");
    EXPECT_EQ(of(result, "P14").status, held);
    EXPECT_EQ(std::count_if(of(result, "P14").demands.begin(), of(result, "P14").demands.end(),
                            [](const auto& demand) { return demand.outcome == Outcome::reached; }),
              3);
}

// Two winners follow each other, for ever.
TEST(Verdicts, a_demand_that_failed_is_named) {
    const auto result = verdict_of(
        "duration: 30s\nstart: settled\nprocesses: 2\nnetwork: {delay: 50ms}\nfaults:\n"
        "  - {at: 2.9s, crash: 2}\n  - {at: 3s, elect: 1}\n  - {at: 4.46s, restart: 2}\n",
        Mode::strict);
    ASSERT_EQ(of(result, "P14").status, violated);
    EXPECT_EQ(of(result, "P14").demands.back().outcome, Outcome::not_reached);
    EXPECT_EQ(of(result, "P15").status, not_demanded);
    EXPECT_EQ(of(result, "P15").demands.back().why, "there was no agreement");
}

// Each lost message is a fault: a row of them, none of which waited for the one before, is one line.
TEST(Verdicts, faults_that_overtake_each_other_are_counted) {
    const auto result = verdict_of(
        "duration: 120s\nstart: settled\nprocesses: 5\nnetwork: {loss: 5%}\nfaults:\n  - {at: 5s, crash: 5}\n");
    const auto& demands = of(result, "P14").demands;
    const auto most = std::max_element(demands.begin(), demands.end(),
                                       [](const auto& a, const auto& b) { return a.faults < b.faults; });
    ASSERT_NE(most, demands.end());
    EXPECT_GT(most->faults, 5U);
    EXPECT_LT(demands.size(), 40U);
    EXPECT_EQ(most->outcome, Outcome::not_demanded);
}

TEST(Verdicts, what_is_not_demanded_at_the_end_has_no_green) {
    const auto result = verdict_of(split);
    const auto text = summary(result, true);
    EXPECT_NE(text.find("\x1b[32mheld    \x1b[0m P11"), std::string::npos);
    EXPECT_NE(text.find("\x1b[33mpartly  \x1b[0m P12"), std::string::npos);
    EXPECT_NE(text.find("\nHELD where demanded: test, "), std::string::npos);
    EXPECT_NE(text.find("; not demanded at the end: a partition lasts to the end\n"), std::string::npos);
    const auto whole = summary(verdict_of("duration: 20s\nstart: settled\nprocesses: 3\n"), true);
    EXPECT_EQ(whole.find("partly"), std::string::npos);
    EXPECT_NE(whole.find("\n\x1b[32mHELD\x1b[0m: test, "), std::string::npos);
}

TEST(Verdicts, the_summary_has_a_line_for_each_fault) {
    const auto text = summary(verdict_of(split), false);
    EXPECT_NE(text.find("\nagreement     none at the end\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n  5s            4 crashes                   "), std::string::npos) << text;
    EXPECT_NE(text.find("\n  15s           a partition                 none at the end\n"), std::string::npos) << text;
    EXPECT_NE(text.find(": some live process had no live leader within reach\n"), std::string::npos) << text;
    const auto one =
        summary(verdict_of("duration: 20s\nstart: settled\nprocesses: 3\nfaults: [{at: 5s, crash: 3}]\n"), false);
    EXPECT_EQ(one.find("\nfaults "), std::string::npos) << "its time to agreement stands above";
    const auto lost = summary(verdict_of("duration: 30s\nstart: settled\nprocesses: 3\nfaults:\n"
                                         "  - {at: 0s, crash: 1}\n  - {message: PROBE, drop: on}\n"
                                         "  - {message: COORDINATOR, to: 2, drop: on}\n",
                                         Mode::strict),
                              false);
    EXPECT_NE(lost.find("\nagreement     none at the end; an agreement since 0s was lost\n"), std::string::npos)
        << lost;
}

TEST(Verdicts, the_json_says_the_same) {
    std::ostringstream out;
    write_json(out, verdict_of(split));
    const auto json = nlohmann::json::parse(out.str());
    EXPECT_EQ(json["verdict"], "held");
    EXPECT_EQ(json["demanded_to_the_end"], false);
    EXPECT_GT(json["some_leaderless_ns"], 0);
    EXPECT_EQ(json["faults"][0]["what"], "crash");
    EXPECT_EQ(json["faults"][0]["process"], 4);
    EXPECT_TRUE(json["faults"][1]["agreement_ns"].is_null());
    EXPECT_TRUE(json["agreement_ns"].is_null());
    for (const auto& property : json["properties"]) {
        if (property["name"] != "P14") continue;
        EXPECT_EQ(property["status"], "partly");
        EXPECT_EQ(property["demands"][1]["outcome"], "reached");
        EXPECT_EQ(property["demands"][1]["due_ns"], 11'140'000'000);
        EXPECT_EQ(property["demands"][2]["outcome"], "not_demanded");
        EXPECT_TRUE(property["demands"][2]["due_ns"].is_null());
    }
}

TEST(Verdicts, an_expected_violation_of_what_was_not_demanded_to_the_end_says_so) {
    const auto result = verdict_of(std::string(split) + "expect: [{violated: P14}]\n");
    ASSERT_EQ(result.expectations.size(), 1U);
    EXPECT_FALSE(result.expectations[0].held);
    EXPECT_EQ(result.expectations[0].detail, "it held where it was demanded: from 5s + 6.14s = 11.14s to 15s");
}

// Several win as they start, and their COORDINATORs cross: R2 heals that by PROBEs, and there are none.
// Or R8, which strict hasn't.
TEST(Verdicts, without_probes_no_agreement_is_demanded_that_only_a_probe_could_bring) {
    const std::vector<std::string> worlds{
        "", "faults: [{at: 20s, crash: highest}, {at: 21s, elect: lowest}, {at: 30s, elect: lowest}]\n",
        "faults: [{at: 9s, crash: highest, for: 9s}, {at: 30s, elect: lowest}]\n"};
    std::uint64_t agreed = 0;
    std::uint64_t apart = 0;
    for (const auto& world : worlds) {
        for (int processes = 2; processes <= 5; ++processes) {
            for (std::uint64_t seed = 1; seed <= 100; ++seed) {
                const auto text = "duration: 60s\nprobe: off\nprocesses: " + std::to_string(processes) + "\n" + world;
                const auto plain = verdict_of(text, Mode::strict, seed);
                const auto& demanded = of(plain, "P14");
                ASSERT_NE(demanded.status, violated) << world << processes << " processes, seed " << seed;
                apart += plain.leader == 0 && demanded.status != held ? 1 : 0;
                const auto result = verdict_of(text, Mode::robust, seed);
                ASSERT_TRUE(result.held())
                    << world << processes << " processes, seed " << seed << ": " << result.violations.front().what;
                const auto& agreement = of(result, "P14");
                agreed += agreement.status == held ? 1 : 0;
                ASSERT_FALSE(result.leader == 0 && agreement.status == held) << world << processes << ", " << seed;
            }
        }
    }
    EXPECT_GT(agreed, 300U);
    EXPECT_GT(apart, 100U);
}

// The last COORDINATOR of a leader comes after its crash, and ends the election that was to replace it.
TEST(Verdicts, without_probes_a_dead_leader_that_all_follow_is_no_violation) {
    const std::string all_deceived =
        "duration: 160s\nstart: settled\nprobe: off\nprocesses: 3\nnetwork: {delay: 199ms}\n"
        "faults: [{at: 5s, elect: highest}, {at: 5.1s, crash: highest}, {at: 5.15s, elect: 2}";
    for (const auto mode : {Mode::strict, Mode::robust}) {
        const auto result = verdict_of(all_deceived + "]\n", mode);
        EXPECT_EQ(result.leader, 0U);
        EXPECT_TRUE(result.held()) << result.violations.front().what;
        EXPECT_EQ(of(result, "P14").status, not_demanded);
        EXPECT_EQ(of(result, "P14").demands.back().why,
                  "probing is off, and nobody elects any more: only a PROBE would tell 1 of 2");
        // The next election finds out, and then agreement is demanded.
        const auto healed = verdict_of(all_deceived + ", {at: 100s, elect: 1}]\n", mode);
        EXPECT_EQ(healed.leader, 2U);
        EXPECT_EQ(of(healed, "P14").demands.back().outcome, PropertyDemand::Outcome::reached);
    }
}

// Row 18: the daemon is back, is asked after a gap, and the leader is PROBEd after another one.
TEST(Verdicts, a_leader_that_is_known_by_its_pid_alone_is_probed_a_gap_after_the_daemon_has_told_where_it_is) {
    std::uint64_t put_off = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const auto result = verdict_of(
            "duration: 60s\nstart: settled\nnetwork: {delay: 19ms}\n"
            "processes: [{pid: [1, 1000001]}, {pid: [2, 1000002], start: 13.6s}]\n"
            "faults: [{at: 10s, pause: 1, for: 8.9s}, {at: 18.6s, gcd: down, for: 8.3s}, {at: 21.7s, pause: 2, for: "
            "11.6s}]\n",
            Mode::robust, seed);
        ASSERT_TRUE(result.held()) << "seed " << seed << ": " << result.violations.front().what;
        EXPECT_EQ(result.leader, 2U);
        const auto& demands = of(result, "P14").demands;
        put_off += std::ranges::any_of(demands,
                                       [](const PropertyDemand& demand) {
                                           return demand.after_at == seconds(10) && demand.due &&
                                                  *demand.due > milliseconds(33'300);
                                       })
                       ? 1
                       : 0;
    }
    EXPECT_GT(put_off, 5U);
}

TEST(Demands, of_many_the_first_ones_and_the_last_are_kept) {
    Demands demands;
    demands.reset();
    for (int i = 0; i < 3000; ++i) {
        demands.agreement_ends({seconds(10 * i), "a crash", seconds(10 * i + 5), seconds(10 * i + 10), 1,
                                AgreementDemand::Outcome::reached});
        demands.calm_ends(seconds(10 * i), "a pause");
        demands.calm_begins(seconds(10 * i + 5));
    }
    demands.finish(seconds(30'000));
    const auto all = demands.agreements({}, true, "");
    ASSERT_EQ(all.size(), Demands::most_kept);
    EXPECT_EQ(all.front().after_at, seconds(0));
    EXPECT_EQ(all.back().after_at, seconds(29'990));
    EXPECT_TRUE(demands.agreed_at_end());
    EXPECT_TRUE(demands.calm_at_end());
    EXPECT_EQ(demands.agreement_text({}, true),
              "3000 times, first from 0s + 5s = 5s to 10s, last from 29990s + 5s = 29995s on");
}

// 2 hasn't heard of 4: both win when 5, which they asked, is dead, and 1 gets the COORDINATOR of 2 last. 2 follows 4 by
// then, and has it repeated once 1 PROBEs it.
TEST(Verdicts, whom_crossing_victories_mislead_is_told_after_its_next_probe) {
    const auto result = verdict_of(R"(duration: 20s
start: cold
network: {delay: 17825871ns}
gcd: {delay: {uniform: [0s, 31097705ns]}, host: up}
processes:
  - {pid: [1, 1000001]}
  - {pid: [2, 1000002]}
  - {pid: [3, 1000003]}
  - {pid: [4, 1000004]}
  - {pid: [5, 1000005]}
  - {pid: [6, 1000006], start: never}
faults:
  - {at: 900ms, crash: 5, host: up}
)",
                                   Mode::robust, 501466929);
    EXPECT_TRUE(result.held());
    const auto& agreement = of(result, "P14");
    EXPECT_EQ(agreement.status, held);
    const auto& last = agreement.demands.back();
    EXPECT_EQ(last.outcome, Outcome::reached);
    ASSERT_TRUE(last.due.has_value());
    EXPECT_GT(*last.due, milliseconds(7563)) << "when it was told";
    EXPECT_LT(*last.due, milliseconds(8632)) << "a gap and 3 messages after the wrong COORDINATOR";
}

}  // namespace
}  // namespace bully::sim
