#include "sim/explore/graph.hpp"

#include <algorithm>
#include <cassert>

namespace bully::sim::explore {
namespace {

constexpr std::uint8_t of(Fate fate) { return static_cast<std::uint8_t>(fate); }
constexpr bool is_wait(std::uint8_t fate) { return fate <= most_wait; }

}  // namespace

void Graph::begin_level(StateId first) {
    transitions_ += edges_.size();
    first_ = first;
    starts_.clear();
    edges_.clear();
}

void Graph::add_state(Fate fate) {
    fates_.push_back(of(fate));
    starts_.push_back(static_cast<std::uint32_t>(edges_.size()));
    if (edges_.size() > UINT32_MAX) throw OutOfMemory("more transitions than can be numbered");
}

template <typename Visit>
void Graph::for_each_edge(StateId from, Visit visit) const {
    const auto place = from - first_;
    const auto end = place + 1 < starts_.size() ? starts_[place + 1] : edges_.size();
    for (std::size_t i = starts_[place]; i < end; ++i) visit(edges_[i] & ~tick_bit, (edges_[i] & tick_bit) != 0);
}

StateId Graph::target(StateId from, std::size_t which) const {
    auto found = no_state;
    std::size_t i = 0;
    for_each_edge(from, [&](StateId to, bool) {
        if (i++ == which) found = to;
    });
    return found;
}

// Until nothing changes any more. Backwards: most edges lead to states that were found later.
template <typename Decide>
void Graph::sweep(Decide decide) {
    for (bool changed = true; changed;) {
        changed = false;
        for (auto id = static_cast<StateId>(fates_.size()); id-- > first_;) {
            if (decide(id, fates_[id])) changed = true;
        }
    }
}

void Graph::settle() {
    settle_agreement();
    settle_waits();
    settle_wedges();
}

// Agreement for good: what agrees, and leads only to what does.
void Graph::settle_agreement() {
    sweep([&](StateId id, std::uint8_t& fate) {
        if (fate != of(Fate::agreed)) return false;
        bool lasts = true;
        for_each_edge(id,
                      [&](StateId to, bool) { lasts = lasts && (fates_[to] == of(Fate::agreed) || fates_[to] == 0); });
        if (!lasts) fate = of(Fate::unknown);
        return !lasts;
    });
    for (auto id = first_; id < fates_.size(); ++id) {
        if (fates_[id] == of(Fate::agreed)) fates_[id] = 0;
    }
}

// The longest way there, where each way leads there. A state whose only way on is a disturbance has none.
void Graph::settle_waits() {
    sweep([&](StateId id, std::uint8_t& fate) {
        if (fate != of(Fate::unknown)) return false;
        bool known = true;
        int wait = -1;
        for_each_edge(id, [&](StateId to, bool tick) {
            const auto next = fates_[to];
            known = known && (is_wait(next) || next == of(Fate::cut_off));
            if (is_wait(next)) wait = std::max(wait, next + (tick ? 1 : 0));
        });
        if (!known) return false;
        fate = wait < 0 ? of(Fate::cut_off) : static_cast<std::uint8_t>(std::min(wait, most_wait));
        return true;
    });
}

// What is left can go on for ever: wedged, or without need.
void Graph::settle_wedges() {
    const auto is_open = [](std::uint8_t fate) { return fate == of(Fate::unknown) || fate == of(Fate::wedged); };
    sweep([&](StateId id, std::uint8_t& fate) {
        if (fate != of(Fate::unknown)) return false;
        bool escapes = false;
        for_each_edge(id, [&](StateId to, bool) { escapes = escapes || !is_open(fates_[to]); });
        if (escapes) fate = of(Fate::endless);
        return escapes;
    });
    for (auto id = first_; id < fates_.size(); ++id) {
        if (fates_[id] == of(Fate::unknown)) fates_[id] = of(Fate::wedged);
    }
    sweep([&](StateId id, std::uint8_t& fate) {
        if (fate != of(Fate::endless)) return false;
        bool goes_on = false;
        for_each_edge(id, [&](StateId to, bool) { goes_on = goes_on || fates_[to] == of(Fate::endless); });
        if (!goes_on) fate = of(Fate::may_wedge);
        return !goes_on;
    });
}

}  // namespace bully::sim::explore
