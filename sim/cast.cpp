#include "sim/cast.hpp"

#include <algorithm>

#include "sim/text.hpp"

namespace bully::sim {

std::string_view symbol(Look look) {
    switch (look) {
        case Look::absent: return " ";
        case Look::joining: return "○";
        case Look::follows: return "│";
        case Look::suspects: return "!";
        case Look::leads: return "★";
        case Look::asks: return "?";
        case Look::waits: return "…";
        case Look::feigns: return "×";
        case Look::paused: return "‖";
        case Look::down: return "✗";
    }
    return " ";
}

void Cast::reset(const Scenario& scenario) {
    members_.clear();
    numbers_.clear();
    for (const auto& spec : scenario.processes) {
        const auto number = static_cast<Number>(members_.size() + 1);
        const auto digits = std::to_string(number);
        Role role;
        role.label = printable(spec.name);
        role.numbered = role.label.empty() || role.label == digits || display_width(role.label) > longest_label;
        if (role.numbered) role.label = digits;
        members_.push_back(std::move(role));
        numbers_.try_emplace(spec.pid, number);
    }
}

Number Cast::find(ProcessId pid) const {
    const auto found = numbers_.find(pid);
    return found == numbers_.end() ? 0 : found->second;
}

std::string Cast::label(ProcessId pid) const {
    const auto number = find(pid);
    return number != 0 ? label(number) : to_string(pid);
}

std::string Cast::label_as_seen(ProcessId pid) const {
    const auto number = find(pid);
    if (number == 0) return to_string(pid);
    const auto seen = look(number);
    const bool is_down = seen == Look::down || seen == Look::feigns;
    return label(number) + (is_down ? std::string(symbol(seen)) : "");
}

std::string Cast::list(std::vector<Number> numbers, std::size_t most) const {
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    std::vector<std::string> items;
    std::size_t shown = 0;
    for (std::size_t i = 0; i < numbers.size();) {
        if (items.size() == most) break;
        auto last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1 &&
               members_[numbers[i] - 1].numbered && members_[numbers[last + 1] - 1].numbered) {
            ++last;
        }
        if (last < i + 2) last = i;
        items.push_back(last == i ? label(numbers[i]) : label(numbers[i]) + "–" + label(numbers[last]));
        shown += last - i + 1;
        i = last + 1;
    }
    if (shown < numbers.size()) items.push_back(grouped(numbers.size() - shown) + " others");
    return enumerated(items);
}

Look Cast::look(Number number) const {
    const auto& role = members_[number - 1];
    if (!role.begun) return Look::absent;
    if (!role.running) return Look::down;
    if (role.paused) return Look::paused;
    switch (role.view.phase) {
        case Phase::down: return Look::down;
        case Phase::joining: return Look::joining;
        case Phase::following: return role.view.watch == Watch::rejoin ? Look::suspects : Look::follows;
        case Phase::leading: return Look::leads;
        case Phase::awaiting_answers: return Look::asks;
        case Phase::awaiting_coordinator: return Look::waits;
        case Phase::failed: return Look::feigns;
    }
    return Look::down;
}

void Cast::begin_life(Number number) {
    auto& role = members_[number - 1];
    role.begun = true;
    role.running = true;
    role.paused = false;
}

void Cast::apply(const WorldNote& note) {
    if (note.number == 0) return;
    auto& role = members_[note.number - 1];
    switch (note.kind) {
        case WorldNote::Kind::crash:
        case WorldNote::Kind::give_up:
            role.begun = true;
            role.running = false;
            role.paused = false;
            break;
        case WorldNote::Kind::pause: role.paused = true; break;
        case WorldNote::Kind::resume: role.paused = false; break;
        default: break;
    }
}

}  // namespace bully::sim
