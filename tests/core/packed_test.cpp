// What is unpacked does what was packed: two processes side by side, one of them packed and unpacked before each step.
#include "core/packed.hpp"

#include "core/transitions.hpp"
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace bully::test {
namespace {

const Membership& whole_group() {
    static const auto all = group({1, 2, 3, 4});
    return all;
}

Settings settings_of(Mode mode) {
    auto settings = mode_settings(mode);
    settings.timing.join_attempts = 3;
    settings.feign = FeignPlan{};
    return settings;
}

// The actions as text, with each round as what it is to the process: present, or not, or that of a timer of its own.
std::string what_is_asked(const Election& process, const Actions& actions) {
    std::string text = bully::test::text(actions);
    for (const auto& action : actions) {
        const auto* join = std::get_if<Join>(&action);
        if (join != nullptr) text += join->round == no_round ? " loose" : join->round == process.round() ? " now" : "?";
        const auto* timer = std::get_if<StartTimer>(&action);
        if (timer != nullptr && slot(timer->timer) == TimerSlot::main) {
            text += timer->round == process.round() ? " now" : "?";
        }
        if (timer != nullptr && timer->timer == Timer::refresh) text += " refresh";
    }
    return text;
}

/// Both processes, and what may come next.
class Pair {
  public:
    Pair(int self, Mode mode, unsigned seed)
        : settings_(settings_of(mode)), self_(member(self)), process_(self_, settings_), random_(seed) {}

    // One event of any kind; false where it can't come now.
    bool step_at_random() {
        const auto what = random_() % 16;
        const auto now = process_.round();
        const bool stale = random_() % 8 == 0;
        const auto round = stale ? now - 1 : now;
        const auto twin_round = stale ? UnpackedRounds::earlier : UnpackedRounds::present;
        const auto other = pid(1 + static_cast<int>(random_() % 4));
        const auto& some = packer_.subset(random_() % 16);
        switch (what) {
            case 0: return process_.phase() == Phase::down && step(Start{}, Start{});
            case 1:
            case 2: return step(Joined{some, round}, Joined{some, twin_round});
            case 3: {
                const auto kind = random_() % 8 == 0 ? JoinFailed::Kind::rejected : JoinFailed::Kind::unreachable;
                const bool loose = random_() % 2 == 0;
                return step(JoinFailed{kind, "", loose ? no_round : round},
                            JoinFailed{kind, "", loose ? no_round : twin_round});
            }
            case 4: return step(ElectionReceived{7, some}, ElectionReceived{7, some});
            case 5: return step(ProbeReceived{7}, ProbeReceived{7});
            case 6: return step(CoordinatorReceived{other}, CoordinatorReceived{other});
            case 7:
                if (!stale) outcomes_.insert(other);
                return step(AnswerReceived{other, round}, AnswerReceived{other, twin_round});
            case 8: {
                if (other <= process_.self() || (!stale && !outcomes_.insert(other).second)) return false;
                const auto why = static_cast<Unreachable::Why>(random_() % 3);
                return step(Unreachable{other, round, why}, Unreachable{other, twin_round, why});
            }
            case 9: return random_() % 16 == 0 && step(Elect{}, Elect{});
            case 10:
                return random_() % 16 == 0 &&
                       step(Feign{{Duration(1), Duration(2)}}, Feign{{Duration(1), Duration(2)}});
            default: return fire(static_cast<TimerSlot>(random_() % timer_slot_count));
        }
    }

    std::set<std::string> rows_seen;

  private:
    bool fire(TimerSlot which) {
        const auto& timer = timers_[static_cast<std::size_t>(which)];
        if (!timer) return false;
        // Failing as often as other timers fire would leave little else.
        if (timer->timer == Timer::feign && process_.phase() != Phase::failed && random_() % 16 != 0) return false;
        auto twin_round = timer->round == process_.round() ? UnpackedRounds::present : UnpackedRounds::earlier;
        if (which == TimerSlot::hold_down) twin_round = UnpackedRounds::hold_down;
        if (which == TimerSlot::feign) twin_round = UnpackedRounds::feign;
        if (which == TimerSlot::refresh) twin_round = UnpackedRounds::refresh;
        return step(TimerFired{timer->timer, timer->round}, TimerFired{timer->timer, twin_round});
    }

    bool step(const Event& event, const Event& twin_event) {
        const auto packed = packer_.pack(process_);
        auto twin = packer_.unpack(packed, self_.pid, settings_);
        EXPECT_EQ(packer_.pack(twin), packed);
        const auto before = process_.round();
        rows_seen.insert(std::string(to_string(process_.phase())) + " on " + std::string(to_string(kind_of(event))));
        Actions actions;
        Actions twin_actions;
        process_.step(event, actions);
        twin.step(twin_event, twin_actions);
        EXPECT_EQ(what_is_asked(twin, twin_actions), what_is_asked(process_, actions));
        EXPECT_EQ(packer_.pack(twin), packer_.pack(process_));
        EXPECT_EQ(twin.phase(), process_.phase());
        EXPECT_EQ(twin.members(), process_.members());
        EXPECT_EQ(twin.round() != UnpackedRounds::present, process_.round() != before);
        if (process_.round() != before) outcomes_.clear();
        for (const auto& action : actions) {
            if (const auto* timer = std::get_if<StartTimer>(&action)) {
                timers_[static_cast<std::size_t>(slot(timer->timer))] = *timer;
            }
        }
        return true;
    }

    Settings settings_;
    Member self_;
    ElectionPacker packer_{whole_group()};
    Election process_;
    std::mt19937 random_;
    std::set<ProcessId> outcomes_;  // of the present round
    std::array<std::optional<StartTimer>, timer_slot_count> timers_;
};

TEST(Packed, what_is_unpacked_does_what_was_packed) {
    in_both_modes([](Mode mode) {
        std::set<std::string> seen;
        for (unsigned seed = 0; seed < 24; ++seed) {
            SCOPED_TRACE("seed " + std::to_string(seed));
            Pair pair(1 + static_cast<int>(seed % 4), mode, seed);
            for (int i = 0; i < 2000 && !testing::Test::HasFailure(); ++i) pair.step_at_random();
            seen.merge(pair.rows_seen);
        }
        for (const auto& row : transitions()) {
            const auto pair = std::string(to_string(row.from)) + " on " + std::string(to_string(row.on));
            const bool robust_only = row.on == EventKind::refresh_due || row.on == EventKind::hold_down_over ||
                                     (row.from == Phase::leading &&
                                      (row.on == EventKind::probe_gap_over || row.on == EventKind::probe_timeout));
            EXPECT_TRUE(seen.contains(pair) || (robust_only && mode == Mode::strict)) << pair << " was never packed";
        }
    });
}

TEST(Packed, rounds_and_counts_of_what_is_over_make_no_other_state) {
    const ElectionPacker packer(whole_group());
    auto machine = leading(4, {1, 2, 3, 4});
    machine.expire(Timer::hold_down);
    const auto before = packer.pack(machine.core());
    const auto round = machine.core().last_round();
    machine.election({1, 2, 3, 4});
    EXPECT_NE(packer.pack(machine.core()), before) << "the hold-down is on";
    machine.expire(Timer::hold_down);
    EXPECT_NE(machine.core().last_round(), round);
    EXPECT_EQ(packer.pack(machine.core()), before);
}

TEST(Packed, sets_of_members_by_their_bits) {
    const ElectionPacker packer(whole_group());
    EXPECT_EQ(packer.subset(0b1010), group({2, 4}));
    EXPECT_EQ(packer.bits(group({1, 4})), std::size_t{0b1001});
}

}  // namespace
}  // namespace bully::test
