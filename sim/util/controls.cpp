#include "sim/util/controls.hpp"

#include <array>
#include <cstdio>

namespace bully::sim {
namespace {

bool is_control(std::uint32_t code) {
    const bool of_direction = code == 0x061C || code == 0x200E || code == 0x200F ||
                              (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || of_direction;
}

}  // namespace

ControlCharacter find_control(std::string_view text, std::size_t from) {
    const auto byte = [&](std::size_t i) -> std::uint32_t {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    for (auto i = from; i < text.size();) {
        const auto first = byte(i);
        std::size_t length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        auto code = length == 1 ? first : first & (0xFFU >> (length + 1));
        for (std::size_t at = i + 1; at < i + length; ++at) {
            // A byte that begins no character stands for itself.
            if ((byte(at) & 0xC0U) != 0x80U) {
                length = 1;
                code = first;
            } else {
                code = code << 6U | (byte(at) & 0x3FU);
            }
        }
        if (is_control(code)) return {i, length, code};
        i += length;
    }
    return {};
}

std::string to_string(const ControlCharacter& control) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), control.code < 0x100 ? "0x%02x" : "U+%04X", control.code);
    return text.data();
}

std::string without_controls(std::string_view text) {
    std::string shown;
    std::size_t next = 0;
    for (auto control = find_control(text); control.found(); control = find_control(text, next)) {
        shown += text.substr(next, control.offset - next);
        shown += '?';
        next = control.offset + control.length;
    }
    return shown += text.substr(next);
}

}  // namespace bully::sim
