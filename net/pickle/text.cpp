#include "net/pickle/text.hpp"

#include <cassert>
#include <charconv>
#include <cstdint>

namespace bully::pickle {
namespace {

constexpr std::uint32_t greatest_point = 0x10ffff;

std::optional<std::uint32_t> parse_digits(std::string_view text, std::size_t count, int base) {
    if (text.size() < count) return std::nullopt;
    std::uint32_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + count, value, base);
    if (error != std::errc{} || stop != text.data() + count) return std::nullopt;
    return value;
}

std::optional<char> simple_escape(char letter) {
    switch (letter) {
        case '\\': return '\\';
        case '\'': return '\'';
        case '"': return '"';
        case 'a': return '\a';
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'v': return '\v';
        default: return std::nullopt;
    }
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

void append_hex(std::string& out, char letter, char32_t value, unsigned digits) {
    out += '\\';
    out += letter;
    while (digits-- > 0) out += "0123456789abcdef"[value >> (4 * digits) & 0xfU];
}

// Python prefers single quotes, but for a text that has these and no double ones.
char quote_for(std::string_view text) {
    const bool has_single = text.find('\'') != std::string_view::npos;
    return has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
}

void append_shown(std::string& out, char32_t point, char quote) {
    if (point == static_cast<unsigned char>(quote) || point == '\\') {
        out += '\\';
        out += static_cast<char>(point);
    } else if (point == '\n' || point == '\r' || point == '\t') {
        out += point == '\n' ? "\\n" : point == '\r' ? "\\r" : "\\t";
    } else if (point >= 0x20 && point < 0x7f) {
        out += static_cast<char>(point);
    } else if (point < 0x100) {
        append_hex(out, 'x', point, 2);
    } else if (point < 0x10000) {
        append_hex(out, 'u', point, 4);
    } else {
        append_hex(out, 'U', point, 8);
    }
}

}  // namespace

std::optional<char32_t> next_point(std::string_view bytes, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(bytes[at++]);
    if (lead < 0x80) return lead;
    const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || bytes.size() - at < more) return std::nullopt;
    char32_t point = lead & (0x3fU >> more);
    for (std::size_t k = 0; k < more; ++k) {
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        if ((byte & 0xc0U) != 0x80) return std::nullopt;
        point = point << 6U | (byte & 0x3fU);
    }
    const char32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    if (point < least || point > greatest_point) return std::nullopt;
    return point;
}

bool is_utf8(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        if (!next_point(bytes, at)) return false;
    }
    return true;
}

void append_utf8(std::string& out, char32_t point) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (point >> shift & 0x3fU)); };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0U | point >> 6U);
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0U | point >> 12U);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0U | point >> 18U);
        tail(12);
        tail(6);
        tail(0);
    }
}

std::optional<std::string> from_raw_unicode_escape(std::string_view line) {
    std::string out;
    std::size_t i = 0;
    while (i < line.size()) {
        // A run of backslashes escapes only if it is odd: the last one then begins the escape.
        if (line[i] != '\\') {
            append_utf8(out, static_cast<unsigned char>(line[i++]));
            continue;
        }
        const auto run_end = std::min(line.find_first_not_of('\\', i), line.size());
        const auto run = run_end - i;
        const bool escapes = run % 2 == 1 && run_end < line.size() && (line[run_end] == 'u' || line[run_end] == 'U');
        out.append(escapes ? run - 1 : run, '\\');
        i = run_end;
        if (!escapes) continue;
        const std::size_t digits = line[i] == 'u' ? 4 : 8;
        const auto point = parse_digits(line.substr(i + 1), digits, 16);
        if (!point || *point > greatest_point) return std::nullopt;
        append_utf8(out, *point);
        i += 1 + digits;
    }
    return out;
}

std::optional<std::string> from_quoted(std::string_view line) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
    if (line.size() < 2 || line.front() != line.back() || (line.front() != '\'' && line.front() != '"')) {
        return std::nullopt;
    }
    const auto inner = line.substr(1, line.size() - 2);
    std::string out;
    std::size_t i = 0;
    while (i < inner.size()) {
        std::uint32_t value = static_cast<unsigned char>(inner[i++]);
        if (value == '\\') {
            if (i == inner.size()) return std::nullopt;
            const char letter = inner[i++];
            if (const auto simple = simple_escape(letter)) {
                value = static_cast<unsigned char>(*simple);
            } else if (letter == 'x') {
                const auto hex = parse_digits(inner.substr(i), 2, 16);
                if (!hex) return std::nullopt;
                value = *hex;
                i += 2;
            } else if (is_octal(letter)) {
                value = static_cast<std::uint32_t>(letter - '0');
                for (int k = 0; k < 2 && i < inner.size() && is_octal(inner[i]); ++k) {
                    value = value * 8 + static_cast<std::uint32_t>(inner[i++] - '0');
                }
            } else {
                out += '\\';
                value = static_cast<unsigned char>(letter);
            }
        }
        if (value >= 0x80) return std::nullopt;
        out += static_cast<char>(value);
    }
    return out;
}

std::string ascii_of_text(std::string_view text) {
    const auto quote = quote_for(text);
    std::string out(1, quote);
    for (std::size_t at = 0; at < text.size();) {
        const auto point = next_point(text, at);
        assert(point);
        append_shown(out, *point, quote);
    }
    return out + quote;
}

std::string repr_of_bytes(std::string_view bytes) {
    const auto quote = quote_for(bytes);
    auto out = std::string("b") + quote;
    for (const char byte : bytes) append_shown(out, static_cast<unsigned char>(byte), quote);
    return out + quote;
}

}  // namespace bully::pickle
