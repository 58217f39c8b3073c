// What came out of a run, its measures and what the checks found: everything a summary shows, as plain data.
#pragma once

#include "core/election.hpp"
#include "sim/engine/measures.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// A stretch of a run in which something happened that a property depends on, and whether it was demanded then.
struct PropertyDemand {
    enum class Outcome : std::uint8_t {
        demanded,      ///< From `due` to `until`.
        reached,       ///< Likewise, and what was to be reached by then (agreement) was.
        not_reached,   ///< It wasn't: a violation.
        not_demanded,  ///< `why` says why.
    };
    Time after_at{};           ///< When it began: at a fault, the start, an agreement.
    std::string after;         ///< What that was, for people: "a crash".
    std::uint64_t faults = 1;  ///< More: a row of them, each too soon after the one before.
    std::optional<Time> due;
    Time until{};  ///< The next fault, or the end.
    Outcome outcome = Outcome::demanded;
    std::string why;
};

/// A property of core/README.md, as it was found in this run.
struct PropertyResult {
    enum class Status : std::uint8_t {
        held,    ///< Demanded to the end.
        partly,  ///< It held where it was demanded, which it wasn't at the end: `detail` says why.
        violated,
        not_demanded,  ///< The scenario makes it impossible, or too short to tell: `detail` says why.
        not_checked,   ///< A trace doesn't tell enough: `detail` says what is missing.
    };
    std::string name;   ///< "P14"
    std::string title;  ///< "agreement"
    Status status = Status::held;
    std::string bound;  ///< With figures: "from 12s + 7.51s = 19.51s on"; empty if it has none.
    std::string detail;
    bool expected_violation = false;      ///< An expectation says so: not a failure.
    std::vector<PropertyDemand> demands;  ///< Of P12 to P18, if asked for; of the first 1000 stretches, and the last.
};

struct Violation {
    std::string property;
    Time at{};
    std::vector<Number> processes;
    std::string what;                ///< For people, one sentence.
    std::vector<std::string> steps;  ///< The last steps of those processes, oldest first.
};

struct ExpectationResult {
    std::string text;
    std::size_t line = 0;
    bool held = false;
    bool applies = true;  ///< False: it is about the other mode.
    std::string detail;   ///< What was found instead.
};

struct RunResult {
    std::string scenario;
    std::string file;
    std::vector<std::string> overrides;  ///< As in Scenario.
    std::uint64_t seed = 0;
    Mode mode = Mode::robust;
    std::uint64_t fingerprint = 0;
    Time duration{};           ///< How far the run came.
    bool interrupted = false;  ///< Before the scenario's duration was over.
    Number leader = 0;         ///< Whom all live processes follow at the end; 0: they don't agree.
    std::vector<ProcessResult> processes;
    Measures measures;
    std::vector<ExpectationResult> expectations;
    std::vector<PropertyResult> properties;
    std::vector<Violation> violations;
    std::vector<std::string> warnings;  ///< Broken conditions, duplicate identities, faults that hit nobody, ...

    /// Every expectation held, and no property was violated that wasn't expected to be.
    [[nodiscard]] bool held() const;
};

/// Whether each property was demanded to the end of the run.
[[nodiscard]] bool demanded_to_the_end(const std::vector<PropertyResult>& properties);

}  // namespace bully::sim
