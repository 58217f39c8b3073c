// What the files that define Election's acts share.
#pragma once

#include "core/event.hpp"
#include "core/view.hpp"

#include <cassert>
#include <variant>

namespace bully {

/// The event as what the transition table says that it is.
template <typename Alternative>
[[nodiscard]] const Alternative& as(const Event& event) {
    const auto* alternative = std::get_if<Alternative>(&event);
    assert(alternative != nullptr);
    return *alternative;
}

/// Whether an event is the outcome of what a process in this state waits for, as its main round tells. The timers of
/// the other slots have rounds of their own, and count as awaited.
[[nodiscard]] bool is_awaited(Phase phase, Watch watch, Round round, const Event& event);

}  // namespace bully
