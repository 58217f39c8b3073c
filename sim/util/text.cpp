#include "sim/util/text.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace bully::sim {

std::size_t shown_length(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::istringstream words{std::string(text)};
    for (std::string word; words >> word;) {
        auto& line = lines.back();
        if (line.empty()) {
            line = std::move(word);
        } else if (shown_length(line) + 1 + shown_length(word) <= width) {
            line += " " + word;
        } else {
            lines.push_back(std::move(word));
        }
    }
    return lines;
}

std::string left_aligned(std::string text, std::size_t width) {
    text.append(width - std::min(width, shown_length(text)), ' ');
    return text;
}

std::string right_aligned(std::string text, std::size_t width) {
    text.insert(0, width - std::min(width, shown_length(text)), ' ');
    return text;
}

std::vector<std::size_t> column_widths(std::span<const std::vector<std::string>> rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], shown_length(row[i]));
    }
    return widths;
}

std::string painted(std::string_view text, fmt::text_style style, bool colour) {
    return colour ? fmt::format(style, "{}", text) : std::string(text);
}

}  // namespace bully::sim
