// Runs a trace through the core again: the same events must give the same actions and states, step by step. Works for
// traces of the simulator and of live nodes alike.
#pragma once

#include "sim/observer.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

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
    Number node = 0;
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
    bool complete = false;  ///< The trace has its last line: its program ended well, and nothing was cut off.
    std::optional<TraceDifference> difference;  ///< The replay ends there.
};

/// Tells `observers` what happens as the simulator would. Any bytes may be given.
[[nodiscard]] tl::expected<ReplayResult, TraceError> replay(std::istream& trace,
                                                            const std::vector<Observer*>& observers = {});

}  // namespace bully::sim
