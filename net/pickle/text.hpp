// The texts within a pickle: UTF-8, the escapes of protocol 0, and how Python shows them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bully::pickle {

/// The code point at `at`, which is moved behind it; nothing if that is no UTF-8. Lone surrogates are allowed.
/// Requires: at < bytes.size().
[[nodiscard]] std::optional<char32_t> next_point(std::string_view bytes, std::size_t& at);

/// Whether `bytes` is UTF-8, lone surrogates allowed.
[[nodiscard]] bool is_utf8(std::string_view bytes);

/// Appends a code point. Requires: at most 0x10ffff.
void append_utf8(std::string& out, char32_t point);

/// Python's "raw-unicode-escape", as UTF-8: Latin-1, and \u or \U before four or eight hexadecimal digits. Nothing if
/// it is none.
[[nodiscard]] std::optional<std::string> from_raw_unicode_escape(std::string_view line);

/// A quoted Python 2 str, its escapes resolved. Nothing if it isn't quoted well, or isn't ASCII.
[[nodiscard]] std::optional<std::string> from_quoted(std::string_view line);

/// As Python's ascii() shows a str. Requires: UTF-8.
[[nodiscard]] std::string ascii_of_text(std::string_view text);

/// As Python's repr() shows bytes.
[[nodiscard]] std::string repr_of_bytes(std::string_view bytes);

}  // namespace bully::pickle
