// The replay of a trace in words, for people; and the same as JSON, for programs.
#pragma once

#include "sim/report/summary.hpp"
#include "sim/trace/replay.hpp"

#include <ostream>
#include <string>

namespace bully::sim {

/// `file` is the trace, as its user called it.
void write_replay(std::ostream& out, const std::string& file, const ReplayResult& result, SummaryStyle style);

/// One object on one line. Keys are stable; times are integers of nanoseconds.
void write_replay_json(std::ostream& out, const std::string& file, const ReplayResult& result);

}  // namespace bully::sim
