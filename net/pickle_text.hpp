// The texts within a pickle: UTF-8, and the escapes of protocol 0.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bully::pickle {

/// Whether `bytes` is UTF-8, lone surrogates allowed.
[[nodiscard]] bool is_utf8(std::string_view bytes);

/// Appends a code point. Requires: at most 0x10ffff.
void append_utf8(std::string& out, char32_t point);

/// Python's "raw-unicode-escape", as UTF-8: Latin-1, and \uXXXX, \UXXXXXXXX. Nothing if it is none.
[[nodiscard]] std::optional<std::string> from_raw_unicode_escape(std::string_view line);

/// A quoted Python 2 str, its escapes resolved. Nothing if it isn't quoted well, or isn't ASCII.
[[nodiscard]] std::optional<std::string> from_quoted(std::string_view line);

}  // namespace bully::pickle
