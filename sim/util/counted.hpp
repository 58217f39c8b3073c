// A number and its noun, for people.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace bully::sim {

/// "1 hour", "2 hours", "0.5 hours": the singular `one` stands only after "1". `many`: the plural, if it isn't `one`
/// with an s.
[[nodiscard]] inline std::string counted(const std::string& number, std::string_view one, std::string_view many = {}) {
    auto text = number + " ";
    if (number == "1" || many.empty()) {
        text += one;
        if (number != "1") text += "s";
    } else {
        text += many;
    }
    return text;
}

[[nodiscard]] std::string counted(std::integral auto number, std::string_view one, std::string_view many = {}) {
    return counted(std::to_string(number), one, many);
}

}  // namespace bully::sim
