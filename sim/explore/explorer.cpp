#include "sim/explore/explorer.hpp"

#include "core/names.hpp"
#include "core/transitions.hpp"
#include "sim/explore/graph.hpp"
#include "sim/explore/narration.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace bully::sim::explore {
namespace {

constexpr std::size_t progress_every = std::size_t{1} << 14U;
constexpr std::size_t most_looked_for = 100'000;  // states, for the end of a counterexample

struct Stopped {};

class Search {
  public:
    Search(const Model& model, const Options& options)
        : options_(options),
          memory_(options.memory),
          moves_(model),
          store_(memory_),
          graph_(memory_),
          parents_(memory_) {}

    Verdict run();

  private:
    void search();
    StateId insert(Successor& next, StateId parent);
    bool expand(StateId id);
    void look_up(StateId id, State& state) const { decode(store_.bytes(id), moves_.model().processes, state); }
    void note_worst(StateId entry);
    bool is_bad(StateId first);
    void describe_wedges(StateId first);
    [[nodiscard]] bool is_still(const State& state) const;
    [[nodiscard]] std::vector<StateId> way_to_stillness(StateId from) const;
    State follow(const std::vector<StateId>& ids);
    void happen(const State& before, const Successor& next);
    [[nodiscard]] std::vector<StateId> ancestors(StateId id) const;
    void tell(std::size_t looked_at);
    void finish();

    const Options& options_;
    Memory memory_;
    Moves moves_;
    Store store_;
    Graph graph_;
    Blocks<StateId> parents_;
    Verdict verdict_;
    std::size_t level_ = 0;
    int now_ = 0;  // in the run that is told
    std::vector<Successor> successors_;
    State state_;
    Bytes bytes_{};
};

StateId Search::insert(Successor& next, StateId parent) {
    const auto length = encode(next.state, moves_.model().processes, bytes_);
    const auto found = store_.insert({bytes_.data(), length});
    if (found.is_new) parents_.push_back(parent);
    return found.id;
}

// False: a step violates something.
bool Search::expand(StateId id) {
    look_up(id, state_);
    const bool whole = Moves::is_whole(state_);
    graph_.add_state(!whole ? Fate::cut_off : moves_.agreed(state_) ? Fate::agreed : Fate::unknown);
    moves_.successors(state_, successors_);
    for (auto& next : successors_) {
        if (!next.violation.empty()) {
            verdict_.kind = Verdict::Kind::violated;
            verdict_.what = next.violation;
            auto last = std::move(next);
            const auto end = follow(ancestors(id));
            happen(end, last);
            return false;
        }
        graph_.add_edge(insert(next, id), next.move.ticks);
    }
    return true;
}

void Search::tell(std::size_t looked_at) {
    if (looked_at % progress_every != 0) return;
    if (options_.progress) options_.progress({store_.size(), store_.size() - looked_at, level_});
    if (options_.stopped && options_.stopped()) throw Stopped{};
}

void Search::note_worst(StateId entry) {
    const auto wait = static_cast<int>(graph_.fate(entry));
    if (wait <= most_wait) verdict_.worst = std::max(verdict_.worst.value_or(0), wait);
}

// Level by level: a level has all states after as many disturbances. What comes by itself stays in its level, so each
// is a graph of its own, and the first counterexample has the fewest disturbances.
void Search::search() {
    Successor begin;
    begin.state = moves_.first();
    insert(begin, no_state);
    std::size_t entries = 1;
    for (StateId first = 0;; ++level_) {
        graph_.begin_level(first);
        for (auto id = first; id < store_.size(); ++id) {
            tell(id);
            if (!expand(id)) return;
        }
        graph_.settle();
        if (is_bad(first)) return;
        verdict_.covered = level_;
        for (std::size_t i = 0; i < entries; ++i) note_worst(static_cast<StateId>(first + i));
        const auto end = static_cast<StateId>(store_.size());
        for (auto id = first; id < end; ++id) {
            tell(id);
            look_up(id, state_);
            moves_.disturbances(state_, successors_);
            for (auto& next : successors_) {
                const auto entry = insert(next, id);
                if (entry < end) note_worst(entry);
            }
        }
        entries = store_.size() - end;
        if (entries == 0) return;
        first = end;
    }
}

// Whether some run of this level never comes to agreement.
bool Search::is_bad(StateId first) {
    std::size_t wedged = 0;
    std::size_t endless = 0;
    auto first_wedged = no_state;
    auto first_endless = no_state;
    for (auto id = first; id < store_.size(); ++id) {
        const auto fate = graph_.fate(id);
        wedged += fate == Fate::wedged ? 1 : 0;
        endless += fate == Fate::endless ? 1 : 0;
        if (fate == Fate::wedged) first_wedged = std::min(first_wedged, id);
        if (fate == Fate::endless) first_endless = std::min(first_endless, id);
    }
    if (wedged + endless == 0) return false;
    const bool is_wedge = wedged > 0;
    verdict_.kind = is_wedge ? Verdict::Kind::wedged : Verdict::Kind::endless;
    verdict_.lost = is_wedge ? wedged : endless;
    follow(ancestors(is_wedge ? first_wedged : first_endless));
    verdict_.lost_from = verdict_.run.size();
    if (is_wedge) {
        follow(way_to_stillness(first_wedged));
        describe_wedges(first);
    }
    return true;
}

bool Search::is_still(const State& state) const {
    if (state.message_count > 0) return false;
    for (std::uint8_t process = 1; process <= moves_.model().processes; ++process) {
        const auto& view = moves_.view(state, process);
        if (view.answers && !is_idle(view.phase)) return false;
    }
    return true;
}

void Search::describe_wedges(StateId first) {
    State state;
    for (auto id = first; id < store_.size(); ++id) {
        if (graph_.fate(id) != Fate::wedged) continue;
        look_up(id, state);
        if (!is_still(state)) continue;
        ++verdict_.followed[who_follows_whom(moves_, state)];
    }
}

// The shortest one by what comes by itself. No further than `from` if it's too far.
std::vector<StateId> Search::way_to_stillness(StateId from) const {
    std::map<StateId, StateId> before{{from, from}};
    std::vector<StateId> found{from};
    State state;
    for (std::size_t i = 0; i < found.size() && i < most_looked_for; ++i) {
        look_up(found[i], state);
        if (is_still(state)) {
            std::vector<StateId> way;
            for (auto id = found[i]; id != from; id = before[id]) way.push_back(id);
            way.push_back(from);
            std::reverse(way.begin(), way.end());
            return way;
        }
        for (std::size_t which = 0;; ++which) {
            const auto to = graph_.target(found[i], which);
            if (to == no_state) break;
            if (before.try_emplace(to, found[i]).second) found.push_back(to);
        }
    }
    return {from};
}

std::vector<StateId> Search::ancestors(StateId id) const {
    std::vector<StateId> ids;
    for (; id != no_state; id = parents_[id]) ids.push_back(id);
    std::reverse(ids.begin(), ids.end());
    return ids;
}

// The moves aren't kept: they are found again, by where they lead. What happens is added to the run.
State Search::follow(const std::vector<StateId>& ids) {
    State at;
    look_up(ids.front(), at);
    std::vector<Successor> all;
    std::vector<Successor> disturbed;
    for (std::size_t i = 1; i < ids.size(); ++i) {
        moves_.successors(at, all);
        moves_.disturbances(at, disturbed);
        all.insert(all.end(), disturbed.begin(), disturbed.end());
        const auto wanted = store_.bytes(ids[i]);
        const auto found = std::find_if(all.begin(), all.end(), [&](Successor& next) {
            const auto length = encode(next.state, moves_.model().processes, bytes_);
            return std::ranges::equal(std::span{bytes_.data(), length}, wanted);
        });
        assert(found != all.end());
        happen(at, *found);
        at = found->state;
    }
    verdict_.end = who_follows_whom(moves_, at);
    return at;
}

void Search::happen(const State& before, const Successor& next) {
    auto what = narrate(moves_, before, next.move, next.state);
    if (!what.empty()) verdict_.run.push_back({now_, next.move, std::move(what)});
    if (next.move.ticks) ++now_;
    verdict_.end = who_follows_whom(moves_, next.state);
}

Verdict Search::run() {
    try {
        search();
    } catch (const OutOfMemory&) {
        verdict_.kind = Verdict::Kind::out_of_memory;
    } catch (const Stopped&) {
        verdict_.kind = Verdict::Kind::stopped;
    }
    finish();
    return std::move(verdict_);
}

void Search::finish() {
    verdict_.states = store_.size();
    verdict_.transitions = graph_.transitions();
    verdict_.state_bytes = store_.total_bytes();
    verdict_.memory = memory_.most();
    verdict_.locals = moves_.locals().size() - 1;
    const auto& taken = moves_.locals().rows();
    verdict_.rows = taken.count();
    for (std::size_t row = 0; row < transitions().size(); ++row) {
        const auto& transition = transitions()[row];
        if (!taken[row] && transition.mode.has(moves_.model().settings.mode))
            verdict_.unreached.push_back(name_of(transition));
    }
}

}  // namespace

Verdict explore(const Model& model, const Options& options) { return Search(model, options).run(); }

}  // namespace bully::sim::explore
