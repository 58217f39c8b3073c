// The inside of Simulator, by file:
// - engine.cpp: the loop, and what the actions of a process do;
// - engine_messages.cpp: the way of one message, and JOINs; engine_multicast.cpp: one message to many;
// - engine_faults.cpp: the faults of the scenario; engine_lives.cpp: starts, crashes and pauses of one process;
// - engine_setup.cpp: the beginning of a run and of a life.
//
// Fast paths leave out work that could change nothing. Each has a slow path that gives the same run, which the tests
// compare with it (simulator_test: the same fingerprint with and without an observer, and from each kind of queue):
// - dispatch_arrival doesn't ask `step` about an OK that the process ignores, nor about an ELECTION that it only
//   answers (Election::ignores, Election::only_answers); answer_plainly then sends the OK;
// - dispatch_timer drops the main timer of a round that is over; set_timer never queues one beyond the end of the run;
// - multicast_plainly, multicast_to_few and draw_answer_delay make many draws at once, while a message's only fate is
//   its delay (Network::is_plain);
// - settle copies the state in which a settled process starts from the first run of the mode;
// - Addresses::routes takes positions for indexes until a process moves.
#pragma once

#include "core/action.hpp"
#include "core/election.hpp"
#include "core/event.hpp"
#include "sim/engine/addresses.hpp"
#include "sim/engine/coordinator_daemon.hpp"
#include "sim/engine/metrics.hpp"
#include "sim/engine/network.hpp"
#include "sim/engine/observer.hpp"
#include "sim/engine/queue/event_queue.hpp"
#include "sim/engine/queue/pending_events.hpp"
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

// A message arrives as its type.
static_assert(static_cast<int>(Arrival::ok) == static_cast<int>(MessageType::ok) &&
              static_cast<int>(Arrival::election) == static_cast<int>(MessageType::election) &&
              static_cast<int>(Arrival::probe) == static_cast<int>(MessageType::probe) &&
              static_cast<int>(Arrival::coordinator) == static_cast<int>(MessageType::coordinator));

/// Whether the sender waits for an answer.
[[nodiscard]] constexpr bool is_request(Arrival arrival) {
    return arrival == Arrival::election || arrival == Arrival::probe;
}

/// What happens around the processes. The numbers are the order of events at one instant: ends before begins. Never
/// renumber: fingerprints depend on them.
enum class WorldEvent : std::uint8_t { fault_ends = 0, fault_begins = 1, process_starts = 2, join_arrives = 3 };

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

    // A message as its sender has made it, to one process or many.
    struct Outgoing {
        Index from = 0;
        MessageType type = MessageType::ok;
        Round round = 0;
        std::uint32_t count = 0;  // of the sender's messages of this type: the same for all receivers of a multicast

        [[nodiscard]] EventKey arrival_at(Index to) const {
            return {EventClass::message, to, static_cast<std::uint32_t>(type), from, round};
        }
    };

    // The state of each process at the start of a settled run: the same in all runs of a mode, save the times at which
    // its timers are due.
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
    void tell_life(Index index, bool settled, const Actions& actions);
    [[nodiscard]] Number number_of(ProcessId pid, Index seen_by) const;

    // engine.cpp
    template <typename Queue>
    void drain(Queue& queue, const std::function<bool(Time)>& progress);
    void push(std::int64_t at, EventKey key) { pending_.push({at, key}); }
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
    void multicast_plainly(Outgoing message, std::size_t begin, std::size_t end);
    void multicast_to_few(Outgoing message, std::size_t begin, std::size_t end);
    void send_plainly(Outgoing message, std::span<const Duration> delays, Index to);
    [[gnu::noinline]] void draw_answer_delays(Index from, std::uint32_t count);

    // engine_messages.cpp
    void send(Outgoing message, Route route, std::uint32_t draw);
    void send_disturbed(Outgoing message, Route route, std::uint32_t draw);
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
    // A life is over: nobody awaits the answers to its JOINs any more.
    void end_joins(Index of) {
        nodes_[of].loose_joins.clear();
        daemon_.forget_asker(of);
    }
    void tell_message(const MessageNote& note) {
        for (auto* listener : listeners_) listener->on_message(note);
    }
    void tell_arrival(Pending item, Fate fate);
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
    void move(Index index) { addresses_.move(static_cast<std::uint16_t>(index), nodes_[index].member.endpoint); }
    void crash(Index index, bool host_up);
    void start(Index index, WorldNote::Kind kind);
    void pause(Index index);
    void resume(Index index);
    void set_failed(Index index, bool failed);
    void give_up(Index index);
    [[nodiscard]] Index resolve(ProcessRef ref, std::size_t which, bool (*fits)(const Node&)) const;
    void tell_world(WorldNote::Kind kind, Number number = 0) {
        if (observers_.empty()) {
            metrics_.name_fault(kind, number, false);
        } else {
            tell_world(kind, number, false, {});
        }
    }
    void tell_world(WorldNote::Kind kind, Number number, bool ends, std::string text);
    template <typename Text>
    void tell_no_effect(const Text& text) {
        if (!observers_.empty()) tell_world(WorldNote::Kind::no_effect, 0, false, text());
    }

    static constexpr Index none = UINT32_MAX;

    const Scenario& scenario_;
    std::vector<Observer*> observers_;
    std::vector<Observer*> listeners_;  // those that hear of messages
    std::vector<Settings> settings_;
    std::vector<Node> nodes_;
    std::vector<ProcessId> pids_;  // by index: close together, other than in `nodes_`
    Addresses addresses_;

    Random random_;
    std::optional<SmallGroupDraws> small_group_draws_;  // in a small group
    Network network_;
    Metrics metrics_;
    Fingerprint fingerprint_;
    PendingEvents pending_;
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
    std::vector<Index> fault_targets_;  // whom a fault that ends by itself was about
    std::uint64_t elections_ = 0;       // of lives that are over
    std::uint64_t victories_ = 0;
};

// Always: an OK is every other event of a storm, and a call costs it 2 %.
[[gnu::always_inline]] inline std::uint32_t Engine::draw_answer_delay(Index from, Node& node) {
    const auto count = node.sent[static_cast<std::size_t>(MessageType::ok)]++;
    const auto at = count % drawn_at_once;
    if (at == 0 || (count < drawn_at_once && at % 4 == 0)) draw_answer_delays(from, count);
    return node.drawn[at];
}

}  // namespace bully::sim
