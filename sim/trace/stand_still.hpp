// The search for stretches in which the program of a live trace stood still (SIGSTOP, a machine that slept). Only later
// lines show whether it did, so lines wait here until it is known.
//
// A program is one loop. If no process did anything though a timer was due, the program stood still, provided that the
// process of the timer does something soon after, or that the trace ends. Otherwise the timer was lost.
#pragma once

#include "sim/trace/replay_timers.hpp"
#include "sim/trace/trace_reader.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace bully::sim {

class StandStill {
  public:
    struct Line {
        std::size_t number = 0;
        TraceJson json;
    };
    struct Next {
        Line line;
        std::optional<Time> woken_at;  ///< If the program stood still before this line: until when.
    };

    /// Begins the search with the next line; timers may be late by `tolerance`. Without it each line goes through at
    /// once.
    void look_for(Duration tolerance) { tolerance_ = tolerance; }

    void add(Line line) { lines_.push_back(std::move(line)); }
    /// The line to take next. `now` and `timers`: the time and the timers after the line before it. `is_end`: no more
    /// lines will be added. None: no line is left, or more lines are needed to decide.
    [[nodiscard]] std::optional<Next> next(Time now, const ReplayTimers& timers, bool is_end);

  private:
    [[nodiscard]] bool may_have_stood_still(Time now, const ReplayTimers& timers);
    [[nodiscard]] bool is_sign_of_waking(const TraceJson& json) const;
    [[nodiscard]] Next first(bool stood_still);

    std::optional<Duration> tolerance_;
    std::deque<Line> lines_;
    bool waits_ = false;          // to know of the first of them
    std::size_t looked_at_ = 0;   // so many
    std::vector<Number> missed_;  // whose timers were due meanwhile
    Time woken_at_{};
};

}  // namespace bully::sim
