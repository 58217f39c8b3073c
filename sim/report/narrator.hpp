// The narrator of a run: the words of the timeline, of a simulated run and of a replayed trace.
#pragma once

#include "core/record/narration.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/scenario.hpp"

#include <string>
#include <vector>

namespace bully::sim {

/// Turns notes into sentences that call processes by their names.
class Narrator {
  public:
    void begin(const Scenario& scenario);

    [[nodiscard]] Narration step(const StepNote& note) const;
    /// Of what is lost, late, or not listened to; no text where there is nothing to tell.
    [[nodiscard]] Narration message(const MessageNote& note) const;
    [[nodiscard]] Narration world(const WorldNote& note) const;
    [[nodiscard]] std::string name(Number number) const;
    [[nodiscard]] std::string name(ProcessId pid) const;

  private:
    [[nodiscard]] std::string sender(const StepNote& note) const;

    std::vector<ProcessSpec> processes_;
};

}  // namespace bully::sim
