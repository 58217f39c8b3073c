// The replay of a trace through the core: the same events must give the same actions and states, step by step. The
// properties of core/README.md are checked on the way. Traces of the simulator and of live nodes are treated alike.
#pragma once

#include "sim/checks/result.hpp"
#include "sim/engine/observer.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

/// How late a live node's timers may fire, and how long its messages may take, unless told otherwise: its machine does
/// other things as well.
inline constexpr Duration live_tolerance = std::chrono::milliseconds(250);
inline constexpr Duration live_delay = std::chrono::milliseconds(250);
/// J of a live node: bully_live gives up a JOIN after this, unless told otherwise.
inline constexpr Duration live_join = std::chrono::seconds(3);

struct ReplayOptions {
    std::vector<Observer*> observers = {};  ///< They hear the same notes as in a run; must outlive the replay.
    /// How late a timer may fire, at most a year. None: zero in virtual time, live_tolerance in a live trace.
    std::optional<Duration> tolerance = std::nullopt;
    /// δ, the longest delay of a message between live processes, at most a year. None: what the trace says, and
    /// live_delay in a live trace. P12 to P18 aren't checked if δ isn't known.
    std::optional<Duration> delta = std::nullopt;
};

/// The reason why a trace can't be replayed: it is none, or damaged.
struct TraceError {
    std::size_t line = 1;
    std::string what;
    std::string expected;
};

/// The first step at which the core did something else than the trace says.
struct TraceDifference {
    std::size_t line = 1;
    std::int64_t time_ns = 0;
    Number node = 0;       ///< As numbered in the trace.
    std::string event;     ///< As it stands in the trace.
    std::string recorded;  ///< The action or state of the trace; "nothing" where it has fewer.
    std::string replayed;
};

struct ReplayResult {
    std::string program;
    std::string scenario;
    std::uint64_t seed = 0;
    Mode mode = Mode::robust;
    std::size_t lives = 0;
    std::size_t steps = 0;
    bool complete = false;     ///< The trace has its last line: its program ended well, and nothing was cut off.
    std::size_t cut_line = 0;  ///< The number of a last line that is cut off; 0: none is.
    std::optional<TraceDifference> difference;  ///< If there is one, the replay ends there.
    Duration tolerance{};
    /// In a live trace: how late the latest timer fired.
    Duration latest{};
    /// In a live trace: the stretches in which its program did nothing, though a timer was overdue by more than
    /// `tolerance`. If there is any, P6, P8 and P9 aren't held to their times.
    std::vector<std::pair<Time, Time>> stood_still;
    std::optional<Duration> delta;   ///< δ, if the group was checked.
    std::vector<std::string> names;  ///< The names of the processes, ascending by pid, as numbered in `violations`.
    std::vector<PropertyResult> properties;
    std::vector<Violation> violations;

    /// Whether the core did the same, and each violation of a property was expected.
    [[nodiscard]] bool held() const { return !difference && violated().empty(); }
    /// The names of the properties with an unexpected violation.
    [[nodiscard]] std::vector<std::string> violated() const;
};

/// The least tolerance, in whole milliseconds, that allows for a timer as late as `latest`.
[[nodiscard]] Duration tolerance_for(Duration latest);

/// Replays a trace, which may be any bytes.
[[nodiscard]] tl::expected<ReplayResult, TraceError> replay(std::istream& trace, const ReplayOptions& options = {});

}  // namespace bully::sim
