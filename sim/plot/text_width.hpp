// Text in charts: how wide it is, and long names where there is little room.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// Pixels in the size of ticks and keys. Guessed, from above: fonts differ from one reader to the next.
[[nodiscard]] double text_width(std::string_view text);
/// How many characters go into so many pixels.
[[nodiscard]] std::size_t characters_in(double width);

/// On up to `most_lines` lines of up to `width` characters each, broken at spaces; none if that isn't enough.
[[nodiscard]] std::optional<std::vector<std::string>> wrapped(std::string_view text, std::size_t width,
                                                              std::size_t most_lines);
/// Texts of at most `most` characters, "…" in place of the middle. Those that were different stay so: cut elsewhere if
/// need be, or else numbered.
[[nodiscard]] std::vector<std::string> shortened(const std::vector<std::string>& texts, std::size_t most);

/// The names of categories below their axis: side by side, on several lines if need be, or slanted.
struct CategoryLabels {
    static constexpr double line_height = 15;
    static constexpr double slant = 60;  ///< Degrees, upwards to the right.

    /// A name goes below every so many pixels, the first one so many from the left edge.
    CategoryLabels(const std::vector<std::string>& names, double apart, double first);

    std::vector<std::vector<std::string>> lines;  ///< By category; none where there is no room for it.
    bool slanted = false;
    double height = line_height;  ///< Of all of them.
};

}  // namespace bully::sim
