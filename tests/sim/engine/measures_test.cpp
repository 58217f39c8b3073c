// The measures of a run, against a second implementation that uses only the notes of an observer.
#include "core/election.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/scenario/parser.hpp"
#include "tests/sim/checks/random_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

using std::chrono::seconds;

class Truth final : public Observer {
    using Look = std::pair<Time, const void*>;

  public:
    void on_begin(const Scenario& scenario) override {
        scenario_ = &scenario;
        processes_.assign(scenario.processes.size(), {});
        looks_ = {{Time::zero(), nullptr}};
        last_fault = {};
        faults.clear();
        looks_before_.clear();
        some_leaderless = {};
        unled_at_.reset();
        false_elections = 0;
    }
    void on_life(const LifeNote& note) override {
        processes_[note.number - 1] = {note.process, true, false};
        look(note.at);
    }
    void on_step(const StepNote& note) override {
        const auto& process = *note.process;
        const bool begins =
            !is_electing(note.before.phase) &&
            (process.is_electing() || (process.phase() == Phase::leading && note.before.phase != Phase::leading));
        if (begins && leader_was_alive(note) && nobody_else_elects(note.number)) ++false_elections;
        look(note.at);
    }
    void on_world(const WorldNote& note) override {
        using enum WorldNote::Kind;
        if (note.kind == crash || note.kind == give_up) processes_[note.number - 1].runs = false;
        if (note.kind == pause || note.kind == resume) processes_[note.number - 1].paused = note.kind == pause;
        const bool settled = note.kind == start && scenario_->settled && note.at == Time::zero();
        if (note.kind != elect && note.kind != give_up && note.kind != no_effect && !settled) {
            last_fault = note.at;
            if (faults.empty() || faults.back() != note.at) {
                faults.push_back(note.at);
                looks_before_.push_back(looks_.size());
            }
        }
        look(note.at);
    }
    void on_end(Time at) override { look(at); }

    [[nodiscard]] bool agreed_at_end() const { return looks_.back().second != nullptr; }
    [[nodiscard]] std::optional<Duration> time_to_agreement() const {
        return agreed_at_end() ? first_agreement(last_fault, looks_) : std::nullopt;
    }
    /// After fault number i, before the next one. What is seen at the very time of that may be its doing, as of a
    /// feigned failure, or a message's just before it: both ways count.
    [[nodiscard]] bool is_time_to_agreement(std::size_t i, std::optional<Duration> measured) const {
        if (i + 1 == faults.size()) return measured == time_to_agreement();
        const auto of = [&](const std::vector<Look>& looks) {
            return looks.back().second == nullptr ? std::nullopt : first_agreement(faults[i], looks);
        };
        auto before = looks_;
        std::erase_if(before, [&](const auto& look) { return look.first >= faults[i + 1]; });
        const auto end = looks_.begin() + static_cast<std::ptrdiff_t>(looks_before_[i + 1]);
        return measured == of(before) || measured == of({looks_.begin(), end});
    }

    Time last_fault{};
    std::vector<Time> faults;
    Duration some_leaderless{};
    std::uint64_t false_elections = 0;

  private:
    std::vector<std::size_t> looks_before_;  // each fault

    static std::optional<Duration> first_agreement(Time fault, const std::vector<Look>& looks_) {
        const auto last_fault = fault;
        for (auto first = looks_.begin(); first != looks_.end();) {
            const auto since = first->first;
            const auto* leader = first->second;
            const auto other = [&](const auto& look) { return look.second != leader; };
            const auto end = std::find_if(first, looks_.end(), other);
            const bool lasts = end == looks_.end() || (since >= last_fault && end->first > since);
            if (leader != nullptr && lasts) return std::max(since - last_fault, Duration{});
            first = end;
        }
        return std::nullopt;
    }

    struct Process {
        const Election* election = nullptr;
        bool runs = false;
        bool paused = false;

        [[nodiscard]] bool alive() const { return runs && election->phase() != Phase::failed; }
        [[nodiscard]] bool live() const { return alive() && !paused; }
    };

    static bool is_electing(Phase phase) {
        return phase == Phase::awaiting_answers || phase == Phase::awaiting_coordinator;
    }

    [[nodiscard]] bool leader_was_alive(const StepNote& note) const {
        const auto& leader = note.before.leader;
        if (!leader || *leader == scenario_->processes[note.number - 1].pid) return false;
        for (std::size_t i = 0; i < processes_.size(); ++i) {
            if (scenario_->processes[i].pid == *leader) return processes_[i].alive();
        }
        return false;
    }

    [[nodiscard]] bool nobody_else_elects(Number number) const {
        for (std::size_t i = 0; i < processes_.size(); ++i) {
            const auto& process = processes_[i];
            if (i + 1 != number && process.runs && is_electing(process.election->phase())) return false;
        }
        return true;
    }

    // Whom all follow, within their reach; null if they don't.
    [[nodiscard]] const Process* common_leader(Time at) const {
        const Process* leader = nullptr;
        for (const auto& process : processes_) {
            if (!process.live()) continue;
            if (process.election->phase() != Phase::leading) continue;
            if (leader != nullptr) return nullptr;
            leader = &process;
        }
        if (leader == nullptr) return nullptr;
        const auto number = [&](const Process& process) {
            return static_cast<Number>(&process - processes_.data() + 1);
        };
        const bool agreed = std::all_of(processes_.begin(), processes_.end(), [&](const Process& process) {
            return !process.live() || &process == leader ||
                   (process.election->phase() == Phase::following &&
                    process.election->leader() == leader->election->leader() &&
                    !apart(number(process), number(*leader), at));
        });
        return agreed ? leader : nullptr;
    }

    void look(Time at) {
        if (unled_at_) some_leaderless += at - *unled_at_;
        looks_.emplace_back(at, common_leader(at));
        unled_at_ = some_are_leaderless(at) ? std::optional(at) : std::nullopt;
    }

    // From the scenario: between whom there is no way at `at`, in either direction.
    [[nodiscard]] bool apart(Number a, Number b, Time at) const {
        const auto& all = scenario_->faults;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].at > at || (all[i].lasts && all[i].at + *all[i].lasts <= at)) continue;
            const bool healed =
                std::any_of(all.begin() + static_cast<std::ptrdiff_t>(i), all.end(),
                            [&](const Fault& f) { return std::holds_alternative<fault::Heal>(f.what) && f.at <= at; });
            if (healed) continue;
            if (const auto* partition = std::get_if<fault::Partition>(&all[i].what)) {
                const auto group = [&](Number number) {
                    std::size_t found = 0;
                    for (std::size_t g = 0; g < partition->groups.size(); ++g) {
                        for (const auto member : partition->groups[g]) found = member == number ? g + 1 : found;
                    }
                    return found;
                };
                if (group(a) != group(b)) return true;
            } else if (const auto* cut = std::get_if<fault::Cut>(&all[i].what)) {
                const auto in = [](const std::vector<Number>& some, Number one) {
                    return std::find(some.begin(), some.end(), one) != some.end();
                };
                const auto& [from, to, both] = cut->links;
                if ((in(from, a) && in(to, b)) || (in(from, b) && in(to, a))) return true;
            }
        }
        return false;
    }

    [[nodiscard]] bool some_are_leaderless(Time at) const {
        for (std::size_t i = 0; i < processes_.size(); ++i) {
            if (!processes_[i].live()) continue;
            const auto phase = processes_[i].election->phase();
            bool led = phase == Phase::leading;
            for (std::size_t j = 0; phase == Phase::following && j < processes_.size() && !led; ++j) {
                led = scenario_->processes[j].pid == processes_[i].election->leader() && processes_[j].live() &&
                      processes_[j].election->phase() == Phase::leading &&
                      !apart(static_cast<Number>(i + 1), static_cast<Number>(j + 1), at);
            }
            if (!led) return true;
        }
        return false;
    }

    const Scenario* scenario_ = nullptr;
    std::vector<Process> processes_;
    std::vector<Look> looks_;
    std::optional<Time> unled_at_;  // some were leaderless at the last look
};

TEST(Measures, are_what_an_observer_sees) {
    std::uint64_t later = 0;
    std::uint64_t cut_off = 0;
    std::uint64_t never_answered_for = 0;
    std::uint64_t some_alone = 0;
    std::uint64_t false_elections = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        const auto scenario = random_scenario(seed, seed % 2 == 0 ? World::calm : World::disturbed);
        Simulator simulator(scenario);
        Truth truth;
        simulator.attach(truth);
        for (const auto mode : {Mode::strict, Mode::robust}) {
            simulator.run(seed, mode);
            const auto& measures = simulator.measures();
            ASSERT_EQ(measures.last_fault, truth.last_fault) << "seed " << seed;
            ASSERT_EQ(measures.agreement.has_value(), truth.agreed_at_end()) << "seed " << seed;
            ASSERT_EQ(measures.time_to_agreement(), truth.time_to_agreement()) << "seed " << seed;
            ASSERT_EQ(measures.false_elections, truth.false_elections) << "seed " << seed;
            ASSERT_EQ(measures.some_leaderless, truth.some_leaderless) << "seed " << seed;
            some_alone += measures.some_leaderless > measures.leaderless + seconds(1) ? 1 : 0;
            ASSERT_EQ(measures.faults.size(), truth.faults.size()) << "seed " << seed;
            for (std::size_t i = 0; i < truth.faults.size(); ++i) {
                ASSERT_EQ(measures.faults[i].at, truth.faults[i]) << "seed " << seed;
                ASSERT_TRUE(measures.faults[i].named) << "seed " << seed << ", fault " << i;
                ASSERT_TRUE(truth.is_time_to_agreement(i, measures.faults[i].agreement))
                    << "seed " << seed << ", " << i;
                never_answered_for += i + 1 < truth.faults.size() && !measures.faults[i].agreement ? 1 : 0;
            }
            false_elections += measures.false_elections;
            const auto time = measures.time_to_agreement();
            later += time && *time > Duration::zero() ? 1 : 0;
            cut_off += time ? 0 : 1;
        }
    }
    EXPECT_GT(later, 100U);
    EXPECT_GT(cut_off, 5U);
    EXPECT_GT(never_answered_for, 100U);
    EXPECT_GT(some_alone, 50U);
    EXPECT_GT(false_elections, 100U);
}

// One mistake, whatever comes of it: the leader wakes up, and announces itself again.
TEST(Measures, a_paused_leader_is_alive) {
    Scenario scenario;
    scenario.settled = true;
    scenario.processes = made_up_processes(3);
    scenario.duration = seconds(60);
    scenario.faults.push_back({seconds(5), seconds(8), fault::Pause{{ProcessRef::Kind::number, 3}}});
    scenario.faults.push_back({seconds(30), {}, fault::Crash{{ProcessRef::Kind::number, 3}, false}});
    Simulator simulator(scenario);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        simulator.run(seed, Mode::robust);
        EXPECT_GE(simulator.measures().victories, 2U) << "seed " << seed;
        EXPECT_EQ(simulator.measures().false_elections, 1U) << "seed " << seed;
    }
}

// Each scenario as its text, and what it comes to.
Measures measures_of(const std::string& text, Mode mode = Mode::robust, std::uint64_t seed = 1) {
    const auto scenario = parse_scenario("name: test\nstart: settled\n" + text, "test.yaml");
    EXPECT_TRUE(scenario) << (scenario ? "" : to_string(scenario.error().front()));
    Simulator simulator(*scenario);
    simulator.run(seed, mode);
    return simulator.measures();
}

// Nobody has noticed anything yet: that isn't to agree. If it lasts, nothing had to be noticed.
TEST(Measures, an_agreement_that_the_fault_is_about_to_end_is_none) {
    Scenario scenario;
    scenario.settled = true;
    scenario.processes = made_up_processes(5);
    scenario.duration = seconds(60);
    scenario.faults.push_back({seconds(5), {}, fault::Partition{{{1, 2}, {3, 4, 5}}}});
    Simulator simulator(scenario);
    simulator.run(1, Mode::robust);
    EXPECT_EQ(simulator.measures().time_to_agreement(), std::nullopt);
    scenario.faults = {{seconds(5), {}, fault::Crash{{ProcessRef::Kind::number, 1}, false}}};
    Simulator follower(scenario);
    follower.run(1, Mode::robust);
    EXPECT_EQ(follower.measures().time_to_agreement(), Duration::zero());
}

// The run ends, or the next fault comes, before anybody could: a partition is as a crash there.
TEST(Measures, an_agreement_across_a_partition_is_none) {
    const std::string head = "duration: 30s\nprocesses: 3\nfaults:\n- {at: 29.9s, ";
    for (const auto* what :
         {"partition: [[3], [1, 2]]}", "cut: {between: [3, 1]}}", "cut: {from: 2, to: 3}}", "crash: 3}"}) {
        const auto measures = measures_of(head + what + "\n");
        EXPECT_FALSE(measures.agreement) << what;
        EXPECT_EQ(measures.time_to_agreement(), std::nullopt) << what;
        EXPECT_FALSE(measures.lost_agreement()) << what;
        ASSERT_EQ(measures.faults.size(), 1U) << what;
        EXPECT_EQ(measures.faults[0].agreement, std::nullopt) << what;
    }
    EXPECT_EQ(measures_of(head + "cut: {between: [1, 2]}}\n").time_to_agreement(), Duration::zero()) << "led by 3";
    const auto short_one = measures_of(head + "partition: [[3], [1, 2]], for: 5ms}\n");
    ASSERT_EQ(short_one.faults.size(), 2U);
    EXPECT_EQ(short_one.faults[0].agreement, std::nullopt);
    EXPECT_EQ(short_one.time_to_agreement(), Duration::zero());
    ASSERT_TRUE(short_one.agreement);
    EXPECT_EQ(short_one.agreement->since, Duration{std::chrono::milliseconds(29'905)});
}

// 1 and 3 can't talk, and strict never settles it: nobody had noticed at first, which is no agreement.
TEST(Measures, a_group_that_is_wedged_at_the_end_has_no_time_to_agreement) {
    const auto wedged =
        measures_of("duration: 30s\nprocesses: 3\nfaults:\n  - {at: 0s, cut: {between: [1, 3]}}\n", Mode::strict);
    EXPECT_FALSE(wedged.agreement);
    EXPECT_EQ(wedged.time_to_agreement(), std::nullopt);
    EXPECT_FALSE(wedged.lost_agreement());
    ASSERT_EQ(wedged.faults.size(), 1U);
    EXPECT_EQ(wedged.faults[0].agreement, std::nullopt);
}

// The lost PROBEs, and the lost announcements to 2, don't count as faults.
TEST(Measures, an_agreement_that_does_not_last_is_lost) {
    const auto lost = measures_of(
        "duration: 30s\nprocesses: 3\nfaults:\n  - {at: 0s, crash: 1}\n  - {message: PROBE, drop: on}\n"
        "  - {message: COORDINATOR, to: 2, drop: on}\n",
        Mode::strict);
    EXPECT_EQ(lost.last_fault, seconds(0));
    EXPECT_EQ(lost.time_to_agreement(), std::nullopt);
    EXPECT_TRUE(lost.lost_agreement());
}

TEST(Measures, each_crash_of_a_cascade_has_its_own_time_to_agreement) {
    const auto cascade = measures_of(
        "duration: 36s\nprocesses: 5\nfaults:\n"
        "  - {at: 3s, crash: leader}\n  - {at: 12s, crash: leader}\n  - {at: 21s, crash: leader}\n");
    ASSERT_EQ(cascade.faults.size(), 3U);
    auto sum = Duration::zero();
    for (std::size_t i = 0; i < 3; ++i) {
        const auto& fault = cascade.faults[i];
        EXPECT_EQ(fault.at, seconds(3 + 9 * static_cast<int>(i)));
        EXPECT_EQ(fault.kind, WorldNote::Kind::crash);
        EXPECT_EQ(fault.number, 5 - i);
        ASSERT_TRUE(fault.agreement) << i;
        EXPECT_GT(*fault.agreement, seconds(3)) << i;
        EXPECT_LT(*fault.agreement, seconds(7)) << i;
        sum += *fault.agreement;
    }
    EXPECT_EQ(cascade.faults[2].agreement, cascade.time_to_agreement());
    EXPECT_EQ(sum, cascade.some_leaderless) << "from each crash until the last of them knows the new leader";
    EXPECT_GT(sum, cascade.leaderless);
}

TEST(Measures, a_fault_that_the_next_one_overtakes_has_none) {
    const auto measures = measures_of(
        "duration: 36s\nprocesses: 5\nfaults:\n"
        "  - {at: 3s, crash: 5}\n  - {at: 3s, pause: 1, for: 1s}\n  - {at: 20s, crash: 2}\n");
    ASSERT_EQ(measures.faults.size(), 3U);
    EXPECT_EQ(measures.faults[0].agreement, std::nullopt);
    EXPECT_EQ(measures.faults[0].until, seconds(4));
    EXPECT_EQ(measures.faults[0].more, 1U) << "the pause";
    EXPECT_TRUE(measures.faults[1].agreement);
    EXPECT_EQ(measures.faults[1].kind, WorldNote::Kind::resume);
    EXPECT_EQ(measures.faults[2].agreement, Duration::zero());
}

// The leader goes on, alone; those that it left behind have none until they have elected another.
TEST(Measures, followers_cut_off_from_a_leader_that_goes_on_are_without_one) {
    for (const auto* what : {"partition: [[1, 2, 3, 4], [5]]", "cut: {from: [1, 2, 3, 4], to: [5]}",
                             "cut: {from: [5], to: [1, 2, 3, 4]}"}) {
        const auto measures =
            measures_of("duration: 60s\nprocesses: 5\nfaults:\n  - {at: 5s, " + std::string(what) + ", for: 20s}\n");
        EXPECT_EQ(measures.leaderless, Duration::zero()) << what;
        EXPECT_GT(measures.some_leaderless, seconds(3)) << what;
        EXPECT_LT(measures.some_leaderless, seconds(30)) << what;
    }
    const auto healthy = measures_of("duration: 60s\nprocesses: 5\n");
    EXPECT_EQ(healthy.some_leaderless, Duration::zero());
}

// The clock is that of the crash, whatever is lost after it.
TEST(Measures, a_lost_message_is_no_fault) {
    Scenario scenario;
    scenario.settled = true;
    scenario.processes = made_up_processes(6);
    scenario.duration = seconds(60);
    scenario.network.loss = (std::uint64_t{1} << 32U) / 20;
    scenario.faults.push_back({seconds(5), {}, fault::Crash{{ProcessRef::Kind::highest, 0}, false}});
    Simulator simulator(scenario);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        simulator.run(seed, Mode::robust);
        EXPECT_EQ(simulator.measures().last_fault, seconds(5));
    }
}

}  // namespace
}  // namespace bully::sim
