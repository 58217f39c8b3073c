// The inside of Simulator. engine.cpp has the loop and what processes do; engine_messages.cpp what happens to their
// messages, and engine_multicast.cpp how many go out at once; engine_faults.cpp what the scenario does to all of them,
// engine_lives.cpp what that comes to for a process; engine_setup.cpp how a run, and a life, begins.
#pragma once

#include "core/action.hpp"
#include "core/election.hpp"
#include "core/event.hpp"
#include "sim/engine/coordinator_daemon.hpp"
#include "sim/engine/metrics.hpp"
#include "sim/engine/network.hpp"
#include "sim/engine/observer.hpp"
#include "sim/engine/queue/event_queue.hpp"
#include "sim/engine/queue/ring_queue.hpp"
#include "sim/engine/random.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/engine/small_group_draws.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/util/fingerprint.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bully::sim {

/// What arrives at a process. The numbers are the order of events at one instant. Never renumber: fingerprints depend
/// on them.
enum class Arrival : std::uint8_t {
    ok = 0,
    election = 1,
    probe = 2,
    coordinator = 3,
    join_outcome = 4,
    refused = 5,
    reset = 6,
    given_up = 7,
};

/// Whether the sender waits for an answer.
[[nodiscard]] constexpr bool is_request(Arrival arrival) {
    return arrival == Arrival::election || arrival == Arrival::probe;
}

/// What happens around the processes. The numbers likewise: what ends goes before what begins.
enum class WorldEvent : std::uint8_t { fault_ends = 0, fault_begins = 1, process_starts = 2, join_arrives = 3 };

/// Where a member of a snapshot is found.
struct Route {
    std::uint16_t index = 0;  ///< of the process that has, or had, this address
    bool current = true;      ///< false: nobody listens at this address any more
};

class Engine {
  public:
    Engine(const Scenario& scenario, QueueKind queue);

    void attach(Observer& observer) {
        observers_.push_back(&observer);
        if (observer.hears_messages()) listeners_.push_back(&observer);
    }
    void run(std::uint64_t seed, Mode mode, const std::function<bool(Time)>& progress);

    [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_.value(); }
    [[nodiscard]] const Measures& measures() const { return metrics_.measures; }
    [[nodiscard]] Time now() const { return now_; }
    [[nodiscard]] bool interrupted() const { return interrupted_; }
    [[nodiscard]] std::vector<ProcessResult> processes() const;

  private:
    using Index = std::uint32_t;  // of a process, from 0: its number - 1

    static constexpr std::size_t drawn_at_once = 16;
    static constexpr std::size_t least_copied_limit = 1U << 12U;

    // What a process is besides its Election.
    struct RunState {
        bool is_accepting = false;  // all of: running, not paused, listening
        bool running = false;
        bool paused = false;
        bool listening = false;
        bool failed = false;  // feigning, whichever way it looks from outside
        bool host_up = true;
        bool has_lived = false;                 // in this run; if not, `election` is of no meaning
        Round open_since = 0;                   // requests up to this round are on broken connections
        std::uint32_t stopped_by = UINT32_MAX;  // the crash or pause that it is down or paused by
        std::array<std::uint32_t, message_type_count> sent{};
    };

    // A message touches two cache lines of its receiver: its RunState, and the hot part of Election.
    struct alignas(64) Node : RunState {
        Node(const Settings& s, Member self) : settings(&s), election(self, s), member(std::move(self)) {}

        const Settings* settings;
        Election election;
        std::array<std::uint32_t, drawn_at_once> drawn{};     // delays of OKs
        std::array<std::uint64_t, timer_slot_count> armed{};  // the key of the timer in each slot; 0: none
        std::array<std::uint32_t, timer_count> timers{};
        std::uint32_t joins = 0;
        Number leader = 0;     // the number of election.leader(), 0 if there is none
        Round next_round = 0;  // of the next life
        Member member;
        std::vector<std::pair<Round, Membership>> asked_with;  // what ELECTIONs from each round on carry
        std::vector<Pending> backlog;
        std::vector<std::int64_t> loose_joins;  // JOINs of no round, of this life: when they arrive at the daemon
    };

    // What the processes come to that are settled from the start: the same in each run of a mode, but for when their
    // timers are due.
    struct SettledStart {
        struct Process {
            std::optional<Election> election;
            RunState run_state;
            Actions timers;
            Number leader = 0;
        };
        bool known = false;
        std::vector<Process> processes;  // by index; empty if the scenario isn't settled
        Metrics metrics;
        Fingerprint fingerprint;
    };

    // engine_setup.cpp
    void reset(std::uint64_t seed, Mode mode);
    void settle(Index index);
    void settle_first(Index index);
    void begin_life(Index index);
    void note_life(Index index, bool settled, const Actions& actions);
    [[nodiscard]] Number number_of(ProcessId pid, Index seen_by) const;

    // engine.cpp
    template <typename Queue>
    void drain(Queue& queue, const std::function<bool(Time)>& progress);
    void push(std::int64_t at, EventKey key);
    // By value, in registers: once it has an address, its halves are stored and at once loaded as a whole, which
    // stalls.
    template <typename Queue>
    void dispatch_arrival(Queue& queue, Pending item);
    template <typename Queue>
    void answer_plainly(Queue& queue, Pending request);
    void dispatch_world(Pending item);
    void dispatch_timer(Pending item);
    void dispatch_outcome(Pending item);
    void count_delivered(Pending item);
    void mix_in(Pending item) { fingerprint_.add(static_cast<std::uint64_t>(item.at), item.key.bits); }
    void mix_in(const Election& process, std::uint64_t done);
    void step(Index index, const Event& event, Number from);
    bool carry_out(Index index);
    void ask_higher(Index index, Round round);
    void set_timer(Index index, const StartTimer& timer);
    void measure(Index index);
    void run_begins(Index index, bool settled);
    void refresh(Node& node) { node.is_accepting = node.running && !node.paused && node.listening; }

    // engine_multicast.cpp
    void multicast(Index from, MessageType type, std::size_t begin, std::size_t end, Round round);
    void multicast_plainly(Index from, MessageType type, std::size_t begin, std::size_t end, std::uint32_t count,
                           Round round);
    void multicast_to_few(Index from, MessageType type, std::size_t begin, std::size_t end, std::uint32_t count,
                          Round round);
    void send_plainly(Index from, MessageType type, std::span<const Duration> delays, Index to, Round round);
    [[gnu::noinline]] void draw_answer_delays(Index from, std::uint32_t count);
    void push_elsewhere(std::int64_t at, EventKey key);

    // engine_messages.cpp
    void send(Index from, MessageType type, Route route, Round round, std::uint32_t draw, std::uint32_t count);
    void send_disturbed(Index from, MessageType type, Route route, Round round, std::uint32_t draw,
                        std::uint32_t count);
    void send_probe(Index from, const SendProbe& probe);
    void reply(Index from, ReplyTo reply_to);
    void reject(Index to, Pending item);
    void report_unreachable(Index to, Index peer, Round round, Arrival why, std::int64_t at);
    void expect_copies(Index from, Index to, Round round);
    // False: the request has had its outcome, as the other copy of a message has brought one.
    [[nodiscard]] bool is_first_outcome(Index of, Index from, Round round) {
        return copied_.empty() || is_first_of_copies(of, from, round);
    }
    [[nodiscard]] bool is_first_of_copies(Index of, Index from, Round round);
    void join(Index from, Round round);
    void join_arrives(Index from, Round round);
    void join_ends(Pending item);
    // A life is over: what it has asked the daemon concerns nobody any more.
    void end_joins(Index of) {
        nodes_[of].loose_joins.clear();
        daemon_.forget_asker(of);
    }
    void note_message(const MessageNote& note) {
        for (auto* listener : listeners_) listener->on_message(note);
    }
    void note_arrival(Pending item, Fate fate);
    void index_addresses();
    // Null: positions are indexes.
    [[nodiscard]] const std::vector<Route>* routes(const Membership& members) {
        return members.identity() == direct_ ? nullptr : looked_up_routes(members);
    }
    [[nodiscard]] const std::vector<Route>* looked_up_routes(const Membership& members);
    [[nodiscard]] Route route_to(const Membership& members, std::size_t position);
    void remember_asked_with(Index from, Round round);
    [[nodiscard]] const Membership& asked_with(Index from, Round round) const {
        return all_asked_alike_ ? asked_alike_ : asked_once_with(from, round);
    }
    [[nodiscard]] const Membership& asked_once_with(Index from, Round round) const;
    [[nodiscard]] std::uint32_t draw_delay(Index from, MessageType type);
    [[nodiscard]] std::uint32_t draw_answer_delay(Index from, Node& node);

    // engine_faults.cpp
    void schedule_faults();
    void begin_fault(std::size_t which);
    void end_fault(std::size_t which);
    struct Condition {
        bool (*fits)(const Node&);
        std::string_view is;       // of those that fit: "no process is ..."
        std::string_view already;  // what the fault makes of them: "is ... already"
    };
    Index target_of(ProcessRef ref, std::size_t which, std::string_view what, Condition condition);
    [[nodiscard]] std::string state_of(Index index, std::string_view already) const;
    void change_network(Network::Effect effect, WorldNote::Kind kind, bool ends, std::string text,
                        std::string without_effect);
    void begin_block(Network::Effect effect, WorldNote::Kind kind, std::size_t which, std::string text);
    void end_block(WorldNote::Kind kind, std::size_t which, const std::string& text);
    [[nodiscard]] std::string slow_beside(std::size_t which) const;
    void change_address(Index index);
    void crash(Index index, bool host_up);
    void start(Index index, WorldNote::Kind kind);
    void pause(Index index);
    void resume(Index index);
    void set_failed(Index index, bool failed);
    void give_up(Index index);
    [[nodiscard]] Index resolve(ProcessRef ref, std::size_t which, bool (*fits)(const Node&)) const;
    void note_world(WorldNote::Kind kind, Number number = 0) {
        if (observers_.empty()) {
            metrics_.name_fault(kind, number, false);
        } else {
            note_world(kind, number, false, {});
        }
    }
    void note_world(WorldNote::Kind kind, Number number, bool ends, std::string text);
    template <typename Text>
    void note_no_effect(const Text& text) {
        if (!observers_.empty()) note_world(WorldNote::Kind::no_effect, 0, false, text());
    }

    static constexpr Index none = UINT32_MAX;

    const Scenario& scenario_;
    QueueKind queue_kind_;
    std::vector<Observer*> observers_;
    std::vector<Observer*> listeners_;  // those that hear of messages
    std::vector<Settings> settings_;
    std::vector<Node> nodes_;
    std::vector<ProcessId> pids_;   // by index: close together, other than in `nodes_`
    Membership everybody_;          // all processes, when their positions are their indexes
    const void* direct_ = nullptr;  // identity of the snapshot whose positions are indexes; null once addresses change

    Random random_;
    std::optional<SmallGroupDraws> small_group_draws_;  // in a small group
    Network network_;
    Metrics metrics_;
    Fingerprint fingerprint_;
    HeapQueue heap_;
    SortedQueue sorted_;
    RingQueue ring_;
    Actions actions_;
    Event asked_ = ElectionReceived{};  // reused: to copy a snapshot for each ELECTION would take longer than the step
    Time now_{};
    bool interrupted_ = false;

    Membership first_listed_;  // the daemon's members as a run begins
    CoordinatorDaemon daemon_;
    ProcessId settled_leader_;
    SettledStart settled_start_;
    Membership asked_alike_;  // what all ELECTIONs carry but those that Node::asked_with knows
    bool all_asked_alike_ = true;
    std::unordered_map<std::uint64_t, bool> copied_;  // requests of which a message came twice; true: with an outcome
    std::size_t copied_limit_ = least_copied_limit;
    std::unordered_map<std::string, std::uint16_t> addresses_;
    std::unordered_map<const void*, std::pair<Membership, std::vector<Route>>> routes_;
    std::vector<Index> fault_targets_;  // whom a fault that ends by itself was about
    std::uint64_t elections_ = 0;       // of lives that are over
    std::uint64_t victories_ = 0;
};

inline void Engine::push(std::int64_t at, EventKey key) {
    if (queue_kind_ == QueueKind::sorted) {
        sorted_.push({at, key});
    } else {
        push_elsewhere(at, key);
    }
}

inline std::uint32_t Engine::draw_answer_delay(Index from, Node& node) {
    const auto count = node.sent[static_cast<std::size_t>(MessageType::ok)]++;
    const auto at = count % drawn_at_once;
    if (at == 0 || (count < drawn_at_once && at % 4 == 0)) draw_answer_delays(from, count);
    return node.drawn[at];
}

}  // namespace bully::sim
