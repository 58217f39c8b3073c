#include "sim/checks/script_use.hpp"

#include "sim/util/counted.hpp"

namespace bully::sim {

void ScriptUse::on_begin(const Scenario& scenario) {
    scenario_ = &scenario;
    sent_.assign(scenario.scripted.size(), 0);
}

void ScriptUse::on_message(const MessageNote& note) {
    if (note.fate != Fate::sent) return;
    for (std::size_t i = 0; i < sent_.size(); ++i) {
        if (matches(scenario_->scripted[i], note.type, note.from, note.to)) ++sent_[i];
    }
}

std::vector<std::string> ScriptUse::warnings() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < sent_.size(); ++i) {
        const auto& script = scenario_->scripted[i];
        const std::uint64_t needed = script.nth.value_or(1);
        if (sent_[i] >= needed) continue;
        all.push_back(script.text + (script.line > 0 ? " in line " + std::to_string(script.line) : std::string()) +
                      " had no effect: " + counted(sent_[i], "such message") + (sent_[i] == 1 ? " was" : " were") +
                      " sent, expected " + std::to_string(needed) + " or more");
    }
    return all;
}

}  // namespace bully::sim
