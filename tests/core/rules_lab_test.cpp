// The rules of the lab, lab 1 to 8 of core/README.md: what both modes do, unless said otherwise.
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

namespace bully::test {
namespace {

using Why = Unreachable::Why;
constexpr Mode both[] = {Mode::strict, Mode::robust};

TEST(Lab1, on_start_it_joins_and_then_elects_among_the_members_returned) {
    in_both_modes([](Mode mode) {
        Machine machine(2, mode_settings(mode));
        EXPECT_EQ(machine.start(), "JOIN");
        EXPECT_EQ(machine.phase(), Phase::joining);
        EXPECT_EQ(machine.joined({1, 2, 3}), "ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.phase(), Phase::awaiting_answers);
        EXPECT_EQ(machine.members(), group({1, 2, 3}));
    });
}

TEST(Lab1, a_started_process_is_not_started_twice) {
    auto machine = joining(2);
    EXPECT_EQ(machine.start(), nothing);
    machine.joined({1, 2, 3});
    EXPECT_EQ(machine.start(), nothing);
}

TEST(Lab1, a_coordinator_that_comes_before_the_join_is_answered_is_remembered) {
    auto machine = joining(2);
    EXPECT_EQ(machine.coordinator(3), "leader 3");
    EXPECT_EQ(machine.phase(), Phase::joining);
    EXPECT_EQ(machine.joined({1, 2, 3}), "ELECTION; timer answer 1.5s");
}

TEST(Lab2, an_election_asks_the_higher_members_only) {
    auto machine = awaiting_answers(2, {1, 2, 3, 4});
    // SendElection means all behind one's own position.
    EXPECT_EQ(machine.core().own_position(), 1U);
    EXPECT_EQ(machine.core().members().members()[1], member(2));
}

TEST(Lab2, without_a_higher_member_it_wins_at_once) {
    EXPECT_EQ(joining(3, Mode::strict).joined({1, 2, 3}), "leader 3; COORDINATOR 3");
    EXPECT_EQ(joining(3, Mode::robust).joined({1, 2, 3}), "leader 3; COORDINATOR 3; timer hold_down 100ms");
}

TEST(Lab2, of_two_with_the_same_days_the_greater_student_id_is_the_higher) {
    in_both_modes([](Mode mode) {
        for (const int difference : {-1, 1}) {
            const ProcessId other{2, pid(2).student_id + difference};
            auto machine = joining(2, mode);
            machine.joined(Membership{{member(2), {other, {"twin", 1}}}});
            EXPECT_EQ(machine.phase(), difference > 0 ? Phase::awaiting_answers : Phase::leading);
            EXPECT_EQ(machine.members().size(), 2U);
        }
    });
}

TEST(Lab2, days_decide_before_student_ids) {
    auto machine = joining(2);
    machine.joined(Membership{{member(2), {{1, 9'999'999}, {"many digits", 1}}}});
    EXPECT_EQ(machine.phase(), Phase::leading);
}

TEST(Lab2, elect_on_demand_asks_the_higher_members) {
    in_both_modes([](Mode mode) {
        EXPECT_EQ(following(2, {1, 2, 3}, 3, mode).elect(), "ELECTION; timer answer 1.5s");
        EXPECT_EQ(leading(3, {1, 2, 3}, mode).elect().substr(0, 13), "COORDINATOR 3");
        EXPECT_EQ(awaiting_answers(2, {1, 2, 3}, mode).elect(), nothing);
        EXPECT_EQ(awaiting_coordinator(2, {1, 2, 3}, 3, mode).elect(), nothing);
    });
}

TEST(Lab3, an_idle_process_answers_OK_before_its_own_elections) {
    in_both_modes([](Mode mode) {
        EXPECT_EQ(following(2, {1, 2, 3}, 3, mode).election({1, 2, 3}), "OK; ELECTION; timer answer 1.5s");
    });
    EXPECT_EQ(leading(2, {1, 2, 3}, Mode::strict).election({1, 2, 3}), "OK; ELECTION; timer answer 1.5s");
    EXPECT_EQ(leading(2, {1, 2, 3}).election({1, 2, 3}).substr(0, 14), "OK; ask higher");
}

TEST(Lab3, OK_goes_to_the_connection_that_asked) {
    for (const Mode mode : both) {
        auto machine = following(2, {1, 2, 3}, 3, mode);
        const auto members = group({1, 2, 3});
        machine.step(ElectionReceived{77, members});
        ASSERT_FALSE(machine.actions().empty());
        const auto* reply = std::get_if<Reply>(&machine.actions().front());
        ASSERT_NE(reply, nullptr);
        EXPECT_EQ(reply->reply_to, 77U);
        machine.step(ProbeReceived{78});
        EXPECT_EQ(std::get<Reply>(machine.actions().front()).reply_to, 78U);
    }
}

TEST(Lab3, while_electing_OK_is_all) {
    in_both_modes([](Mode mode) {
        EXPECT_EQ(awaiting_answers(2, {1, 2, 3}, mode).election({1, 2, 3}), "OK");
        EXPECT_EQ(awaiting_coordinator(2, {1, 2, 3}, 3, mode).election({1, 2, 3}), "OK");
    });
}

TEST(Lab3, while_joining_OK_is_all_for_the_election_follows) {
    in_both_modes([](Mode mode) {
        auto machine = joining(2, mode);
        EXPECT_EQ(machine.election({1, 2, 3}), "OK");
        EXPECT_EQ(machine.phase(), Phase::joining);
        EXPECT_EQ(machine.members(), group({1, 2, 3}));
    });
}

TEST(Lab3, the_members_of_an_election_are_merged_in_every_phase) {
    in_both_modes([](Mode mode) {
        auto idle = following(2, {2, 3}, 3, mode);
        auto asking = awaiting_answers(2, {2, 3}, mode);
        auto waiting = awaiting_coordinator(2, {2, 3}, 3, mode);
        auto leader = leading(3, {2, 3}, mode);
        for (auto* machine : {&idle, &asking, &waiting, &leader}) {
            machine->election({1, 4});
            EXPECT_EQ(machine->members(), group({1, 2, 3, 4}));
        }
        const bool asks = mode == Mode::strict ? leader.phase() == Phase::awaiting_answers : leader.asked_round() != 0;
        EXPECT_TRUE(asks) << "the new member as well";
    });
}

TEST(Lab3, a_strict_leader_asked_again_and_again_announces_each_time) {
    auto machine = leading(3, {1, 2, 3}, Mode::strict);
    EXPECT_EQ(machine.election({1, 2, 3}), "OK; COORDINATOR 3");
    EXPECT_EQ(machine.election({1, 2, 3}), "OK; COORDINATOR 3");
}

TEST(Lab4, OK_from_a_higher_process_is_awaiting_its_coordinator_for_T_coord) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3}, mode);
        EXPECT_EQ(machine.ok(3), "timer coordinator 4s");
        EXPECT_EQ(machine.phase(), Phase::awaiting_coordinator);
    });
}

TEST(Lab4, OK_from_a_lower_process_or_oneself_is_no_answer) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3}, mode);
        EXPECT_EQ(machine.ok(1), nothing);
        EXPECT_EQ(machine.ok(2), nothing);
        EXPECT_EQ(machine.phase(), Phase::awaiting_answers);
    });
}

TEST(Lab4, without_a_coordinator_it_elects_again_with_a_full_T_ok) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        const auto first_round = machine.request_round();
        EXPECT_EQ(machine.expire(Timer::coordinator), "ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.phase(), Phase::awaiting_answers);
        EXPECT_NE(machine.request_round(), first_round);
        EXPECT_EQ(machine.core().elections(), 2U);
    });
}

TEST(Lab4, after_an_OK_the_end_of_T_ok_is_no_victory) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        EXPECT_EQ(machine.expire(Timer::answer), nothing);
        EXPECT_EQ(machine.phase(), Phase::awaiting_coordinator);
    });
}

TEST(Lab5, without_an_OK_within_T_ok_it_wins_and_announces_itself_once) {
    const std::string victory = "leader 2; COORDINATOR 2";
    EXPECT_EQ(awaiting_answers(2, {1, 2, 3}, Mode::strict).expire(Timer::answer), victory);
    EXPECT_EQ(awaiting_answers(2, {1, 2, 3}, Mode::robust).expire(Timer::answer),
              victory + "; timer hold_down 100ms; timer probe_gap 500ms..3s");
}

TEST(Lab5, it_announces_although_higher_members_are_known) {
    // COORDINATOR goes to all others, so the action must come whoever they are; the executor expands it.
    for (const auto& members : {group({2, 3}), group({1, 2, 3}), group({2, 3, 4})}) {
        auto machine = joining(2);
        machine.joined(members);
        machine.expire(Timer::answer);
        EXPECT_NE(machine.announced_round(), 0U);
    }
}

TEST(Lab5, the_announcement_carries_the_round_of_the_election_that_was_won) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3}, mode);
        machine.expire(Timer::answer);
        EXPECT_EQ(machine.announced_round(), machine.request_round());
        EXPECT_EQ(machine.core().victories(), 1U);
    });
}

TEST(Lab5, when_all_have_refused_it_wins_at_once) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3, 4}, mode);
        EXPECT_EQ(machine.refused(3), nothing);
        EXPECT_EQ(machine.phase(), Phase::awaiting_answers);
        EXPECT_EQ(machine.refused(4).substr(0, 23), "leader 2; COORDINATOR 2");
        EXPECT_EQ(machine.phase(), Phase::leading);
    });
}

TEST(Lab6, a_coordinator_ends_the_election_in_progress) {
    in_both_modes([](Mode mode) {
        auto asking = awaiting_answers(2, {1, 2, 3}, mode);
        auto waiting = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        for (auto* machine : {&asking, &waiting}) {
            EXPECT_EQ(machine->coordinator(3), "leader 3; timer probe_gap 500ms..3s");
            EXPECT_EQ(machine->phase(), Phase::following);
            EXPECT_EQ(machine->expire(Timer::answer), nothing);
            EXPECT_EQ(machine->expire(Timer::coordinator), nothing);
            EXPECT_EQ(machine->phase(), Phase::following);
        }
    });
}

TEST(Lab6, an_idle_process_follows_a_new_higher_leader) {
    in_both_modes([](Mode mode) {
        EXPECT_EQ(following(1, {1, 2, 3}, 2, mode).coordinator(3), "leader 3; timer probe_gap 500ms..3s");
        EXPECT_EQ(leading(2, {1, 2, 3}, mode).coordinator(3), "leader 3; timer probe_gap 500ms..3s");
    });
}

TEST(Lab7, a_follower_probes_its_leader_after_a_gap_and_again_after_each_answer) {
    in_both_modes([](Mode mode) {
        auto machine = following(1, {1, 2, 3}, 3, mode);
        EXPECT_EQ(text(machine.actions()), "timer probe_gap 500ms..3s");
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 3; timer probe_timeout 1.5s");
            EXPECT_EQ(machine.ok(3), "timer probe_gap 500ms..3s");
        }
    });
}

TEST(Lab7, a_probe_is_answered_OK_by_a_leader_and_by_one_that_elects_or_joins) {
    in_both_modes([](Mode mode) {
        EXPECT_EQ(leading(3, {1, 2, 3}, mode).probe(), "OK");
        EXPECT_EQ(awaiting_answers(2, {1, 2, 3}, mode).probe(), "OK");
        EXPECT_EQ(awaiting_coordinator(2, {1, 2, 3}, 3, mode).probe(), "OK");
        EXPECT_EQ(joining(2, mode).probe(), "OK");
    });
}

TEST(Lab7, a_probe_fails_by_refusal_reset_or_silence_and_then_it_joins_again) {
    in_both_modes([](Mode mode) {
        EXPECT_EQ(probing(1, {1, 2, 3}, 3, mode).refused(3), "JOIN");
        EXPECT_EQ(probing(1, {1, 2, 3}, 3, mode).unreachable(3, Why::reset), "JOIN");
        EXPECT_EQ(probing(1, {1, 2, 3}, 3, mode).unreachable(3, Why::given_up), "JOIN");
        EXPECT_EQ(probing(1, {1, 2, 3}, 3, mode).expire(Timer::probe_timeout), "JOIN");
    });
}

TEST(Lab7, after_the_second_join_it_elects_once_with_the_newest_members) {
    in_both_modes([](Mode mode) {
        auto machine = probing(1, {1, 2, 3}, 3, mode);
        machine.expire(Timer::probe_timeout);
        const auto round = machine.join_round();
        EXPECT_EQ(machine.joined({1, 2, 3, 4}), "ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.members(), group({1, 2, 3, 4}));
        EXPECT_EQ(machine.joined(group({1, 2, 3, 4}), round), nothing);
        EXPECT_EQ(machine.core().elections(), 1U);
    });
}

TEST(Lab7, it_also_elects_when_the_daemon_cannot_be_reached) {
    in_both_modes([](Mode mode) {
        auto machine = probing(1, {1, 2, 3}, 3, mode);
        machine.refused(3);
        EXPECT_EQ(machine.join_failed(), "warn join_unreachable; ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.core().elections(), 1U);
    });
}

TEST(Lab7, an_election_that_comes_while_joining_again_takes_the_place_of_ones_own) {
    in_both_modes([](Mode mode) {
        auto machine = probing(1, {1, 2, 3}, 3, mode);
        machine.refused(3);
        EXPECT_EQ(machine.election({1, 2, 3}), "OK; ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.joined({1, 2, 3}), nothing);
        EXPECT_EQ(machine.core().elections(), 1U);
    });
}

TEST(Lab7, without_probing_nobody_is_probed) {
    for (const Mode mode : both) {
        auto settings = mode_settings(mode);
        settings.probing = false;
        Machine machine(1, {1, 2, 3}, 3, settings);
        EXPECT_EQ(text(machine.actions()), nothing);
        EXPECT_EQ(machine.coordinator(3), nothing);
        EXPECT_EQ(text(Machine(2, {1, 2, 3}, 2, settings).actions()), nothing);
    }
}

class Lab8 : public testing::TestWithParam<Mode> {
  protected:
    Settings feigning() const {
        auto settings = mode_settings(GetParam());
        settings.feign = FeignPlan{};
        return settings;
    }
    // Robust: some may have joined meanwhile.
    std::string asks_daemon() const { return GetParam() == Mode::robust ? "JOIN; " : ""; }
};
INSTANTIATE_TEST_SUITE_P(Modes, Lab8, testing::ValuesIn(both),
                         [](const auto& mode) { return std::string(to_string(mode.param)); });

TEST_P(Lab8, a_failure_is_feigned_after_0_to_10_s_for_1_to_4_s_and_again_after_the_recovery) {
    Machine machine(1, {1, 2, 3}, 3, feigning());
    EXPECT_EQ(text(machine.actions()), "timer probe_gap 500ms..3s; timer feign 0s..10s");
    EXPECT_EQ(machine.expire(Timer::feign), "stop listening; timer feign 1s..4s");
    EXPECT_EQ(machine.phase(), Phase::failed);
    EXPECT_EQ(machine.expire(Timer::feign),
              "listen; leader none; ELECTION; timer answer 1.5s; " + asks_daemon() + "timer feign 0s..10s");
    EXPECT_EQ(machine.expire(Timer::feign), "stop listening; timer feign 1s..4s");
}

TEST_P(Lab8, a_joining_process_begins_to_feign_once_it_is_in_the_group) {
    Machine machine(1, feigning());
    EXPECT_EQ(machine.start(), "JOIN");
    EXPECT_EQ(machine.joined({1, 2}), "timer feign 0s..10s; ELECTION; timer answer 1.5s");
}

TEST_P(Lab8, a_failure_on_demand_lasts_as_long_as_demanded_from_every_live_phase) {
    const auto mode = GetParam();
    const std::string expected = "stop listening; timer feign 2s";
    EXPECT_EQ(following(1, {1, 2, 3}, 3, mode).feign(), expected);
    EXPECT_EQ(leading(3, {1, 2, 3}, mode).feign(), expected);
    EXPECT_EQ(awaiting_answers(1, {1, 2, 3}, mode).feign(), expected);
    EXPECT_EQ(awaiting_coordinator(1, {1, 2, 3}, 3, mode).feign(), expected);
    EXPECT_EQ(failed(1, {1, 2, 3}, 3, mode).feign(), nothing);
}

TEST_P(Lab8, while_down_nothing_is_sent_and_no_timer_acts) {
    Machine machine(1, {1, 2, 3}, 3, feigning());
    machine.expire(Timer::probe_gap);
    const auto old_feign = machine.timer_round(Timer::feign);
    machine.feign();
    const auto before = machine.view();
    EXPECT_EQ(before.watch, Watch::nothing);
    EXPECT_NE(before.round, machine.request_round()) << "the PROBE that was open is void";
    EXPECT_EQ(machine.election({1, 2, 3, 4}), nothing);
    EXPECT_EQ(machine.probe(), nothing);
    EXPECT_EQ(machine.coordinator(3), nothing);
    EXPECT_EQ(machine.ok(3), nothing);
    EXPECT_EQ(machine.refused(3), nothing);
    EXPECT_EQ(machine.elect(), nothing);
    EXPECT_EQ(machine.expire(Timer::probe_gap), nothing);
    EXPECT_EQ(machine.expire(Timer::probe_timeout), nothing);
    EXPECT_EQ(machine.expire(Timer::feign, old_feign), nothing);
    EXPECT_EQ(machine.view(), before);
    EXPECT_EQ(machine.members(), group({1, 2, 3}));
}

TEST_P(Lab8, no_timer_or_answer_from_before_the_failure_acts_after_it) {
    auto machine = awaiting_answers(1, {1, 2, 3}, GetParam());
    const auto round = machine.request_round();
    const auto old_timer = machine.timer_round(Timer::answer);
    machine.feign();
    EXPECT_EQ(machine.expire(Timer::answer, old_timer), nothing);
    machine.expire(Timer::feign);
    ASSERT_EQ(machine.phase(), Phase::awaiting_answers);
    EXPECT_EQ(machine.expire(Timer::answer, old_timer), nothing);
    EXPECT_EQ(machine.ok(3, round), nothing);
    EXPECT_EQ(machine.unreachable(2, Why::refused, round), nothing);
    EXPECT_EQ(machine.unreachable(3, Why::refused, round), nothing);
    EXPECT_EQ(machine.phase(), Phase::awaiting_answers);
}

TEST_P(Lab8, recovered_it_has_forgotten_the_leader_kept_the_members_and_elects) {
    auto machine = failed(1, {1, 2, 3}, 3, GetParam());
    EXPECT_EQ(machine.expire(Timer::feign).substr(0, 48), "listen; leader none; ELECTION; timer answer 1.5s");
    EXPECT_EQ(machine.leader(), std::nullopt);
    EXPECT_EQ(machine.members(), group({1, 2, 3}));
}

TEST_P(Lab8, a_robust_process_that_recovers_asks_who_has_joined_meanwhile) {
    auto machine = failed(3, {1, 2, 3}, 3, GetParam());
    machine.expire(Timer::feign);
    const bool asked = text(machine.actions()).ends_with("; JOIN");
    EXPECT_EQ(asked, GetParam() == Mode::robust);
    if (asked) {
        EXPECT_EQ(machine.joined({1, 2, 3, 4}), "ask higher; timer probe_gap 500ms..3s");
    }
}

TEST_P(Lab8, the_highest_wins_as_it_recovers_and_says_so) {
    auto machine = failed(3, {1, 2, 3}, 3, GetParam());
    EXPECT_EQ(machine.expire(Timer::feign).substr(0, 46),
              "listen; leader none; leader 3; COORDINATOR 3" + std::string(GetParam() == Mode::robust ? "; " : ""));
}

TEST_P(Lab8, without_a_plan_it_does_not_fail_again_by_itself) {
    auto machine = failed(1, {1, 2, 3}, 3, GetParam());
    machine.expire(Timer::feign);
    EXPECT_EQ(machine.expire(Timer::feign), nothing);
    EXPECT_EQ(machine.expire(Timer::feign, 0), nothing) << "0 is the round of no timer";
}

}  // namespace
}  // namespace bully::test
