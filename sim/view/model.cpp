#include "sim/view/model.hpp"

#include <array>

namespace bully::sim {
namespace {

struct Words {
    std::string_view name;
    std::string_view symbol;
};

// In the order of Look.
constexpr std::array<Words, look_count> words{{{"none", " "},
                                               {"joining", "+"},
                                               {"following", "│"},
                                               {"leading", "★"},
                                               {"asking", "?"},
                                               {"waiting", "…"},
                                               {"feigning", "○"},
                                               {"down", "✗"},
                                               {"paused", "‖"}}};

}  // namespace

std::string_view to_string(Look look) { return words[static_cast<std::size_t>(look)].name; }
std::string_view symbol_of(Look look) { return words[static_cast<std::size_t>(look)].symbol; }

}  // namespace bully::sim
