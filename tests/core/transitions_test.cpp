// Walks the transition table: every phase with every kind of event. Where there is no row nothing may happen;
// where there is one it must lead where it says, and somewhere in the walk to each of the phases that it
// names.
#include "core/transitions.hpp"

#include "core/names.hpp"
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace bully::test {
namespace {

using Make = std::function<Machine(Mode)>;

void fire(Machine& machine, Timer timer) { machine.expire(timer); }

Settings feigning(Mode mode) {
    auto settings = mode_settings(mode);
    settings.feign = FeignPlan{};
    return settings;
}

/// Ways to be in each phase: a table entry may depend on what a process knows and waits for.
const std::vector<Make>& machines() {
    static const std::vector<Make> all{
        [](Mode mode) { return Machine(2, mode_settings(mode)); },  // down
        [](Mode mode) {                                             // given up
            auto machine = joining(2, mode);
            machine.join_failed(JoinFailed::Kind::rejected);
            return machine;
        },
        [](Mode mode) { return joining(2, mode); },
        [](Mode mode) {
            auto machine = joining(2, mode);
            machine.join_failed();
            return machine;
        },
        [](Mode mode) {
            return following(2, {1, 2, 3}, 3, mode);
        },
        [](Mode mode) {
            return probing(2, {1, 2, 3}, 3, mode);
        },
        [](Mode mode) {
            auto machine = probing(2, {1, 2, 3}, 3, mode);
            machine.refused(3);
            return machine;
        },
        [](Mode mode) {  // follows a leader that isn't a member, and has no higher ones to ask
            auto machine = leading(2, {1, 2}, mode);
            machine.coordinator(4);
            return machine;
        },
        [](Mode mode) {  // the same, looking for it
            auto machine = leading(2, {1, 2}, mode);
            machine.coordinator(4);
            fire(machine, Timer::probe_gap);
            return machine;
        },
        [](Mode mode) {
            return leading(3, {1, 2, 3}, mode);
        },
        [](Mode mode) {
            return leading(2, {1, 2, 3}, mode);
        },
        [](Mode mode) {  // row 18, told of a leader that the daemon may not list
            auto machine = joining(2, mode);
            machine.coordinator(4);
            return machine;
        },
        [](Mode mode) {  // R3, a PROBE open
            auto machine = leading(2, {1, 2, 3}, mode);
            fire(machine, Timer::probe_gap);
            return machine;
        },
        [](Mode mode) {  // R1, looking for a lower stranger
            auto machine = leading(2, {2, 3}, mode);
            machine.coordinator(1);
            return machine;
        },
        [](Mode mode) {
            auto machine = leading(2, {2}, mode);
            machine.coordinator(1);
            return machine;
        },
        [](Mode mode) {  // H, with ELECTIONs held
            auto machine = joining(3, mode);
            machine.joined({1, 2, 3});
            machine.election({1, 2, 3});
            return machine;
        },
        [](Mode mode) {  // H, with ELECTIONs held that named a higher member
            auto machine = joining(3, mode);
            machine.joined({1, 2, 3});
            machine.election({1, 2, 3, 4});
            return machine;
        },
        [](Mode mode) {
            return awaiting_answers(2, {1, 2, 3}, mode);
        },
        [](Mode mode) {
            return awaiting_answers(2, {1, 2, 3, 4}, mode);
        },
        [](Mode mode) {  // R4
            auto machine = awaiting_answers(2, {1, 2, 3}, mode);
            machine.election({4});
            return machine;
        },
        [](Mode mode) {
            return awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        },
        [](Mode mode) {
            return Machine(2, {1, 2, 3}, 3, feigning(mode));
        },
        [](Mode mode) {
            return Machine(2, {1, 2, 3}, 2, feigning(mode));
        },
        [](Mode mode) {
            Machine machine(2, {1, 2, 3}, 3, feigning(mode));
            machine.elect();
            return machine;
        },
        [](Mode mode) {
            Machine machine(2, {1, 2, 3}, 3, feigning(mode));
            machine.elect();
            machine.ok(3);
            return machine;
        },
        [](Mode mode) {
            return failed(2, {1, 2, 3}, 3, mode);
        },
        [](Mode mode) {
            return failed(3, {1, 2, 3}, 3, mode);
        },
    };
    return all;
}

/// One event of each kind and more where what it carries matters, all of the current round.
std::vector<Event> events(const Machine& machine, const Membership& members) {
    std::vector<Event> all{Start{}, ElectionReceived{7, members}, ProbeReceived{8}, Elect{},
                           Feign{{Duration(1), Duration(2)}}};
    for (const Round round : {machine.join_round(), Round{0}}) {
        all.emplace_back(Joined{members, round});
        all.emplace_back(JoinFailed{JoinFailed::Kind::unreachable, {}, round});
        all.emplace_back(JoinFailed{JoinFailed::Kind::rejected, {}, round});
    }
    for (int leader = 1; leader <= 4; ++leader) all.emplace_back(CoordinatorReceived{pid(leader)});
    for (int peer = 1; peer <= 4; ++peer) {
        all.emplace_back(AnswerReceived{pid(peer), machine.request_round()});
        for (const auto why : {Unreachable::Why::refused, Unreachable::Why::reset, Unreachable::Why::given_up}) {
            all.emplace_back(Unreachable{pid(peer), machine.request_round(), why});
        }
    }
    for (std::size_t i = 0; i < timer_count; ++i) {
        const auto timer = static_cast<Timer>(i);
        all.emplace_back(TimerFired{timer, machine.timer_round(timer)});
    }
    return all;
}

struct Step {
    Phase from;
    EventKind on;
    Phase to;
    bool changed_nothing;
    std::string did;
};

std::vector<Step> walk() {
    std::vector<Step> steps;
    const std::array lists{group({1, 2, 3}), group({2}), group({1, 2, 3, 4})};
    for (const auto mode : {Mode::strict, Mode::robust}) {
        for (const auto& make : machines()) {
            for (const auto& members : lists) {
                const auto count = events(make(mode), members).size();
                for (std::size_t i = 0; i < count; ++i) {
                    auto machine = make(mode);
                    const auto event = events(machine, members)[i];
                    const auto before = machine.view();
                    const auto members_before = machine.members();
                    auto did = machine.step(event);
                    if (did.empty() && !machine.actions().empty()) did = "timer refresh";
                    steps.push_back({before.phase, kind_of(event), machine.phase(),
                                     before == machine.view() && members_before == machine.members(), std::move(did)});
                }
            }
        }
    }
    return steps;
}

std::string pair_name(Phase phase, EventKind kind) {
    return std::string(to_string(phase)) + " x " + std::string(to_string(kind));
}

// Its settings must outlive it.
static_assert(std::is_constructible_v<Election, Member, const Settings&>);
static_assert(!std::is_constructible_v<Election, Member, Settings>);

TEST(TransitionTable, without_a_row_nothing_changes_and_nothing_is_done) {
    for (const auto& step : walk()) {
        if (find_transition(step.from, step.on) != nullptr) continue;
        EXPECT_TRUE(step.changed_nothing) << pair_name(step.from, step.on);
        EXPECT_EQ(step.did, nothing) << pair_name(step.from, step.on);
    }
}

TEST(TransitionTable, a_row_leads_where_it_says_or_does_nothing) {
    for (const auto& step : walk()) {
        const auto* row = find_transition(step.from, step.on);
        if (row == nullptr || (step.changed_nothing && step.did.empty())) continue;
        EXPECT_TRUE(row->to.has(step.to))
            << pair_name(step.from, step.on) << " led to " << to_string(step.to) << " and did " << step.did;
    }
}

TEST(TransitionTable, the_walk_visits_every_pair_and_every_place_a_row_leads_to) {
    std::set<std::pair<Phase, EventKind>> visited;
    std::set<std::tuple<Phase, EventKind, Phase>> reached;
    for (const auto& step : walk()) {
        visited.insert({step.from, step.on});
        reached.insert({step.from, step.on, step.to});
    }
    EXPECT_EQ(visited.size(), phase_count * event_kind_count);
    for (const auto& row : transitions()) {
        for (std::size_t i = 0; i < phase_count; ++i) {
            const auto to = static_cast<Phase>(i);
            if (!row.to.has(to)) continue;
            EXPECT_TRUE(reached.contains({row.from, row.on, to}))
                << pair_name(row.from, row.on) << " never led to " << to_string(to);
        }
    }
}

TEST(TransitionTable, every_row_says_what_happens_and_which_rule_says_so) {
    for (const auto& row : transitions()) {
        EXPECT_FALSE(row.what.empty() || row.rule.empty()) << pair_name(row.from, row.on);
        EXPECT_EQ(find_transition(row.from, row.on), &row);
        EXPECT_NE(row.to.bits, 0) << pair_name(row.from, row.on);
    }
}

TEST(TransitionTable, kinds_tell_events_and_timers_apart) {
    const Membership members;
    auto machine = joining(2);
    std::set<EventKind> kinds;
    for (const auto& event : events(machine, members)) kinds.insert(kind_of(event));
    EXPECT_EQ(kinds.size(), event_kind_count);
    EXPECT_EQ(kind_of(TimerFired{Timer::hold_down, 1}), EventKind::hold_down_over);
    EXPECT_EQ(kind_of(TimerFired{Timer::feign, 1}), EventKind::feign_due);
    EXPECT_EQ(kind_of(Feign{}), EventKind::feign);
}

TEST(TransitionTable, names_are_told_apart) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < event_kind_count; ++i) names.insert(to_string(static_cast<EventKind>(i)));
    EXPECT_EQ(names.size(), event_kind_count);
    EXPECT_EQ(to_string(Phase::failed), "failed");
    EXPECT_EQ(to_string(Watch::rejoin), "rejoin");
    EXPECT_EQ(to_string(Timer::feign), "feign");
    EXPECT_EQ(to_string(EventKind::feign), "feign");
    EXPECT_EQ(to_string(Warn::What::answer_discounted), "answer_discounted");
    EXPECT_EQ(to_string(Unreachable::Why::given_up), "given_up");
}

}  // namespace
}  // namespace bully::test
