// The findings about the properties, as text and as JSON, for a run and for the replay of a trace.
#pragma once

#include "sim/checks/result.hpp"
#include "sim/report/summary.hpp"

#include <nlohmann/json_fwd.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace bully::sim {

/// Writes the table of the properties, then each violation. `names`: the names of the processes, by number - 1.
void write_findings(std::ostream& out, const std::vector<std::string>& names,
                    const std::vector<PropertyResult>& properties, const std::vector<Violation>& violations,
                    SummaryStyle style);

/// Adds the keys `properties` and `violations` to a JSON object.
void add_findings(nlohmann::ordered_json& object, const std::vector<PropertyResult>& properties,
                  const std::vector<Violation>& violations);

/// A time for people, to the microsecond; shorter times exactly.
[[nodiscard]] std::string time_text(Duration duration);

}  // namespace bully::sim
