// The timeline: a column per process, time on the left, a sentence on the right.
#pragma once

#include "sim/engine/observer.hpp"
#include "sim/report/narrator.hpp"

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace bully::sim {

struct TimelineStyle {
    bool colour = false;
    bool verbose = false;  ///< Also each message and each timer.
    std::size_t width =
        100;  ///< Columns of the terminal. If the processes don't fit, the timeline is a log without columns.
};

/// Writes the timeline during the run. `out` must outlive it.
class Timeline : public Observer {
  public:
    Timeline(std::ostream& out, TimelineStyle style) : out_(out), style_(style) {}

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_end(Time at) override;

  private:
    enum class Cell : std::uint8_t { none, joining, following, leading, asking, waiting, failed, down, paused };

    void line(Time at, Number number, const Narration& narration);
    void flush_settled();
    [[nodiscard]] static Cell cell_of(Phase phase);
    [[nodiscard]] std::string cells(Number acting) const;

    std::ostream& out_;
    TimelineStyle style_;
    Narrator narrator_;
    std::vector<Cell> cells_;
    std::vector<Phase> phases_;
    std::size_t column_ = 4;
    bool has_columns_ = true;
    std::size_t settled_ = 0;  // settled processes that still have no line
};

/// A time in the timeline, in seconds with four decimals: "12.3457s".
[[nodiscard]] std::string clock_time(Time at);

}  // namespace bully::sim
