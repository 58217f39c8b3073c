// Visits of a variant with one lambda for each alternative: std::visit(Overloaded{...}, variant).
#pragma once

#include <concepts>

namespace bully::sim {

/// One of these alternatives: for a case that several share. A new alternative doesn't fall into it, so that the
/// compiler tells where the visit lacks a case.
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
