// What a live node knows of each other process: whether it is there, how it writes, what it was asked, what it was
// told. One record a peer. Pure: nothing is sent from here, and times are passed in, since any epoch, never going back.
#pragma once

#include "core/event.hpp"
#include "core/membership.hpp"
#include "core/timing.hpp"
#include "net/lab/shape.hpp"
#include "net/lab/who_leads.hpp"
#include "net/tcp/pace.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <vector>

namespace bully::net {

/// An ELECTION or a PROBE that is out: to whom, in which round.
struct Asking {
    ProcessId peer;
    Round round = 0;

    friend auto operator<=>(const Asking&, const Asking&) = default;
};

/// Why a process says that it leads.
enum class Telling : std::uint8_t {
    victory,  ///< It has won: to all.
    asked,    ///< It leads still, and somebody seems not to know.
    unasked,  ///< It leads still: to all that haven't been told of late.
};

class Peers {
  public:
    struct Limits {
        int victories = 4;                     ///< Victories told to one peer in a burst.
        Duration interval = Duration::zero();  ///< Time between two announcements to one peer. Requires: above 0.
        std::size_t known = 4096;              ///< Number of known processes at which strangers are forgotten.
    };

    explicit Peers(Limits limits) : limits_(limits) {}

    /// Forgets everything: a new life begins.
    void clear() { peers_.clear(), many_doubt_ = false; }
    /// Forgets requests and reminders: all connections are broken.
    void forget_requests();
    /// Forgets all but `members` once many processes are known: pids are free to invent, and members are few.
    void forget_strangers(const Membership& members);
    /// Forgets health, shape and treatment of PROBEs: another program may have the pid by now. Requests stand.
    void forget_habits(ProcessId pid);
    [[nodiscard]] std::size_t size() const { return peers_.size(); }

    // Whether it is there.
    void note_health(ProcessId peer, lab::Health health, Duration now);
    /// Forgets that the peer refused: it accepts connections again, whoever it is by now. Otherwise its OK on a
    /// connection of its own would be taken for nobody's.
    void forget_refusal(ProcessId peer);
    /// Health, as requests show it. That a peer is `replaced` only the daemon can tell (AddressBook).
    [[nodiscard]] lab::Health health(ProcessId peer) const { return of(peer).health; }
    /// Whether its latest request went unanswered, at `time` or later.
    [[nodiscard]] bool is_silent_since(ProcessId peer, Duration time) const;

    // How it writes.
    /// Takes over the form of its message.
    void learn(ProcessId peer, const lab::Message& message, lab::Dialect dialect);
    /// Its shape; that of the dialect if it hasn't sent a message yet, or isn't known.
    [[nodiscard]] lab::Shape shape(std::optional<ProcessId> peer, lab::Dialect dialect) const;

    // What it does with a PROBE.
    void note_probe_answered(ProcessId pid);
    /// Whether the close is a failure: a peer that has answered a PROBE before is on its way out. Many nodes know no
    /// PROBE: they read it and close, which is a sign of life.
    [[nodiscard]] bool note_probe_closed(ProcessId pid);
    /// The peer is up. If it has closed a PROBE, it is another program by now, with the same pid and address.
    void note_election_answered(ProcessId pid);
    [[nodiscard]] bool answers_probes(ProcessId peer) const { return of(peer).answers_probes; }
    /// Whether it was silent to its latest PROBE.
    [[nodiscard]] bool ignores_probes(ProcessId peer) const { return of(peer).ignores_probes; }

    // What it was asked.
    /// Notes a request that goes out in several forms, on a connection each.
    void ask(Asking asking, lab::MessageKind kind, std::size_t connections);
    /// Whether a form of the request still waits for its answer.
    [[nodiscard]] bool is_out(Asking asking) const;
    /// Notes that the peer is up. Whether this is the first answer to the request.
    [[nodiscard]] bool note_answer(Asking asking, Duration now);
    /// Notes that a connection has failed. Whether the request has failed: no form was answered, and none can be.
    [[nodiscard]] bool note_failure(Asking asking);
    /// If this timer limits the wait for answers, counts peers as silent that haven't answered the request of this
    /// round, until they are heard of again.
    void note_silence(Round round, Timer timer, Duration now);
    /// Forgets requests of all other rounds.
    void keep_requests(std::initializer_list<Round> rounds);
    /// The request that an OK on a connection of its own answers: an ELECTION of one of these rounds. The OK names
    /// `named`, or nobody.
    [[nodiscard]] std::optional<Asking> who_may_have_answered(std::optional<ProcessId> named,
                                                              std::initializer_list<Round> rounds) const;

    // That this process leads.
    /// Notes that its ELECTION came to a leader.
    void note_asker(ProcessId peer) { peers_[peer].asks = true; }
    /// Notes that others than those that ask may not know who leads.
    void note_doubt() { many_doubt_ = true; }
    [[nodiscard]] bool many_doubt() const { return many_doubt_; }
    /// The members to tell at once, except `self`. Members that have to wait are reminded in their time.
    [[nodiscard]] std::vector<Member> tell(const Membership& members, ProcessId self, Telling why, Duration now);
    void note_told(ProcessId pid, Duration now);
    /// Reminds it in its time, if it was told before.
    void remind(ProcessId pid);
    /// Reminds all that were told before, except those that refuse connections.
    void remind_all();
    /// Forgets all reminders: this process doesn't lead any more.
    void remind_nobody();
    struct Reminders {
        std::vector<ProcessId> due;
        std::optional<Duration> next;  ///< Time until the next one is due; nothing if nobody else is to be reminded.
    };
    /// Takes the peers whose reminders are due.
    [[nodiscard]] Reminders take_due(Duration now);

  private:
    struct Asked {
        Round round = 0;
        lab::MessageKind kind = lab::MessageKind::election;  // or probe
        std::size_t connections = 1;                         // those aside that are answered, or can't be
        bool answered = false;                               // on one of them
    };
    struct Told {
        Pace victories;
        Pace again;
        std::optional<Duration> last = std::nullopt;
    };
    struct Peer {
        lab::Health health = lab::Health::unknown;
        Duration health_since{};          // the latest request that showed it
        std::optional<lab::Shape> shape;  // once it has spoken
        bool answers_probes = false;      // with a message
        bool closes_probes = false;       // though it had answered one
        bool ignores_probes = false;
        std::vector<Asked> asked;  // rounds ascending
        std::optional<Told> told;
        bool asks = false;  // who leads, since the latest announcement
        bool is_to_be_reminded = false;
    };

    [[nodiscard]] const Peer& of(ProcessId peer) const;
    [[nodiscard]] static Asked* find(Peer& peer, Round round);
    Told& told(Peer& peer) const;

    Limits limits_;
    std::map<ProcessId, Peer> peers_;
    bool many_doubt_ = false;  // since the latest announcement
};

}  // namespace bully::net
