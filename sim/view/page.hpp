// The page that shows a run: one file of HTML, which needs nothing else.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <ostream>

namespace bully::sim {

/// False where bully was built without esbuild, which makes the page of its sources in web/.
[[nodiscard]] bool has_page();

/// `view` is what to_json makes of a model. The same view gives the same bytes. Requires: has_page().
void write_page(std::ostream& out, const nlohmann::ordered_json& view);

}  // namespace bully::sim
