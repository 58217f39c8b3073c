// Scripted messages that a run never sends. A scenario that was written for such a message tests nothing without it.
#pragma once

#include "sim/engine/observer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

class ScriptUse final : public Observer {
  public:
    void on_begin(const Scenario& scenario) override;
    void on_message(const MessageNote& note) override;

    /// After the run: a line for each script that had no effect.
    [[nodiscard]] std::vector<std::string> warnings() const;

  private:
    const Scenario* scenario_ = nullptr;
    std::vector<std::uint64_t> sent_;  // of each script, the messages that match it but for their number
};

}  // namespace bully::sim
