// The alternatives of a variant, one lambda each: std::visit(Overloaded{...}, variant).
#pragma once

#include <concepts>

namespace bully::sim {

/// One of these: a case for several alternatives, which a new alternative doesn't fall into unnoticed.
template <typename Type, typename... Alternatives>
concept AnyOf = (std::same_as<Type, Alternatives> || ...);

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
// clang 14 doesn't deduce the arguments of an aggregate by itself.
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace bully::sim
