#include "sim/advise/worlds.hpp"

#include "core/election.hpp"
#include "sim/engine/random.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

// Beyond the purposes of the engine, whose draws have the same seed.
constexpr std::uint32_t purpose_stall = 1'000;

Scenario settled_group(const Environment& environment, const Timing& timing) {
    Scenario scenario;
    scenario.mode = environment.mode;
    scenario.settled = true;
    scenario.network.delay = environment.delay;
    scenario.network.loss = environment.loss;
    scenario.daemon.delay = environment.delay;
    scenario.processes = made_up_processes(environment.processes, timing);
    return scenario;
}

void add_stalls(Scenario& scenario, const Environment& environment, std::uint64_t seed) {
    if (!environment.stall) return;
    const Random random(seed);
    const auto until_next = Delay::exponential(environment.stall->every);
    for (Number number = 1; number <= environment.processes; ++number) {
        Time at{};
        for (std::uint32_t count = 0;; ++count) {
            at += until_next.sample(random.draw(purpose_stall, number, count));
            if (at >= scenario.duration) break;
            scenario.faults.push_back({at, environment.stall->lasts, fault::Pause{{ProcessRef::Kind::number, number}}});
            at += environment.stall->lasts;
        }
    }
    std::stable_sort(scenario.faults.begin(), scenario.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
}

}  // namespace

Duration warm_up(const Timing& timing) { return 5 * timing.probe_gap.max; }

Scenario crash_scenario(const Environment& environment, const Timing& timing, std::uint64_t seed) {
    auto scenario = settled_group(environment, timing);
    const auto crash = warm_up(timing);
    const auto stalls = environment.stall ? environment.stall->lasts : Duration::zero();
    // Three times the longest time without losses.
    scenario.duration =
        crash + 3 * (timing.probe_gap.max + timing.probe_timeout + timing.coordinator_timeout + timing.answer_timeout +
                     timing.hold_down + 8 * longest_counted_delay(environment.delay) + stalls);
    scenario.faults.push_back({crash, std::nullopt, fault::Crash{{ProcessRef::Kind::number, environment.processes}}});
    add_stalls(scenario, environment, seed);
    return scenario;
}

Scenario calm_scenario(const Environment& environment, const Timing& timing, Duration duration, std::uint64_t seed) {
    auto scenario = settled_group(environment, timing);
    scenario.duration = warm_up(timing) + duration;
    add_stalls(scenario, environment, seed);
    return scenario;
}

void CrashObserver::on_begin(const Scenario& scenario) {
    successor_ = scenario.processes[scenario.processes.size() - 2].pid;
    follows_.assign(scenario.processes.size() - 1, false);
    following_ = 0;
    crash_.reset();
    time_.reset();
}

void CrashObserver::on_world(const WorldNote& note) {
    if (note.kind != WorldNote::Kind::crash) return;
    crash_ = note.at;
    if (following_ == follows_.size()) time_ = Duration::zero();
}

void CrashObserver::on_step(const StepNote& note) {
    if (time_ || note.number > follows_.size()) return;
    const auto& process = *note.process;
    const auto idle = process.phase() == Phase::following || process.phase() == Phase::leading;
    const bool follows = idle && process.leader() == successor_;
    if (follows_[note.number - 1] == follows) return;
    follows_[note.number - 1] = follows;
    following_ = follows ? following_ + 1 : following_ - 1;
    if (crash_ && following_ == follows_.size()) time_ = note.at - *crash_;
}

void CalmObserver::on_begin(const Scenario&) {
    before_.reset();
    sent_ = 0;
}

void CalmObserver::on_step(const StepNote& note) {
    // An election that begins in this step isn't counted yet.
    if (!before_ && note.at >= from_) before_ = measures_.false_elections;
}

void CalmObserver::on_message(const MessageNote& note) {
    if (note.fate == Fate::sent && note.at >= from_) ++sent_;
}

}  // namespace bully::sim
