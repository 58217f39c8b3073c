// P1 to P11 under sequences of anything that can happen, and that the same state and event give the same
// outcome.
#include "core/names.hpp"
#include "core/record/trace.hpp"
#include "core/transitions.hpp"
#include "tests/core/machine.hpp"
#include "tests/core/random_process.hpp"
#include "tests/core/states.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

namespace bully::test {
namespace {

std::string describe(const Observation& step) {
    std::string line;
    append_step(line, {.event = &step.event, .actions = step.actions, .after = step.after});
    return line;
}

Settings some_settings(Mode mode, bool feigning) {
    auto settings = mode_settings(mode);
    if (feigning) settings.feign = FeignPlan{};
    return settings;
}

/// Runs a process through `choices`; returns what was broken first, with the steps that led there.
std::string first_violation(const std::vector<Choice>& choices, int self, const Settings& settings) {
    Properties properties(member(self), settings);
    std::vector<std::string> history;
    std::string violation;
    RandomProcess process(self, settings, [&](const Observation& step) {
        if (!violation.empty()) return;
        history.push_back(describe(step));
        const auto broken = properties.check(step);
        if (broken.empty()) return;
        violation = broken.front() + "\n";
        const auto first = history.size() > 15 ? history.size() - 15 : 0;
        for (auto i = first; i < history.size(); ++i) violation += history[i];
    });
    for (const auto& choice : choices) process.happen(choice);
    return violation;
}

rc::Gen<std::vector<Choice>> some_choices() {
    const auto any_byte = rc::gen::inRange<std::uint8_t>(0, 255);
    const auto any_detail = rc::gen::inRange<std::uint16_t>(0, 65535);
    const auto choice = rc::gen::resize(100, rc::gen::construct<Choice>(any_byte, any_byte, any_detail));
    return rc::gen::resize(500, rc::gen::container<std::vector<Choice>>(choice));
}

RC_GTEST_PROP(Properties, P1_to_P11_hold_whatever_happens, ()) {
    const auto choices = *some_choices();
    const auto settings = some_settings(Mode::robust, *rc::gen::arbitrary<bool>());
    const int self = *rc::gen::element(2, 5, 8);
    const auto violation = first_violation(choices, self, settings);
    if (!violation.empty()) RC_FAIL(violation);
}

RC_GTEST_PROP(Properties, the_same_state_and_event_give_the_same_actions_and_state, ()) {
    const auto choices = *some_choices();
    const auto settings = some_settings(*rc::gen::element(Mode::strict, Mode::robust), true);
    const int self = *rc::gen::element(2, 5, 8);
    Election twin(member(self), settings);
    RandomProcess process(self, settings, [&twin](const Observation& step) {
        Actions actions;
        twin.step(step.event, actions);
        RC_ASSERT(actions == step.actions);
    });
    for (std::size_t i = 0; i < choices.size(); ++i) {
        process.happen(choices[i]);
        RC_ASSERT(twin == process.process());
        RC_ASSERT(twin.digest() == process.process().digest());
        if (i % 50 == 49) twin = Election(process.process());  // a copy in the middle of a life goes on alike
    }
}

// A twin that is given only what its short cuts don't foretell stays a twin.
RC_GTEST_PROP(Properties, a_short_cut_foretells_what_step_does, ()) {
    const auto choices = *some_choices();
    const auto settings = some_settings(*rc::gen::element(Mode::strict, Mode::robust), true);
    const int self = *rc::gen::element(2, 5, 8);
    Election twin(member(self), settings);
    RandomProcess process(self, settings, [&twin](const Observation& step) {
        const auto* answer = step.event_is<AnswerReceived>();
        const auto* fired = step.event_is<TimerFired>();
        if ((answer != nullptr && twin.ignores(*answer)) || (fired != nullptr && twin.ignores(*fired))) {
            RC_ASSERT(step.actions.empty());
        } else {
            Actions actions;
            twin.step(step.event, actions);
            RC_ASSERT(actions == step.actions);
        }
        if (!twin.only_answers(twin.members())) return;
        Actions actions;
        twin.step(ElectionReceived{17, twin.members()}, actions);
        RC_ASSERT(actions == Actions{Reply{17}});
    });
    for (const auto& choice : choices) {
        process.happen(choice);
        RC_ASSERT(twin == process.process());
    }
}

// Silence does something where it is heeded, and nothing where it isn't.
RC_GTEST_PROP(Properties, silence_is_heeded_where_step_does_something_about_it, ()) {
    const auto choices = *some_choices();
    const auto settings = some_settings(*rc::gen::element(Mode::strict, Mode::robust), true);
    const int self = *rc::gen::element(2, 5, 8);
    RandomProcess process(self, settings, [](const Observation&) {});
    for (const auto& choice : choices) {
        process.happen(choice);
        const auto& before = process.process();
        for (const Round round : {before.round(), before.round() - 1}) {
            auto after = before;
            Actions actions;
            after.step(Unreachable{pid(6), round, Unreachable::Why::given_up}, actions);
            RC_ASSERT(before.heeds_silence(round, Duration::zero()) == !actions.empty());
            RC_ASSERT(before == after || !actions.empty());
            RC_ASSERT(!before.heeds_silence(round, settings.timing.probe_timeout));  // T_p is over by then
        }
    }
}

std::vector<Choice> long_sequence(unsigned seed) {
    std::mt19937 random(seed);  // its sequence is the same everywhere
    std::vector<Choice> choices(1000);
    for (auto& choice : choices) {
        const auto bits = random();
        choice = {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8U),
                  static_cast<std::uint16_t>(bits >> 16U)};
    }
    return choices;
}

int some_self(unsigned seed) { return std::array{2, 5, 8}[seed % 3]; }

TEST(Properties, P1_to_P11_hold_over_long_lives) {
    for (unsigned seed = 0; seed < 400; ++seed) {
        const auto settings = some_settings(Mode::robust, seed % 2 == 0);
        ASSERT_EQ(first_violation(long_sequence(seed), some_self(seed), settings), "") << seed;
    }
}

TEST(Properties, the_random_sequences_go_everywhere_the_table_leads_to) {
    std::set<std::tuple<const Transition*, Mode, Phase>> reached;
    std::map<Warn::What, int> warnings;
    for (unsigned seed = 0; seed < 400; ++seed) {
        const auto settings = some_settings(seed % 4 < 2 ? Mode::robust : Mode::strict, seed % 2 == 0);
        std::optional<Election> before;
        RandomProcess process(some_self(seed), settings, [&](const Observation& step) {
            if (before) reached.insert({find_transition(*before, step.event), settings.mode, step.after.phase});
            for (const auto& warning : step.all<Warn>()) ++warnings[warning.what];
        });
        for (const auto& choice : long_sequence(seed)) {
            before = process.process();
            process.happen(choice);
        }
    }
    for (const auto& row : transitions()) {
        for (std::size_t i = 0; i < phase_count; ++i) {
            const auto to = static_cast<Phase>(i);
            if (!row.to.has(to)) continue;
            const bool is_reached =
                reached.contains({&row, Mode::strict, to}) || reached.contains({&row, Mode::robust, to});
            // Too rare for chance: nobody above, and a stranger that not even the daemon lists. transitions_test has
            // it.
            if (row.during == SetOf<Watch>{Watch::lookup} && to == Phase::leading) continue;
            EXPECT_TRUE(is_reached) << name_of(row) << " never led to " << to_string(to);
        }
    }
    EXPECT_GT(warnings[Warn::What::answer_discounted], 0) << "R6 never came to pass";
    EXPECT_GT(warnings[Warn::What::duplicate_identity_listed], 0);
    EXPECT_GT(warnings[Warn::What::duplicate_identity_claimed], 0);
}

}  // namespace

// RapidCheck finds it by the argument's namespace.
void showValue(const Choice& choice, std::ostream& out) {
    out << '{' << int{choice.what} << ", " << int{choice.which} << ", " << choice.detail << '}';
}

}  // namespace bully::test
