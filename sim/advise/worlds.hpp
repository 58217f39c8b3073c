// The two scenarios that the advisor runs, and what it looks for in them.
#pragma once

#include "sim/advise/candidates.hpp"
#include "sim/engine/measures.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>

namespace bully::sim {

/// A settled group whose leader dies without a word at `warm_up`, when nobody's probe gap is still that of the start.
/// Stalls depend on the seed alone: the same ones for every timing. Likewise of the other.
[[nodiscard]] Scenario crash_scenario(const Environment& environment, const Timing& timing, std::uint64_t seed);

/// A settled group in which nobody dies: `duration` to be watched from `warm_up` on.
[[nodiscard]] Scenario calm_scenario(const Environment& environment, const Timing& timing, Duration duration,
                                     std::uint64_t seed);

/// When all others follow the next highest after the highest has crashed; at once if they did already.
class CrashObserver final : public Observer {
  public:
    void on_begin(const Scenario& scenario) override;
    void on_step(const StepNote& note) override;
    void on_world(const WorldNote& note) override;

    /// None: not within the run.
    [[nodiscard]] std::optional<Duration> time_to_new_leader() const { return time_; }

  private:
    ProcessId successor_{};
    std::vector<bool> follows_;  // the heir, by number - 1
    std::size_t following_ = 0;
    std::optional<Time> crash_;
    std::optional<Duration> time_;
};

[[nodiscard]] Duration warm_up(const Timing& timing);

/// Counts messages, and what Measures calls false elections; both from a given time on.
class CalmObserver final : public Observer {
  public:
    /// `measures` are those of the run that it watches.
    CalmObserver(const Measures& measures, Duration from) : measures_(measures), from_(from) {}

    void on_begin(const Scenario& scenario) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;

    [[nodiscard]] std::uint64_t false_elections() const { return before_ ? measures_.false_elections - *before_ : 0; }
    [[nodiscard]] std::uint64_t sent() const { return sent_; }

  private:
    const Measures& measures_;
    Time from_;
    std::optional<std::uint64_t> before_;  // false elections
    std::uint64_t sent_ = 0;
};

}  // namespace bully::sim
