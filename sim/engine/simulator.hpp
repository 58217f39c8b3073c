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
#include "sim/scenario/scenario.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace bully::sim {

enum class QueueKind : std::uint8_t {
    automatic,  ///< The best for the number of processes.
    heap,       ///< A 4-ary heap: the reference that the others are tested against.
    ring,       ///< Time buckets, for large groups.
    sorted,     ///< A sorted array, for a handful of processes.
};

class Engine;

/// Runs one scenario as often as wanted, reusing its memory. Not thread-safe; distinct ones are independent.
class Simulator {
  public:
    /// `scenario` must outlive this.
    explicit Simulator(const Scenario& scenario, QueueKind queue = QueueKind::automatic);
    ~Simulator();
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;
    Simulator(Simulator&&) noexcept;
    Simulator& operator=(Simulator&&) noexcept;

    /// Must outlive this. Observers are told in the order in which they were attached.
    void attach(Observer& observer);

    /// One run from the start, with this seed and mode. `progress` is called now and then; false ends the run.
    void run(std::uint64_t seed, Mode mode, const std::function<bool(Time)>& progress = {});

    /// Of the last run.
    [[nodiscard]] std::uint64_t fingerprint() const;
    [[nodiscard]] const Measures& measures() const;
    [[nodiscard]] Time now() const;
    [[nodiscard]] bool interrupted() const;
    [[nodiscard]] std::vector<ProcessResult> processes() const;

  private:
    std::unique_ptr<Engine> engine_;
};

}  // namespace bully::sim
