// Every run of a small group: all states that it can come to, and what follows from the graph that they are.
#pragma once

#include "sim/explore/model.hpp"
#include "sim/explore/moves.hpp"
#include "sim/explore/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim::explore {

/// How far a search has come.
struct Reached {
    std::size_t states = 0;
    std::size_t waiting = 0;       ///< Found, and not yet looked at.
    std::size_t disturbances = 0;  ///< So many have happened in those that are looked at.
};

struct Options {
    std::size_t memory = std::size_t{4} << 30U;  ///< Bytes.
    std::function<void(const Reached&)> progress;
    std::function<bool()> stopped;
};

struct Happening {
    int tick = 0;  ///< From the begin on.
    Move move;
    std::string what;  ///< In words.
};

struct Verdict {
    enum class Kind : std::uint8_t {
        proved,
        violated,  ///< A step violates a property.
        wedged,    ///< A state from which no run leads to agreement.
        endless,   ///< A run in which the group never agrees for good, though it could.
        out_of_memory,
        stopped,
    };
    Kind kind = Kind::proved;
    std::string what;  ///< "P12: ..."; of a violation.
    /// The shortest run with the fewest disturbances that shows it; what has no words is left out.
    std::vector<Happening> run;
    /// Of a wedge: so much of the run leads to where it can't be helped any more. The rest is a way to where all is
    /// still.
    std::size_t lost_from = 0;
    std::string end;       ///< Who follows whom, then.
    std::size_t lost = 0;  ///< States that can't agree any more, or need never, of those with as many disturbances.
    /// Of the wedged ones in which nobody elects and nothing is under way: who follows whom, and how many they are.
    std::map<std::string, std::size_t> followed;

    std::size_t states = 0;  ///< Those of single instants, in which a process has its turn.
    std::size_t transitions = 0;
    std::size_t state_bytes = 0;
    std::size_t memory = 0;
    std::size_t locals = 0;
    std::size_t covered = 0;   ///< All runs with at most so many disturbances were looked at.
    std::optional<int> worst;  ///< Ticks from the last disturbance to agreement for good, at most, and reached.
    std::vector<std::string> unreached;  ///< Rows of the transition table that no step has run.
    std::size_t rows = 0;
};

/// Deterministic: the same model, the same verdict. One thread.
[[nodiscard]] Verdict explore(const Model& model, const Options& options);

}  // namespace bully::sim::explore
