// The alternatives of a variant, one lambda each: std::visit(Overloaded{...}, variant).
#pragma once

namespace bully::sim {

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
// clang 14 doesn't deduce the arguments of an aggregate by itself.
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace bully::sim
