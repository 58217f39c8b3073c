// How long a text is, to who reads it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace bully::sim {

/// The characters of UTF-8, each of which is taken to be one column of a terminal wide.
[[nodiscard]] inline std::size_t shown_length(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace bully::sim
