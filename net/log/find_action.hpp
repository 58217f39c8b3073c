// Looks for an action in what a step has brought.
#pragma once

#include "core/action.hpp"

#include <algorithm>
#include <span>
#include <variant>

namespace bully::net {

/// The last action of this kind, or null.
template <typename Wanted>
[[nodiscard]] const Wanted* find(std::span<const Action> actions) {
    const auto found = std::find_if(actions.rbegin(), actions.rend(),
                                    [](const Action& a) { return std::holds_alternative<Wanted>(a); });
    return found == actions.rend() ? nullptr : &std::get<Wanted>(*found);
}

}  // namespace bully::net
