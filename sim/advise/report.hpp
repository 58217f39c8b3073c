// An advice in a table and words, for people; and the same as JSON, for programs.
#pragma once

#include "sim/advise/advise.hpp"

#include <ostream>
#include <string>

namespace bully::sim {

/// Ends with a `timing:` block for a scenario and the options for bully_live. `colour`: the recommended line is bold.
void write_advice(std::ostream& out, const Advice& advice, bool colour);

/// One object on one line. Keys are stable; times are integers of nanoseconds, intervals are [low, high] of 95 %.
void write_advice_json(std::ostream& out, const Advice& advice);

/// The lines of a `timing:` block, as in a scenario file.
[[nodiscard]] std::string timing_block(const Timing& timing);
/// "--answer-timeout 110ms ...": as bully_live takes them.
[[nodiscard]] std::string live_options(const Timing& timing);

}  // namespace bully::sim
