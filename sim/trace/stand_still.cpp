#include "sim/trace/stand_still.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace bully::sim {
namespace {

std::optional<Time> time_of(const TraceJson& json) {
    const auto t = json.is_object() ? json.find("t") : json.end();
    if (t == json.end() || !t->is_number_integer()) return std::nullopt;
    return Time{t->get<std::int64_t>()};
}

}  // namespace

std::optional<StandStill::Next> StandStill::next(Time now, const ReplayTimers& timers, bool is_end) {
    if (lines_.empty()) return std::nullopt;
    if (!waits_) {
        if (!may_have_stood_still(now, timers)) return first(false);
        waits_ = true;
        looked_at_ = 0;
    }
    for (; looked_at_ < lines_.size(); ++looked_at_) {
        const auto& json = lines_[looked_at_].json;
        if (is_sign_of_waking(json)) return first(true);
        if (time_of(json).value_or(now) > woken_at_ + *tolerance_) return first(false);
    }
    return is_end ? std::optional(first(false)) : std::nullopt;
}

StandStill::Next StandStill::first(bool stood_still) {
    Next next{std::move(lines_.front()), stood_still ? std::optional(woken_at_) : std::nullopt};
    lines_.pop_front();
    waits_ = false;
    return next;
}

bool StandStill::may_have_stood_still(Time now, const ReplayTimers& timers) {
    const auto at = time_of(lines_.front().json);
    if (!tolerance_ || !at || *at < now || *at > Time{max_trace_ns}) return false;
    if (*at - now <= *tolerance_) return false;
    missed_ = timers.missed(now, *at, *tolerance_);
    woken_at_ = *at;
    return !missed_.empty();
}

bool StandStill::is_sign_of_waking(const TraceJson& json) const {
    if (!json.is_object()) return false;
    if (bully::sim::is_end(json)) return true;
    const auto node = json.value("node", TraceJson());
    return json.contains("event") &&
           std::any_of(missed_.begin(), missed_.end(), [&](Number number) { return node == number; });
}

}  // namespace bully::sim
