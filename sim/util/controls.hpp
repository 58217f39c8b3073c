// Characters that no text of a user may bring to a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bully::sim {

struct ControlCharacter {
    std::size_t offset = std::string_view::npos;  ///< In bytes; npos: there is none.
    std::size_t length = 0;                       ///< In bytes.
    std::uint32_t code = 0;

    [[nodiscard]] bool found() const { return length > 0; }
};

/// The first control character of `text`, any bytes, read as UTF-8 from byte `from` on: those of ASCII and of Unicode
/// (C1), which steer a terminal or break a line in two, and those of direction, which show a text in another order. A
/// byte that isn't UTF-8 counts as itself, as terminals of eight bits take it.
[[nodiscard]] ControlCharacter find_control(std::string_view text, std::size_t from = 0);

/// "0x9b", "U+202E".
[[nodiscard]] std::string to_string(const ControlCharacter& control);

/// `text` with `?` for each of them.
[[nodiscard]] std::string without_controls(std::string_view text);

}  // namespace bully::sim
