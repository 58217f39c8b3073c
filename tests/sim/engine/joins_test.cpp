// The outcome of a JOIN reaches only the life of the process that sent it.
#include "sim/engine/simulator.hpp"
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bully::sim {
namespace {

// JOINs of no round, and their outcomes, of each life of one process.
class LooseJoins final : public Observer {
  public:
    void on_life(const LifeNote& note) override {
        if (note.number == 1) lives.push_back({});
    }
    void on_step(const StepNote& note) override {
        if (note.number != 1) return;
        const auto* joined = std::get_if<Joined>(note.event);
        if (joined != nullptr && joined->round == no_round) ++lives.back().outcomes;
        for (const auto& action : note.actions) {
            const auto* join = std::get_if<Join>(&action);
            if (join != nullptr && join->round == no_round) ++lives.back().joins;
        }
    }

    struct Life {
        int joins = 0;
        int outcomes = 0;
    };
    std::vector<Life> lives;
};

std::vector<LooseJoins::Life> lives_with(const std::string& faults) {
    const auto scenario = parse_scenario(
        "name: t\nduration: 14s\nstart: settled\nprocesses: 2\ngcd: {delay: 2s}\ntiming: {refresh: 2s}\nfaults:\n" +
            faults,
        "f");
    EXPECT_TRUE(scenario) << to_string(scenario.error().front());
    LooseJoins seen;
    Simulator simulator(*scenario);
    simulator.attach(seen);
    simulator.run(1, Mode::robust);
    return seen.lives;
}

TEST(Joins, of_no_round_have_their_outcome_within_the_life_that_asked) {
    const auto lives = lives_with("  - {at: 13s, elect: 1}\n");
    ASSERT_EQ(lives.size(), 1U);
    EXPECT_GE(lives[0].joins, 3);
    EXPECT_GE(lives[0].outcomes, 2);
}

// On its way to the daemon, on its way back, and in the backlog of a paused process.
TEST(Joins, of_no_round_say_nothing_to_a_next_life) {
    for (const auto* faults : {"  - {at: 4200ms, crash: 1, for: 100ms}\n", "  - {at: 6800ms, crash: 1, for: 100ms}\n",
                               "  - {at: 5s, pause: 1}\n  - {at: 9s, crash: 1}\n  - {at: 9100ms, restart: 1}\n"}) {
        const auto lives = lives_with(faults);
        ASSERT_EQ(lives.size(), 2U) << faults;
        EXPECT_GE(lives[0].joins, 1) << faults;
        EXPECT_EQ(lives[0].outcomes, 0) << faults;
        EXPECT_EQ(lives[1].outcomes, 0) << faults;
    }
}

}  // namespace
}  // namespace bully::sim
