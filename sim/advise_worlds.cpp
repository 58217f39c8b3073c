#include "sim/advise_worlds.hpp"

#include "sim/random.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

// Beyond those of the engine, whose draws have the same seed.
constexpr std::uint32_t purpose_stall = 1'000;

Scenario settled_group(const Surroundings& surroundings, const Timing& timing) {
    Scenario scenario;
    scenario.mode = surroundings.mode;
    scenario.settled = true;
    scenario.network.delay = surroundings.delay;
    scenario.network.loss = surroundings.loss;
    scenario.daemon.delay = surroundings.delay;
    scenario.processes = made_up_processes(surroundings.processes, timing);
    return scenario;
}

}  // namespace

Duration warm_up(const Timing& timing) { return 5 * timing.probe_gap.max; }

Scenario crash_scenario(const Surroundings& surroundings, const Timing& timing) {
    auto scenario = settled_group(surroundings, timing);
    const auto crash = warm_up(timing);
    scenario.faults.push_back({crash, std::nullopt, fault::Crash{{ProcessRef::Kind::number, surroundings.processes}}});
    // Three times what it takes where nothing is lost.
    scenario.duration =
        crash + 3 * (timing.probe_gap.max + timing.probe_timeout + timing.coordinator_timeout + timing.answer_timeout +
                     timing.hold_down + 8 * longest_counted_delay(surroundings.delay));
    return scenario;
}

Scenario calm_scenario(const Surroundings& surroundings, const Timing& timing, Duration duration, std::uint64_t seed) {
    auto scenario = settled_group(surroundings, timing);
    const auto end = warm_up(timing) + duration;
    scenario.duration = end;
    if (!surroundings.stall) return scenario;
    const Random random(seed);
    const auto until_next = Delay::exponential(surroundings.stall->every);
    for (Number number = 1; number <= surroundings.processes; ++number) {
        Time at{};
        for (std::uint32_t count = 0;; ++count) {
            at += until_next.sample(random.draw(purpose_stall, number, count));
            if (at >= end) break;
            scenario.faults.push_back(
                {at, surroundings.stall->lasts, fault::Pause{{ProcessRef::Kind::number, number}}});
            at += surroundings.stall->lasts;
        }
    }
    std::stable_sort(scenario.faults.begin(), scenario.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return scenario;
}

void CalmWatch::on_begin(const Scenario&) {
    before_.reset();
    sent_ = 0;
}

void CalmWatch::on_step(const StepNote& note) {
    // What this step begins isn't counted yet.
    if (!before_ && note.at >= from_) before_ = measures_.false_elections;
}

void CalmWatch::on_message(const MessageNote& note) {
    if (note.fate == Fate::sent && note.at >= from_) ++sent_;
}

}  // namespace bully::sim
