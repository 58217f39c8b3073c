#include "sim/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

namespace bully::sim {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto substituted = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::size_t display_width(std::string_view text) {
    return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

std::string padded_right(std::string text, std::size_t width) {
    const auto used = display_width(text);
    if (used < width) text.append(width - used, ' ');
    return text;
}

std::string padded_left(const std::string& text, std::size_t width) {
    const auto used = display_width(text);
    return used < width ? std::string(width - used, ' ') + text : text;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::size_t at = 0;
    while (at < text.size()) {
        const auto begin = text.find_first_not_of(" \n", at);
        if (begin == std::string_view::npos) break;
        const auto end = std::min(text.find_first_of(" \n", begin), text.size());
        const auto word = text.substr(begin, end - begin);
        if (lines.back().empty()) {
            lines.back() = word;
        } else if (display_width(lines.back()) + 1 + display_width(word) <= width) {
            lines.back().append(" ").append(word);
        } else {
            lines.emplace_back(word);
        }
        at = end;
    }
    return lines;
}

std::string seconds(Duration duration, int decimals) {
    auto ns = duration.count();
    const bool negative = ns < 0;
    if (negative) ns = -ns;
    auto text = std::to_string(ns / 1'000'000'000);
    if (decimals > 0) {
        auto fraction = std::to_string(1'000'000'000 + ns % 1'000'000'000).substr(1);
        text += "." + fraction.substr(0, static_cast<std::size_t>(decimals));
    }
    return negative ? "-" + text : text;
}

std::string rounded(Duration duration) {
    const auto ns = duration.count();
    for (const auto unit : {std::int64_t{1'000'000'000}, std::int64_t{1'000'000}, std::int64_t{1'000}}) {
        if (ns >= unit) return to_string(Duration{ns - ns % (unit / 1000)});
    }
    return to_string(duration);
}

std::string enumerated(std::span<const std::string> items) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
        text += items[i];
    }
    return text;
}

std::string to_string(ProcessId pid) {
    return "(" + std::to_string(pid.days) + ", " + std::to_string(pid.student_id) + ")";
}

std::string grouped(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, 1, ',');
    }
    return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
    auto text = grouped(count) + " ";
    const bool is_y = noun.ends_with('y');
    if (count == 1) return text.append(noun);
    return text.append(is_y ? noun.substr(0, noun.size() - 1) : noun).append(is_y ? "ies" : "s");
}

std::string shell_quoted(std::string_view argument) {
    constexpr std::string_view harmless =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./,:=@%+";
    if (!argument.empty() && argument.find_first_not_of(harmless) == std::string_view::npos) {
        return std::string(argument);
    }
    std::string quoted = "'";
    for (const auto c : argument) {
        if (c == '\'') {
            quoted += R"('\'')";
        } else {
            quoted += c;
        }
    }
    return quoted + "'";
}

std::string_view closest(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view best;
    std::size_t least = word.size() / 3 + 2;  // further away it isn't a misspelling
    for (const auto candidate : candidates) {
        const auto distance = edit_distance(word, candidate);
        if (distance < least && distance < candidate.size()) {
            least = distance;
            best = candidate;
        }
    }
    return best;
}

std::string to_ascii(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> replacements{{
        {"│", "|"},
        {"★", "*"},
        {"✗", "x"},
        {"×", "z"},
        {"‖", "="},
        {"…", "."},
        {"○", "o"},
        {"→", "->"},
        {"·", "-"},
        {"═", "="},
        {"─", "-"},
        {"–", "-"},
        {"⋮", ":"},
    }};
    std::string ascii;
    while (!text.empty()) {
        const auto found = std::find_if(replacements.begin(), replacements.end(),
                                        [&](const auto& pair) { return text.starts_with(pair.first); });
        if (found != replacements.end()) {
            ascii += found->second;
            text.remove_prefix(found->first.size());
        } else {
            ascii += text.front();
            text.remove_prefix(1);
        }
    }
    return ascii;
}

std::string printable(std::string_view text) {
    std::string clean(text);
    const auto is_control = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    };
    std::replace_if(clean.begin(), clean.end(), is_control, '?');
    return clean;
}

}  // namespace bully::sim
