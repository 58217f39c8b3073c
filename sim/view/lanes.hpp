// The bands of each process, and what the group comes to by them: without a leader, with several, in agreement.
#pragma once

#include "sim/view/model.hpp"

#include <optional>
#include <vector>

namespace bully::sim {

class Lanes {
  public:
    void begin(std::size_t processes);

    /// From `at` on. `leader`: whom it follows.
    void set(Time at, Number number, Look look, Number leader);
    /// What was set with the process's last look that wasn't `paused` or `down`: at its resumption.
    void pause(Time at, Number number);
    void resume(Time at, Number number);
    [[nodiscard]] Look look(Number number) const { return current_[number - 1].look; }

    /// Moves what was found into the model. What lasts to `end` ends there.
    void finish(Time end, ViewModel& model);

  private:
    class Spans {
      public:
        /// From `at` on it is so, with this leader, or not.
        void set(Time at, bool is_so, Number leader);
        [[nodiscard]] std::vector<ViewSpan> take(Time end);

      private:
        std::vector<ViewSpan> spans_;
        std::optional<ViewSpan> open_;
    };

    void refresh(Time at);
    [[nodiscard]] Number agreed_leader() const;

    std::vector<ViewBand> current_;
    std::vector<ViewBand> before_pause_;
    std::vector<std::vector<ViewBand>> over_;  // by process
    Spans leaderless_;
    Spans several_;
    Spans agreement_;
};

}  // namespace bully::sim
