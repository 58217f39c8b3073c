// All properties of core/README.md in one observer, which looks at each step once.
#pragma once

#include "sim/checks/group_properties.hpp"
#include "sim/checks/observability.hpp"
#include "sim/checks/process_properties.hpp"
#include "sim/checks/result.hpp"
#include "sim/checks/violation_log.hpp"
#include "sim/engine/observer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

class Properties final : public Observer {
  public:
    /// `mode`: the mode of the run, which may differ from the scenario's.
    explicit Properties(Mode mode, Observability observability = {})
        : observability_(observability), processes_(mode, log_, observability), group_(mode, log_, observability) {}

    /// Stops to check P12 to P18 and drops what was found of them. `why`, for people, is their detail. Later calls have
    /// no effect.
    void leave_group(std::string why);

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_ahead(Number number) override;
    void on_end(Time at) override;

    /// After the run: the verdicts on P1 to P18 in order; with `demands`, also when P12 to P18 were demanded.
    enum class With : std::uint8_t { verdicts, demands };
    [[nodiscard]] std::vector<PropertyResult> results(With with = With::verdicts) const;
    /// The violations in the order in which they were found, at most ViolationLog::kept_per_property of each property.
    [[nodiscard]] const std::vector<Violation>& violations() const { return log_.violations(); }
    [[nodiscard]] std::uint64_t count(Property property) const { return log_.count(property); }
    [[nodiscard]] bool checks_group() const { return !group_left_; }
    [[nodiscard]] const Bounds& bounds() const { return group_.bounds(); }

  private:
    Observability observability_;
    ViolationLog log_;
    ProcessProperties processes_;
    GroupProperties group_;
    const Scenario* scenario_ = nullptr;
    bool group_left_ = false;
    std::string why_group_left_;
};

}  // namespace bully::sim
