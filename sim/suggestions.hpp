// "Did you mean ...?": the word that was probably meant by a misspelt one.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace bully::sim {

/// Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other (optimal string
/// alignment). ASCII letters of either case are alike.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, the first of several, if it is near enough to be likely: within a third of the
/// longer one's length, and within one for short words.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

}  // namespace bully::sim
