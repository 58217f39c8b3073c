// The transition table as documents: a Mermaid state diagram and a Markdown table, of one mode each.
#include "core/names.hpp"
#include "core/transitions.hpp"

#include <map>
#include <string>
#include <utility>

namespace bully {
namespace {

template <typename Enum>
std::string names(SetOf<Enum> set, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
        const auto member = static_cast<Enum>(i);
        if (!set.has(member)) continue;
        if (!all.empty()) all += ", ";
        all += to_string(member);
    }
    return all;
}

std::string watches(const Transition& row, Mode mode) {
    if (!is_idle(row.from)) return "";
    if (row.during == any_watch) return "any";
    auto during = row.during;
    // A lookup comes of row 18 as robust answers it, and of R2.
    if (mode == Mode::strict) during.remove(Watch::lookup);
    return names(during, watch_count);
}

}  // namespace

std::string state_diagram(Mode mode) {
    std::map<std::pair<Phase, Phase>, std::string> edges;
    for (const auto& row : transitions()) {
        if (!row.mode.has(mode)) continue;
        for (std::size_t i = 0; i < phase_count; ++i) {
            const auto to = static_cast<Phase>(i);
            // What leads back to the same phase would bury the diagram; the table has it.
            if (!row.to.has(to) || to == row.from) continue;
            auto& label = edges[{row.from, to}];
            const auto event = std::string(to_string(row.on));
            if ((", " + label + ",").find(" " + event + ",") != std::string::npos) continue;
            if (!label.empty()) label += ", ";
            label += event;
        }
    }
    std::string text = "stateDiagram-v2\n    [*] --> down\n";
    for (const auto& [phases, label] : edges) {
        text += "    ";
        text += to_string(phases.first);
        text += " --> ";
        text += to_string(phases.second);
        text += ": " + label + "\n";
    }
    return text;
}

std::string transition_table(Mode mode) {
    std::string text = "| phase | while | event | what happens | leads to | rule |\n|---|---|---|---|---|---|\n";
    for (const auto& row : transitions()) {
        if (!row.mode.has(mode)) continue;
        text += "| ";
        text += to_string(row.from);
        text += " | " + watches(row, mode) + " | ";
        text += to_string(row.on);
        if (row.outcome == Outcome::other) text += ", not awaited";
        text += " | ";
        text += row.what;
        text += " | " + names(row.to, phase_count) + " | ";
        text += row.rule;
        text += " |\n";
    }
    return text;
}

}  // namespace bully
