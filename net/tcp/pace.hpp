// Budgets that refill with time: a burst, then one each interval. They bound the work that peers can cause.
#pragma once

#include "core/timing.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace bully::net {

/// A token bucket. Times count from any fixed epoch, and never go back.
class Pace {
  public:
    /// Requires: burst > 0, interval > 0.
    Pace(int burst, Duration interval) : burst_(burst), interval_(interval), tokens_(burst) {}

    /// Takes a token at `now`; false if there is none.
    [[nodiscard]] bool take(Duration now) {
        refill(now);
        if (tokens_ == 0) return false;
        if (tokens_ == burst_) refilled_ = now;
        --tokens_;
        return true;
    }

    /// Time from `now` until there is a token.
    [[nodiscard]] Duration wait(Duration now) {
        refill(now);
        return tokens_ > 0 ? Duration::zero() : refilled_ + interval_ - now;
    }

  private:
    void refill(Duration now) {
        if (tokens_ == burst_) return;
        const auto intervals = (now - refilled_) / interval_;
        if (intervals <= 0) return;
        tokens_ = static_cast<int>(std::min<Duration::rep>(burst_, tokens_ + intervals));
        refilled_ += intervals * interval_;
    }

    int burst_;
    Duration interval_;
    int tokens_;
    Duration refilled_{};
};

/// A budget for log lines that peers can cause. It counts the lines that weren't shown.
class PacedLines {
  public:
    /// Requires: burst > 0, interval > 0.
    PacedLines(int burst, Duration interval) : pace_(burst, interval) {}

    /// Asks to show a line at `now`. Returns how many lines before it were left out, or nothing: then leave it out too.
    [[nodiscard]] std::optional<std::uint64_t> take(Duration now) {
        if (pace_.take(now)) return take_unsaid();
        ++unsaid_;
        return std::nullopt;
    }

    /// Number of lines left out so far, which starts again at 0: the caller tells it in some other way.
    [[nodiscard]] std::uint64_t take_unsaid() { return std::exchange(unsaid_, 0U); }
    [[nodiscard]] std::uint64_t unsaid() const { return unsaid_; }
    /// Time from `now` until a line may be shown.
    [[nodiscard]] Duration wait(Duration now) { return pace_.wait(now); }

  private:
    Pace pace_;
    std::uint64_t unsaid_ = 0;
};

}  // namespace bully::net
