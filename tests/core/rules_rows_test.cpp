// Rows 6 to 21 of core/README.md: what the rules of the lab leave open, answered alike in both modes. Row 18 is
// in rules_strangers_test.cpp.
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace bully::test {
namespace {

using Kind = JoinFailed::Kind;
using Why = Unreachable::Why;

TEST(Row6, a_late_OK_after_a_victory_is_ignored) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3}, mode);
        machine.expire(Timer::answer);
        const auto before = machine.view();
        EXPECT_EQ(machine.ok(3), nothing);
        EXPECT_EQ(machine.view(), before);
    });
}

TEST(Row6, an_OK_timer_or_refusal_of_an_earlier_election_is_ignored) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        const auto round = machine.request_round();
        machine.expire(Timer::coordinator);
        const auto before = machine.view();
        EXPECT_EQ(machine.ok(3, round), nothing);
        EXPECT_EQ(machine.unreachable(3, Why::refused, round), nothing);
        EXPECT_EQ(machine.expire(Timer::answer, round), nothing);
        EXPECT_EQ(machine.expire(Timer::coordinator, round), nothing);
        EXPECT_EQ(machine.view(), before);
    });
}

TEST(Row6, an_answer_timeout_or_refusal_of_an_earlier_probe_is_ignored) {
    in_both_modes([](Mode mode) {
        auto machine = probing(1, {1, 2, 3}, 3, mode);
        const auto round = machine.request_round();
        machine.ok(3);
        const auto waiting = machine.view();
        EXPECT_EQ(machine.ok(3, round), nothing) << "twice";
        EXPECT_EQ(machine.expire(Timer::probe_timeout, round), nothing);
        EXPECT_EQ(machine.refused(3), nothing);
        EXPECT_EQ(machine.view(), waiting);

        machine.expire(Timer::probe_gap);
        const auto probing_again = machine.view();
        EXPECT_EQ(machine.ok(3, round), nothing);
        EXPECT_EQ(machine.expire(Timer::probe_timeout, round), nothing);
        EXPECT_EQ(machine.unreachable(3, Why::refused, round), nothing);
        EXPECT_EQ(machine.view(), probing_again);
    });
}

TEST(Row6, what_comes_after_a_failed_probe_does_not_save_the_leader) {
    in_both_modes([](Mode mode) {
        auto machine = probing(1, {1, 2, 3}, 3, mode);
        machine.expire(Timer::probe_timeout);
        EXPECT_EQ(machine.ok(3), nothing);
        EXPECT_EQ(machine.joined({1, 2, 3}), "ELECTION; timer answer 1.5s");
    });
}

TEST(Row6, an_earlier_join_starts_no_election) {
    in_both_modes([](Mode mode) {
        auto machine = probing(1, {1, 2, 3}, 3, mode);
        machine.refused(3);
        const auto earlier = machine.join_round();
        machine.election({1, 2, 3});
        machine.coordinator(3);
        machine.expire(Timer::probe_gap);
        machine.refused(3);
        EXPECT_EQ(machine.joined(group({1, 2, 3}), earlier), nothing);
        EXPECT_EQ(machine.joined({1, 2, 3}), "ELECTION; timer answer 1.5s");
    });
}

TEST(Row6, each_thing_waited_for_has_a_round_of_its_own) {
    in_both_modes([](Mode mode) {
        auto winner = awaiting_answers(2, {2}, mode);
        EXPECT_NE(winner.view().round, winner.join_round());
        auto leader = awaiting_answers(2, {1, 2, 3}, mode);
        leader.expire(Timer::answer);
        EXPECT_NE(leader.view().round, leader.request_round());
        auto highest = following(3, {1, 2, 3}, 2, mode);
        highest.elect();
        EXPECT_NE(highest.view().round, highest.announced_round());
        auto prober = probing(1, {1, 2, 3}, 3, mode);
        EXPECT_NE(prober.request_round(), prober.timer_round(Timer::probe_gap));
        prober.refused(3);
        EXPECT_NE(prober.join_round(), prober.request_round());
    });
}

TEST(Row6, no_round_is_used_twice_not_even_by_the_next_life) {
    const auto settings = mode_settings(Mode::robust);
    Actions actions;
    Election first(member(2), settings);
    first.step(Start{}, actions);
    Election second(member(2), settings, first.last_round());
    second.step(Start{}, actions);
    EXPECT_LT(std::get<Join>(actions.front()).round, std::get<Join>(actions.back()).round);
}

TEST(Row7, a_second_OK_moves_no_deadline) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_coordinator(1, {1, 2, 3}, 2, mode);
        EXPECT_EQ(machine.ok(3), nothing);
        EXPECT_EQ(machine.ok(2), nothing);
        EXPECT_EQ(machine.expire(Timer::coordinator), "ELECTION; timer answer 1.5s");
    });
}

TEST(Row7, an_election_while_electing_moves_no_deadline) {
    in_both_modes([](Mode mode) {
        auto asking = awaiting_answers(2, {1, 2, 3}, mode);
        EXPECT_EQ(asking.election({1, 2, 3}), "OK");
        EXPECT_EQ(asking.expire(Timer::answer).substr(0, 23), "leader 2; COORDINATOR 2");
        auto waiting = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        EXPECT_EQ(waiting.election({1, 2, 3}), "OK");
        EXPECT_EQ(waiting.expire(Timer::coordinator), "ELECTION; timer answer 1.5s");
    });
}

TEST(Row8, a_probe_that_is_only_accepted_has_failed_at_T_p) {
    // Connections aren't events: only an OK is an answer, whatever the kernel's backlog accepts.
    EXPECT_EQ(probing(1, {1, 2, 3}, 3).expire(Timer::probe_timeout), "JOIN");
    EXPECT_EQ(awaiting_answers(1, {1, 2}).expire(Timer::answer).substr(0, 8), "leader 1");
}

TEST(Row9, a_reset_counts_as_a_refusal) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3, 4}, mode);
        machine.unreachable(3, Why::reset);
        EXPECT_EQ(machine.unreachable(4, Why::refused).substr(0, 8), "leader 2");
    });
}

TEST(Row9, if_any_is_silent_it_waits_for_T_ok) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3, 4}, mode);
        EXPECT_EQ(machine.refused(3), nothing);
        EXPECT_EQ(machine.unreachable(4, Why::given_up), nothing) << "silence, not a refusal";
        EXPECT_EQ(machine.phase(), Phase::awaiting_answers);
        EXPECT_EQ(machine.expire(Timer::answer).substr(0, 8), "leader 2");
    });
}

TEST(Row9, refusals_after_an_OK_change_nothing) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_coordinator(1, {1, 2, 3}, 3, mode);
        EXPECT_EQ(machine.refused(2), nothing);
        EXPECT_EQ(machine.phase(), Phase::awaiting_coordinator);
    });
}

TEST(Row9, the_refusals_of_an_earlier_election_are_not_counted_in_the_next) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(1, {1, 2, 3}, mode);
        machine.refused(2);
        machine.ok(3);
        machine.expire(Timer::coordinator);
        EXPECT_EQ(machine.refused(3), nothing);
        EXPECT_EQ(machine.phase(), Phase::awaiting_answers);
    });
}

TEST(Row10, a_T_coord_that_cannot_be_long_enough_is_warned_of_at_the_start) {
    in_both_modes([](Mode mode) {
        auto settings = mode_settings(mode);
        const auto least =
            settings.timing.answer_timeout + (mode == Mode::robust ? settings.timing.hold_down : Duration::zero());
        settings.timing.coordinator_timeout = least;
        EXPECT_EQ(Machine(2, settings).start(), "warn coordinator_timeout_short; JOIN");
        settings.timing.coordinator_timeout = least + Duration(1);
        EXPECT_EQ(Machine(2, settings).start(), "JOIN");
    });
}

TEST(Row11, the_own_address_is_kept_and_the_daemon_listing_another_is_warned_of) {
    in_both_modes([](Mode mode) {
        auto machine = joining(2, mode);
        const Membership listed{{member(1), {pid(2), {"elsewhere", 9}}, member(3)}};
        EXPECT_EQ(machine.joined(listed), "warn duplicate_identity_listed; ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.members(), group({1, 2, 3}));
        EXPECT_EQ(std::get<Warn>(machine.actions().front()).about, pid(2));
    });
}

TEST(Row11, a_peer_listing_another_own_address_changes_nothing_and_is_not_worth_a_word) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3}, mode);
        EXPECT_EQ(machine.election(Membership{{{pid(2), {"elsewhere", 9}}, member(3)}}), "OK");
        EXPECT_EQ(machine.members(), group({1, 2, 3}));
        EXPECT_EQ(machine.election(Membership{{member(1), {pid(2), {"elsewhere", 9}}, member(3), member(4)}}), "OK");
        EXPECT_EQ(machine.members(), group({1, 2, 3, 4}));
    });
}

TEST(Row12, the_daemons_answer_changes_a_known_address) {
    in_both_modes([](Mode mode) {
        const Member moved{pid(3), {"moved", 9}};
        auto machine = probing(2, {1, 2, 3}, 3, mode);
        machine.refused(3);
        machine.joined(Membership{{member(1), member(2), moved}});
        EXPECT_EQ(machine.members().members()[2], moved);
    });
}

TEST(Row12, a_peers_list_never_changes_a_known_address) {
    in_both_modes([](Mode mode) {
        const Membership claimed{{member(1), member(2), {pid(3), {"moved", 9}}, member(4)}};
        auto machine = awaiting_answers(2, {1, 2, 3}, mode);
        machine.election(claimed);
        EXPECT_EQ(machine.members(), group({1, 2, 3, 4}));
    });
}

TEST(Row12, on_an_address_that_a_peer_lists_differently_the_daemon_is_asked) {
    in_both_modes([](Mode mode) {
        const Member moved{pid(3), {"moved", 9}};
        const Membership claimed{{member(1), member(2), moved}};
        auto asking = awaiting_answers(2, {1, 2, 3}, mode);
        EXPECT_EQ(asking.election(claimed), "OK; JOIN");
        EXPECT_EQ(asking.joined(claimed), nothing);
        EXPECT_EQ(asking.members(), claimed);
        EXPECT_EQ(asking.election(claimed), "OK");
        auto waiting = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        EXPECT_EQ(waiting.election(claimed), "OK; JOIN");
        EXPECT_EQ(waiting.phase(), Phase::awaiting_coordinator);
        EXPECT_EQ(following(2, {1, 2, 3}, 3, mode).election(claimed), "OK; JOIN; ELECTION; timer answer 1.5s");
    });
}

TEST(Row12, the_own_address_is_nothing_to_ask_the_daemon_about) {
    auto machine = awaiting_answers(2, {1, 2, 3});
    EXPECT_EQ(machine.election(Membership{{{pid(2), {"elsewhere", 9}}, member(3)}}), "OK");
}

TEST(Row13, one_that_refused_stays_a_member) {
    in_both_modes([](Mode mode) {
        auto machine = awaiting_answers(2, {1, 2, 3}, mode);
        machine.refused(3);
        EXPECT_EQ(machine.members(), group({1, 2, 3}));
        ASSERT_EQ(machine.phase(), Phase::leading);
        EXPECT_EQ(machine.elect(), "ELECTION; timer answer 1.5s") << "and is asked again";
    });
}

TEST(Row13, a_shorter_list_of_the_daemon_removes_nobody) {
    in_both_modes([](Mode mode) {
        auto machine = probing(2, {1, 2, 3}, 3, mode);
        machine.refused(3);
        machine.joined({2, 4});
        EXPECT_EQ(machine.members(), group({1, 2, 3, 4}));
    });
}

TEST(Row13, the_answer_of_an_earlier_join_still_brings_members) {
    in_both_modes([](Mode mode) {
        auto asking = awaiting_answers(2, {1, 2, 3}, mode);
        EXPECT_EQ(asking.joined({1, 2, 3, 4}), nothing);
        EXPECT_EQ(asking.members(), group({1, 2, 3, 4}));
        auto waiting = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        EXPECT_EQ(waiting.joined({1, 2, 3, 4}), nothing);
        EXPECT_EQ(waiting.members(), group({1, 2, 3, 4}));
    });
}

TEST(Row13, a_robust_leader_asks_and_tells_those_who_are_new_to_it) {
    // They joined while it was down, and neither side has a higher member to PROBE.
    auto highest = leading(3, {1, 3});
    EXPECT_EQ(highest.joined(group({1, 2, 3}), no_round), "COORDINATOR 3 again; timer hold_down 100ms");
    auto outranked = leading(3, {1, 3});
    EXPECT_EQ(outranked.joined(group({1, 3, 4}), no_round), "ask higher; timer probe_gap 500ms..3s")
        << "if that one leads, it is for it to tell the others";
    auto on_both_sides = leading(3, {1, 3});
    EXPECT_EQ(on_both_sides.joined(group({1, 2, 3, 4}), no_round),
              "ask higher; timer probe_gap 500ms..3s; COORDINATOR 3 again; timer hold_down 100ms");
    auto told_already = leading(3, {1, 2, 3});
    EXPECT_EQ(told_already.joined(group({1, 2, 3}), 0), nothing);
    auto strict = leading(3, {1, 3}, Mode::strict);
    EXPECT_EQ(strict.joined(group({1, 2, 3, 4}), 0), nothing);
    EXPECT_EQ(strict.members(), group({1, 2, 3, 4}));
}

TEST(Row14, a_coordinator_with_the_own_pid_is_ignored_but_warned_of) {
    in_both_modes([](Mode mode) {
        auto follower = following(2, {1, 2, 3}, 3, mode);
        auto leader = leading(2, {1, 2}, mode);
        auto asking = awaiting_answers(2, {1, 2, 3}, mode);
        auto waiting = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        auto starting = joining(2, mode);
        for (auto* machine : {&follower, &leader, &asking, &waiting, &starting}) {
            const auto before = machine->view();
            EXPECT_EQ(machine->coordinator(2), "warn duplicate_identity_claimed");
            EXPECT_EQ(machine->view(), before);
        }
    });
}

TEST(Row15, at_start_an_unreachable_daemon_is_tried_again_with_back_off_and_then_given_up) {
    in_both_modes([](Mode mode) {
        auto machine = joining(2, mode);
        for (const auto* pause : {"500ms", "1s", "2s", "4s", "8s", "8s", "8s"}) {
            EXPECT_EQ(machine.join_failed(), "timer join_retry " + std::string(pause));
            EXPECT_EQ(machine.expire(Timer::join_retry), "JOIN");
        }
        EXPECT_EQ(machine.join_failed(Kind::unreachable, "connection refused"), "give up");
        EXPECT_EQ(machine.phase(), Phase::down);
        EXPECT_EQ(std::get<GiveUp>(machine.actions().front()).kind, Kind::unreachable);
    });
}

TEST(Row15, a_process_that_gave_up_can_be_started_again_with_all_its_attempts) {
    auto machine = joining(2);
    machine.join_failed(Kind::rejected);
    EXPECT_EQ(machine.start(), "JOIN");
    EXPECT_EQ(machine.join_failed(), "timer join_retry 500ms");
}

TEST(Row15, many_attempts_are_counted_right) {
    auto settings = mode_settings(Mode::robust);
    settings.timing.join_attempts = 300;
    Machine machine(2, settings);
    machine.start();
    for (int i = 1; i < 300; ++i) {
        ASSERT_EQ(machine.join_failed().substr(0, 16), "timer join_retry") << i;
        machine.expire(Timer::join_retry);
    }
    EXPECT_EQ(machine.join_failed(), "give up");
}

TEST(Row15, the_outcome_of_an_earlier_attempt_is_ignored) {
    auto machine = joining(2);
    const auto earlier = machine.join_round();
    machine.join_failed();
    machine.expire(Timer::join_retry);
    EXPECT_EQ(machine.joined(group({1, 2, 3}), earlier), nothing);
    EXPECT_EQ(machine.step(JoinFailed{Kind::rejected, {}, earlier}), nothing);
    EXPECT_EQ(machine.phase(), Phase::joining);
}

TEST(Row16, at_start_the_daemons_error_text_is_the_programs_error) {
    in_both_modes([](Mode mode) {
        auto machine = joining(2, mode);
        EXPECT_EQ(machine.join_failed(Kind::rejected, "bad student id"), "give up");
        EXPECT_EQ(std::get<GiveUp>(machine.actions().front()).kind, Kind::rejected);
        EXPECT_EQ(machine.phase(), Phase::down);
    });
}

TEST(Row16, on_a_second_join_it_is_reported_and_the_members_known_elect) {
    in_both_modes([](Mode mode) {
        auto machine = probing(2, {1, 2, 3}, 3, mode);
        machine.refused(3);
        EXPECT_EQ(machine.join_failed(Kind::rejected, "full"), "warn join_rejected; ELECTION; timer answer 1.5s");
        EXPECT_EQ(machine.members(), group({1, 2, 3}));
    });
}

TEST(Row17, the_only_member_wins_at_once_sends_nothing_and_probes_nobody) {
    in_both_modes([](Mode mode) {
        auto machine = joining(2, mode);
        EXPECT_EQ(machine.joined({2}), "leader 2");
        EXPECT_EQ(machine.phase(), Phase::leading);
        EXPECT_EQ(machine.view().watch, Watch::nothing);
        EXPECT_EQ(machine.elect(), nothing);
        EXPECT_EQ(machine.core().victories(), 2U);
        EXPECT_EQ(text(leading(2, {2}, mode).actions()), nothing);
        EXPECT_EQ(joining(2, mode).joined(Membership{}), "leader 2") << "also if the daemon lists nobody";
    });
}

TEST(Row19, a_coordinator_from_the_present_leader_restarts_the_gap_and_does_nothing_else) {
    in_both_modes([](Mode mode) {
        auto machine = following(2, {1, 2, 3}, 3, mode);
        const auto old_gap = machine.timer_round(Timer::probe_gap);
        EXPECT_EQ(machine.coordinator(3), "timer probe_gap 500ms..3s");
        EXPECT_EQ(machine.expire(Timer::probe_gap, old_gap), nothing);
        EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 3; timer probe_timeout 1.5s");
        EXPECT_EQ(machine.core().elections(), 0U);
    });
}

TEST(Row20, a_message_given_before_the_timer_of_the_same_instant_prevents_the_false_victory) {
    in_both_modes([](Mode mode) {
        auto answered = awaiting_answers(2, {1, 2, 3}, mode);
        answered.ok(3);
        EXPECT_EQ(answered.expire(Timer::answer), nothing);
        auto superseded = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        superseded.coordinator(3);
        EXPECT_EQ(superseded.expire(Timer::coordinator), nothing);
        auto alive = probing(2, {1, 2, 3}, 3, mode);
        alive.ok(3);
        EXPECT_EQ(alive.expire(Timer::probe_timeout), nothing);
    });
}

TEST(Row21, the_old_leader_is_shown_while_an_election_runs) {
    in_both_modes([](Mode mode) {
        auto machine = following(2, {1, 2, 3}, 3, mode);
        machine.election({1, 2, 3});
        EXPECT_TRUE(machine.core().is_electing());
        EXPECT_EQ(machine.leader(), pid(3));
        machine.ok(3);
        EXPECT_EQ(machine.leader(), pid(3));
        EXPECT_EQ(machine.coordinator(3), "timer probe_gap 500ms..3s") << "it has not changed";
    });
}

TEST(Row21, also_while_failed_and_only_the_recovery_forgets_it) {
    in_both_modes([](Mode mode) {
        auto machine = failed(2, {1, 2, 3}, 3, mode);
        EXPECT_EQ(machine.leader(), pid(3));
        machine.expire(Timer::feign);
        EXPECT_EQ(machine.leader(), std::nullopt);
    });
}

}  // namespace
}  // namespace bully::test
