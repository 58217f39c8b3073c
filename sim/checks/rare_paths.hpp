// Which rare paths a run has taken: what `expect: [{reached: ...}]` asks for.
#pragma once

#include "sim/checks/step_digest.hpp"
#include "sim/engine/observer.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace bully::sim {

/// The names are those of `path_names()`.
class RarePaths final : public Observer {
  public:
    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;

    /// False also for a name that isn't one.
    [[nodiscard]] bool reached(std::string_view path) const;

  private:
    struct Backlog {
        Time resumed_at{-1};
        bool message_since = false;
        Time main_due = Time::max();  // the latest moment of the timer in the main slot
    };

    void reach(std::string_view path);
    void note_received(const StepNote& note, const StepDigest& digest);
    void note_outcomes(const StepNote& note, const StepDigest& digest);
    void note_actions(const StepNote& note);
    void note_backlog(const StepNote& note);

    const Scenario* scenario_ = nullptr;
    std::vector<std::string_view> reached_;  // few, each once
    std::vector<Backlog> backlogs_;
};

}  // namespace bully::sim
