// The state of a process is a value: == and the digest tell apart all that makes a difference later.
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string_view>
#include <vector>

namespace bully::test {
namespace {

using Steps = std::function<void(Machine&)>;

void again(Machine& machine, int times, const Steps& steps) {
    for (int i = 0; i < times; ++i) steps(machine);
}

/// The present leader announces itself: the gap begins anew, in a round of its own, and nothing else changes.
void announced(Machine& machine) { machine.coordinator(machine.leader()->days); }

void silence(Machine& machine) {
    machine.expire(Timer::probe_gap);
    machine.expire(Timer::probe_timeout);
}
void answer(Machine& machine, int from) {
    machine.expire(Timer::probe_gap);
    machine.ok(from);
}
void lost_election(Machine& machine, int answered_by) {
    machine.ok(answered_by);
    machine.expire(Timer::coordinator);
}
void won_election(Machine& machine) {
    machine.elect();
    machine.expire(Timer::answer);
    machine.expire(Timer::hold_down);
}
void refresh(Machine& machine) { machine.expire(Timer::refresh); }
void join_fails(Machine& machine) { machine.step(JoinFailed{JoinFailed::Kind::unreachable, {}, no_round}); }

/// Two ways from the same state to states that differ in one thing.
struct Difference {
    std::string_view in;
    Machine from;
    Steps one;
    Steps other;
};

Settings feigning() {
    Settings settings = mode_settings(Mode::strict);
    settings.feign = FeignPlan{};
    return settings;
}

std::vector<Difference> differences() {
    std::vector<Difference> all;
    const auto differ = [&all](std::string_view in, Machine from, Steps one, Steps other) {
        all.push_back({in, std::move(from), std::move(one), std::move(other)});
    };
    const Steps nothing_happens = [](Machine&) {};

    differ(
        "phase", joining(2), [](Machine& m) { m.join_failed(JoinFailed::Kind::rejected); },
        [](Machine& m) { m.join_failed(JoinFailed::Kind::unreachable); });
    auto of_a_stranger = leading(2, {1, 2});
    of_a_stranger.coordinator(4);
    differ(
        "watch", of_a_stranger, [](Machine& m) { m.elect(); }, [](Machine& m) { m.expire(Timer::probe_gap); });
    differ(
        "leader", joining(2), [](Machine& m) { m.coordinator(3); }, [](Machine& m) { m.coordinator(4); });
    differ("round", following(2, {1, 2, 3}, 3), announced, [](Machine& m) { m.probe(); });
    differ("last round", following(2, {1, 2, 3}, 3), nothing_happens, [](Machine& m) { m.probe(); });
    differ("members", awaiting_answers(2, {1, 2, 3}), nothing_happens, [](Machine& m) { m.election({4}); });
    differ(
        "address of a member", joining(2), [](Machine& m) { m.election({3}); },
        [](Machine& m) {
            m.election(Membership({{pid(3), {"elsewhere", 5003}}}));
        });
    differ(
        "port of a member", joining(2), [](Machine& m) { m.election({3}); },
        [](Machine& m) {
            m.election(Membership({{pid(3), {"host3", 1}}}));
        });

    differ("greatest answer", awaiting_coordinator(2, {1, 2, 3, 4}, 3), nothing_happens, [](Machine& m) { m.ok(4); });
    differ(
        "asked", following(2, {1, 2, 3}, 3),
        [](Machine& m) {
            m.probe();
            m.joined(group({4}), no_round);
        },
        [](Machine& m) {
            m.joined(group({4}), no_round);
            m.probe();
        });
    differ("refused", awaiting_answers(2, {1, 2, 3, 4}), nothing_happens, [](Machine& m) { m.refused(3); });
    differ(
        "elections", following(2, {1, 2, 3}, 3),
        [](Machine& m) {
            m.elect();
            m.coordinator(3);
        },
        [](Machine& m) { again(m, 2, announced); });
    differ(
        "victories", leading(2, {1, 2, 3}), [](Machine& m) { again(m, 2, won_election); },
        [](Machine& m) {
            m.elect();
            m.coordinator(3);
            again(m, 2, announced);
            won_election(m);
        });
    differ(
        "round won", leading(2, {1, 2, 3}),
        [](Machine& m) {
            won_election(m);
            silence(m);
        },
        [](Machine& m) {
            silence(m);
            won_election(m);
        });

    auto new_leader = awaiting_answers(2, {1, 2, 3});
    new_leader.expire(Timer::answer);
    differ("hold-down", new_leader, nothing_happens, [](Machine& m) { m.expire(Timer::hold_down); });
    differ("announcement pending", new_leader, nothing_happens, [](Machine& m) { m.election({1, 2, 3}); });

    differ(
        "answer to a PROBE", following(2, {1, 2, 3}, 3), [](Machine& m) { again(m, 2, announced); },
        [](Machine& m) { answer(m, 3); });
    auto looking = of_a_stranger;
    looking.expire(Timer::probe_gap);
    differ("misled prober", looking, nothing_happens, [](Machine& m) { m.probe(); });

    differ(
        "feigned failure", Machine(2, {1, 2, 3}, 3, feigning()),
        [](Machine& m) {
            m.feign();
            m.expire(Timer::feign);
            m.coordinator(3);
            announced(m);
        },
        [](Machine& m) {
            announced(m);
            m.feign();
            m.expire(Timer::feign);
            m.coordinator(3);
        });
    differ(
        "refresh", following(2, {1, 2, 3}, 3),
        [](Machine& m) {
            refresh(m);
            m.probe();
        },
        [](Machine& m) {
            m.probe();
            refresh(m);
        });
    differ(
        "failed JOINs", following(2, {1, 2, 3}, 3), [](Machine& m) { again(m, 2, join_fails); },
        [](Machine& m) {
            refresh(m);
            join_fails(m);
        });

    const Steps silent_return = [](Machine& m) {
        silence(m);
        m.coordinator(3);
    };
    differ(
        "silent returns", following(2, {1, 2, 3}, 3), [=](Machine& m) { again(m, 2, silent_return); },
        [=](Machine& m) {
            silent_return(m);
            again(m, 3, announced);
        });
    differ(
        "lasting silence", following(2, {2, 3}, 3),
        [=](Machine& m) {
            silent_return(m);
            silence(m);
        },
        [=](Machine& m) {
            silent_return(m);
            announced(m);
            m.coordinator(1);
        });
    differ(
        "answers before the silence", following(2, {1, 2, 3, 4}, 3),
        [](Machine& m) {
            answer(m, 3);
            silence(m);
            m.coordinator(4);
        },
        [](Machine& m) {
            again(m, 2, announced);
            silence(m);
            m.coordinator(4);
        });
    differ(
        "silent leader", following(2, {1, 2, 3, 4, 5}, 3),
        [](Machine& m) {
            silence(m);
            m.coordinator(4);
            m.coordinator(5);
        },
        [](Machine& m) {
            m.coordinator(4);
            silence(m);
            m.coordinator(5);
        });

    differ(
        "suspect", awaiting_answers(2, {1, 2, 3, 4}), [](Machine& m) { lost_election(m, 3); },
        [](Machine& m) { lost_election(m, 4); });
    differ(
        "rounds of a suspect", awaiting_answers(2, {1, 2, 3, 4}),
        [](Machine& m) {
            lost_election(m, 3);
            lost_election(m, 4);
        },
        [](Machine& m) {
            lost_election(m, 4);
            lost_election(m, 4);
        });
    differ(
        "discounted", awaiting_answers(2, {1, 2, 3, 4}),
        [](Machine& m) {
            lost_election(m, 3);
            lost_election(m, 4);
            lost_election(m, 4);
            m.coordinator(3);
        },
        [](Machine& m) {
            again(m, 3, [](Machine& machine) { lost_election(machine, 4); });
            m.coordinator(3);
        });

    differ(
        "turn of those above", leading(2, {1, 2, 3}),
        [](Machine& m) {
            silence(m);
            m.coordinator(3);
        },
        [](Machine& m) {
            m.coordinator(3);
            again(m, 2, announced);
        });
    differ(
        "greatest above that answered", leading(2, {1, 2, 3, 4}), [](Machine& m) { answer(m, 3); },
        [](Machine& m) { answer(m, 4); });
    differ(
        "answers to skip", leading(2, {1, 2, 3}),
        [](Machine& m) {
            again(m, 2, [](Machine& machine) { answer(machine, 3); });
            silence(m);
        },
        [](Machine& m) { again(m, 3, [](Machine& machine) { answer(machine, 3); }); });
    differ(
        "times that those above were asked", leading(2, {1, 2, 3}),
        [](Machine& m) {
            refresh(m);
            again(m, 3, [](Machine& machine) { answer(machine, 3); });
            refresh(m);
        },
        [](Machine& m) {
            refresh(m);
            refresh(m);
            answer(m, 3);
            again(m, 2, silence);
            refresh(m);
        });
    return all;
}

TEST(State, differs_in_each_thing_that_makes_a_difference) {
    for (auto& [in, from, one, other] : differences()) {
        auto first = from;
        auto second = from;
        EXPECT_EQ(first.core(), second.core()) << in;
        EXPECT_EQ(first.core().digest(), second.core().digest()) << in;
        one(first);
        other(second);
        EXPECT_NE(first.core(), second.core()) << in;
        EXPECT_NE(first.core().digest(), second.core().digest()) << in;
        auto repeated = from;
        one(repeated);
        EXPECT_EQ(first.core(), repeated.core()) << in;
        EXPECT_EQ(first.core().digest(), repeated.core().digest()) << in;
    }
}

TEST(State, differs_by_each_setting) {
    std::vector<Settings> all(15);
    all[1].mode = Mode::strict;
    all[2].probing = false;
    all[3].feign = FeignPlan{};
    all[4].feign = FeignPlan{{Duration(1), Duration(2)}, {Duration(3), Duration(4)}};
    all[5].timing.answer_timeout += Duration(1);
    all[6].timing.coordinator_timeout += Duration(1);
    all[7].timing.probe_timeout += Duration(1);
    all[8].timing.probe_gap.min += Duration(1);
    all[9].timing.probe_gap.max += Duration(1);
    all[10].timing.probe_gap_limit += Duration(1);
    all[11].timing.hold_down += Duration(1);
    all[12].timing.join_retry += Duration(1);
    all[13].timing.refresh += Duration(1);
    all[14].timing.join_attempts += 1;
    all.push_back(all[0]);
    all.back().timing.join_retry_limit += Duration(1);
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            const Election one(member(2), all[i]);
            const auto same = all[j];  // at another address
            const Election other(member(2), same);
            EXPECT_EQ(one == other, i == j) << i << ", " << j;
            EXPECT_EQ(one.digest() == other.digest(), i == j) << i << ", " << j;
        }
    }
}

TEST(State, digest_is_the_same_everywhere_and_for_ever) {
    EXPECT_EQ(following(2, {1, 2, 3}, 3).core().digest(), 3169330097320224221U);
    EXPECT_EQ(awaiting_coordinator(2, {1, 2, 3}, 3, Mode::strict).core().digest(), 14218304948801095766U);
}

}  // namespace
}  // namespace bully::test
