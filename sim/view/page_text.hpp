// The page without the run that it shows. Made by web/embed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace bully::sim {

/// In pieces, as compilers take no literal of any length. All empty where there is no page.
struct PageText {
    std::span<const std::string_view> before;  ///< What stands before the JSON of the view.
    std::span<const std::string_view> after;
};

[[nodiscard]] PageText page_text();

}  // namespace bully::sim
