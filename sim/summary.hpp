// A run in words and figures, for people; and the same as JSON, for programs.
#pragma once

#include "sim/result.hpp"

#include <ostream>
#include <string>

namespace bully::sim {

struct SummaryStyle {
    bool colour = false;
    bool quiet = false;  ///< Only what is wrong, and the verdict.
};

void write_summary(std::ostream& out, const RunResult& result, SummaryStyle style);

/// One object on one line. Keys are stable; times are integers of nanoseconds, processes are numbers from 1.
void write_json(std::ostream& out, const RunResult& result);

/// 16 hexadecimal digits.
[[nodiscard]] std::string fingerprint_text(std::uint64_t fingerprint);

}  // namespace bully::sim
