// Text for people: its length, its lines, its columns, its colours.
#pragma once

#include <fmt/color.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// The columns of a terminal that a text of UTF-8 takes: one for each character.
[[nodiscard]] std::size_t shown_length(std::string_view text);

/// The words of `text`, in lines of at most `width` columns; a longer word has a line of its own. At least one line.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// `text` with spaces behind, or before it, up to `width` columns.
[[nodiscard]] std::string left_aligned(std::string text, std::size_t width);
[[nodiscard]] std::string right_aligned(std::string text, std::size_t width);

/// The width of each column of a table: of its longest cell. Requires: a first row, which is as long as any.
[[nodiscard]] std::vector<std::size_t> column_widths(std::span<const std::vector<std::string>> rows);

/// How texts of one meaning look on a terminal.
namespace look {
inline constexpr fmt::text_style headline{fmt::emphasis::bold};
inline constexpr fmt::text_style detail{fmt::emphasis::faint};
inline constexpr fmt::text_style good = fmt::fg(fmt::terminal_color::green);
inline constexpr fmt::text_style warning = fmt::fg(fmt::terminal_color::yellow);
inline constexpr fmt::text_style bad = fmt::emphasis::bold | fmt::fg(fmt::terminal_color::red);
}  // namespace look

/// `text` in this style; as it is without `colour`.
[[nodiscard]] std::string painted(std::string_view text, fmt::text_style style, bool colour);

}  // namespace bully::sim
