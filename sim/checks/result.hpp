// The outcome of a run, its measures and the findings of the checks: all that a summary shows, as plain data.
#pragma once

#include "core/settings.hpp"
#include "sim/engine/measures.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// A stretch of a run, and whether a property was demanded in it.
struct PropertyDemand {
    enum class Outcome : std::uint8_t {
        demanded,      ///< The property was demanded from `due` to `until`.
        reached,       ///< Agreement was demanded by `due`, and reached.
        not_reached,   ///< Agreement was demanded by `due`, and not reached: a violation.
        not_demanded,  ///< The property wasn't demanded; `why` says why.
    };
    Time after_at{};           ///< When the stretch began: at a fault, the start, an agreement.
    std::string after;         ///< What began it, for people: "a crash".
    std::uint64_t faults = 1;  ///< More than 1: a row of faults, each too soon after the one before.
    std::optional<Time> due;
    Time until{};  ///< The next fault, or the end.
    Outcome outcome = Outcome::demanded;
    std::string why;
};

/// The verdict on one property of core/README.md in this run.
struct PropertyResult {
    enum class Status : std::uint8_t {
        held,          ///< It was demanded to the end of the run, and held.
        partly,        ///< It held where it was demanded; at the end it wasn't demanded, and `detail` says why.
        violated,      ///< `detail` says how often.
        not_demanded,  ///< It was never demanded; `detail` says why.
        not_checked,   ///< A trace doesn't tell enough to check it; `detail` says what is missing.
    };
    std::string name;   ///< "P14"
    std::string title;  ///< "agreement"
    Status status = Status::held;
    std::string bound;  ///< Its bound in figures: "from 12s + 7.51s = 19.51s on"; empty if it has none.
    std::string detail;
    bool expected_violation = false;      ///< An expectation says that it is violated: that is no failure.
    std::vector<PropertyDemand> demands;  ///< For P12 to P18, if asked for: the first stretches, and the last.
};

/// One violation of a property.
struct Violation {
    std::string property;
    Time at{};
    std::vector<Number> processes;
    std::string what;                ///< For people, one sentence.
    std::vector<std::string> steps;  ///< The last steps of `processes`, oldest first, for people.
};

/// The verdict on one expectation of the scenario.
struct ExpectationResult {
    std::string text;
    std::size_t line = 0;
    bool held = false;
    bool applies = true;  ///< False: it is about the other mode.
    std::string detail;   ///< What was found instead, if it didn't hold.
};

/// The outcome of one run.
struct RunResult {
    std::string scenario;
    std::string file;
    std::vector<std::string> overrides;  ///< As in Scenario.
    std::uint64_t seed = 0;
    Mode mode = Mode::robust;
    std::uint64_t fingerprint = 0;
    Time duration{};           ///< The virtual time that the run reached.
    bool interrupted = false;  ///< The run ended before the scenario's duration was over.
    Number leader = 0;         ///< The process that all live processes follow at the end; 0: they don't agree.
    std::vector<ProcessResult> processes;
    Measures measures;
    std::vector<ExpectationResult> expectations;
    std::vector<PropertyResult> properties;
    std::vector<Violation> violations;
    std::vector<std::string> warnings;  ///< Broken conditions, duplicate identities, faults that hit nobody, ...

    /// Whether every expectation held, and each violation of a property was expected.
    [[nodiscard]] bool held() const;
};

/// Whether each property was demanded to the end of the run, so that "held" means the whole run.
[[nodiscard]] bool demanded_to_the_end(const std::vector<PropertyResult>& properties);

}  // namespace bully::sim
