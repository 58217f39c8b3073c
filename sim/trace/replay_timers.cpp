#include "sim/trace/replay_timers.hpp"

#include <algorithm>

namespace bully::sim {

void ReplayTimers::note(Number node, Time at, const Event* event, std::span<const Action> actions) {
    auto& slots = armed_[node - 1];
    if (const auto* fired = event != nullptr ? std::get_if<TimerFired>(event) : nullptr) {
        auto& armed = slots[static_cast<std::size_t>(slot(fired->timer))];
        if (armed && armed->round == fired->round) armed.reset();
    }
    for (const auto& action : actions) {
        if (const auto* timer = std::get_if<StartTimer>(&action)) {
            slots[static_cast<std::size_t>(slot(timer->timer))] = Armed{timer->round, at + timer->range.max};
        }
    }
}

Duration ReplayTimers::lateness(Number node, Time at) const {
    auto latest = Duration::zero();
    for (const auto& armed : armed_[node - 1]) {
        if (armed) latest = std::max(latest, at - armed->due);
    }
    return latest;
}

Duration ReplayTimers::lateness(Time at) const {
    auto latest = Duration::zero();
    for (Number node = 1; node <= armed_.size(); ++node) latest = std::max(latest, lateness(node, at));
    return latest;
}

std::vector<Number> ReplayTimers::missed(Time from, Time to, Duration tolerance) const {
    std::vector<Number> nodes;
    for (Number node = 1; node <= armed_.size(); ++node) {
        const auto& slots = armed_[node - 1];
        const bool is_missed = std::any_of(slots.begin(), slots.end(), [&](const auto& armed) {
            return armed && armed->due + tolerance >= from && to - std::max(from, armed->due) > tolerance;
        });
        if (is_missed) nodes.push_back(node);
    }
    return nodes;
}

}  // namespace bully::sim
