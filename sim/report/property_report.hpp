// What was found of the properties, as text and as JSON: alike for a run and for the replay of a trace.
#pragma once

#include "sim/checks/result.hpp"
#include "sim/report/summary.hpp"

#include <nlohmann/json_fwd.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace bully::sim {

/// The table of the properties, then each violation. `names` are those of the processes, by number.
void write_findings(std::ostream& out, const std::vector<std::string>& names,
                    const std::vector<PropertyResult>& properties, const std::vector<Violation>& violations,
                    SummaryStyle style);

/// Adds `properties` and `violations` to an object.
void add_findings(nlohmann::ordered_json& object, const std::vector<PropertyResult>& properties,
                  const std::vector<Violation>& violations);

/// Times for people, to the microsecond.
[[nodiscard]] std::string time_text(Duration duration);

}  // namespace bully::sim
