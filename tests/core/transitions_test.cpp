// Walks the transition table: every phase, watch and mode with every kind of event. Where there is no row nothing may
// happen; where there is one it must lead where it says, somewhere in the walk to each of the phases that it names, and
// do something in each mode and with each watch.
#include "core/transitions.hpp"

#include "core/names.hpp"
#include "tests/core/machine.hpp"
#include "tests/core/states.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace bully::test {
namespace {

struct Step {
    Mode mode;
    View before;
    EventKind on;
    const Transition* row;
    const Transition* row_by_view;
    bool is_of_side_slot;
    Phase to;
    bool did_nothing;  // changed nothing either
    std::string did;
};

const std::vector<Step>& walk() {
    static const auto all = [] {
        std::vector<Step> steps;
        const std::array lists{group({1, 2, 3}), group({2}), group({1, 2, 3, 4})};
        for (const auto mode : {Mode::strict, Mode::robust}) {
            for (const auto& make : machines()) {
                const auto from = make(mode);
                for (const auto& members : lists) {
                    for (const auto& event : events(from, members)) {
                        auto machine = from;
                        const auto* row = find_transition(from.core(), event);
                        const auto view = from.view();
                        const auto* row_by_view = find_transition(mode, view, kind_of(event), outcome_of(view, event));
                        const auto* fired = std::get_if<TimerFired>(&event);
                        const bool is_of_side_slot = fired != nullptr && slot(fired->timer) != TimerSlot::main;
                        auto did = machine.step(event);
                        const bool did_nothing = machine.actions().empty() && machine.core() == from.core();
                        steps.push_back({mode, view, kind_of(event), row, row_by_view, is_of_side_slot, machine.phase(),
                                         did_nothing, std::move(did)});
                    }
                }
            }
        }
        return steps;
    }();
    return all;
}

std::string cell_name(const Step& step) {
    return std::string(to_string(step.before.phase)) + ", " + std::string(to_string(step.before.watch)) + " x " +
           std::string(to_string(step.on)) + ", " + std::string(to_string(step.mode));
}

// Its settings must outlive it.
static_assert(std::is_constructible_v<Election, Member, const Settings&>);
static_assert(!std::is_constructible_v<Election, Member, Settings>);

TEST(TransitionTable, without_a_row_nothing_changes_and_nothing_is_done) {
    for (const auto& step : walk()) {
        EXPECT_TRUE(step.row != nullptr || step.did_nothing) << cell_name(step) << " did " << step.did;
    }
}

TEST(TransitionTable, a_row_is_about_the_phase_the_watch_and_the_mode_and_leads_where_it_says) {
    for (const auto& step : walk()) {
        if (step.row == nullptr) continue;
        EXPECT_EQ(step.row->from, step.before.phase);
        EXPECT_TRUE(step.row->during.has(step.before.watch)) << cell_name(step);
        EXPECT_TRUE(step.row->mode.has(step.mode)) << cell_name(step);
        EXPECT_EQ(step.row->on, step.on);
        EXPECT_TRUE(step.did_nothing || step.row->to.has(step.to))
            << cell_name(step) << " led to " << to_string(step.to) << " and did " << step.did;
    }
}

TEST(TransitionTable, a_view_tells_the_row_but_for_timers_of_the_side_slots) {
    for (const auto& step : walk()) {
        if (!step.is_of_side_slot || step.row != nullptr) {
            EXPECT_EQ(step.row_by_view, step.row) << cell_name(step);
        }
    }
}

TEST(TransitionTable, the_walk_visits_every_kind_of_event_and_every_place_a_row_leads_to) {
    std::set<std::pair<Phase, EventKind>> visited;
    std::set<std::pair<const Transition*, Phase>> reached;
    for (const auto& step : walk()) {
        visited.insert({step.before.phase, step.on});
        reached.insert({step.row, step.to});
    }
    EXPECT_EQ(visited.size(), phase_count * event_kind_count);
    for (const auto& row : transitions()) {
        for (std::size_t i = 0; i < phase_count; ++i) {
            const auto to = static_cast<Phase>(i);
            if (!row.to.has(to)) continue;
            EXPECT_TRUE(reached.contains({&row, to})) << name_of(row) << " never led to " << to_string(to);
        }
    }
}

// In strict nothing looks a leader up, and a leader watches nobody.
bool is_possible(Mode mode, Phase phase, Watch watch) {
    if (phase == Phase::leading) return watch != Watch::lookup && (mode == Mode::robust || watch == Watch::nothing);
    return mode == Mode::robust || watch != Watch::lookup;
}

TEST(TransitionTable, a_row_acts_in_each_of_its_modes_and_watches) {
    std::set<std::tuple<const Transition*, Mode, Watch>> acted;
    for (const auto& step : walk()) {
        EXPECT_TRUE(is_possible(step.mode, step.before.phase, step.before.watch)) << cell_name(step);
        if (!step.did_nothing) acted.insert({step.row, step.mode, step.before.watch});
    }
    for (const auto& row : transitions()) {
        EXPECT_FALSE(row.mode == SetOf<Mode>() || row.during == SetOf<Watch>()) << name_of(row);
        for (const auto mode : {Mode::strict, Mode::robust}) {
            for (std::size_t i = 0; i < watch_count; ++i) {
                const auto watch = static_cast<Watch>(i);
                if (!row.mode.has(mode) || !row.during.has(watch) || !is_possible(mode, row.from, watch)) continue;
                EXPECT_TRUE(acted.contains({&row, mode, watch}))
                    << name_of(row) << " does nothing while " << to_string(watch) << " in mode " << to_string(mode);
            }
        }
    }
}

TEST(TransitionTable, every_row_says_what_happens_and_which_rule_says_so) {
    for (const auto& row : transitions()) {
        EXPECT_FALSE(row.what.empty() || row.rule.empty()) << name_of(row);
        EXPECT_NE(row.to.bits, 0) << name_of(row);
    }
}

// Row 6. Of the outcomes of requests and timers only the awaited one is in the table, of those of JOINs also others.
TEST(TransitionTable, only_joins_have_outcomes_that_count_although_nothing_waits_for_them) {
    for (const auto& row : transitions()) {
        if (row.outcome == Outcome::awaited) continue;
        EXPECT_TRUE(row.on == EventKind::joined || row.on == EventKind::join_failed) << name_of(row);
    }
    auto machine = following(2, {1, 2, 3}, 3);
    const auto earlier = machine.view().round;
    machine.coordinator(3);
    EXPECT_EQ(find_transition(machine.core(), TimerFired{Timer::probe_gap, earlier}), nullptr);
    EXPECT_EQ(find_transition(machine.core(), AnswerReceived{pid(3), earlier}), nullptr);
    EXPECT_EQ(find_transition(machine.core(), Unreachable{pid(3), earlier, Unreachable::Why::refused}), nullptr);
    ASSERT_NE(find_transition(machine.core(), Joined{{}, earlier}), nullptr);
    EXPECT_EQ(find_transition(machine.core(), Joined{{}, earlier})->outcome, Outcome::other);
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
