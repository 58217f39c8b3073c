// R1, R2, R4 to R6 and the hold-down H of core/README.md: what mode robust adds to what a process does about
// others' messages, and that strict goes without. What it does unasked: rules_watch_test.cpp.
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

namespace bully::test {
namespace {

using Why = Unreachable::Why;

TEST(R1, a_follower_answers_a_lower_coordinator_with_an_election) {
    EXPECT_EQ(following(2, {1, 2, 3}, 3).coordinator(1), "ELECTION; timer answer 1.5s");
}

TEST(R1, a_leader_contradicts_a_lower_coordinator_at_once_and_leads_on) {
    EXPECT_EQ(leading(3, {1, 2, 3}).coordinator(1), "COORDINATOR 3 again; timer hold_down 100ms");
    auto machine = leading(2, {1, 2, 3});
    EXPECT_EQ(machine.coordinator(1), "ask higher; COORDINATOR 2 again; timer hold_down 100ms");
    EXPECT_EQ(machine.coordinator(1), "ask higher; COORDINATOR 2 again; timer hold_down 100ms")
        << "also within the hold-down: its own announcement has crossed this one";
    EXPECT_EQ(machine.phase(), Phase::leading);
    EXPECT_EQ(machine.core().elections(), 0U);
}

TEST(R1, an_electing_or_joining_process_ignores_a_lower_coordinator) {
    EXPECT_EQ(awaiting_answers(2, {1, 2, 3}).coordinator(1), nothing);
    auto waiting = awaiting_coordinator(2, {1, 2, 3}, 3);
    EXPECT_EQ(waiting.coordinator(1), nothing);
    EXPECT_EQ(waiting.phase(), Phase::awaiting_coordinator);
    EXPECT_EQ(joining(2).coordinator(1), nothing);
}

TEST(R1, of_the_same_days_the_student_id_says_who_is_lower) {
    const auto claims = [](ProcessId self, int difference) {
        return CoordinatorReceived{{self.days, self.student_id + difference}};
    };
    auto asking = awaiting_answers(2, {1, 2, 3});
    EXPECT_EQ(asking.step(claims(pid(2), -1)), nothing);
    EXPECT_EQ(asking.step(claims(pid(2), 1)), "leader 2/1000003; timer probe_gap 500ms..3s; JOIN");
    EXPECT_EQ(following(2, {1, 2, 3}, 3).step(claims(pid(2), -1)), "JOIN");
}

TEST(R1, strict_follows_a_lower_coordinator) {
    const std::string followed = "leader 1; timer probe_gap 500ms..3s";
    EXPECT_EQ(following(2, {1, 2, 3}, 3, Mode::strict).coordinator(1), followed);
    EXPECT_EQ(leading(3, {1, 2, 3}, Mode::strict).coordinator(1), followed);
    EXPECT_EQ(awaiting_answers(2, {1, 2, 3}, Mode::strict).coordinator(1), followed);
    EXPECT_EQ(awaiting_coordinator(2, {1, 2, 3}, 3, Mode::strict).coordinator(1), followed);
    EXPECT_EQ(joining(2, Mode::strict).coordinator(1), "leader 1");
}

TEST(R1, of_a_lower_stranger_it_first_learns_the_address_for_it_must_hear_the_outcome) {
    for (const bool leads : {false, true}) {
        auto machine = leads ? leading(3, {2, 3, 4}) : following(3, {2, 3, 4}, 4);
        EXPECT_EQ(machine.coordinator(1), "JOIN");
        EXPECT_EQ(machine.coordinator(1), nothing) << "one JOIN is enough";
        EXPECT_EQ(machine.joined({1, 2, 3, 4}),
                  leads ? "ask higher; timer probe_gap 500ms..3s; COORDINATOR 3 again; timer hold_down 100ms"
                        : "ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.core().elections(), leads ? 0U : 1U);
    }
}

TEST(R1, a_lower_stranger_is_contradicted_also_if_the_daemon_cannot_be_reached) {
    auto machine = leading(3, {2, 3});
    EXPECT_EQ(machine.coordinator(1), "JOIN");
    EXPECT_EQ(machine.join_failed(), "warn join_unreachable; COORDINATOR 3 again; timer hold_down 100ms");
    auto outranked = leading(3, {2, 3, 4});
    outranked.coordinator(1);
    EXPECT_EQ(outranked.join_failed(),
              "warn join_unreachable; ask higher; timer probe_gap 500ms..3s; "
              "COORDINATOR 3 again; timer hold_down 100ms")
        << "it goes on probing those above";
}

TEST(R1, a_lower_stranger_is_contradicted_also_if_the_daemon_does_not_list_it) {
    auto machine = leading(3, {2, 3});
    EXPECT_EQ(machine.coordinator(1), "JOIN");
    EXPECT_EQ(machine.joined({2, 3}), "COORDINATOR 3 again; timer hold_down 100ms");
}

TEST(R1, without_probing_the_join_about_a_lower_stranger_is_void_as_well_once_a_leader_announces_itself) {
    auto settings = mode_settings(Mode::robust);
    settings.probing = false;
    Machine machine(2, {2, 3}, 3, settings);
    EXPECT_EQ(machine.coordinator(1), "JOIN");
    EXPECT_EQ(machine.coordinator(3), nothing);
    EXPECT_EQ(machine.joined({2, 3}), nothing);
    EXPECT_EQ(machine.coordinator(1), "JOIN") << "another time, another JOIN";
}

TEST(R2, a_follower_that_is_probed_answers_OK_asks_those_above_and_follows_on) {
    auto machine = following(2, {1, 2, 3, 4}, 3);
    const auto gap = machine.timer_round(Timer::probe_gap);
    EXPECT_EQ(machine.probe(), "OK; ask higher");
    EXPECT_EQ(machine.phase(), Phase::following);
    EXPECT_EQ(machine.leader(), pid(3));
    EXPECT_EQ(machine.core().elections(), 0U);
    EXPECT_EQ(machine.expire(Timer::probe_gap, gap), "PROBE 3; timer probe_timeout 1.5s") << "its gap goes on";
}

TEST(R2, the_answers_of_those_asked_change_nothing) {
    auto machine = probing(2, {1, 2, 3, 4}, 3);
    EXPECT_EQ(machine.probe(), "OK; ask higher");
    EXPECT_EQ(machine.ok(4, machine.asked_round()), nothing);
    EXPECT_EQ(machine.unreachable(3, Why::refused, machine.asked_round()), nothing) << "that isn't the PROBE's outcome";
    EXPECT_EQ(machine.view().watch, Watch::probe);
    EXPECT_EQ(machine.ok(3), "timer probe_gap 500ms..3s");
}

TEST(R2, strict_answers_OK_and_leaves_the_prober_misled) {
    auto machine = following(2, {1, 2, 3}, 3, Mode::strict);
    EXPECT_EQ(machine.probe(), "OK");
    EXPECT_EQ(machine.phase(), Phase::following);
}

TEST(R4, a_higher_member_learned_of_while_waiting_is_asked_instead_of_winning) {
    auto machine = awaiting_answers(2, {1, 2, 3});
    EXPECT_EQ(machine.election({1, 2, 4}), "OK");
    EXPECT_EQ(machine.expire(Timer::answer), "ELECTION; timer answer 1.5s");
    EXPECT_EQ(machine.core().victories(), 0U);
    EXPECT_EQ(machine.expire(Timer::answer).substr(0, 23), "leader 2; COORDINATOR 2");
}

TEST(R4, it_is_asked_also_when_all_the_others_have_refused) {
    auto machine = awaiting_answers(2, {1, 2, 3});
    machine.election({4});
    EXPECT_EQ(machine.refused(3), "ELECTION; timer answer 1.5s");
    EXPECT_EQ(machine.refused(3), nothing);
    EXPECT_EQ(machine.refused(4).substr(0, 23), "leader 2; COORDINATOR 2");
}

TEST(R4, a_lower_member_learned_of_while_waiting_delays_nothing) {
    auto machine = awaiting_answers(2, {2, 3});
    machine.election({1});
    EXPECT_EQ(machine.expire(Timer::answer).substr(0, 23), "leader 2; COORDINATOR 2");
}

TEST(R4, strict_wins_over_it) {
    auto machine = awaiting_answers(2, {1, 2, 3}, Mode::strict);
    machine.election({1, 2, 4});
    EXPECT_EQ(machine.expire(Timer::answer), "leader 2; COORDINATOR 2");
}

TEST(R5, a_coordinator_voids_the_open_probe_of_the_old_leader) {
    auto machine = probing(1, {1, 2, 3}, 2);
    EXPECT_EQ(machine.coordinator(3), "leader 3; timer probe_gap 500ms..3s");
    EXPECT_EQ(machine.expire(Timer::probe_timeout), nothing);
    EXPECT_EQ(machine.refused(2), nothing);
    EXPECT_EQ(machine.phase(), Phase::following);
    EXPECT_EQ(machine.view().watch, Watch::gap);
}

TEST(R5, a_coordinator_voids_the_open_join_about_the_old_leader) {
    auto machine = probing(1, {1, 2, 3}, 2);
    machine.refused(2);
    EXPECT_EQ(machine.coordinator(3), "leader 3; timer probe_gap 500ms..3s");
    EXPECT_EQ(machine.joined({1, 2, 3, 4}), nothing);
    EXPECT_EQ(machine.phase(), Phase::following);
    EXPECT_EQ(machine.members(), group({1, 2, 3, 4})) << "news are news";
    auto failing = probing(1, {1, 2, 3}, 2);
    failing.refused(2);
    failing.coordinator(3);
    EXPECT_EQ(failing.join_failed(), "warn join_unreachable");
    EXPECT_EQ(failing.phase(), Phase::following);
}

TEST(R5, strict_holds_the_old_probe_against_the_new_leader) {
    auto machine = probing(1, {1, 2, 3}, 2, Mode::strict);
    EXPECT_EQ(machine.coordinator(3), "leader 3");
    EXPECT_EQ(machine.expire(Timer::probe_timeout), "JOIN");
    EXPECT_EQ(machine.joined({1, 2, 3}), "ELECTION; timer answer 1.5s");
}

// The highest answers OK, but never announces.
void wait_in_vain(Machine& machine, int answers) {
    machine.ok(answers);
    machine.expire(Timer::coordinator);
}

TEST(R6, after_three_rounds_in_a_row_the_OK_of_one_that_never_leads_counts_no_more) {
    auto machine = awaiting_answers(2, {1, 2, 3});
    wait_in_vain(machine, 3);
    wait_in_vain(machine, 3);
    machine.ok(3);
    EXPECT_EQ(machine.expire(Timer::coordinator), "warn answer_discounted; ELECTION; timer answer 1.5s");
    EXPECT_EQ(std::get<Warn>(machine.actions().front()).about, pid(3));
    EXPECT_EQ(machine.ok(3), nothing);
    EXPECT_EQ(machine.phase(), Phase::awaiting_answers);
    EXPECT_EQ(machine.expire(Timer::answer).substr(0, 23), "leader 2; COORDINATOR 2");
}

TEST(R6, two_rounds_are_not_enough) {
    auto machine = awaiting_answers(2, {1, 2, 3});
    wait_in_vain(machine, 3);
    wait_in_vain(machine, 3);
    EXPECT_EQ(machine.ok(3), "timer coordinator 4s");
}

TEST(R6, only_the_greatest_that_answered_is_to_blame) {
    auto machine = awaiting_answers(1, {1, 2, 3});
    for (int i = 0; i < 3; ++i) {
        machine.ok(2);
        machine.ok(3);
        machine.expire(Timer::coordinator);
    }
    EXPECT_EQ(machine.ok(3), nothing);
    EXPECT_EQ(machine.ok(2), "timer coordinator 4s");
}

TEST(R6, a_late_answer_of_one_that_counts_no_more_does_not_blame_it_again) {
    auto machine = awaiting_answers(1, {1, 2, 3});
    for (int i = 0; i < 3; ++i) wait_in_vain(machine, 3);
    for (int i = 0; i < 3; ++i) {
        machine.ok(2);
        machine.ok(3);
        machine.expire(Timer::coordinator);
    }
    EXPECT_EQ(machine.ok(2), nothing) << "it was the greatest of those that count";
}

TEST(R6, the_rounds_must_be_in_a_row) {
    auto blamed_in_turn = awaiting_answers(1, {1, 2, 3});
    for (const int answers : {3, 3, 2, 3, 3}) wait_in_vain(blamed_in_turn, answers);
    EXPECT_EQ(blamed_in_turn.ok(3), "timer coordinator 4s");
    blamed_in_turn.expire(Timer::coordinator);
    EXPECT_EQ(blamed_in_turn.ok(2), "timer coordinator 4s");

    auto led_between = awaiting_answers(2, {1, 2, 3});
    wait_in_vain(led_between, 3);
    wait_in_vain(led_between, 3);
    led_between.coordinator(3);
    led_between.elect();
    wait_in_vain(led_between, 3);
    EXPECT_EQ(led_between.ok(3), "timer coordinator 4s");

    auto won_between = awaiting_answers(2, {1, 2, 3});
    wait_in_vain(won_between, 3);
    wait_in_vain(won_between, 3);
    won_between.expire(Timer::answer);
    won_between.elect();
    wait_in_vain(won_between, 3);
    EXPECT_EQ(won_between.ok(3), "timer coordinator 4s");

    auto failed_between = awaiting_answers(2, {1, 2, 3});
    wait_in_vain(failed_between, 3);
    wait_in_vain(failed_between, 3);
    failed_between.feign();
    failed_between.expire(Timer::feign);
    wait_in_vain(failed_between, 3);
    EXPECT_EQ(failed_between.ok(3), "timer coordinator 4s");
}

TEST(R6, once_it_has_announced_its_OK_counts_again) {
    auto machine = awaiting_answers(2, {1, 2, 3});
    for (int i = 0; i < 3; ++i) wait_in_vain(machine, 3);
    ASSERT_EQ(machine.ok(3), nothing);
    machine.coordinator(3);
    machine.elect();
    EXPECT_EQ(machine.ok(3), "timer coordinator 4s");
}

TEST(R6, a_leader_does_not_probe_one_whose_OK_counts_no_more) {
    auto machine = awaiting_answers(2, {1, 2, 3, 4});
    for (int i = 0; i < 3; ++i) wait_in_vain(machine, 3);
    machine.expire(Timer::answer);
    EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 4; timer probe_timeout 1.5s");
    machine.refused(4);
    EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 4; timer probe_timeout 1.5s");
}

TEST(R6, a_leader_below_none_but_such_probes_nobody) {
    auto machine = awaiting_answers(2, {1, 2, 3});
    for (int i = 0; i < 3; ++i) wait_in_vain(machine, 3);
    machine.expire(Timer::answer);
    EXPECT_EQ(machine.expire(Timer::probe_gap), nothing);
    EXPECT_EQ(machine.view().watch, Watch::nothing);
}

TEST(R6, strict_waits_for_it_for_ever) {
    auto machine = awaiting_answers(2, {1, 2, 3}, Mode::strict);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(machine.ok(3), "timer coordinator 4s");
        EXPECT_EQ(machine.expire(Timer::coordinator), "ELECTION; timer answer 1.5s");
    }
}

TEST(H, elections_within_the_hold_down_are_answered_and_get_one_announcement_at_its_end) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    const auto won = machine.announced_round();
    EXPECT_EQ(machine.election({1, 2, 3}), "OK");
    EXPECT_EQ(machine.election({1, 2, 3}), "OK");
    EXPECT_EQ(machine.phase(), Phase::leading);
    EXPECT_EQ(machine.expire(Timer::hold_down), "COORDINATOR 3 again; timer hold_down 100ms");
    EXPECT_EQ(machine.announced_round(), won) << "it repeats the victory, it is no new one";
    EXPECT_EQ(machine.core().victories(), 1U);
    EXPECT_EQ(machine.expire(Timer::hold_down), nothing);
}

TEST(H, the_announcement_at_its_end_begins_another_hold_down) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    machine.election({1, 2, 3});
    machine.expire(Timer::hold_down);
    EXPECT_EQ(machine.election({1, 2, 3}), "OK");
    EXPECT_EQ(machine.expire(Timer::hold_down), "COORDINATOR 3 again; timer hold_down 100ms");
}

TEST(H, an_election_after_the_hold_down_is_answered_by_an_announcement_at_once) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    EXPECT_EQ(machine.expire(Timer::hold_down), nothing);
    EXPECT_EQ(machine.election({1, 2, 3}), "OK; COORDINATOR 3 again; timer hold_down 100ms");
    EXPECT_EQ(machine.core().victories(), 1U);
}

TEST(H, a_leader_below_the_dead_does_not_give_up_its_lead_to_be_asked_again) {
    auto machine = leading(2, {1, 2, 3});
    EXPECT_EQ(machine.election({1, 2, 3}), "OK; ask higher; COORDINATOR 2 again; timer hold_down 100ms");
    EXPECT_EQ(machine.phase(), Phase::leading);
}

TEST(H, a_higher_member_learned_of_within_the_hold_down_is_asked_at_its_end) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    EXPECT_EQ(machine.election({1, 2, 3, 4}), "OK");
    EXPECT_EQ(machine.expire(Timer::hold_down),
              "ask higher; timer probe_gap 500ms..3s; COORDINATOR 3 again; timer hold_down 100ms");
}

TEST(H, an_announcement_for_another_reason_is_one_for_the_elections_held_as_well) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    EXPECT_EQ(machine.election({1, 2, 3}), "OK");
    EXPECT_EQ(machine.coordinator(1), "COORDINATOR 3 again; timer hold_down 100ms") << "R1";
    EXPECT_EQ(machine.expire(Timer::hold_down), nothing);
}

TEST(H, a_higher_member_that_has_been_asked_is_not_asked_once_more_at_its_end) {
    auto machine = leading(3, {1, 2, 3});
    EXPECT_EQ(machine.election({1, 2, 3, 4}),
              "OK; ask higher; timer probe_gap 500ms..3s; COORDINATOR 3 again; timer hold_down 100ms");
    EXPECT_EQ(machine.election({1, 2, 3, 4}), "OK");
    EXPECT_EQ(machine.expire(Timer::hold_down), "COORDINATOR 3 again; timer hold_down 100ms");
}

TEST(H, the_hold_down_of_a_lost_leadership_does_nothing) {
    auto machine = awaiting_answers(2, {1, 2, 3});
    machine.expire(Timer::answer);
    machine.election({1, 2, 3});
    machine.coordinator(3);
    EXPECT_EQ(machine.expire(Timer::hold_down), nothing);
    EXPECT_EQ(machine.phase(), Phase::following);

    auto again = joining(3);
    again.joined({1, 2, 3});
    const auto first = again.timer_round(Timer::hold_down);
    again.election({1, 2, 3});
    again.elect();
    EXPECT_EQ(again.expire(Timer::hold_down, first), nothing) << "the new victory has told them already";
    EXPECT_EQ(again.election({1, 2, 3}), "OK") << "its own hold-down is not over";
    EXPECT_EQ(again.expire(Timer::hold_down), "COORDINATOR 3 again; timer hold_down 100ms");

    auto told = joining(3);
    told.joined({1, 2, 3});
    told.election({1, 2, 3});
    told.elect();
    EXPECT_EQ(told.expire(Timer::hold_down), nothing) << "by the victory, not once more at its end";
}

TEST(H, a_recovery_ends_the_hold_down) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    machine.election({1, 2, 3});
    machine.feign();
    const auto before_failure = machine.timer_round(Timer::hold_down);
    machine.expire(Timer::feign);
    EXPECT_EQ(machine.expire(Timer::hold_down, before_failure), nothing);
    EXPECT_EQ(machine.expire(Timer::hold_down), nothing);
}

TEST(H, strict_has_none) {
    auto machine = joining(3, Mode::strict);
    EXPECT_EQ(machine.joined({1, 2, 3}), "leader 3; COORDINATOR 3");
    EXPECT_EQ(machine.election({1, 2, 3}), "OK; COORDINATOR 3");
}

}  // namespace
}  // namespace bully::test
