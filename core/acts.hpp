// What the files that define Election's acts share.
#pragma once

#include "core/event.hpp"

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

}  // namespace bully
