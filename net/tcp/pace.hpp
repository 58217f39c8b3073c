// A budget that refills with time: so many at once, then one each interval. For what others could make us do for ever.
#pragma once

#include "core/timing.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace bully::net {

/// A token bucket. Times are since any epoch, and never go back.
class Pace {
  public:
    /// Requires: burst > 0, interval > 0.
    Pace(int burst, Duration interval) : burst_(burst), interval_(interval), tokens_(burst) {}

    /// Whether one more may be done at `now`; if so it is counted.
    [[nodiscard]] bool take(Duration now) {
        refill(now);
        if (tokens_ == 0) return false;
        if (tokens_ == burst_) refilled_ = now;
        --tokens_;
        return true;
    }

    /// How long to wait at `now` until one more may be done.
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

/// Lines of a log that others can cause. What isn't shown is counted.
class PacedLines {
  public:
    /// As Pace.
    PacedLines(int burst, Duration interval) : pace_(burst, interval) {}

    /// For a line at `now`: how many before it were left out; or nothing, and it is left out as well.
    [[nodiscard]] std::optional<std::uint64_t> take(Duration now) {
        if (pace_.take(now)) return take_unsaid();
        ++unsaid_;
        return std::nullopt;
    }

    /// How many were left out, told now in some other way.
    [[nodiscard]] std::uint64_t take_unsaid() { return std::exchange(unsaid_, 0U); }
    [[nodiscard]] std::uint64_t unsaid() const { return unsaid_; }
    /// As Pace.
    [[nodiscard]] Duration wait(Duration now) { return pace_.wait(now); }

  private:
    Pace pace_;
    std::uint64_t unsaid_ = 0;
};

}  // namespace bully::net
