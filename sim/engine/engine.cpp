#include "sim/engine/engine.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace bully::sim {
namespace {

constexpr std::uint64_t progress_interval = 1U << 16U;  // events

std::uint64_t pack(ProcessId pid) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(pid.days)) << 32U |
           static_cast<std::uint32_t>(pid.student_id);
}

// What the fingerprint knows of a Reply.
std::uint64_t word_of(const Reply& reply) { return Reply::number | reply.reply_to << 4U; }

}  // namespace

void Engine::run(std::uint64_t seed, Mode mode, const std::function<bool(Time)>& progress) {
    reset(seed, mode);
    for (auto* observer : observers_) observer->on_begin(scenario_);
    schedule_faults();
    pending_.visit([&](auto& queue) { drain(queue, progress); });
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

inline void Engine::count_delivered(Pending item) {
    ++metrics_.measures.messages[item.key.type()].delivered;
    if (!listeners_.empty()) [[unlikely]]
        tell_arrival(item, Fate::delivered);
    mix_in(item);
}

inline void Engine::mix_in(const Election& process, std::uint64_t done) {
    fingerprint_.add(static_cast<std::uint64_t>(process.round()) << 32U |
                         static_cast<std::uint64_t>(process.phase()) << 8U |
                         static_cast<std::uint64_t>(process.watch()),
                     done);
}

// Nearly all events of a large group are an ELECTION for a process that is electing itself, and an OK that matters no
// more. Where nobody watches, `step` isn't asked about those: without an Event and Actions the same comes out.
template <typename Queue>
[[gnu::always_inline]] inline void Engine::dispatch_arrival(Queue& queue, Pending item) {
    const auto index = item.key.receiver();
    auto& node = nodes_[index];
    if (!node.is_accepting) [[unlikely]] {
        reject(index, item);
        return;
    }
    const auto sender = item.key.sender();
    const Round round = item.key.number();
    const auto arrival = static_cast<Arrival>(item.key.type());
    if (arrival > Arrival::coordinator) [[unlikely]] {
        dispatch_outcome(item);
        return;
    }
    if (arrival == Arrival::ok && round <= node.open_since && round != 0) [[unlikely]] {
        tell_arrival(item, Fate::discarded);
        return;
    }
    if (arrival == Arrival::ok && !is_first_outcome(index, sender, round)) [[unlikely]] {
        tell_arrival(item, Fate::discarded);
        return;
    }
    count_delivered(item);
    switch (arrival) {
        case Arrival::ok: {
            const AnswerReceived answer{pids_[sender], round};
            if (node.election.ignores(answer) && observers_.empty()) {
                ++metrics_.measures.steps;
                mix_in(node.election, 0);
            } else {
                step(index, answer, sender + 1);
            }
            return;
        }
        case Arrival::election: {
            const auto& members = asked_with(sender, round);
            if (node.election.only_answers(members) && observers_.empty() && network_.is_plain()) {
                ++metrics_.measures.steps;
                mix_in(node.election, Fingerprint::mixed(1, word_of(Reply{item.key.reply_to()})));
                answer_plainly(queue, item);
            } else {
                auto& request = *std::get_if<ElectionReceived>(&asked_);
                request.reply_to = item.key.reply_to();
                if (!request.members.same_snapshot(members)) request.members = members;
                step(index, asked_, sender + 1);
            }
            return;
        }
        case Arrival::probe: step(index, ProbeReceived{item.key.reply_to()}, sender + 1); return;
        case Arrival::coordinator: step(index, CoordinatorReceived{pids_[sender]}, sender + 1); return;
        case Arrival::join_outcome:
        case Arrival::refused:
        case Arrival::reset:
        case Arrival::given_up: return;  // dispatch_outcome has had it
    }
}

// `reply`, where nothing but the delay matters.
template <typename Queue>
inline void Engine::answer_plainly(Queue& queue, Pending request) {
    const auto from = request.key.receiver();
    constexpr auto type = static_cast<std::uint32_t>(MessageType::ok);
    ++metrics_.measures.messages[type].sent;
    const auto delay = network_.delay().sample(draw_answer_delay(from, nodes_[from]));
    queue.push({(now_ + delay).count(), {EventClass::message, request.key.sender(), type, from, request.key.number()}});
}

[[gnu::always_inline]] inline void Engine::dispatch_timer(Pending item) {
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
    mix_in(item);
    const TimerFired fired{timer, item.key.number()};
    if (node.election.ignores(fired) && observers_.empty()) {
        ++metrics_.measures.steps;
        mix_in(node.election, 0);
        return;
    }
    step(index, fired, 0);
}

template <typename Queue>
void Engine::drain(Queue& queue, const std::function<bool(Time)>& progress) {
    const auto end = scenario_.duration.count();
    auto& events = metrics_.measures.events;
    while (!queue.empty()) {
        if constexpr (std::is_same_v<Queue, RingQueue>) {
            // Which process is next is chance, so nothing but this brings it into the cache in time.
            const auto index = queue.receiver_ahead();
            const auto* ahead = &nodes_[index];
            __builtin_prefetch(ahead, 1);
            __builtin_prefetch(&ahead->election, 1);
            __builtin_prefetch(&ahead->drawn, 1);
            for (auto* listener : listeners_) listener->on_ahead(index + 1);
        }
        const auto item = queue.pop();
        if (item.at > end) break;
        now_ = Time{item.at};
        ++events;
        const auto event_class = item.key.event_class();
        if (event_class == EventClass::message) [[likely]] {
            dispatch_arrival(queue, item);
        } else if (event_class == EventClass::timer) {
            dispatch_timer(item);
        } else {
            dispatch_world(item);
        }
        if (events % progress_interval == 0 && progress && !progress(now_)) {
            interrupted_ = true;
            break;
        }
    }
}

void Engine::dispatch_world(Pending item) {
    switch (static_cast<WorldEvent>(item.key.type())) {
        case WorldEvent::fault_ends: end_fault(item.key.number()); return;
        case WorldEvent::fault_begins: begin_fault(item.key.number()); return;
        case WorldEvent::process_starts: start(item.key.receiver(), WorldNote::Kind::start); return;
        case WorldEvent::join_arrives: join_arrives(item.key.sender(), item.key.number()); return;
    }
}

void Engine::dispatch_outcome(Pending item) {
    const auto index = item.key.receiver();
    const Round round = item.key.number();
    const auto peer = item.key.sender();
    const auto outcome = static_cast<Arrival>(item.key.type());
    if (outcome == Arrival::join_outcome) {
        join_ends(item);
        return;
    }
    if ((round <= nodes_[index].open_since && round != 0) || !is_first_outcome(index, peer, round)) return;
    mix_in(item);
    const auto unreachable = [&](Unreachable::Why why) { step(index, Unreachable{pids_[peer], round, why}, peer + 1); };
    switch (outcome) {
        case Arrival::refused: unreachable(Unreachable::Why::refused); return;
        case Arrival::reset: unreachable(Unreachable::Why::reset); return;
        case Arrival::given_up: unreachable(Unreachable::Why::given_up); return;
        case Arrival::ok:
        case Arrival::election:
        case Arrival::probe:
        case Arrival::coordinator:
        case Arrival::join_outcome: return;  // no outcome of a connection
    }
}

// Does what the process at `index` wants done, and adds it to the fingerprint. True if it has another leader now.
[[gnu::always_inline]] inline bool Engine::carry_out(Index index) {
    auto& node = nodes_[index];
    bool leader_changed = false;
    std::uint64_t done = actions_.size();
    for (const auto& action : actions_) {
        std::uint64_t word = action_number(action);
        switch (action.index()) {
            case action_index<Join>(): join(index, std::get_if<Join>(&action)->round); break;
            case action_index<SendElection>(): ask_higher(index, std::get_if<SendElection>(&action)->round); break;
            case action_index<AskHigher>(): ask_higher(index, std::get_if<AskHigher>(&action)->round); break;
            case action_index<Announce>():
                multicast(index, MessageType::coordinator, 0, node.election.members().size(),
                          std::get_if<Announce>(&action)->round);
                break;
            case action_index<SendProbe>(): {
                const auto& probe = *std::get_if<SendProbe>(&action);
                word |= pack(probe.to) << 4U;
                send_probe(index, probe);
                break;
            }
            case action_index<Reply>(): {
                const auto& answer = *std::get_if<Reply>(&action);
                word = word_of(answer);
                reply(index, answer.reply_to);
                break;
            }
            case action_index<StartTimer>(): {
                const auto& timer = *std::get_if<StartTimer>(&action);
                word |= static_cast<std::uint64_t>(timer.range.max.count()) << 4U;
                set_timer(index, timer);
                break;
            }
            case action_index<StopListening>(): set_failed(index, true); break;
            case action_index<Listen>(): set_failed(index, false); break;
            case action_index<LeaderChanged>(): {
                const auto& leader = std::get_if<LeaderChanged>(&action)->leader;
                word |= leader ? pack(*leader) << 4U : 0U;
                node.leader = leader ? number_of(*leader, index) : 0;
                leader_changed = true;
                break;
            }
            case action_index<GiveUp>(): give_up(index); break;
            case action_index<Warn>(): break;  // for whoever watches
        }
        static_assert(std::variant_size_v<Action> == 12, "a new action needs a case above");
        done = Fingerprint::mixed(done, word);
    }
    mix_in(node.election, done);
    return leader_changed;
}

void Engine::ask_higher(Index index, Round round) {
    const auto& process = nodes_[index].election;
    remember_asked_with(index, round);
    multicast(index, MessageType::election, process.own_position() + 1, process.members().size(), round);
}

void Engine::step(Index index, const Event& event, Number from) {
    auto& process = nodes_[index].election;
    const auto phase = process.phase();
    actions_.clear();
    ++metrics_.measures.steps;
    if (observers_.empty()) [[likely]] {
        process.step(event, actions_);
    } else {
        // Made in place: copied, its parts would be stored and at once loaded as a whole, which stalls.
        StepNote note{now_, index + 1, &event, from, {}, process.view(), &process};
        process.step(event, actions_);
        note.actions = actions_;
        for (auto* observer : observers_) observer->on_step(note);
    }
    const bool leader_changed = carry_out(index);
    if (process.phase() != phase || leader_changed) measure(index);
}

void Engine::set_timer(Index index, const StartTimer& timer) {
    auto& node = nodes_[index];
    const auto which = static_cast<std::uint32_t>(timer.timer);
    const EventKey key{EventClass::timer, index, which, 0, timer.round};
    node.armed[static_cast<std::size_t>(slot(timer.timer))] = key.bits;
    // R8's hardly ever fires within a short run: not even its length is of interest then.
    if (now_ + timer.range.min > scenario_.duration) {
        ++node.timers[which];
        return;
    }
    auto duration = timer.range.min;
    if (timer.range.max != timer.range.min) {
        duration = pick(timer.range, random_.draw(static_cast<std::uint32_t>(Purpose::timer) + which, index + 1,
                                                  node.timers[which]++));
    }
    push((now_ + duration).count(), key);
}

void Engine::measure(Index index) {
    const auto& node = nodes_[index];
    const auto life = !node.running || node.failed ? Life::down : node.paused ? Life::paused : Life::live;
    metrics_.update(now_, index + 1, life, node.election.phase(), node.leader);
}

// The last of how a life begins: what it was made of is in `actions_`.
void Engine::run_begins(Index index, bool settled) {
    auto& node = nodes_[index];
    node.has_lived = true;
    node.running = true;
    node.paused = false;
    node.stopped_by = none;
    node.failed = false;
    node.listening = true;
    node.host_up = true;
    refresh(node);
    tell_life(index, settled, actions_);
    fingerprint_.add(static_cast<std::uint64_t>(now_.count()), pack(node.member.pid));
    carry_out(index);
    measure(index);
}

}  // namespace bully::sim
