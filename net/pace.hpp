// A budget that refills with time: so many at once, then one each interval. For what others could make us do for ever.
#pragma once

#include "core/timing.hpp"

#include <algorithm>

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

}  // namespace bully::net
