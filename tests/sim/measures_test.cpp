// What a run measures, against a second implementation that knows nothing but what an observer is told.
#include "sim/simulator.hpp"
#include "tests/sim/random_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

using std::chrono::seconds;

class Truth final : public Observer {
  public:
    void on_begin(const Scenario& scenario) override {
        scenario_ = &scenario;
        processes_.assign(scenario.processes.size(), {});
        looks_ = {{Time::zero(), nullptr}};
        last_fault = {};
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
        if (note.kind != elect && note.kind != give_up && note.kind != no_effect && !settled) last_fault = note.at;
        look(note.at);
    }

    [[nodiscard]] bool agreed_at_end() const { return looks_.back().second != nullptr; }
    [[nodiscard]] std::optional<Duration> time_to_agreement() const {
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

    Time last_fault{};
    std::uint64_t false_elections = 0;

  private:
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

    // Whom all follow; null if they don't.
    [[nodiscard]] const Process* common_leader() const {
        const Process* leader = nullptr;
        for (const auto& process : processes_) {
            if (!process.live()) continue;
            if (process.election->phase() != Phase::leading) continue;
            if (leader != nullptr) return nullptr;
            leader = &process;
        }
        if (leader == nullptr) return nullptr;
        const bool agreed = std::all_of(processes_.begin(), processes_.end(), [&](const Process& process) {
            return !process.live() || &process == leader ||
                   (process.election->phase() == Phase::following &&
                    process.election->leader() == leader->election->leader());
        });
        return agreed ? leader : nullptr;
    }

    void look(Time at) { looks_.emplace_back(at, common_leader()); }

    const Scenario* scenario_ = nullptr;
    std::vector<Process> processes_;
    std::vector<std::pair<Time, const Process*>> looks_;
};

TEST(Measures, are_what_an_observer_sees) {
    std::uint64_t later = 0;
    std::uint64_t cut_off = 0;
    std::uint64_t apart = 0;
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
            false_elections += measures.false_elections;
            const auto time = measures.time_to_agreement();
            later += time && *time > Duration::zero() ? 1 : 0;
            cut_off += time ? 0 : 1;
            apart += time && !measures.agreement ? 1 : 0;
        }
    }
    EXPECT_GT(later, 100U);
    EXPECT_GT(cut_off, 5U);
    EXPECT_GT(apart, 5U);
    EXPECT_GT(false_elections, 100U);
}

// One mistake, whatever comes of it: the leader wakes up, and wins again.
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
        EXPECT_GE(simulator.measures().victories, 3U) << "seed " << seed;
        EXPECT_EQ(simulator.measures().false_elections, 1U) << "seed " << seed;
    }
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
