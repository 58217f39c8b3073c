// The two scenarios of the advisor, and the observers that measure them.
#pragma once

#include "sim/advise/candidates.hpp"
#include "sim/engine/measures.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>

namespace bully::sim {

/// A settled group whose leader crashes silently at `warm_up`, when no probe gap is still the first one. In both
/// scenarios the stalls depend only on the seed, so all timings have the same stalls.
[[nodiscard]] Scenario crash_scenario(const Environment& environment, const Timing& timing, std::uint64_t seed);

/// A settled group without crashes, to be observed for `duration` from `warm_up` on.
[[nodiscard]] Scenario calm_scenario(const Environment& environment, const Timing& timing, Duration duration,
                                     std::uint64_t seed);

/// Measures the time from the crash of the highest process until all others follow the next highest; 0 if they already
/// do.
class CrashObserver final : public Observer {
  public:
    void on_begin(const Scenario& scenario) override;
    void on_step(const StepNote& note) override;
    void on_world(const WorldNote& note) override;

    /// None if it didn't happen within the run.
    [[nodiscard]] std::optional<Duration> time_to_new_leader() const { return time_; }

  private:
    ProcessId successor_{};
    std::vector<bool> follows_;  // the successor, by number - 1
    std::size_t following_ = 0;
    std::optional<Time> crash_;
    std::optional<Duration> time_;
};

/// The time before the measurement.
[[nodiscard]] Duration warm_up(const Timing& timing);

/// Counts messages and false elections (see Measures) from a given time on.
class CalmObserver final : public Observer {
  public:
    /// `measures`: those of the observed run. Must outlive it.
    CalmObserver(const Measures& measures, Duration from) : measures_(measures), from_(from) {}

    void on_begin(const Scenario& scenario) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;

    [[nodiscard]] std::uint64_t false_elections() const { return before_ ? measures_.false_elections - *before_ : 0; }
    [[nodiscard]] std::uint64_t sent() const { return sent_; }

  private:
    const Measures& measures_;
    Time from_;
    std::optional<std::uint64_t> before_;  // false elections before `from_`
    std::uint64_t sent_ = 0;
};

}  // namespace bully::sim
