// The transition table as documents: a Mermaid state diagram and a Markdown table.
#include "core/names.hpp"
#include "core/transitions.hpp"

#include <map>
#include <utility>

namespace bully {

std::string state_diagram() {
    std::map<std::pair<Phase, Phase>, std::string> edges;
    for (const auto& transition : transitions()) {
        for (std::size_t i = 0; i < phase_count; ++i) {
            const auto to = static_cast<Phase>(i);
            // What leads back to the same phase would bury the diagram; the table has it.
            if (!transition.to.has(to) || to == transition.from) continue;
            auto& label = edges[{transition.from, to}];
            if (!label.empty()) label += ", ";
            label += to_string(transition.on);
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

std::string transition_table() {
    std::string text = "| phase | event | what happens | leads to | rule |\n|---|---|---|---|---|\n";
    for (const auto& transition : transitions()) {
        text += "| ";
        text += to_string(transition.from);
        text += " | ";
        text += to_string(transition.on);
        text += " | ";
        text += transition.what;
        text += " | ";
        std::string phases;
        for (std::size_t i = 0; i < phase_count; ++i) {
            const auto phase = static_cast<Phase>(i);
            if (!transition.to.has(phase)) continue;
            if (!phases.empty()) phases += ", ";
            phases += to_string(phase);
        }
        text += phases + " | ";
        text += transition.rule;
        text += " |\n";
    }
    return text;
}

}  // namespace bully
