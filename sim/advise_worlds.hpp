// The two scenarios that the advisor runs, and what it looks for in them.
#pragma once

#include "sim/advise_grid.hpp"
#include "sim/observer.hpp"
#include "sim/result.hpp"
#include "sim/scenario.hpp"

#include <cstdint>
#include <optional>

namespace bully::sim {

/// A settled group whose leader dies without a word, long enough after the start that nobody's probe gap is still
/// that of the start.
[[nodiscard]] Scenario crash_scenario(const Surroundings& surroundings, const Timing& timing);

/// A settled group in which nobody dies: `duration` to be watched from `warm_up` on, when nobody's probe gap is still
/// that of the start. The stalls depend on the seed alone: the same ones for every timing.
[[nodiscard]] Scenario calm_scenario(const Surroundings& surroundings, const Timing& timing, Duration duration,
                                     std::uint64_t seed);

[[nodiscard]] Duration warm_up(const Timing& timing);

/// Counts messages, and what Measures calls false elections; both from a given time on.
class CalmWatch final : public Observer {
  public:
    /// `measures` are those of the run that it watches.
    CalmWatch(const Measures& measures, Duration from) : measures_(measures), from_(from) {}

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
