// Events and actions are values: they may be kept, copied and compared, and outlive what they were made from.
#include "core/record/trace.hpp"
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bully::test {
namespace {

TEST(Events, own_what_they_carry) {
    std::vector<Event> kept;
    {
        const auto members = group({1, 2, 3});
        const std::string reason = "the daemon is busy, and says so at length";
        kept = {Joined{members, 1}, ElectionReceived{7, members}, JoinFailed{JoinFailed::Kind::rejected, reason, 1}};
    }
    auto machine = joining(2);
    machine.step(kept[1]);
    EXPECT_EQ(machine.members(), group({1, 2, 3}));
    EXPECT_EQ(machine.step(kept[2]), "give up");
    EXPECT_EQ(std::get<JoinFailed>(kept[2]).reason.size(), 41U);
}

TEST(Events, of_no_members_are_harmless) {
    auto machine = joining(2);
    EXPECT_EQ(machine.step(ElectionReceived{7, {}}), "OK");
    EXPECT_EQ(machine.joined(Membership{}), "leader 2");
}

template <typename Value, std::size_t... at>
std::vector<Value> alternatives(std::index_sequence<at...>) {
    return {std::variant_alternative_t<at, Value>{}...};
}
template <typename Value>
std::vector<Value> alternatives() {
    return alternatives<Value>(std::make_index_sequence<std::variant_size_v<Value>>{});
}

template <typename Value>
void expect_told_apart(std::vector<Value> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = 0; j < values.size(); ++j) EXPECT_EQ(values[i] == values[j], i == j) << i << ", " << j;
    }
}

TEST(Events, are_compared_by_what_they_carry) {
    auto all = alternatives<Event>();
    const auto members = group({1, 2});
    for (const Event& event : std::vector<Event>{
             Joined{members, 0}, Joined{{}, 1}, JoinFailed{JoinFailed::Kind::rejected, {}, 0},
             JoinFailed{JoinFailed::Kind::unreachable, "reason", 0}, JoinFailed{JoinFailed::Kind::unreachable, {}, 1},
             ElectionReceived{1, {}}, ElectionReceived{0, members}, ProbeReceived{1}, CoordinatorReceived{pid(1)},
             AnswerReceived{pid(1), 0}, AnswerReceived{{}, 1}, Unreachable{pid(1), 0, Unreachable::Why::refused},
             Unreachable{{}, 1, Unreachable::Why::refused}, Unreachable{{}, 0, Unreachable::Why::reset},
             TimerFired{Timer::refresh, 0}, TimerFired{Timer::answer, 1}, Feign{{Duration(0), Duration(1)}}}) {
        all.push_back(event);
    }
    expect_told_apart(all);
    EXPECT_EQ(Event(Joined{members, 0}), Event(Joined{group({1, 2}), 0}));  // not only the same snapshot
}

TEST(Actions, are_compared_by_what_they_carry) {
    auto all = alternatives<Action>();
    for (const Action& action : std::vector<Action>{
             Join{1}, SendElection{1}, AskHigher{1}, Announce{pid(1), 0}, Announce{{}, 1}, Announce{{}, 0, true},
             SendProbe{pid(1), 0}, SendProbe{{}, 1}, Reply{1}, StartTimer{Timer::refresh, 0, {}},
             StartTimer{Timer::answer, 1, {}}, StartTimer{Timer::answer, 0, exactly(Duration(1))},
             LeaderChanged{pid(1)}, Warn{Warn::What::leader_unsteady, {}},
             Warn{Warn::What::duplicate_identity_listed, pid(1)}, GiveUp{JoinFailed::Kind::rejected}}) {
        all.push_back(action);
    }
    expect_told_apart(all);
}

// Fingerprints of simulations, digests and the draws of timers depend on these.
TEST(Numbers, are_for_ever) {
    const std::vector<Action> actions{Join{},          SendElection{}, Announce{},      SendProbe{},
                                      Reply{},         StartTimer{},   StopListening{}, Listen{},
                                      LeaderChanged{}, Warn{},         GiveUp{},        AskHigher{}};
    ASSERT_EQ(actions.size(), std::variant_size_v<Action>);
    for (std::size_t i = 0; i < actions.size(); ++i) EXPECT_EQ(action_number(actions[i]), i);
    const auto expect_numbers = [](auto... values) {
        int expected = 0;
        for (const int number : {static_cast<int>(values)...}) EXPECT_EQ(number, expected++);
    };
    using enum Phase;
    expect_numbers(down, joining, following, leading, awaiting_answers, awaiting_coordinator, failed);
    expect_numbers(Watch::nothing, Watch::gap, Watch::probe, Watch::rejoin, Watch::lookup);
    expect_numbers(Mode::strict, Mode::robust);
    expect_numbers(Timer::answer, Timer::coordinator, Timer::probe_gap, Timer::probe_timeout, Timer::join_retry,
                   Timer::hold_down, Timer::feign, Timer::refresh);
}

TEST(Trace, whoever_gives_up_says_why) {
    auto machine = joining(2);
    const Event event = JoinFailed{JoinFailed::Kind::rejected, "bad student id", machine.join_round()};
    machine.step(event);
    std::string line;
    append_step(line, {.event = &event, .actions = machine.actions(), .after = machine.view()});
    const std::string action = R"({"type":"give_up","kind":"rejected","reason":"bad student id"})";
    EXPECT_NE(line.find("[" + action + "]"), std::string::npos) << line;
    EXPECT_EQ(to_json(machine.actions().front(), &event), action);
}

}  // namespace
}  // namespace bully::test
