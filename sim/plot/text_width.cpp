#include "sim/plot/text_width.hpp"

#include "sim/util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

namespace bully::sim {
namespace {

constexpr double character = 6.9;

// The number of characters of a text in UTF-8.
std::vector<std::string_view> characters_of(std::string_view text) {
    std::vector<std::string_view> all;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at + 1;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
        all.push_back(text.substr(at, end - at));
        at = end;
    }
    return all;
}

// The first `head` characters and as many of the last ones as there is room for. Requires: head < most.
std::string cut(std::string_view text, std::size_t most, std::size_t head) {
    const auto all = characters_of(text);
    if (all.size() <= most) return std::string(text);
    std::string kept;
    for (std::size_t i = 0; i < head; ++i) kept += all[i];
    kept += "…";
    for (auto i = all.size() - (most - 1 - head); i < all.size(); ++i) kept += all[i];
    return kept;
}

std::size_t distinct(const std::vector<std::string>& texts) {
    return std::set<std::string_view>(texts.begin(), texts.end()).size();
}

}  // namespace

double text_width(std::string_view text) { return character * static_cast<double>(shown_length(text)); }

std::size_t characters_in(double width) {
    return static_cast<std::size_t>(std::max(std::floor(width / character), 0.0));
}

std::optional<std::vector<std::string>> wrapped(std::string_view text, std::size_t width, std::size_t most_lines) {
    auto lines = wrapped(text, width);
    const auto is_wide = [&](const std::string& line) { return shown_length(line) > width; };
    if (lines.size() > most_lines || std::ranges::any_of(lines, is_wide)) return std::nullopt;
    return lines;
}

std::vector<std::string> shortened(const std::vector<std::string>& texts, std::size_t most) {
    most = std::max<std::size_t>(most, 2);
    const auto all_cut = [&](std::size_t head) {
        std::vector<std::string> all;
        all.reserve(texts.size());
        for (const auto& text : texts) all.push_back(cut(text, most, head));
        return all;
    };
    // As near to the middle as possible.
    const auto middle = most / 2;
    for (std::size_t off = 0; off <= middle; ++off) {
        for (const auto head : {middle + off, middle - off}) {
            if (head >= most) continue;
            if (auto all = all_cut(head); distinct(all) == distinct(texts)) return all;
        }
    }
    auto numbered = texts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        numbered[i] = cut(fmt::format("{}: {}", i + 1, texts[i]), most, std::min<std::size_t>(most - 1, 8));
    }
    return numbered;
}

CategoryLabels::CategoryLabels(const std::vector<std::string>& names, double apart, double first) {
    constexpr std::size_t most_lines = 3;
    constexpr double gap = 10;
    for (const auto& name : names) {
        auto broken = wrapped(name, characters_in(apart - gap), most_lines);
        if (!broken) {
            slanted = true;
            break;
        }
        height = std::max(height, line_height * static_cast<double>(broken->size()));
        lines.push_back(*std::move(broken));
    }
    if (!slanted) return;
    // No label goes beyond the left edge, or overlaps the one before it.
    constexpr auto angle = slant * std::numbers::pi / 180;
    const auto short_names = shortened(names, characters_in((first - gap) / std::cos(angle)));
    const auto every = static_cast<std::size_t>(std::ceil(line_height / (apart * std::sin(angle))));
    lines.assign(names.size(), {});
    for (std::size_t i = 0; i < names.size(); i += every) {
        lines[i] = {short_names[i]};
        height = std::max(height, text_width(short_names[i]) * std::sin(angle) + line_height / 2);
    }
}

}  // namespace bully::sim
