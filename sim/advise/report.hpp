// The report of the advisor: a table and text for people, JSON for programs.
#pragma once

#include "sim/advise/advise.hpp"

#include <ostream>
#include <string>

namespace bully::sim {

/// Writes the report, which ends with a `timing:` block for a scenario and the options for bully_live. `colour`: the
/// recommended line is bold.
void write_advice(std::ostream& out, const Advice& advice, bool colour);

/// Writes one object on one line. Keys are stable; times are integers of nanoseconds, intervals are [low, high] of 95
/// %.
void write_advice_json(std::ostream& out, const Advice& advice);

/// A `timing:` block as in a scenario file.
[[nodiscard]] std::string timing_block(const Timing& timing);
/// The options of bully_live: "--answer-timeout 110ms ...".
[[nodiscard]] std::string live_options(const Timing& timing);

}  // namespace bully::sim
