// The log of violations, each with the last steps of the processes concerned.
#pragma once

#include "core/transitions.hpp"
#include "sim/checks/result.hpp"
#include "sim/checks/step_digest.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/property.hpp"
#include "sim/scenario/scenario.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

/// Keeps at most `kept_per_property` violations of each property, and counts all. The last steps of each process are
/// kept as plain numbers, and become text only for a violation: most runs have none.
class ViolationLog {
  public:
    static constexpr std::size_t kept_per_property = 10;
    static constexpr std::size_t steps_per_process = 8;

    /// `scenario` must outlive this.
    void reset(const Scenario& scenario);

    /// Prefetches what remember() will touch.
    void fetch(Number number) const {
        __builtin_prefetch(&steps_[number - 1][step_counts_[number - 1] % steps_per_process], 1);
    }
    void remember(const StepNote& note, const StepDigest& digest);
    /// Drops the violations of the group's properties.
    void forget_group();
    void add(Property property, Time at, std::vector<Number> processes, std::string what);

    [[nodiscard]] std::uint64_t count(Property property) const { return counts_[static_cast<std::size_t>(property)]; }
    [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

  private:
    // Half a cache line, whose old content need not be read to be overwritten: one is written with each step.
    struct Step {
        Time at{};
        ProcessId leader;  // if `has_leader`
        std::uint16_t from = 0;
        std::uint16_t actions = 0;  // a bit for each alternative of Action
        Round event_round = 0;
        Round round = 0;
        EventKind kind = EventKind::start;
        Phase before = Phase::down;
        Phase after = Phase::down;
        bool has_leader = false;
    };
    static_assert(sizeof(Step) == 32 && max_processes <= UINT16_MAX);
    using Steps = std::array<Step, steps_per_process>;

    [[nodiscard]] std::string describe(Number number, const Step& step) const;

    const Scenario* scenario_ = nullptr;
    std::vector<Steps> steps_;
    std::vector<std::uint32_t> step_counts_;
    std::array<std::uint64_t, property_limit> counts_{};
    std::vector<Violation> violations_;
};

}  // namespace bully::sim
