// What a step means, in words: shared by the timeline of a run and that of a replayed trace.
#pragma once

#include "sim/observer.hpp"
#include "sim/scenario.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

/// How much a line matters.
enum class Weight : std::uint8_t {
    headline,  ///< a new leader, a fault
    normal,    ///< an election, a detection, a change of leader
    detail,    ///< each message and timer
};

struct Narration {
    Weight weight = Weight::detail;
    std::string text;
};

/// Turns notes into sentences. Knows the processes by their names.
class Narrator {
  public:
    void begin(const Scenario& scenario);

    [[nodiscard]] Narration step(const StepNote& note) const;
    [[nodiscard]] Narration world(const WorldNote& note) const;
    [[nodiscard]] std::string name(Number number) const;
    [[nodiscard]] std::string name(ProcessId pid) const;

  private:
    [[nodiscard]] std::string cause(const StepNote& note) const;

    std::vector<ProcessSpec> processes_;
};

}  // namespace bully::sim
