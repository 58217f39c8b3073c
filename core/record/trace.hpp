// What a process did, as lines of JSON: written alike by the simulator and by live nodes, read back by `bully_sim
// replay`, which runs it through this core again. Pure functions that append text; one call, one line.
//
// Line 1 is the header. Then, in order of time:
//   {"snapshot": 2, "members": [[days, student_id, "host:port"], ...]}         a membership that later lines name
//   {"t": ns, "node": 3, "life": {...}, "actions": [...], "state": {...}}      a process begins, or begins anew
//   {"t": ns, "node": 3, "event": {...}, "actions": [...], "state": {...}}     a step
//   {"t": ns, "world": "crash", "node": 3, "host_up": true}                    what happened around the processes
//   {"t": ns, "world": "end", "lines": 90, "digest": "..."}                    the last line, unless it was killed
// The last line tells how many lines stand before it, and their digest (core/record/trace_digest.hpp).
// Times and durations are integers of nanoseconds; a pid is [days, student_id]; nodes are numbered from 1.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "core/settings.hpp"
#include "core/view.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bully {

inline constexpr std::string_view trace_format = "bully-trace";
inline constexpr int trace_version = 3;

/// Names a membership within a trace; 0 is the empty one.
using SnapshotNumber = std::uint32_t;

struct TraceProcess {
    std::uint32_t node = 0;
    std::string name;
    Member member;
    Settings settings;
};

/// What the executor promises about messages: what the properties of the group are held to.
struct TraceBounds {
    std::int64_t delay_ns = 0;  ///< δ: no message between live processes takes longer.
    std::int64_t join_ns = 0;   ///< J: no JOIN takes longer.
};

struct TraceHeader {
    std::string program;
    std::string program_version;
    std::string scenario;  ///< Its name; empty for a live run.
    std::uint64_t seed = 0;
    Mode mode = Mode::robust;
    std::vector<TraceProcess> processes;
    std::optional<TraceBounds> bounds = std::nullopt;  ///< None: nothing is promised, or the trace doesn't tell enough.
    std::vector<std::string> expected_violations = {};  ///< "P1": of properties that the run is meant to violate.
};

/// One step, or the begin of a life.
struct StepRecord {
    std::int64_t time_ns = 0;
    std::uint32_t node = 0;
    const Event* event = nullptr;
    SnapshotNumber members = 0;  ///< That of the event's membership, if it carries one.
    std::span<const Action> actions;
    View after;
};

/// A process begins: before its Start, or settled in a group.
struct LifeRecord {
    std::int64_t time_ns = 0;
    std::uint32_t node = 0;
    Member member;
    Round first_round = 0;
    std::optional<SnapshotNumber> settled;  ///< Begun by Election::settled with these members.
    std::span<const Action> actions;
    View after;
};

void append_header(std::string& out, const TraceHeader& header);
void append_snapshot(std::string& out, SnapshotNumber number, const Membership& members);
void append_life(std::string& out, const LifeRecord& record);
void append_step(std::string& out, const StepRecord& record);

/// The JSON of one action, as in a line: for messages about differences. `event` brought it about, and may be null: a
/// life begins without one.
[[nodiscard]] std::string to_json(const Action& action, const Event* event = nullptr);
[[nodiscard]] std::string to_json(const View& view);

/// `text` as a JSON string, quotes included. Bytes that aren't valid UTF-8 are replaced by U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace bully
