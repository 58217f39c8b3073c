// The parts of the SVG of a chart.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bully::sim {

inline std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

/// The rest of the document after the axes of its first chart. Throws if there are none.
inline std::string after_axes(const std::string& svg) { return svg.substr(svg.find("class=\"axis\"")); }

/// The drawing of the first path of this class.
inline std::string path_of(const std::string& svg, const std::string& style) {
    const auto path = svg.find("<path class=\"" + style);
    if (path == std::string::npos) return "";
    const auto from = svg.find("d=\"", path) + 3;
    return svg.substr(from, svg.find('"', from) - from);
}

/// The numbers after this command in the drawing of a path.
inline std::vector<double> numbers_after(const std::string& drawn, char command) {
    std::vector<double> numbers;
    for (auto at = drawn.find(command); at != std::string::npos; at = drawn.find(command, at + 1)) {
        numbers.push_back(std::stod(drawn.substr(at + 1)));
    }
    return numbers;
}

/// All texts of this class, in their order.
inline std::vector<std::string> texts_of(const std::string& svg, const std::string& style) {
    std::vector<std::string> texts;
    const auto begin = "<text class=\"" + style + "\"";
    for (auto at = svg.find(begin); at != std::string::npos; at = svg.find(begin, at + 1)) {
        const auto from = svg.find('>', at) + 1;
        texts.push_back(svg.substr(from, svg.find('<', from) - from));
    }
    return texts;
}

}  // namespace bully::sim
