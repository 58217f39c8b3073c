// A run in words and figures, for people; and the same as JSON, for programs.
#pragma once

#include "sim/checks/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <ostream>
#include <string>

namespace bully::sim {

struct SummaryStyle {
    bool colour = false;
    bool quiet = false;  ///< Only what is wrong, and the verdict.
};

void write_summary(std::ostream& out, const RunResult& result, SummaryStyle style);

/// The summary for programs. Keys are stable; times are integers of nanoseconds, processes are numbers from 1.
///
/// `agreement_ns` is null unless all agree at the end. `faults` has each planned fault by itself: what it was, and the
/// time to agreement after it, null if there was none when the next one came. `some_leaderless_ns`: some live process
/// followed no live leader within its reach. A property's `status` is held (demanded to the end), partly (held where it
/// was demanded, which it wasn't at the end), violated, not_demanded or not_checked; `demands` says when it was: after
/// what, from `due_ns` to `until_ns`, and the `outcome`: demanded, reached, not_reached or not_demanded.
[[nodiscard]] nlohmann::ordered_json to_json(const RunResult& result);

/// That, on one line. What isn't valid UTF-8 (a name, from the file) is replaced by U+FFFD.
void write_json(std::ostream& out, const RunResult& result);

}  // namespace bully::sim
