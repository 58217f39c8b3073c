// What the observers that check properties have in common.
#pragma once

#include "core/election.hpp"
#include "core/event.hpp"
#include "core/settings.hpp"
#include "sim/checks/observability.hpp"
#include "sim/checks/violation_log.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/roster.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

/// Knows the mode and the scenario of the run, and reports violations to a log that it shares with others.
class PropertyObserver : public Observer {
  public:
    void on_begin(const Scenario& scenario) override { scenario_ = &scenario; }

  protected:
    /// `mode` is that of the run. `log` must outlive this, and be reset by its owner.
    PropertyObserver(Mode mode, ViolationLog& log, Observability observability)
        : mode_(mode), log_(log), observability_(observability) {}

    void violated(Property property, Time at, std::vector<Number> processes, std::string what) {
        log_.add(property, at, std::move(processes), std::move(what));
    }
    [[nodiscard]] const std::string& name(Number number) const { return name_of(number, scenario_->processes); }

    Mode mode_;
    ViolationLog& log_;
    Observability observability_;
    const Scenario* scenario_ = nullptr;
};

/// The event, if it is this timer; otherwise null.
[[nodiscard]] inline const TimerFired* as_timer(const Event& event, Timer timer) {
    const auto* fired = std::get_if<TimerFired>(&event);
    return fired != nullptr && fired->timer == timer ? fired : nullptr;
}

[[nodiscard]] constexpr bool is_electing(Phase phase) {
    return phase == Phase::awaiting_answers || phase == Phase::awaiting_coordinator;
}

[[nodiscard]] constexpr bool answers_requests(Phase phase) { return phase != Phase::down && phase != Phase::failed; }

/// How many members are above a process.
[[nodiscard]] inline std::uint32_t higher_count(const Election& process) {
    return static_cast<std::uint32_t>(process.members().size() - process.own_position() - 1);
}

[[nodiscard]] inline std::string in_round(Round round) { return " in round " + std::to_string(round); }

}  // namespace bully::sim
