// What a YAML file's texts swallow: yaml-cpp takes an unclosed quote for one that ends with the file, and a quoted or
// block text for whatever stands in its lines. A file that is read so has lost its faults and expectations.
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

/// The first byte that has no place in a file of text: not UTF-8, a control character (as find_control has them) other
/// than a tab and an end of line, or a byte order mark, of which the one at the beginning is taken away before. NUL,
/// for one, is an escape character to yaml-cpp.
[[nodiscard]] std::optional<TextMistake> find_bad_byte(std::string_view text);

/// A scalar that begins with a quote, with `|` or with `>`.
struct LongText {
    std::size_t open = 0;    ///< Offset of that character.
    std::size_t indent = 0;  ///< Spaces before the entries of the map or list around it.
    bool in_flow = false;    ///< Within [] or {}, where indentation says nothing.
};

/// What `found` shouldn't be: a quote that never closes; a quoted text with a line that reads as an entry of the map or
/// list around it, and isn't indented deeper than that; a quoted or block text with a line that begins with one of
/// `keys`. A text over several lines, indented deeper than its key, is none of these; nor is what stands deeper than
/// its other lines.
[[nodiscard]] std::optional<TextMistake> find_mistake(std::string_view text, const LongText& found,
                                                      std::span<const std::string_view> keys);

/// What yaml-cpp has dropped without a word from a text that it has read: a directive, which it takes each line for
/// that begins with `%`; what stands behind a `#` without a blank before it, which isn't a comment. `opens`: the
/// offsets, ascending, of the quotes, brackets, `|` and `>` that begin a value.
[[nodiscard]] std::optional<TextMistake> find_dropped(std::string_view text, std::span<const std::size_t> opens);

/// In a text of one line, a comment: of an option's value it would silently be the end.
[[nodiscard]] std::optional<TextMistake> find_comment(std::string_view text);

/// For a text that yaml-cpp refuses at `failed`: a better reason in what stands before it, an unclosed quote or
/// bracket, or what find_dropped finds. Reads by a grammar of its own, which knows quotes, brackets, comments and
/// blocks.
[[nodiscard]] std::optional<TextMistake> find_cause(std::string_view text, std::size_t failed,
                                                    std::span<const std::string_view> keys);

}  // namespace bully::sim
