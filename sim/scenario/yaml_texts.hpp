// Mistakes in the texts of a YAML file that yaml-cpp accepts. It closes an open quote at the end of the file, and takes
// any line, also `faults:`, as part of a quoted or block text. Such a file would lose its faults and expectations.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// A mistake at `offset` of the text, in bytes.
struct TextMistake {
    std::size_t offset = 0;
    std::string what;
    std::string expected;

    friend bool operator==(const TextMistake&, const TextMistake&) = default;
};

/// The first byte that a text file can't have: one that isn't UTF-8, a control character (see find_control) other than
/// a tab and a line end, or a byte order mark. Requires: a mark at the beginning is already removed. NUL, for example,
/// is an escape character for yaml-cpp.
[[nodiscard]] std::optional<TextMistake> find_bad_byte(std::string_view text);

/// A scalar that begins with a quote, with `|` or with `>`.
struct LongText {
    std::size_t open = 0;    ///< The offset of this character.
    std::size_t indent = 0;  ///< Spaces before the entries of the map or list around it.
    bool in_flow = false;    ///< Within [] or {}, where indentation has no meaning.
};

/// The mistake in the text `found`, if there is one: its quote is never closed; a line of the quoted text reads as an
/// entry of the map or list around it, and isn't indented deeper than that; or a line of the quoted or block text
/// begins with one of `keys`. Lines that are indented deeper than the key, or deeper than the other lines, are fine.
[[nodiscard]] std::optional<TextMistake> find_mistake(std::string_view text, const LongText& found,
                                                      std::span<const std::string_view> keys);

/// The first part of the text that yaml-cpp has silently dropped: a line that begins with `%`, which it takes for a
/// directive, or the rest of a line after a `#` without a space before it, which isn't a comment. `opens` has the
/// offsets, ascending, of the quotes, brackets, `|` and `>` that begin a value.
[[nodiscard]] std::optional<TextMistake> find_dropped(std::string_view text, std::span<const std::size_t> opens);

/// The comment in a text of one line: in the value of an option, it would silently end the value.
[[nodiscard]] std::optional<TextMistake> find_comment(std::string_view text);

/// A better reason, before the offset `failed`, for an error of yaml-cpp at `failed`: an unclosed quote or bracket, or
/// a mistake that find_dropped finds. Uses a small grammar of its own: quotes, brackets, comments and blocks.
[[nodiscard]] std::optional<TextMistake> find_cause(std::string_view text, std::size_t failed,
                                                    std::span<const std::string_view> keys);

}  // namespace bully::sim
