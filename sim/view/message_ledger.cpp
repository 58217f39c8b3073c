#include "sim/view/message_ledger.hpp"

#include <algorithm>
#include <utility>

namespace bully::sim {

void MessageLedger::sent(const MessageNote& note, ViewIndex index, std::optional<Time> due) {
    underway_[{note.type, note.from, note.to, note.round}].push_back({due, index});
    latest_ = index;
}

std::optional<ViewIndex> MessageLedger::ended(const MessageNote& note) {
    const auto latest = std::exchange(latest_, std::nullopt);
    const auto found = underway_.find({note.type, note.from, note.to, note.round});
    if (found == underway_.end()) return std::nullopt;
    auto& alike = found->second;
    const auto first = [&](auto fits) { return std::ranges::find_if(alike, fits); };
    // What the network loses is told right after its send.
    auto which = first([&](const Underway& one) { return !one.due; });
    if (which == alike.end()) which = first([&](const Underway& one) { return one.due == note.at; });
    // Likewise what goes to an address that nobody is at any more.
    if (which == alike.end() && note.fate == Fate::to_down) {
        which = first([&](const Underway& one) { return one.index == latest; });
    }
    // It has waited in a backlog.
    if (which == alike.end()) which = first([&](const Underway& one) { return one.due < note.at; });
    if (which == alike.end()) return std::nullopt;
    const auto index = which->index;
    alike.erase(which);
    if (alike.empty()) underway_.erase(found);
    return index;
}

}  // namespace bully::sim
