// The discrete-event simulator: executes the actions of many Elections in virtual time, all from one seed.
//
// Order of events, a property of the events themselves and not of when they were put into the queue: time; faults
// before messages before timers; receiver; type in the order OK, ELECTION, PROBE, COORDINATOR, then outcomes of
// connections and JOINs; sender; number. So no queue and no thread can change a run.
#pragma once

#include "core/action.hpp"
#include "core/settings.hpp"
#include "sim/engine/measures.hpp"
#include "sim/engine/observer.hpp"
#include "sim/engine/queue/queue_kind.hpp"
#include "sim/scenario/scenario.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace bully::sim {

class Engine;

/// Runs one scenario any number of times, reusing its memory. A run depends on scenario, seed and mode alone.
/// Thread-safety: distinct simulators may be used from distinct threads.
class Simulator {
  public:
    /// `scenario` must outlive this.
    explicit Simulator(const Scenario& scenario, QueueKind queue = QueueKind::automatic);
    ~Simulator();
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;
    Simulator(Simulator&&) noexcept;
    Simulator& operator=(Simulator&&) noexcept;

    /// Adds an observer, which must outlive this. Observers hear each note in the order in which they were attached.
    void attach(Observer& observer);

    /// Does one run from the start. `progress` is called now and then with the virtual time reached; if it returns
    /// false, the run ends there.
    void run(std::uint64_t seed, Mode mode, const std::function<bool(Time)>& progress = {});

    // The outcome of the last run.

    /// A hash of all its steps: equal for equal runs.
    [[nodiscard]] std::uint64_t fingerprint() const;
    [[nodiscard]] const Measures& measures() const;
    /// The virtual time that it reached.
    [[nodiscard]] Time now() const;
    /// Whether `progress` ended it.
    [[nodiscard]] bool interrupted() const;
    /// All processes at its end, ascending by number.
    [[nodiscard]] std::vector<ProcessResult> processes() const;

  private:
    std::unique_ptr<Engine> engine_;
};

}  // namespace bully::sim
