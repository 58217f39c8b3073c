// The checks of the simulator, in the replay of a trace.
//
// P1 to P11 need the steps of each process alone. A trace doesn't tell whether each message of a multicast was sent, so
// that isn't checked. P12 to P18 need all members of the group in the trace, and a bound on delays. The header of a
// simulated trace has the bound, unless the run depended on what a trace doesn't tell; for a live trace it is given.
#pragma once

#include "core/record/trace.hpp"
#include "sim/checks/properties.hpp"
#include "sim/checks/result.hpp"
#include "sim/engine/observer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// The program whose traces are in virtual time, and tell when the daemon is down.
inline constexpr std::string_view simulator_name = "bully_sim";

class ReplayChecks final : public Observer {
  public:
    /// Without bounds P12 to P18 aren't checked. `tolerance`: how late a timer may fire.
    ReplayChecks(const TraceHeader& header, const std::optional<TraceBounds>& bounds, Duration tolerance);

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override { properties_.on_message(note); }
    void on_world(const WorldNote& note) override;
    void on_end(Time at) override { properties_.on_end(at); }

    /// The verdicts after the replay. `enough`: the tolerance that the timers of the trace need.
    [[nodiscard]] std::vector<PropertyResult> results(Duration enough) const;
    [[nodiscard]] const std::vector<Violation>& violations() const { return properties_.violations(); }

  private:
    void stop_or_go_on(const WorldNote& note);
    void look_for_strangers(Number number, const Election& process);

    Properties properties_;
    bool tells_of_daemon_;
    std::vector<std::string> expected_violations_;
    std::vector<ProcessId> pids_;      // ascending
    std::vector<Membership> members_;  // of each process, as last looked at
    std::optional<Time> stopped_at_;   // when the program first stood still
    Time went_on_at_{};
    std::size_t stops_ = 0;
};

}  // namespace bully::sim
