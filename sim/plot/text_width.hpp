// The width of text in charts, and ways to fit long names into little room.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// The width of a tick or key in pixels. An upper estimate, for readers have different fonts.
[[nodiscard]] double text_width(std::string_view text);
/// The number of characters that fit into `width` pixels.
[[nodiscard]] std::size_t characters_in(double width);

/// The text on at most `most_lines` lines of at most `width` characters, broken at spaces; none if it doesn't fit.
[[nodiscard]] std::optional<std::vector<std::string>> wrapped(std::string_view text, std::size_t width,
                                                              std::size_t most_lines);
/// The texts, shortened to at most `most` characters with "…" in place of the middle. Different texts stay different:
/// they are cut elsewhere, or numbered.
[[nodiscard]] std::vector<std::string> shortened(const std::vector<std::string>& texts, std::size_t most);

/// The names of categories below their axis: on one line or several lines each, or slanted.
struct CategoryLabels {
    static constexpr double line_height = 15;
    static constexpr double slant = 60;  ///< Degrees, upwards to the right.

    /// `apart`: the distance of two names; `first`: the distance of the first name from the left edge, both in pixels.
    CategoryLabels(const std::vector<std::string>& names, double apart, double first);

    std::vector<std::vector<std::string>> lines;  ///< By category; none if there is no room.
    bool slanted = false;
    double height = line_height;  ///< The height of all labels.
};

}  // namespace bully::sim
