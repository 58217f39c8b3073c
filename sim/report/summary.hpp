// The summary of a run: text for people, JSON for programs.
#pragma once

#include "sim/checks/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <ostream>
#include <string>

namespace bully::sim {

struct SummaryStyle {
    bool colour = false;
    bool quiet = false;  ///< Only violations and the verdict.
};

void write_summary(std::ostream& out, const RunResult& result, SummaryStyle style);

/// The summary for programs. Keys are stable; times are integers of nanoseconds, processes are numbers from 1.
///
/// `agreement_ns` is null unless all agree at the end. `faults` has each planned fault: its kind, and the time to
/// agreement after it, which is null if there was no agreement before the next fault. `some_leaderless_ns` is the time
/// during which some live process followed no live leader within its reach. The `status` of a property is held
/// (demanded to the end), partly (held where it was demanded, but not demanded at the end), violated, not_demanded or
/// not_checked. Its `demands` say after which event it was demanded, from `due_ns` to `until_ns`, and the `outcome`:
/// demanded, reached, not_reached or not_demanded.
[[nodiscard]] nlohmann::ordered_json to_json(const RunResult& result);

/// Writes that object on one line. A name that isn't valid UTF-8 is shown with replacement characters.
void write_json(std::ostream& out, const RunResult& result);

}  // namespace bully::sim
