// R3, R7 and R8 of core/README.md: what mode robust adds to what a process does unasked, and that strict goes
// without.
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bully::test {
namespace {

using Why = Unreachable::Why;

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

// The next PROBE of a leader is answered by `from`. Returns what that did.
std::string answered_probe(Machine& machine, int from) {
    machine.expire(Timer::probe_gap);
    return machine.ok(from);
}

const std::string asks = "ask higher; timer probe_gap 500ms..3s";
const std::string goes_on = "timer probe_gap 500ms..3s";

TEST(R3, a_higher_member_that_answers_is_asked_and_the_leader_leads_on_until_it_announces) {
    auto machine = leading(2, {1, 2, 3, 4});
    EXPECT_EQ(answered_probe(machine, 3), asks);
    EXPECT_EQ(machine.phase(), Phase::leading);
    EXPECT_EQ(machine.ok(3, machine.asked_round()), nothing);
    EXPECT_EQ(machine.core().elections(), 0U);
    EXPECT_EQ(machine.coordinator(3), "leader 3; timer probe_gap 500ms..3s");
}

TEST(R3, one_that_answers_and_does_not_announce_is_asked_again_at_doubling_intervals_up_to_R7s_limit) {
    for (const auto limit : {std::chrono::seconds(60), std::chrono::seconds(48)}) {
        auto settings = mode_settings(Mode::robust);
        settings.timing.probe_gap_limit = limit;
        Machine machine(2, {1, 2, 3}, 2, settings);
        std::vector<int> skipped;
        for (int answers = 0, since = 0; answers < 100; ++answers) {
            if (answered_probe(machine, 3) == goes_on) {
                ++since;
            } else {
                skipped.push_back(std::exchange(since, 0));
            }
        }
        EXPECT_EQ(skipped, (std::vector{0, 0, 1, 3, 7, 15, 15, 15, 15, 15})) << "16 gaps of 3 s are 48 s";
    }
}

TEST(R3, a_greater_one_that_answers_is_asked_at_once) {
    auto machine = leading(2, {1, 2, 3, 4});
    EXPECT_EQ(answered_probe(machine, 3), asks);
    EXPECT_EQ(answered_probe(machine, 4), asks);
    EXPECT_EQ(answered_probe(machine, 3), asks);
    EXPECT_EQ(answered_probe(machine, 4), goes_on) << "both have been asked each time";
    auto skipping = leading(2, {1, 2, 3, 4});
    EXPECT_EQ(answered_probe(skipping, 3), asks);
    EXPECT_EQ(answered_probe(skipping, 3), asks);
    EXPECT_EQ(answered_probe(skipping, 4), asks) << "what was to be skipped was the lower one's";
}

TEST(R3, the_longest_interval_that_can_be_counted_is_kept) {
    auto settings = mode_settings(Mode::robust);
    settings.timing.probe_gap = exactly(std::chrono::microseconds(1));
    Machine machine(2, {1, 2, 3}, 2, settings);
    int longest = 0;
    for (int answers = 0, since = 0; answers < 140'000; ++answers) {
        machine.expire(Timer::probe_gap);
        machine.ok(3);
        since = std::holds_alternative<AskHigher>(machine.actions().front()) ? 0 : since + 1;
        longest = std::max(longest, since);
    }
    EXPECT_EQ(longest, 32'767);
}

TEST(R3, one_that_has_refused_since_is_asked_at_once_when_it_is_back) {
    auto machine = leading(2, {1, 2, 3});
    for (int i = 0; i < 3; ++i) answered_probe(machine, 3);
    machine.expire(Timer::probe_gap);
    machine.unreachable(3, Why::given_up);
    EXPECT_EQ(answered_probe(machine, 3), asks);
    machine.expire(Timer::probe_gap);
    machine.expire(Timer::probe_timeout);
    EXPECT_EQ(answered_probe(machine, 3), goes_on) << "silence is no death";
    machine.expire(Timer::probe_gap);
    machine.refused(3);
    EXPECT_EQ(answered_probe(machine, 3), asks);
    EXPECT_EQ(answered_probe(machine, 3), asks);
    EXPECT_EQ(answered_probe(machine, 3), goes_on);
}

TEST(R3, that_another_has_refused_is_no_news_of_one_that_answers) {
    auto machine = leading(2, {1, 2, 3, 4});
    machine.expire(Timer::probe_gap);
    machine.refused(3);
    EXPECT_EQ(answered_probe(machine, 4), asks);
    machine.expire(Timer::probe_gap);
    machine.refused(3);
    EXPECT_EQ(answered_probe(machine, 4), asks);
    machine.expire(Timer::probe_gap);
    machine.refused(3);
    EXPECT_EQ(answered_probe(machine, 4), goes_on);
}

TEST(R3, a_new_leadership_asks_anew) {
    auto machine = leading(2, {1, 2, 3});
    for (int i = 0; i < 3; ++i) answered_probe(machine, 3);
    machine.coordinator(3);
    for (int victories = 0; victories < 2; ++victories) {
        machine.elect();
        machine.expire(Timer::answer);
        EXPECT_EQ(answered_probe(machine, 3), asks);
        EXPECT_EQ(answered_probe(machine, 3), asks);
        EXPECT_EQ(answered_probe(machine, 3), goes_on);
    }
}

TEST(R3, a_leader_that_hears_of_the_first_member_above_it_begins_to_probe) {
    EXPECT_EQ(leading(2, {1, 2}).election({1, 2, 3}),
              "OK; ask higher; timer probe_gap 500ms..3s; COORDINATOR 2 again; timer hold_down 100ms");
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

// A PROBE of leader 3 meets silence, and the election that follows brings back 3. Returns what that did.
std::string silence_and_return(Machine& machine, bool given_up = false) {
    machine.expire(Timer::probe_gap);
    if (given_up) {
        machine.unreachable(3, Why::given_up);
    } else {
        machine.expire(Timer::probe_timeout);
    }
    machine.joined({1, 2, 3});
    machine.ok(3);
    return machine.coordinator(3);
}

TEST(R7, the_gap_to_a_leader_that_elects_but_never_answers_a_probe_doubles_up_to_a_minute) {
    auto machine = following(1, {1, 2, 3}, 3);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 1s..6s");
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 2s..12s");
    EXPECT_EQ(silence_and_return(machine), "warn leader_unsteady; timer probe_gap 4s..24s");
    EXPECT_EQ(std::get<Warn>(machine.actions().front()).about, pid(3));
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 8s..48s");
    for (int i = 0; i < 300; ++i) ASSERT_EQ(silence_and_return(machine), "timer probe_gap 16s..60s") << i;
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

TEST(R7, an_answer_resets_the_gap) {
    auto machine = following(1, {1, 2, 3}, 3);
    silence_and_return(machine);
    silence_and_return(machine);
    machine.expire(Timer::probe_gap);
    EXPECT_EQ(machine.ok(3), "timer probe_gap 500ms..3s");
}

TEST(R7, the_first_silence_after_an_answer_may_be_a_lost_message) {
    auto machine = following(1, {1, 2, 3}, 3);
    machine.expire(Timer::probe_gap);
    machine.ok(3);
    EXPECT_EQ(machine.coordinator(3), "timer probe_gap 500ms..3s") << "that it repeats itself (R8) unsays no answer";
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 500ms..3s");
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 1s..6s") << "a second one isn't";
}

TEST(R7, the_gap_to_one_that_others_replace_for_a_while_doubles_all_the_same) {
    auto machine = following(1, {1, 2, 3}, 3);
    for (const auto* gap : {"1s..6s", "2s..12s"}) {
        machine.expire(Timer::probe_gap);
        machine.expire(Timer::probe_timeout);
        machine.joined({1, 2, 3});
        EXPECT_EQ(machine.coordinator(2), "leader 2; timer probe_gap 500ms..3s") << "to that one nothing doubles";
        EXPECT_EQ(machine.coordinator(3), "leader 3; timer probe_gap " + std::string(gap));
    }
}

TEST(R7, what_another_does_meanwhile_is_neither_its_answer_nor_its_refusal) {
    for (const bool answers : {false, true}) {
        auto machine = following(1, {1, 2, 3}, 3);
        silence_and_return(machine);
        machine.elect();
        machine.coordinator(2);
        machine.expire(Timer::probe_gap);
        if (answers) {
            machine.ok(2);
        } else {
            machine.refused(2);
            machine.joined({1, 2, 3});
        }
        EXPECT_EQ(machine.coordinator(3), "leader 3; timer probe_gap 1s..6s");
    }
}

TEST(R7, the_silences_of_each_leader_are_its_own) {
    auto machine = following(1, {1, 2, 3, 4}, 4);
    for (int i = 0; i < 2; ++i) {
        machine.expire(Timer::probe_gap);
        machine.expire(Timer::probe_timeout);
        machine.joined({1, 2, 3, 4});
        machine.coordinator(4);
    }
    machine.elect();
    machine.coordinator(3);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 1s..6s");
}

TEST(R7, also_if_it_was_this_process_that_replaced_it) {
    auto machine = following(1, {1, 2, 3}, 3);
    machine.expire(Timer::probe_gap);
    machine.expire(Timer::probe_timeout);
    machine.joined({1, 2, 3});
    machine.expire(Timer::answer);
    ASSERT_EQ(machine.phase(), Phase::leading);
    EXPECT_EQ(machine.coordinator(3), "leader 3; timer probe_gap 1s..6s");
}

TEST(R7, the_answers_of_another_leader_are_no_answers_of_this_one) {
    auto machine = probing(1, {1, 2, 3}, 2);
    machine.ok(2);
    machine.coordinator(3);
    EXPECT_EQ(silence_and_return(machine), "timer probe_gap 1s..6s");
}

TEST(R7, one_that_has_refused_since_or_the_own_recovery_begins_anew) {
    auto dead = following(1, {1, 2, 3}, 3);
    silence_and_return(dead);
    dead.expire(Timer::probe_gap);
    dead.refused(3);
    dead.joined({1, 2, 3});
    EXPECT_EQ(dead.coordinator(3), "timer probe_gap 500ms..3s");

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
    for (int i = 0; i < 5; ++i) EXPECT_EQ(silence_and_return(machine), "timer probe_gap 500ms..3s");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(silence_and_return(machine, true), "timer probe_gap 500ms..3s");
}

TEST(R8, every_member_joins_again_after_a_period_of_its_own) {
    for (const bool leads : {false, true}) {
        auto machine = leads ? leading(3, {1, 2, 3}) : following(2, {1, 2, 3}, 3);
        auto begun = std::get<StartTimer>(machine.actions().back());
        for (int i = 0; i < 3; ++i) {
            ASSERT_EQ(begun.timer, Timer::refresh);
            EXPECT_EQ(begun.range, (DurationRange{std::chrono::seconds(30), std::chrono::seconds(60)}));
            EXPECT_EQ(machine.expire(Timer::refresh),
                      leads ? "JOIN; COORDINATOR 3 again; timer hold_down 100ms" : "JOIN");
            EXPECT_EQ(machine.join_round(), no_round);
            begun = std::get<StartTimer>(machine.actions().front());
            if (leads) machine.expire(Timer::hold_down);
        }
        EXPECT_EQ(machine.core().elections(), 0U);
    }
}

TEST(R8, it_begins_with_the_members_that_a_join_returns) {
    auto machine = joining(2);
    machine.join_failed();
    machine.expire(Timer::join_retry);
    EXPECT_EQ(machine.timer_round(Timer::refresh), no_round);
    machine.joined({1, 2, 3});
    EXPECT_NE(machine.timer_round(Timer::refresh), no_round);
}

TEST(R8, no_election_restarts_its_timer) {
    auto machine = following(2, {1, 2, 3}, 3);
    const auto timer = machine.timer_round(Timer::refresh);
    machine.elect();
    machine.ok(3);
    machine.coordinator(3);
    machine.elect();
    machine.expire(Timer::answer);
    machine.expire(Timer::hold_down);
    EXPECT_EQ(machine.timer_round(Timer::refresh), timer);
    EXPECT_EQ(machine.expire(Timer::refresh, timer), "JOIN; COORDINATOR 2 again; timer hold_down 100ms");
}

TEST(R8, a_leader_with_members_above_announces_as_well) {
    auto machine = leading(2, {1, 2, 3});
    EXPECT_EQ(machine.expire(Timer::refresh), "JOIN; COORDINATOR 2 again; timer hold_down 100ms");
}

TEST(R8, those_above_a_settled_leader_count_as_asked) {
    auto machine = leading(2, {1, 2, 3});
    machine.expire(Timer::refresh);
    machine.election({1, 2, 3});
    EXPECT_EQ(machine.expire(Timer::hold_down), "COORDINATOR 2 again; timer hold_down 100ms");
}

TEST(R8, those_above_that_have_been_asked_are_not_asked_each_time) {
    auto machine = leading(3, {1, 2, 3});
    EXPECT_EQ(machine.joined(group({1, 2, 3, 4}), no_round), "ask higher; timer probe_gap 500ms..3s");
    EXPECT_EQ(machine.expire(Timer::refresh), "JOIN; COORDINATOR 3 again; timer hold_down 100ms");
}

TEST(R8, within_the_hold_down_all_have_just_been_told) {
    auto machine = joining(3);
    machine.joined({1, 2, 3});
    EXPECT_EQ(machine.expire(Timer::refresh), "JOIN");
    EXPECT_EQ(machine.expire(Timer::hold_down), nothing);
}

// A recovery, a stranger that leads: what a JOIN that has failed was to tell can't wait for up to 2 T_r.
TEST(R8, a_join_that_failed_comes_again_soon) {
    const auto pause = [](Machine& machine) {
        const auto& timer = std::get<StartTimer>(machine.actions().back());
        EXPECT_EQ(timer.timer, Timer::refresh);
        EXPECT_EQ(timer.range.min, timer.range.max);
        return timer.range.min;
    };
    auto machine = following(2, {1, 2, 3}, 3);
    machine.feign();
    machine.expire(Timer::feign);
    machine.join_failed();
    for (const int half_seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {  // at last T_r
        EXPECT_EQ(pause(machine), half_seconds * std::chrono::milliseconds(500));
        if (half_seconds == 2) machine.ok(3);  // also while it elects, and after
        if (half_seconds == 4) machine.coordinator(3);
        EXPECT_EQ(machine.expire(Timer::refresh), half_seconds < 4 ? nothing : "JOIN") << half_seconds;
        machine.join_failed();
    }
    machine.joined(group({1, 2, 3, 4}), no_round);
    const auto& timer = std::get<StartTimer>(machine.actions().back());
    EXPECT_EQ(timer.range, (DurationRange{std::chrono::seconds(30), std::chrono::seconds(60)})) << "as always";
}

TEST(R8, a_join_that_was_refused_waits) {
    auto machine = following(2, {1, 2, 3}, 3);
    machine.expire(Timer::refresh);
    const auto timer = machine.timer_round(Timer::refresh);
    machine.join_failed(JoinFailed::Kind::rejected);
    EXPECT_EQ(machine.timer_round(Timer::refresh), timer);
}

TEST(R8, it_waits_for_another_time_while_electing) {
    for (const bool answered : {false, true}) {
        auto machine = answered ? awaiting_coordinator(2, {1, 2, 3}, 3) : awaiting_answers(2, {1, 2, 3});
        const auto before = machine.view();
        const auto timer = machine.timer_round(Timer::refresh);
        EXPECT_EQ(machine.expire(Timer::refresh), nothing);
        EXPECT_EQ(machine.view(), before);
        EXPECT_NE(machine.timer_round(Timer::refresh), timer) << "it was started again";
    }
}

TEST(R8, what_fails_does_not_refresh_and_a_recovery_begins_anew) {
    auto machine = following(2, {1, 2, 3}, 3);
    machine.feign();
    const auto before = machine.timer_round(Timer::refresh);
    EXPECT_EQ(machine.expire(Timer::refresh), nothing);
    EXPECT_EQ(machine.timer_round(Timer::refresh), before);
    machine.expire(Timer::feign);
    EXPECT_NE(machine.timer_round(Timer::refresh), before);
    EXPECT_EQ(machine.expire(Timer::refresh, before), nothing);
    machine.coordinator(3);
    EXPECT_EQ(machine.expire(Timer::refresh, before), nothing) << "the timer of before the failure is gone";
    EXPECT_EQ(machine.expire(Timer::refresh), "JOIN");
}

TEST(R8, the_answer_moves_nobody_who_knows_all_that_it_lists) {
    auto follower = following(2, {1, 2, 3}, 3);
    const auto before = follower.view();
    follower.expire(Timer::refresh);
    EXPECT_EQ(follower.joined({1, 2, 3}), nothing);
    follower.expire(Timer::refresh);
    EXPECT_EQ(follower.join_failed(), "warn join_unreachable");
    EXPECT_EQ(follower.view(), before);
    auto leader = leading(3, {1, 2, 3});
    leader.expire(Timer::refresh);
    EXPECT_EQ(leader.joined({1, 2, 3}), nothing);
}

TEST(R8, a_follower_only_learns_of_strangers) {
    auto machine = following(2, {1, 2, 3}, 3);
    machine.expire(Timer::refresh);
    EXPECT_EQ(machine.joined({1, 2, 3, 4}), nothing);
    EXPECT_EQ(machine.members(), group({1, 2, 3, 4}));
}

TEST(R8, two_who_have_never_heard_of_each_other_end_with_one_leader) {
    // A newcomer's COORDINATOR was lost: 1 leads, and so does 2.
    auto lower = leading(1, {1});
    auto higher = leading(2, {1, 2});
    lower.expire(Timer::refresh);
    EXPECT_EQ(lower.joined({1, 2}), "ask higher; timer probe_gap 500ms..3s");
    EXPECT_EQ(higher.election({1, 2}), "OK; COORDINATOR 2 again; timer hold_down 100ms");
    EXPECT_EQ(lower.coordinator(2), "leader 2; timer probe_gap 500ms..3s");
}

TEST(R8, strict_has_none) {
    auto machine = following(2, {1, 2, 3}, 3, Mode::strict);
    EXPECT_EQ(machine.timer_round(Timer::refresh), no_round);
    auto joined = joining(3, Mode::strict);
    joined.joined({1, 2, 3});
    EXPECT_EQ(joined.timer_round(Timer::refresh), no_round);
}

}  // namespace
}  // namespace bully::test
