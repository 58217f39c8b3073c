// What a step means, in words: for the timeline of a run, that of a replayed trace, and the log of a live node.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "core/view.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace bully {

class Election;

/// How much a line matters.
enum class Prominence : std::uint8_t {
    headline,  ///< a new leader, a fault
    normal,    ///< an election, a detection, a change of leader
    detail,    ///< each message and timer
};

struct Narration {
    Prominence prominence = Prominence::detail;
    std::string text;
};

/// A step that is over. Everything it points to must outlive the call that it is given to.
struct NarratedStep {
    const Event* event = nullptr;
    std::string_view from;  ///< Who sent what came, or was to answer; "?" where nobody knows.
    std::span<const Action> actions;
    View before;
    const Election* process = nullptr;  ///< After the step.
};

/// "3 answers each ELECTION and never leads: ...". `name` says what a process is called.
[[nodiscard]] std::string narrate(const Warn& warning, const std::function<std::string(ProcessId)>& name);

/// A sentence. `name` says what a process is called.
[[nodiscard]] Narration narrate(const NarratedStep& step, const std::function<std::string(ProcessId)>& name);

}  // namespace bully
