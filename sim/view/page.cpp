#include "sim/view/page.hpp"

#include "sim/view/page_text.hpp"

#include <nlohmann/json.hpp>

#include <cassert>
#include <string>

namespace bully::sim {

bool has_page() { return !page_text().before.empty(); }

void write_page(std::ostream& out, const nlohmann::ordered_json& view) {
    assert(has_page());
    const auto text = view.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    for (const auto piece : page_text().before) out << piece;
    // Names are a stranger's: no text of theirs ends the element that it stands in.
    for (const char c : text) {
        if (c == '<') {
            out << "\\u003c";
        } else {
            out << c;
        }
    }
    for (const auto piece : page_text().after) out << piece;
}

}  // namespace bully::sim
