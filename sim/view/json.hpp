// The model of a view as JSON: what the page shows, and what other programs may read. README.md here has its format.
#pragma once

#include "sim/checks/result.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/view/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <ostream>

namespace bully::sim {

inline constexpr int view_version = 1;

/// `result` is what came of the run that `model` is of, and `scenario` what was run.
[[nodiscard]] nlohmann::ordered_json to_json(const ViewModel& model, const Scenario& scenario, const RunResult& result);

/// One object on one line. Bytes that aren't valid UTF-8 (a name, from the file) are replaced by U+FFFD.
void write_view_json(std::ostream& out, const nlohmann::ordered_json& view);

}  // namespace bully::sim
