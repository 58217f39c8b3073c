// Texts of a pickle: UTF-8, the escapes of protocol 0, and texts as Python shows them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bully::pickle {

/// Reads the code point at `at`, and moves `at` behind it. Nothing if the bytes aren't UTF-8; lone surrogates are
/// allowed. Requires: at < bytes.size().
[[nodiscard]] std::optional<char32_t> next_point(std::string_view bytes, std::size_t& at);

/// Whether `bytes` is UTF-8, lone surrogates allowed.
[[nodiscard]] bool is_utf8(std::string_view bytes);

/// Appends a code point. Requires: at most 0x10ffff.
void append_utf8(std::string& out, char32_t point);

/// Decodes Python's "raw-unicode-escape" to UTF-8: Latin-1, with \u or \U before four or eight hexadecimal digits.
/// Nothing after a wrong escape.
[[nodiscard]] std::optional<std::string> from_raw_unicode_escape(std::string_view line);

/// Reads a quoted Python 2 str, and resolves its escapes. Nothing if the quotes are wrong, or the text isn't ASCII.
[[nodiscard]] std::optional<std::string> from_quoted(std::string_view line);

/// The text as Python's ascii() shows a str. Requires: UTF-8.
[[nodiscard]] std::string ascii_of_text(std::string_view text);

/// The bytes as Python's repr() shows them.
[[nodiscard]] std::string repr_of_bytes(std::string_view bytes);

}  // namespace bully::pickle
