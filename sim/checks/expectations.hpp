// What a scenario expects of a run, and whether it came true.
#pragma once

#include "sim/checks/rare_paths.hpp"
#include "sim/checks/result.hpp"
#include "sim/engine/observer.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

/// Live, here: running, in the group, neither feigning a failure nor paused. Follows: takes it for the leader, also
/// while an election runs (row 21). What is expected at a time holds after all that happens at that time.
class Expectations final : public Observer {
  public:
    /// `mode` is that of the run, which may differ from the scenario's.
    explicit Expectations(Mode mode) : mode_(mode) {}

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_end(Time at) override;

    /// After the run. `properties` are those found by the checks; empty if nothing was checked.
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
    struct Watched {
        Time at = Time::max();  // when it has to be looked at
        bool looked = false;
        bool over = false;  // nothing can change it any more
        std::string found;  // empty: nothing against it
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
    std::vector<Watched> watched_;  // one for each expectation
    Time next_ = Time::max();       // the first `at` still to come
    Time end_{};
    std::size_t holding_ = 0;    // agreements that have to hold on
    bool no_elections_ = false;  // any expectation of that kind
    std::array<std::uint64_t, message_type_count> sent_{};
    std::uint64_t elections_ = 0;
};

/// The properties that an expectation for this mode says are violated.
[[nodiscard]] std::vector<std::string> expected_violations(const Scenario& scenario, Mode mode);
void mark_expected_violations(const std::vector<std::string>& names, std::vector<PropertyResult>& properties);

}  // namespace bully::sim
