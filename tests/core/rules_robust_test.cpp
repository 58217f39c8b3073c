// R1 to R7 and the hold-down H of algorithm.md section 2: what mode robust adds, and that strict goes
// without.
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

namespace bully::test {
namespace {

using Why = Unreachable::Why;

TEST(R1, an_idle_process_answers_a_lower_coordinator_with_an_election) {
    EXPECT_EQ(following(2, {1, 2, 3}, 3).coordinator(1), "ELECTION; timer answer 1.5s");
    EXPECT_EQ(leading(3, {1, 2, 3}).coordinator(1), "COORDINATOR 3; timer hold_down 100ms");
    EXPECT_EQ(leading(2, {1, 2, 3}).coordinator(1), "ELECTION; timer answer 1.5s");
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
        EXPECT_EQ(machine.joined({1, 2, 3, 4}), "ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.core().elections(), 1U);
    }
}

TEST(R1, a_lower_stranger_is_contradicted_also_if_the_daemon_cannot_be_reached) {
    auto machine = leading(3, {2, 3});
    EXPECT_EQ(machine.coordinator(1), "JOIN");
    EXPECT_EQ(machine.join_failed(), "warn join_unreachable; COORDINATOR 3; timer hold_down 100ms");
}

TEST(R2, a_follower_that_is_probed_answers_OK_and_elects) {
    EXPECT_EQ(following(2, {1, 2, 3}, 3).probe(), "OK; ELECTION; timer answer 1.5s");
}

TEST(R2, strict_answers_OK_and_leaves_the_prober_misled) {
    auto machine = following(2, {1, 2, 3}, 3, Mode::strict);
    EXPECT_EQ(machine.probe(), "OK");
    EXPECT_EQ(machine.phase(), Phase::following);
}

TEST(R3, a_leader_probes_the_higher_members_in_turn_at_the_normal_gap) {
    auto machine = leading(2, {1, 2, 3, 4});
    EXPECT_EQ(text(machine.actions()), "timer probe_gap 500ms..3s");
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 3; timer probe_timeout 1.5s");
        EXPECT_EQ(machine.refused(3), "timer probe_gap 500ms..3s");
        EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 4; timer probe_timeout 1.5s");
        EXPECT_EQ(machine.expire(Timer::probe_timeout), "timer probe_gap 500ms..3s");
    }
    EXPECT_EQ(machine.phase(), Phase::leading);
    EXPECT_EQ(machine.core().elections(), 0U);
}

TEST(R3, a_higher_member_that_answers_is_asked_in_an_election) {
    auto machine = leading(2, {1, 2, 3, 4});
    machine.expire(Timer::probe_gap);
    EXPECT_EQ(machine.ok(3), "ELECTION; timer answer 1.5s");
}

TEST(R3, the_highest_leader_probes_nobody) { EXPECT_EQ(text(leading(3, {1, 2, 3}).actions()), nothing); }

TEST(R3, a_join_that_brings_nothing_new_leaves_the_watch_alone) {
    auto machine = leading(2, {1, 2, 3});
    EXPECT_EQ(machine.joined(group({1, 2, 3}), 0), nothing) << "one gap at a time";
    EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 3; timer probe_timeout 1.5s");
    EXPECT_EQ(machine.joined(group({1, 2, 3}), 0), nothing) << "nor while a PROBE is open";
}

TEST(R3, strict_leaders_watch_nobody) {
    EXPECT_EQ(text(leading(2, {1, 2, 3}, Mode::strict).actions()), nothing);
    auto machine = awaiting_answers(2, {1, 2, 3}, Mode::strict);
    EXPECT_EQ(machine.expire(Timer::answer), "leader 2; COORDINATOR 2");
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

// A PROBE of leader 3 meets silence, and the election that follows brings back 3. Returns what that did.
std::string silence_and_return(Machine& machine) {
    machine.expire(Timer::probe_gap);
    machine.expire(Timer::probe_timeout);
    machine.joined({1, 2, 3});
    machine.ok(3);
    return machine.coordinator(3);
}

TEST(R7, the_gap_to_a_leader_that_elects_but_never_answers_a_probe_doubles_up_to_a_minute) {
    auto machine = following(1, {1, 2, 3}, 3);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 1s..6s");
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 2s..12s");
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 4s..24s");
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 8s..48s");
    for (int i = 0; i < 40; ++i) silence_and_return(machine);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 16s..60s");
}

TEST(R7, a_connection_given_up_is_silence_too) {
    auto machine = following(1, {1, 2, 3}, 3);
    machine.expire(Timer::probe_gap);
    machine.unreachable(3, Why::given_up);
    machine.joined({1, 2, 3});
    EXPECT_EQ(machine.coordinator(3), "timer probe_gap 1s..6s");
}

TEST(R7, a_refusal_or_reset_is_a_failure_and_doubles_nothing) {
    for (const Why why : {Why::refused, Why::reset}) {
        auto machine = following(1, {1, 2, 3}, 3);
        machine.expire(Timer::probe_gap);
        machine.unreachable(3, why);
        machine.joined({1, 2, 3});
        EXPECT_EQ(machine.coordinator(3), "timer probe_gap 500ms..3s");
    }
}

TEST(R7, a_repeated_coordinator_doubles_only_once) {
    auto machine = following(1, {1, 2, 3}, 3);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 1s..6s");
    EXPECT_EQ(machine.coordinator(3), "timer probe_gap 1s..6s");
}

TEST(R7, an_answer_resets_the_gap_for_as_long_as_this_leader_leads) {
    auto machine = following(1, {1, 2, 3}, 3);
    silence_and_return(machine);
    machine.expire(Timer::probe_gap);
    EXPECT_EQ(machine.ok(3), "timer probe_gap 500ms..3s");
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 500ms..3s") << "it has answered once";
}

TEST(R7, another_leader_resets_the_gap) {
    auto machine = following(1, {1, 2, 3}, 3);
    silence_and_return(machine);
    EXPECT_EQ(machine.coordinator(2), "leader 2; timer probe_gap 500ms..3s");
    EXPECT_EQ(machine.coordinator(3), "leader 3; timer probe_gap 500ms..3s");
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 1s..6s");
}

TEST(R7, the_answers_of_another_leader_are_no_answers_of_this_one) {
    auto machine = probing(1, {1, 2, 3}, 2);
    machine.ok(2);
    machine.coordinator(3);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 1s..6s");
}

TEST(R7, a_victory_of_ones_own_or_a_recovery_resets_the_gap) {
    auto winner = following(1, {1, 2, 3}, 3);
    silence_and_return(winner);
    winner.expire(Timer::probe_gap);
    winner.expire(Timer::probe_timeout);
    winner.joined({1, 2, 3});
    winner.expire(Timer::answer);
    ASSERT_EQ(winner.phase(), Phase::leading);
    EXPECT_EQ(winner.coordinator(3), "leader 3; timer probe_gap 500ms..3s");

    auto recovered = following(1, {1, 2, 3}, 3);
    silence_and_return(recovered);
    recovered.feign();
    recovered.expire(Timer::feign);
    EXPECT_EQ(recovered.coordinator(3), "leader 3; timer probe_gap 500ms..3s");
}

TEST(R7, a_gap_configured_longer_than_the_limit_is_kept) {
    auto settings = mode_settings(Mode::robust);
    settings.timing.probe_gap = {std::chrono::seconds(80), std::chrono::seconds(90)};
    Machine machine(1, {1, 2, 3}, 3, settings);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 80s..90s");
}

TEST(R7, strict_keeps_the_gap) {
    auto machine = following(1, {1, 2, 3}, 3, Mode::strict);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 500ms..3s");
}

TEST(H, elections_within_the_hold_down_are_answered_and_get_one_announcement_at_its_end) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    const auto won = machine.announced_round();
    EXPECT_EQ(machine.election({1, 2, 3}), "OK");
    EXPECT_EQ(machine.election({1, 2, 3}), "OK");
    EXPECT_EQ(machine.phase(), Phase::leading);
    EXPECT_EQ(machine.expire(Timer::hold_down), "COORDINATOR 3; timer hold_down 100ms");
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
    EXPECT_EQ(machine.expire(Timer::hold_down), "COORDINATOR 3; timer hold_down 100ms");
}

TEST(H, an_election_after_the_hold_down_is_answered_by_an_election) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    EXPECT_EQ(machine.expire(Timer::hold_down), nothing);
    EXPECT_EQ(machine.election({1, 2, 3}), "OK; COORDINATOR 3; timer hold_down 100ms");
}

TEST(H, a_higher_member_learned_of_within_the_hold_down_is_asked_at_its_end) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    EXPECT_EQ(machine.election({1, 2, 3, 4}), "OK");
    EXPECT_EQ(machine.expire(Timer::hold_down), "ELECTION; timer answer 1.5s");
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
    EXPECT_EQ(again.expire(Timer::hold_down), "COORDINATOR 3; timer hold_down 100ms");

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
