// How a run begins, and what can be read off its end.
#include "sim/engine/engine.hpp"

#include <algorithm>
#include <utility>

namespace bully::sim {

Engine::Engine(const Scenario& scenario, QueueKind queue)
    : scenario_(scenario), addresses_(scenario.processes), pending_(queue, scenario) {
    const auto& specs = scenario.processes;
    settings_.resize(specs.size());
    nodes_.reserve(specs.size());
    std::vector<Member> listed;
    for (Index i = 0; i < specs.size(); ++i) {
        const auto& spec = specs[i];
        const Member member{spec.pid, spec.endpoint};
        pids_.push_back(spec.pid);
        settings_[i] = Settings{scenario.mode, spec.timing, scenario.probing, spec.feign};
        nodes_.emplace_back(settings_[i], member);
        const bool runs_settled = scenario.settled && spec.start && *spec.start == Time::zero();
        if (runs_settled) settled_leader_ = spec.pid;
        if (!spec.start || runs_settled) listed.push_back(member);
    }
    fault_targets_.resize(scenario.faults.size());
    if (specs.size() <= SmallGroupDraws::most_processes) small_group_draws_.emplace(specs.size());
    if (scenario.settled) settled_start_.processes.resize(specs.size());
    first_listed_ = Membership(std::move(listed));
    if (first_listed_ == addresses_.everybody()) first_listed_ = addresses_.everybody();  // the one with direct routes
}

void Engine::reset(std::uint64_t seed, Mode mode) {
    random_ = Random(seed);
    if (small_group_draws_) small_group_draws_->forget();
    network_.reset(scenario_, random_);
    if (!settings_.empty() && settings_.front().mode != mode) {
        for (auto& settings : settings_) settings.mode = mode;
        settled_start_.known = false;
    }
    if (settled_start_.known) {
        metrics_ = settled_start_.metrics;
        fingerprint_ = settled_start_.fingerprint;
    } else {
        metrics_.reset(scenario_.processes.size(), network_);
        fingerprint_ = {};
    }
    pending_.clear();
    now_ = Time::zero();
    interrupted_ = false;
    elections_ = 0;
    victories_ = 0;
    daemon_.reset(first_listed_);
    asked_alike_ = {};
    all_asked_alike_ = true;
    if (!copied_.empty()) copied_.clear();
    copied_limit_ = least_copied_limit;
    std::ranges::fill(fault_targets_, none);
    if (addresses_.has_moved()) {
        for (Index i = 0; i < nodes_.size(); ++i) nodes_[i].member.endpoint = scenario_.processes[i].endpoint;
    }
    addresses_.reset();
    for (auto& node : nodes_) {
        static_cast<RunState&>(node) = {};
        node.armed = {};
        node.timers = {};
        node.joins = 0;
        node.next_round = 0;
        node.asked_with.clear();
        node.backlog.clear();
        node.loose_joins.clear();
    }
}

// A process begins that is in a settled group from the start. All that it does then is to start timers.
void Engine::settle(Index index) {
    if (!settled_start_.known) {
        settle_first(index);
        return;
    }
    auto& node = nodes_[index];
    const auto& begun = settled_start_.processes[index];
    static_cast<RunState&>(node) = begun.run_state;
    node.election = *begun.election;
    node.leader = begun.leader;
    if (!observers_.empty()) {
        tell_world(WorldNote::Kind::start, index + 1);
        tell_life(index, true, begun.timers);
    }
    for (const auto& timer : begun.timers) set_timer(index, std::get<StartTimer>(timer));
}

void Engine::settle_first(Index index) {
    auto& node = nodes_[index];
    auto& begun = settled_start_.processes[index];
    tell_world(WorldNote::Kind::start, index + 1);
    actions_.clear();
    // Of two with one pid the daemon lists one; the other's own entry is its own all the same (row 11).
    const auto known = Membership({node.member}).with_unknown_of(first_listed_);
    const bool is_listed = first_listed_.members()[*first_listed_.find(node.member.pid)] == node.member;
    begun.election = Election::settled(node.member.pid, is_listed ? first_listed_ : known, settled_leader_,
                                       *node.settings, actions_);
    begun.timers = actions_;
    begun.leader = number_of(settled_leader_, index);
    node.election = *begun.election;
    node.leader = begun.leader;
    run_begins(index, true);
    begun.run_state = node;
}

void Engine::begin_life(Index index) {
    auto& node = nodes_[index];
    if (node.has_lived) {
        elections_ += node.election.elections();
        victories_ += node.election.victories();
    }
    node.election = Election(node.member, *node.settings, node.next_round);
    node.leader = 0;
    node.open_since = node.next_round;
    node.armed = {};
    actions_.clear();
    run_begins(index, false);
}

void Engine::tell_life(Index index, bool settled, const Actions& actions) {
    const auto& node = nodes_[index];
    const LifeNote note{now_, index + 1, &node.member, node.open_since, settled, actions, &node.election};
    for (auto* observer : observers_) observer->on_life(note);
}

std::vector<ProcessResult> Engine::processes() const {
    std::vector<ProcessResult> all;
    all.reserve(nodes_.size());
    for (Index i = 0; i < nodes_.size(); ++i) {
        const auto& node = nodes_[i];
        const auto leader = node.election.leader();
        all.push_back({i + 1, scenario_.processes[i].name, node.member.pid, metrics_.is_live(i + 1),
                       leader && node.running ? number_of(*leader, i) : 0,
                       node.running ? node.election.phase() : Phase::down});
    }
    return all;
}

Number Engine::number_of(ProcessId pid, Index seen_by) const {
    if (pids_[seen_by] == pid) return seen_by + 1;  // of two with one pid, itself
    const auto at = std::lower_bound(pids_.begin(), pids_.end(), pid);
    return at == pids_.end() || *at != pid ? 0 : static_cast<Number>(at - pids_.begin()) + 1;
}

}  // namespace bully::sim
