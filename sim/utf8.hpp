// The little that reading a text file needs to know of UTF-8 (RFC 3629).
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace bully::sim {

[[nodiscard]] constexpr bool is_control(unsigned char c) { return c < 0x20 || c == 0x7F; }

[[nodiscard]] constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// A control character other than a line break or a tab.
[[nodiscard]] constexpr bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return is_control(static_cast<unsigned char>(c)) && c != '\n' && c != '\t';
    });
}

[[nodiscard]] constexpr std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

/// The bytes of the first `count` characters of a valid text.
[[nodiscard]] constexpr std::size_t bytes_of(std::string_view text, std::size_t count) {
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        if (is_continuation(text[i])) continue;
        if (count == 0) break;
        --count;
    }
    return i;
}

/// The bytes of the character that a text begins with; 0 if it isn't valid: overlong, a surrogate, too large.
/// Requires: not empty.
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return 0;
    }
    const auto second = byte(1);
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return length;
}

}  // namespace bully::sim
