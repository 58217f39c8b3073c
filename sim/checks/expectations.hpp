// The expectations of a scenario, and whether a run fulfils them.
#pragma once

#include "sim/checks/rare_paths.hpp"
#include "sim/checks/result.hpp"
#include "sim/engine/observer.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

/// A process is live if it runs, is in the group, isn't paused, and feigns no failure. It follows the process that it
/// takes for the leader, also while an election runs (row 21). An expectation for a point in time is judged after all
/// events at that time.
class Expectations final : public Observer {
  public:
    /// `mode`: the mode of the run, which may differ from the scenario's.
    explicit Expectations(Mode mode) : mode_(mode) {}

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_end(Time at) override;

    /// After the run: the verdicts in the scenario's order. `properties`: the verdicts on the properties; empty if they
    /// weren't checked.
    [[nodiscard]] std::vector<ExpectationResult> results(const std::vector<PropertyResult>& properties) const;

  private:
    struct Process {
        bool running = false;
        bool paused = false;
        Phase phase = Phase::down;
        std::optional<ProcessId> leader;
        std::uint32_t elections = 0;

        [[nodiscard]] bool live() const {
            return running && !paused && phase != Phase::down && phase != Phase::joining && phase != Phase::failed;
        }
    };
    /// How one expectation stands.
    struct Standing {
        Time at = Time::max();  // when it is judged
        bool looked = false;    // it has been judged at `at`
        bool over = false;      // nothing can change the verdict any more
        std::string found;      // what was found instead; empty: it holds so far
    };

    void advance(Time at);
    void look(std::size_t which);
    void look_at_agreements();
    void count_election(Number number, Time at);
    [[nodiscard]] std::string found_instead(const ProcessRef& expected) const;
    [[nodiscard]] std::string disagreement() const;
    [[nodiscard]] std::string describe(Number number) const;
    [[nodiscard]] ExpectationResult result(std::size_t which, const std::vector<PropertyResult>& properties) const;

    Mode mode_;
    RarePaths paths_;
    const Scenario* scenario_ = nullptr;
    std::vector<Process> processes_;
    std::vector<Standing> standings_;  // one for each expectation
    Time next_ = Time::max();          // the first `at` still to come
    Time end_{};
    std::size_t holding_ = 0;    // agreements that have to hold on
    bool no_elections_ = false;  // any expectation of that kind
    std::array<std::uint64_t, message_type_count> sent_{};
    std::uint64_t elections_ = 0;
};

/// The names of the properties that the scenario expects to be violated in this mode.
[[nodiscard]] std::vector<std::string> expected_violations(const Scenario& scenario, Mode mode);
void mark_expected_violations(const std::vector<std::string>& names, std::vector<PropertyResult>& properties);

}  // namespace bully::sim
