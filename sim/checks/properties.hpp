// All properties of core/README.md in one observer: it looks at each step once.
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
    /// `mode` is that of the run, which may differ from the scenario's.
    explicit Properties(Mode mode, Observability observability = {})
        : observability_(observability), processes_(mode, log_, observability), group_(mode, log_, observability) {}

    /// P12 to P18 can't be checked, or no longer: `why`, for people. Does away with what was found of them.
    void leave_group(std::string why);

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_ahead(Number number) override;
    void on_end(Time at) override;

    /// P1 to P18 in order; if asked for, each with its demands.
    enum class With : std::uint8_t { verdicts, demands };
    [[nodiscard]] std::vector<PropertyResult> results(With with = With::verdicts) const;
    /// Not more than ViolationLog::kept_per_property of each, in the order in which they were found.
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
