// The rare paths that a run takes, for `expect: [{reached: ...}]`.
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

    /// Whether the run has taken this path. False also for an unknown name.
    [[nodiscard]] bool reached(std::string_view path) const;

  private:
    struct Backlog {
        Time resumed_at{-1};
        bool message_since = false;
        Time main_due = Time::max();  // the latest moment of the timer in the main slot
    };

    void reach(std::string_view path);
    void look_at_event(const StepNote& note, const StepDigest& digest);
    void look_at_claim(const StepNote& note, const StepDigest& digest, const CoordinatorReceived& claim);
    void look_at_actions(const StepNote& note);
    void look_at_backlog(const StepNote& note);

    const Scenario* scenario_ = nullptr;
    std::vector<std::string_view> reached_;  // few, each once
    std::vector<Backlog> backlogs_;
};

}  // namespace bully::sim
