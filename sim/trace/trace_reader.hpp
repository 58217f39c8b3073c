// The lines of a trace, back into core's types. Throws TraceFault; replay turns it into a TraceError.
#pragma once

#include "core/record/trace.hpp"
#include "sim/engine/observer.hpp"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bully::sim {

struct TraceFault {
    std::string what;
    std::string expected;
};

using TraceJson = nlohmann::json;

/// Members by snapshot number; 0 is the empty one.
using Snapshots = std::map<std::uint64_t, Membership>;

/// A line as JSON. Throws what isn't, and an object that has a key twice.
[[nodiscard]] TraceJson parse_line(const std::string& line);
/// The last line of a trace that is whole.
[[nodiscard]] inline bool is_end(const TraceJson& line) {
    return line.is_object() && line.value("world", TraceJson()) == "end";
}
/// Throws if the object has other keys.
void keep_to(const TraceJson& object, std::initializer_list<std::string_view> keys);
[[nodiscard]] const TraceJson& field(const TraceJson& object, std::string_view key);
[[nodiscard]] std::int64_t read_integer(const TraceJson& object, std::string_view key, std::int64_t min,
                                        std::int64_t max);
[[nodiscard]] std::string read_string(const TraceJson& object, std::string_view key);
[[nodiscard]] ProcessId read_trace_pid(const TraceJson& value);
[[nodiscard]] std::optional<ProcessId> read_optional_pid(const TraceJson& value);
[[nodiscard]] Endpoint read_trace_endpoint(const TraceJson& value);
[[nodiscard]] TraceHeader read_header(const TraceJson& line);
[[nodiscard]] Membership read_snapshot(const TraceJson& line);
[[nodiscard]] Event read_event(const TraceJson& value, const Snapshots& snapshots);
[[nodiscard]] WorldNote read_world(const TraceJson& line);
/// The numbers of `from` and `to` are nodes of the trace, `most` at most.
[[nodiscard]] MessageNote read_message(const TraceJson& line, Number most);

/// Greatest time or duration in a trace: sums of a few of them don't overflow.
inline constexpr std::int64_t max_trace_ns = INT64_MAX / 4;

}  // namespace bully::sim
