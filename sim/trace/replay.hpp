// Runs a trace through the core again: the same events must give the same actions and states, step by step, and the
// properties of core/README.md are checked on the way. For traces of the simulator and of live nodes alike.
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

/// How late a live node's timers may fire, and how long its messages may take: its machine does other things as well.
inline constexpr Duration live_tolerance = std::chrono::milliseconds(250);
inline constexpr Duration live_delay = std::chrono::milliseconds(250);
/// J of a live node: after this bully_live gives up a JOIN, unless told otherwise.
inline constexpr Duration live_join = std::chrono::seconds(3);

struct ReplayOptions {
    std::vector<Observer*> observers = {};  ///< Told of what happens as by the simulator; must outlive the replay.
    /// How late a timer may fire. None: not at all in virtual time, `live_tolerance` in any other.
    std::optional<Duration> tolerance = std::nullopt;
    /// δ: no message between live processes takes longer. None: as the trace says, and `live_delay` in a live one,
    /// which doesn't. Where nothing is known of it, neither is of the group (P12 to P18). At most a year, as
    /// `tolerance`.
    std::optional<Duration> delta = std::nullopt;
};

/// Why a trace can't be replayed: not a trace, or damaged.
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
    std::size_t cut_line = 0;  ///< The number of a last line of which only a part is there; 0: none.
    std::optional<TraceDifference> difference;  ///< The replay ends there.
    Duration tolerance{};
    /// How late a timer fired at most; of a live trace.
    Duration latest{};
    /// Between which lines the program of a live trace did nothing, though a timer was due by more than `tolerance`.
    /// Then P6, P8 and P9 aren't held to their times.
    std::vector<std::pair<Time, Time>> stood_still;
    std::optional<Duration> delta;   ///< δ, if the group was checked.
    std::vector<std::string> names;  ///< Of the processes, ascending by pid, as in `violations`.
    std::vector<PropertyResult> properties;
    std::vector<Violation> violations;

    /// The core did the same, and no property was violated that wasn't expected to be.
    [[nodiscard]] bool held() const { return !difference && violated().empty(); }
    /// The names of the properties that were violated without being expected to be.
    [[nodiscard]] std::vector<std::string> violated() const;
};

/// In whole milliseconds, enough for timers that were so late.
[[nodiscard]] Duration tolerance_for(Duration latest);

/// Any bytes may be given.
[[nodiscard]] tl::expected<ReplayResult, TraceError> replay(std::istream& trace, const ReplayOptions& options = {});

}  // namespace bully::sim
