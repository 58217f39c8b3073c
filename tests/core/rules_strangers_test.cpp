// Row 18 of core/README.md: a leader that is known by its pid alone.
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

namespace bully::test {
namespace {

TEST(Row18, an_unknown_leader_is_followed_and_its_address_learned_without_an_election) {
    in_both_modes([](Mode mode) {
        auto follower = following(2, {1, 2, 3}, 3, mode);
        auto leader = leading(3, {1, 2, 3}, mode);
        auto asking = awaiting_answers(2, {1, 2, 3}, mode);
        auto waiting = awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        for (auto* machine : {&follower, &leader, &asking, &waiting}) {
            const auto before = machine->core().elections();
            EXPECT_EQ(machine->coordinator(4), "leader 4; timer probe_gap 500ms..3s; JOIN");
            EXPECT_EQ(machine->joined({1, 2, 3, 4}), nothing);
            EXPECT_EQ(machine->core().elections(), before);
            EXPECT_EQ(machine->expire(Timer::probe_gap), "PROBE 4; timer probe_timeout 1.5s");
        }
    });
}

TEST(Row18, a_known_leader_needs_no_join) {
    EXPECT_EQ(following(2, {1, 2, 3, 4}, 3).coordinator(4), "leader 4; timer probe_gap 500ms..3s");
}

TEST(Row18, a_leader_that_stays_unknown_is_not_probed_but_looked_for_and_given_up_by_an_election) {
    in_both_modes([](Mode mode) {
        auto machine = leading(2, {1, 2}, mode);
        machine.coordinator(4);
        EXPECT_EQ(machine.join_failed(), "warn join_unreachable");
        EXPECT_EQ(machine.phase(), Phase::following);
        EXPECT_EQ(machine.expire(Timer::probe_gap), "JOIN");
        EXPECT_EQ(machine.joined({1, 2}).substr(0, 23), "leader 2; COORDINATOR 2");
    });
}

TEST(Row18, over_a_higher_leader_whose_address_is_unknown_nobody_wins_before_the_daemon_is_asked) {
    in_both_modes([](Mode mode) {
        const auto with_unknown_leader = [mode] {
            auto machine = leading(2, {1, 2}, mode);
            machine.coordinator(4);
            return machine;
        };
        auto elects = with_unknown_leader();
        EXPECT_EQ(elects.elect(), "JOIN");
        EXPECT_EQ(elects.elect(), nothing) << "one JOIN is enough";
        EXPECT_EQ(elects.election({1, 2}), "OK") << "also for an ELECTION";
        EXPECT_EQ(elects.joined({1, 2, 4}), "ELECTION; timer answer 1.5s");
        auto asked = with_unknown_leader();
        EXPECT_EQ(asked.election({1, 2}), "OK; JOIN");
        EXPECT_EQ(asked.joined({1, 2}).substr(0, 23), "leader 2; COORDINATOR 2");
        auto told_of = with_unknown_leader();
        EXPECT_EQ(told_of.election({1, 2, 4}), "OK; ELECTION; timer answer 1.5s");
    });
    auto contradicted = leading(2, {1, 2});
    contradicted.coordinator(4);
    EXPECT_EQ(contradicted.coordinator(1), "JOIN") << "R1";
}

TEST(Row18, that_the_daemon_is_down_says_nothing_of_a_leader_whose_address_is_unknown) {
    auto machine = leading(2, {1, 2});
    machine.coordinator(4);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(machine.expire(Timer::probe_gap), "JOIN");
        EXPECT_EQ(machine.view().watch, Watch::lookup);
        EXPECT_EQ(machine.join_failed(), "warn join_unreachable; timer probe_gap 500ms..3s");
        EXPECT_EQ(machine.leader(), pid(4));
    }
    EXPECT_EQ(machine.election({1, 2}), "OK; JOIN") << "an election waits for this one";
    EXPECT_EQ(machine.join_failed(JoinFailed::Kind::rejected), "warn join_rejected; timer probe_gap 500ms..3s");
    EXPECT_EQ(machine.core().elections(), 0U);
    machine.expire(Timer::probe_gap);
    EXPECT_EQ(machine.joined({1, 2, 4}), "timer probe_gap 500ms..3s") << "nor is its address a reason to elect";
    EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 4; timer probe_timeout 1.5s");
}

TEST(Row18, strict_elects_beside_a_leader_whose_address_is_unknown) {
    auto machine = leading(2, {1, 2}, Mode::strict);
    machine.coordinator(4);
    EXPECT_EQ(machine.expire(Timer::probe_gap), "JOIN");
    EXPECT_EQ(machine.join_failed(), "warn join_unreachable; leader 2; COORDINATOR 2");
}

TEST(Row18, a_leader_that_came_before_the_join_and_is_not_listed_is_looked_for_once_more) {
    in_both_modes([](Mode mode) {
        auto machine = joining(2, mode);
        machine.coordinator(4);
        EXPECT_EQ(machine.joined({1, 2}), "JOIN");
        EXPECT_EQ(machine.phase(), Phase::following);
        EXPECT_EQ(machine.joined({1, 2, 4}), "ELECTION; timer answer 1.5s");
    });
}

TEST(Row18, a_lookup_that_fails_after_the_address_came_otherwise_is_nothing_to_elect_for) {
    auto machine = leading(2, {1, 2});
    machine.coordinator(4);
    const auto at_first = machine.join_round();
    EXPECT_EQ(machine.expire(Timer::probe_gap), "JOIN");
    EXPECT_EQ(machine.joined(group({1, 2, 4}), at_first), nothing) << "the answer to the JOIN before, or to that of R8";
    EXPECT_EQ(machine.join_failed(), "warn join_unreachable; timer probe_gap 500ms..3s");
    EXPECT_EQ(machine.expire(Timer::probe_gap), "PROBE 4; timer probe_timeout 1.5s");
}

TEST(Row18, who_takes_another_for_its_leader_has_the_true_one_asked_once_its_address_is_known) {
    auto machine = leading(2, {1, 2});
    machine.coordinator(4);
    EXPECT_EQ(machine.probe(), "OK; JOIN") << "R2";
    EXPECT_EQ(machine.view().watch, Watch::lookup);
    EXPECT_EQ(machine.probe(), "OK") << "one JOIN is enough";
    EXPECT_EQ(machine.joined({1, 2, 4}), "ask higher; timer probe_gap 500ms..3s");
    EXPECT_EQ(machine.phase(), Phase::following);
    EXPECT_EQ(machine.core().elections(), 0U);
    EXPECT_EQ(machine.probe(), "OK; ask higher") << "it is known now";
}

TEST(Row18, who_takes_another_for_its_leader_during_a_lookup_needs_no_join_of_its_own) {
    auto machine = leading(2, {1, 2});
    machine.coordinator(4);
    machine.expire(Timer::probe_gap);
    EXPECT_EQ(machine.probe(), "OK");
    EXPECT_EQ(machine.joined({1, 2, 4}), "ask higher; timer probe_gap 500ms..3s");
}

TEST(Row18, who_takes_another_for_its_leader_during_a_lookup_that_fails_comes_again) {
    auto machine = leading(2, {1, 2});
    machine.coordinator(4);
    machine.probe();
    EXPECT_EQ(machine.join_failed(), "warn join_unreachable; timer probe_gap 500ms..3s");
    EXPECT_EQ(machine.expire(Timer::probe_gap), "JOIN");
    EXPECT_EQ(machine.joined({1, 2, 4}), "timer probe_gap 500ms..3s");
}

TEST(Row18, who_takes_another_for_its_leader_does_not_hold_up_an_election) {
    auto machine = leading(2, {1, 2});
    machine.coordinator(4);
    EXPECT_EQ(machine.elect(), "JOIN");
    EXPECT_EQ(machine.probe(), "OK");
    EXPECT_EQ(machine.joined({1, 2, 4}), "ELECTION; timer answer 1.5s");
}

TEST(Row18, an_election_that_comes_during_a_lookup_waits_for_a_join_of_its_own) {
    auto machine = leading(2, {1, 2});
    machine.coordinator(4);
    machine.expire(Timer::probe_gap);
    const auto lookup = machine.join_round();
    EXPECT_EQ(machine.election({1, 2}), "OK; JOIN");
    EXPECT_EQ(machine.joined(group({1, 2, 4}), lookup), nothing);
    EXPECT_EQ(machine.joined({1, 2, 4}), "ELECTION; timer answer 1.5s");
}

TEST(Row18, a_lookup_has_a_round_of_its_own) {
    auto machine = leading(2, {1, 2});
    machine.coordinator(4);
    machine.expire(Timer::probe_gap);
    EXPECT_NE(machine.join_round(), machine.timer_round(Timer::probe_gap));
    EXPECT_EQ(machine.join_round(), machine.view().round);
}

}  // namespace
}  // namespace bully::test
