// Looks for an action in what a step has brought.
#pragma once

#include "core/action.hpp"

#include <algorithm>
#include <ranges>
#include <span>
#include <variant>

namespace bully::net {

/// The last action of this kind, or null.
template <typename Wanted>
[[nodiscard]] const Wanted* find(std::span<const Action> actions) {
    const auto backwards = actions | std::views::reverse;
    const auto found =
        std::ranges::find_if(backwards, [](const Action& a) { return std::holds_alternative<Wanted>(a); });
    return found == backwards.end() ? nullptr : &std::get<Wanted>(*found);
}

}  // namespace bully::net
