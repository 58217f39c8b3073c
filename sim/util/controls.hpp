// Control characters, which no text from outside may bring to a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bully::sim {

struct ControlCharacter {
    std::size_t offset = std::string_view::npos;  ///< In bytes; npos: none was found.
    std::size_t length = 0;                       ///< In bytes.
    std::uint32_t code = 0;

    [[nodiscard]] bool found() const { return length > 0; }
};

/// The first control character of `text` from byte `from` on. Control characters are those of ASCII and of Unicode
/// (C1), which steer a terminal or break a line in two, and those of direction, which show a text in another order.
/// `text` may be any bytes and is read as UTF-8; a byte that isn't UTF-8 counts as itself, as an 8-bit terminal takes
/// it.
[[nodiscard]] ControlCharacter find_control(std::string_view text, std::size_t from = 0);

/// "0x9b", "U+202E".
[[nodiscard]] std::string to_string(const ControlCharacter& control);

/// `text` with `?` in place of each control character.
[[nodiscard]] std::string without_controls(std::string_view text);

}  // namespace bully::sim
