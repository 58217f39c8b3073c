// The report of a replay: text for people, JSON for programs.
#pragma once

#include "sim/report/summary.hpp"
#include "sim/trace/replay.hpp"

#include <ostream>
#include <string>

namespace bully::sim {

/// Writes the findings and the verdict. `file`: the trace as its user named it.
void write_replay(std::ostream& out, const std::string& file, const ReplayResult& result, SummaryStyle style);

/// Writes one object on one line. Keys are stable; times are integers of nanoseconds.
void write_replay_json(std::ostream& out, const std::string& file, const ReplayResult& result);

}  // namespace bully::sim
