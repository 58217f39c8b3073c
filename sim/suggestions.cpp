#include "sim/suggestions.hpp"

#include <algorithm>
#include <vector>

namespace bully::sim {
namespace {

// Nobody misspells a word of this length, and the distance costs its square.
constexpr std::size_t longest_word = 48;

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    const auto width = b.size() + 1;
    std::vector<std::size_t> before_last(width);
    std::vector<std::size_t> last(width);
    std::vector<std::size_t> current(width);
    for (std::size_t j = 0; j < width; ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j < width; ++j) {
            const auto same = lower(a[i - 1]) == lower(b[j - 1]);
            current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
                current[j] = std::min(current[j], before_last[j - 2] + 1);
            }
        }
        std::swap(before_last, last);
        std::swap(last, current);
    }
    return last[b.size()];
}

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.empty() || word.size() > longest_word) return std::nullopt;
    std::optional<std::string_view> best;
    std::size_t best_distance = 0;
    for (const auto candidate : candidates) {
        const auto longer = std::max(word.size(), candidate.size());
        const auto shorter = std::min(word.size(), candidate.size());
        const auto allowed = std::max<std::size_t>(1, longer / 3);
        if (longer - shorter > allowed || candidate.size() > longest_word) continue;
        const auto distance = edit_distance(word, candidate);
        // All letters changed isn't a misspelling, however short the word.
        if (distance > allowed || distance >= shorter) continue;
        if (best && distance >= best_distance) continue;
        best = candidate;
        best_distance = distance;
    }
    return best;
}

}  // namespace bully::sim
