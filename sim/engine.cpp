#include "sim/engine.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace bully::sim {
namespace {

constexpr std::uint64_t progress_interval = 1U << 16U;  // events
constexpr Number sorted_queue_limit = 16;
constexpr Number ring_queue_least = 48;

QueueKind best_queue(QueueKind asked, std::size_t processes) {
    if (asked != QueueKind::automatic) return asked;
    if (processes <= sorted_queue_limit) return QueueKind::sorted;
    return processes < ring_queue_least ? QueueKind::heap : QueueKind::ring;
}

std::uint64_t pack(ProcessId pid) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(pid.days)) << 32U |
           static_cast<std::uint32_t>(pid.student_id);
}

}  // namespace

Engine::Engine(const Scenario& scenario, QueueKind queue)
    : scenario_(scenario), queue_kind_(best_queue(queue, scenario.processes.size())) {
    const auto& specs = scenario.processes;
    settings_.resize(specs.size());
    nodes_.reserve(specs.size());
    std::vector<Member> members;
    std::vector<Member> listed;
    bool distinct = true;
    for (Index i = 0; i < specs.size(); ++i) {
        const auto& spec = specs[i];
        const Member member{spec.pid, spec.endpoint};
        distinct = distinct && (members.empty() || members.back().pid != spec.pid);
        members.push_back(member);
        pids_.push_back(spec.pid);
        settings_[i] = Settings{scenario.mode, spec.timing, scenario.probing, spec.feign};
        nodes_.emplace_back(settings_[i], member);
        const bool runs_settled = scenario.settled && spec.start && *spec.start == Time::zero();
        if (runs_settled) settled_leader_ = spec.pid;
        if (!spec.start || runs_settled) listed.push_back(member);
    }
    const bool all_listed = listed.size() == specs.size();
    everybody_ = Membership(std::move(members));
    if (distinct) direct_ = everybody_.identity();
    first_listed_ = distinct && all_listed ? everybody_ : Membership(std::move(listed));
}

void Engine::reset(std::uint64_t seed, Mode mode) {
    random_ = Random(seed);
    network_.reset(scenario_, random_);
    metrics_.reset(scenario_.processes.size());
    fingerprint_ = {};
    heap_.clear();
    sorted_.clear();
    if (queue_kind_ == QueueKind::ring) {
        const auto& delay = scenario_.network.delay;
        const auto n = static_cast<double>(scenario_.processes.size());
        const auto horizon = std::max<std::int64_t>(delay.longest().count(), 1'000);
        // A storm: each process asks each higher one within about one delay.
        ring_.shape({static_cast<std::uint32_t>(scenario_.processes.size()), delay.shortest().count(), horizon,
                     n * n / 2 / static_cast<double>(horizon)});
    }
    now_ = Time::zero();
    interrupted_ = false;
    elections_ = 0;
    victories_ = 0;
    daemon_down_ = 0;
    daemon_members_ = first_listed_;
    asked_alike_ = {};
    all_asked_alike_ = true;
    join_outcomes_.clear();
    fault_targets_.assign(scenario_.faults.size(), none);
    // Known only once an address was looked up, which comes before any changes.
    const bool addresses_may_have_changed = !addresses_.empty();
    if (addresses_may_have_changed) {
        addresses_.clear();
        routes_.clear();
        direct_ = everybody_.size() == nodes_.size() ? everybody_.identity() : nullptr;
    }
    for (Index i = 0; i < nodes_.size(); ++i) {
        auto& node = nodes_[i];
        settings_[i].mode = mode;
        static_cast<Circumstances&>(node) = {};
        node.armed = {};
        node.timers = {};
        node.joins = 0;
        node.next_round = 0;
        node.asked_with.clear();
        node.backlog.clear();
        if (addresses_may_have_changed) node.member.endpoint = scenario_.processes[i].endpoint;
    }
}

template <typename Queue>
void Engine::drain(Queue& queue, const std::function<bool(Time)>& progress) {
    const auto end = scenario_.duration.count();
    auto& events = metrics_.measures.events;
    while (!queue.empty()) {
        if constexpr (std::is_same_v<Queue, RingQueue>) {
            // Which process is next is chance, so nothing but this brings it into the cache in time.
            const auto* ahead = &nodes_[queue.receiver_ahead()];
            __builtin_prefetch(ahead, 1);
            __builtin_prefetch(&ahead->election, 1);
        }
        const auto item = queue.pop();
        if (item.at > end) break;
        now_ = Time{item.at};
        ++events;
        dispatch(item);
        if (events % progress_interval == 0 && progress && !progress(now_)) {
            interrupted_ = true;
            break;
        }
    }
}

void Engine::run(std::uint64_t seed, Mode mode, const std::function<bool(Time)>& progress) {
    reset(seed, mode);
    for (auto* observer : observers_) observer->on_begin(scenario_);
    schedule_faults();
    switch (queue_kind_) {
        case QueueKind::ring: drain(ring_, progress); break;
        case QueueKind::sorted: drain(sorted_, progress); break;
        case QueueKind::heap:
        case QueueKind::automatic: drain(heap_, progress); break;
    }
    if (!interrupted_) now_ = scenario_.duration;
    for (const auto& node : nodes_) {
        if (!node.has_lived) continue;
        elections_ += node.election.elections();
        victories_ += node.election.victories();
    }
    metrics_.measures.elections = elections_;
    metrics_.measures.victories = victories_;
    metrics_.finish(now_);
    for (auto* observer : observers_) observer->on_end(now_);
}

void Engine::dispatch(const Pending& item) {
    switch (item.key.event_class()) {
        case EventClass::message: dispatch_arrival(item); return;
        case EventClass::timer: dispatch_timer(item); return;
        case EventClass::world: break;
    }
    switch (static_cast<WorldEvent>(item.key.type())) {
        case WorldEvent::fault_ends: end_fault(item.key.number()); return;
        case WorldEvent::fault_begins: begin_fault(item.key.number()); return;
        case WorldEvent::process_starts: start(item.key.receiver(), WorldNote::Kind::start); return;
        case WorldEvent::join_arrives: join_arrives(item.key.sender(), item.key.number()); return;
    }
}

void Engine::dispatch_timer(const Pending& item) {
    const auto index = item.key.receiver();
    auto& node = nodes_[index];
    const auto timer = static_cast<Timer>(item.key.type());
    // One timer a slot: the one that a later one has replaced, or that died with its process, is no event at all.
    auto& armed = node.armed[static_cast<std::size_t>(slot(timer))];
    if (armed != item.key.bits) return;
    if (node.paused) {
        node.backlog.push_back(item);
        return;
    }
    armed = 0;
    fingerprint_.add(static_cast<std::uint64_t>(item.at), item.key.bits);
    step(index, TimerFired{timer, item.key.number()}, 0);
}

void Engine::dispatch_arrival(const Pending& item) {
    const auto index = item.key.receiver();
    auto& node = nodes_[index];
    if (!node.is_accepting) {
        reject(index, item);
        return;
    }
    const auto arrival = static_cast<Arrival>(item.key.type());
    const auto sender = item.key.sender();
    const Round round = item.key.number();
    const bool is_reply = arrival == Arrival::ok || arrival > Arrival::coordinator;
    if (is_reply && round != 0 && round <= node.open_since) {
        note_arrival(item, Fate::void_);
        return;
    }
    if (arrival <= Arrival::coordinator) {
        ++metrics_.measures.messages[static_cast<std::size_t>(arrival)].delivered;
        if (!observers_.empty()) note_arrival(item, Fate::delivered);
    }
    fingerprint_.add(static_cast<std::uint64_t>(item.at), item.key.bits);
    const auto reply_to =
        static_cast<ReplyTo>(item.key.bits & ((std::uint64_t{1} << 46U) - 1));  // type, sender, number
    switch (arrival) {
        case Arrival::ok: step(index, AnswerReceived{pids_[sender], round}, sender + 1); return;
        case Arrival::election: step(index, ElectionReceived{reply_to, &asked_with(sender, round)}, sender + 1); return;
        case Arrival::probe: step(index, ProbeReceived{reply_to}, sender + 1); return;
        case Arrival::coordinator: step(index, CoordinatorReceived{pids_[sender]}, sender + 1); return;
        case Arrival::refused:
            step(index, Unreachable{pids_[sender], round, Unreachable::Why::refused}, sender + 1);
            return;
        case Arrival::reset:
            step(index, Unreachable{pids_[sender], round, Unreachable::Why::reset}, sender + 1);
            return;
        case Arrival::given_up:
            step(index, Unreachable{pids_[sender], round, Unreachable::Why::given_up}, sender + 1);
            return;
        case Arrival::join_outcome: break;
    }
    const auto found = join_outcomes_.extract(static_cast<std::uint64_t>(index) << 32U | item.key.sender());
    assert(!found.empty());
    static const std::string unreachable = "the coordinator daemon can't be reached";
    const auto& outcome = found.mapped();
    if (outcome.joined) {
        step(index, Joined{&outcome.members, round}, 0);
    } else {
        step(index, JoinFailed{JoinFailed::Kind::unreachable, &unreachable, round}, 0);
    }
}

void Engine::step(Index index, const Event& event, Number from) {
    auto& process = nodes_[index].election;
    const auto before = process.view();
    actions_.clear();
    ++metrics_.measures.steps;
    process.step(event, actions_);
    if (!observers_.empty()) {
        const StepNote note{now_, index + 1, &event, from, actions_, before, &process};
        for (auto* observer : observers_) observer->on_step(note);
    }
    add_to_fingerprint(process);
    carry_out(index);
    if (process.phase() != before.phase || process.leader() != before.leader) believe(index);
}

void Engine::add_to_fingerprint(const Election& process) {
    const auto view = process.view();
    std::uint64_t done = actions_.size();
    for (const auto& action : actions_) {
        std::uint64_t word = action.index();
        if (const auto* reply = std::get_if<Reply>(&action)) {
            word |= reply->reply_to << 4U;
        } else if (const auto* timer = std::get_if<StartTimer>(&action)) {
            word |= static_cast<std::uint64_t>(timer->range.max.count()) << 4U;
        } else if (const auto* changed = std::get_if<LeaderChanged>(&action)) {
            word |= changed->leader ? pack(*changed->leader) << 4U : 0U;
        } else if (const auto* probe = std::get_if<SendProbe>(&action)) {
            word |= pack(probe->to) << 4U;
        }
        done = Fingerprint::mixed(done, word);
    }
    fingerprint_.add(static_cast<std::uint64_t>(view.round) << 32U | static_cast<std::uint64_t>(view.phase) << 8U |
                         static_cast<std::uint64_t>(view.watch),
                     done);
}

void Engine::carry_out(Index index) {
    auto& node = nodes_[index];
    for (const auto& action : actions_) {
        if (const auto* a = std::get_if<Reply>(&action)) {
            reply(index, a->reply_to);
        } else if (const auto* start_timer = std::get_if<StartTimer>(&action)) {
            set_timer(index, *start_timer);
        } else if (const auto* election = std::get_if<SendElection>(&action)) {
            remember_asked_with(index, election->round);
            multicast(index, MessageType::election, node.election.own_position() + 1, node.election.members().size(),
                      election->round);
        } else if (const auto* announce = std::get_if<Announce>(&action)) {
            multicast(index, MessageType::coordinator, 0, node.election.members().size(), announce->round);
        } else if (const auto* probe = std::get_if<SendProbe>(&action)) {
            send_probe(index, *probe);
        } else if (const auto* join_request = std::get_if<Join>(&action)) {
            join(index, join_request->round);
        } else if (std::holds_alternative<StopListening>(action)) {
            set_failed(index, true);
        } else if (std::holds_alternative<Listen>(action)) {
            set_failed(index, false);
        } else if (std::holds_alternative<GiveUp>(action)) {
            give_up(index);
            return;
        }
    }
}

void Engine::set_timer(Index index, const StartTimer& timer) {
    auto& node = nodes_[index];
    const auto which = static_cast<std::uint32_t>(timer.timer);
    const EventKey key{EventClass::timer, index, which, 0, timer.round};
    node.armed[static_cast<std::size_t>(slot(timer.timer))] = key.bits;
    auto duration = timer.range.min;
    if (timer.range.max != timer.range.min) {
        duration = pick(timer.range, random_.draw(static_cast<std::uint32_t>(Purpose::timer) + which, index + 1,
                                                  node.timers[which]++));
    }
    push((now_ + duration).count(), key);
}

void Engine::believe(Index index) {
    const auto& node = nodes_[index];
    const auto leader = node.election.leader();
    const bool live = node.running && !node.paused && !node.failed;
    metrics_.update(now_, index + 1, live, node.election.phase(), leader ? number_of(*leader, index) : 0);
}

Number Engine::number_of(ProcessId pid, Index seen_by) const {
    if (pids_[seen_by] == pid) return seen_by + 1;  // of two with one pid, itself
    const auto& specs = scenario_.processes;
    const auto at = std::lower_bound(specs.begin(), specs.end(), pid,
                                     [](const ProcessSpec& spec, ProcessId p) { return spec.pid < p; });
    if (at == specs.end() || at->pid != pid) return 0;
    return static_cast<Number>(at - specs.begin()) + 1;
}

void Engine::begin_life(Index index, bool settled) {
    auto& node = nodes_[index];
    if (node.has_lived) {
        elections_ += node.election.elections();
        victories_ += node.election.victories();
    }
    actions_.clear();
    const Round first_round = node.next_round;
    node.election = settled ? Election::settled(node.member.pid, daemon_members_, settled_leader_, *node.settings,
                                                actions_, first_round)
                            : Election(node.member, *node.settings, first_round);
    node.open_since = first_round;
    node.armed = {};
    node.has_lived = true;
    node.running = true;
    node.paused = false;
    node.failed = false;
    node.listening = true;
    node.host_up = true;
    refresh(node);
    const LifeNote note{now_, index + 1, &node.member, first_round, settled, actions_, &node.election};
    for (auto* observer : observers_) observer->on_life(note);
    fingerprint_.add(static_cast<std::uint64_t>(now_.count()), pack(node.member.pid));
    add_to_fingerprint(node.election);
    carry_out(index);
    believe(index);
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

}  // namespace bully::sim
