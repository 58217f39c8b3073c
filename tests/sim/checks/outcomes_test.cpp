// One outcome a request, whatever the network doubles; and a victory that counts peers, not refusals.
#include "core/election.hpp"
#include "sim/checks/checked_run.hpp"
#include "sim/checks/properties.hpp"
#include "sim/scenario/parser.hpp"
#include "tests/sim/checks/random_scenario.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace bully::sim {
namespace {

// What became of each request, as its process was told.
class Outcomes final : public Observer {
  public:
    void on_step(const StepNote& note) override {
        if (const auto* answer = std::get_if<AnswerReceived>(note.event)) {
            told(note, answer->from, answer->round, "OK");
        } else if (const auto* unreachable = std::get_if<Unreachable>(note.event)) {
            told(note, unreachable->peer, unreachable->round, "unreachable");
        }
    }
    void on_message(const MessageNote& note) override {
        void_answers += note.type == MessageType::ok && note.fate == Fate::discarded ? 1 : 0;
    }

    std::size_t requests = 0;
    std::size_t void_answers = 0;
    std::vector<std::string> second;

  private:
    void told(const StepNote& note, ProcessId peer, Round round, const std::string& what) {
        const auto [first, is_first] = outcomes_.try_emplace({note.number, peer, round}, what);
        if (is_first) {
            ++requests;
        } else {
            second.push_back(bully::to_string(note.at) + " process " + std::to_string(note.number) + ": " + what +
                             " after " + first->second + " in round " + std::to_string(round));
        }
    }

    std::map<std::tuple<Number, ProcessId, Round>, std::string> outcomes_;
};

Scenario outcome_scenario(const std::string& text) {
    auto scenario = parse_scenario(text, "f");
    EXPECT_TRUE(scenario.has_value()) << to_string(scenario.error().front());
    return *scenario;
}

// 3 is dead, with its host up, and refuses twice what was asked once. 2 lives, and is slow.
constexpr const char* doubled_election = R"(
name: doubled
processes: 3
start: settled
probe: "off"
duration: 10s
network: {delay: 5ms}
faults:
  - {at: 1s, crash: 3, host: up}
  - {at: 1s, slow: {between: [1, 2], by: 100ms}}
  - {at: 2s, elect: 1}
  - {message: ELECTION, from: 1, to: 3, duplicate: true}
)";

TEST(Outcomes, two_refusals_of_one_process_are_no_victory_over_another) {
    const auto scenario = outcome_scenario(doubled_election);
    for (const auto mode : {Mode::robust, Mode::strict}) {
        Outcomes outcomes;
        RunOptions options;
        options.mode = mode;
        options.observers = {&outcomes};
        const auto result = run_scenario(scenario, options);
        EXPECT_EQ(outcomes.second, std::vector<std::string>{});
        EXPECT_EQ(result.measures.victories, 1U);
        EXPECT_EQ(result.leader, 2U);
        EXPECT_EQ(result.violations.size(), 0U);
    }
}

// Each copy of a request has an outcome of its own at its receiver: refused, then answered by the next life; answered,
// then refused; read from a backlog; reset with one.
TEST(Outcomes, each_request_has_one_whatever_comes_twice) {
    std::size_t requests = 0;
    std::size_t void_answers = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        auto scenario = random_scenario(seed, seed % 3 == 0 ? World::calm : World::disturbed);
        scenario.network.duplication = (std::uint64_t{1} << 32U) / 2;
        for (const auto mode : {Mode::robust, Mode::strict}) {
            Outcomes outcomes;
            RunOptions options;
            options.mode = mode;
            options.check_properties = false;
            options.observers = {&outcomes};
            static_cast<void>(run_scenario(scenario, options));
            ASSERT_EQ(outcomes.second, std::vector<std::string>{}) << "seed " << seed << "\n" << describe(scenario);
            requests += outcomes.requests;
            void_answers += outcomes.void_answers;
        }
    }
    EXPECT_GT(requests, 50'000U);
    EXPECT_GT(void_answers, 10'000U);
}

TEST(Outcomes, a_doubled_network_keeps_what_a_process_keeps_to) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        auto scenario = random_scenario(seed, World::disturbed);
        scenario.network.duplication = (std::uint64_t{1} << 32U) / 5;
        for (const auto& violation : run_scenario(scenario).violations) {
            const auto number = std::stoi(violation.property.substr(1));
            ASSERT_GE(number, 12) << "seed " << seed << ": " << violation.property << ": " << violation.what;
        }
    }
}

// As it would be of an executor that reports a refusal twice.
TEST(Outcomes, a_victory_after_two_refusals_of_one_peer_is_not_earned) {
    const auto scenario = outcome_scenario(doubled_election);
    const auto violations_after = [&](const std::vector<Number>& refusals) {
        Properties properties(Mode::robust, {.messages = false, .tolerance = {}});
        properties.on_begin(scenario);
        std::vector<Member> members;
        for (const auto& spec : scenario.processes) members.push_back({spec.pid, spec.endpoint});
        const Settings settings{Mode::robust, scenario.processes[0].timing, false, {}};
        Actions actions;
        auto process = Election::settled(members[0].pid, Membership(members), members[2].pid, settings, actions);
        properties.on_life({{}, 1, members.data(), 0, true, actions, &process});
        const auto step = [&](const Event& event) {
            actions.clear();
            const auto before = process.view();
            process.step(event, actions);
            properties.on_step({std::chrono::seconds(1), 1, &event, 0, actions, before, &process});
        };
        step(Elect{});
        const auto round = process.round();
        for (const auto peer : refusals) step(Unreachable{members[peer - 1].pid, round, Unreachable::Why::refused});
        EXPECT_EQ(process.phase(), Phase::leading);
        std::string all;
        for (const auto& violation : properties.violations()) all += violation.property + " ";
        return all;
    };
    EXPECT_EQ(violations_after({2, 3}), "");
    EXPECT_EQ(violations_after({3, 3}), "P2 ");
}

}  // namespace
}  // namespace bully::sim
