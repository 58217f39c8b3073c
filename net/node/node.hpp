// A process of the lab's group on real TCP: carries out the actions of its Election, and tells it what happens.
//
// Not thread-safe: one io_context in one thread runs all handlers, one at a time. The rules of the election are in
// core; the wire, and why it is as it is, in net/README.md.
#pragma once

#include "core/election.hpp"
#include "net/gcd/client.hpp"
#include "net/lab/shape.hpp"
#include "net/node/address_book.hpp"
#include "net/node/observer.hpp"
#include "net/node/peers.hpp"
#include "net/tcp/pace.hpp"
#include "net/tcp/tcp.hpp"
#include "net/tcp/turns.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bully::net {

/// Limits on what peers can make a node do. A peer may be slow, broken, or hostile.
struct NodeLimits {
    /// Open inbound connections. Above this limit the node closes the oldest, silent ones first.
    std::size_t connections = 256;
    /// Open inbound connections from one host. 127.0.0.1 has no such limit: the whole group may be there.
    std::size_t per_host = 64;
    /// Time for a whole inbound message, however its bytes trickle in.
    Duration message = std::chrono::seconds(3);
    /// Time for the other end to close after the exchange.
    Duration linger = std::chrono::seconds(2);
    /// Outbound connections, including those that wait for their turn. Above this limit a message isn't sent; a JOIN is
    /// (see `joins`).
    std::size_t opened = 2048;
    /// Outbound connections above which the node sends no OK on a new connection: a peer can ask for any address.
    std::size_t answers_apart = 256;
    /// Members beyond those that the daemon lists. Above this limit the strangers of a peer's list are ignored.
    std::size_t members = 1000;
    /// JOINs in a burst. Each claim of a stranger is a reason to ask the daemon, and a peer can claim without end.
    int joins = 4;
    /// Time between two JOINs after the burst.
    Duration join_interval = std::chrono::milliseconds(500);
    /// AskHigher in a burst: each PROBE of a misled peer is a reason to ask the members above.
    int asks = 8;
    /// Time between two AskHigher after the burst.
    Duration ask_interval = std::chrono::milliseconds(250);
    /// Victories told to one peer in a burst. A claim that nobody can check makes a node lose and win again.
    int victories = 4;
    /// Time between two announcements to one peer, after the burst of victories or in the same reign.
    Duration announcement_interval = std::chrono::seconds(2);
};

struct NodeOptions {
    std::uint32_t number = 1;  ///< Position within the program, from 1.
    std::string name;          ///< Name in logs; may be empty.
    ProcessId pid;
    Endpoint listen{"127.0.0.1", 0};                     ///< Address to listen at: IPv4; port 0 is any free port.
    std::string advertise;                               ///< Host that others are told; empty: the host of `listen`.
    std::uint16_t advertise_port = 0;                    ///< Port that others are told; 0: the port of `listen`.
    Endpoint gcd;                                        ///< Address of the coordinator daemon.
    std::optional<lab::Dialect> dialect;                 ///< Dialect of the daemon; nothing: found by asking it.
    std::optional<lab::Shape::Coordinator> coordinator;  ///< Data of COORDINATOR; nothing: by dialect and peer.
    /// How a feigned failure looks to peers (rule 8): the listener closes, or accepts and says nothing.
    enum class FeignStyle : std::uint8_t { close, ignore } feign_style = FeignStyle::close;
    Settings settings;
    int pickle_protocol = 4;
    Duration connect_timeout = std::chrono::milliseconds(1500);
    Duration join_timeout = std::chrono::seconds(3);
    std::uint64_t seed = 0;  ///< Seed of the timers' lengths.
    NodeLimits limits;
    std::shared_ptr<Turns> turns;            ///< Turns to connect, shared by nodes; null: `limits.opened` of its own.
    Clock::time_point epoch = Clock::now();  ///< Time 0 for observers.
};

/// Traffic of one node.
struct WireCounts {
    std::uint64_t connections = 0;  ///< Outbound connections.
    std::uint64_t accepted = 0;     ///< Inbound connections.
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t evicted = 0;  ///< Inbound connections closed above a limit.
    std::uint64_t garbage = 0;  ///< Inbound messages that couldn't be read.
};

class Node : public std::enable_shared_from_this<Node> {
  public:
    Node(asio::io_context& context, NodeOptions options, std::vector<NodeObserver*> observers);

    /// Opens the listener. Throws boost::system::system_error if the address can't be listened at.
    void listen();
    /// Begins a life, the first or a later one: JOIN, then an election. Requires: the node listens, and isn't alive.
    void start();
    /// Ends the life at once, as a crash does: closes all sockets without a word.
    void crash() { end_life(Gone::crashed); }
    /// Ends the life because its user wishes so. On the wire it is a crash.
    void leave() { end_life(Gone::left); }

    /// Called when the process gives up (rows 15 and 16), at most once a life, with the reason.
    std::function<void(const Node&, const std::string& reason)> on_give_up;

    [[nodiscard]] const NodeOptions& options() const { return options_; }
    [[nodiscard]] ProcessId pid() const { return options_.pid; }
    /// The address that others are told.
    [[nodiscard]] const Endpoint& endpoint() const { return writer_.self().endpoint; }
    /// The address of the listener.
    [[nodiscard]] const Endpoint& listens_at() const { return options_.listen; }
    [[nodiscard]] bool is_alive() const { return alive_; }
    /// Whether the daemon has let the node in, in this life or an earlier one.
    [[nodiscard]] bool has_joined() const { return has_joined_; }
    [[nodiscard]] const Election& election() const { return election_; }
    [[nodiscard]] const WireCounts& counts() const { return counts_; }
    [[nodiscard]] lab::Dialect dialect() const { return dialect_.value_or(lab::Dialect::join); }

  private:
    struct Inbound {
        Inbound(Socket accepted, ReplyTo number) : socket(std::move(accepted)), id(number) {}
        Socket socket;
        ReplyTo id;
        asio::ip::address host;
        bool heard = false;  // the message has been read, or the wait for it is over
    };
    /// How to answer a request. Lives as long as the connection on which the request came.
    struct Answer {
        Inbound* connection = nullptr;
        lab::Shape shape;
        std::optional<Member> apart;  // whom to connect to, for an OK on a new connection
    };
    struct SlotTimer {
        explicit SlotTimer(asio::io_context& context) : timer(context) {}
        asio::steady_timer timer;
        std::uint32_t generation = 0;
        Timer what{};
        Round round = 0;
        int quiet = 0;  // polls of the network in a row that brought nothing
        std::uint64_t activity = 0;
    };
    using Bytes = std::shared_ptr<const std::string>;
    struct Request {
        lab::MessageKind kind;
        Member peer;
        Round round;
        Bytes bytes;
    };
    /// A coroutine with a socket of its own. The number is the epoch in which the work began.
    using Work = std::function<asio::awaitable<void>(Socket&, std::uint32_t)>;
    /// A message in each shape, shared by all peers of that shape.
    using Written = std::vector<std::pair<lab::Shape, Bytes>>;
    /// A COORDINATOR with a list, whose sender isn't known yet.
    struct Doubt {
        ProcessId likely;                       // the sender, unless a doubtful member turns out to be there
        std::vector<ProcessId> doubtful;        // members that are being asked, the greatest first
        std::optional<ProcessId> overtaken_by;  // the greatest leader announced since
        lab::Message list;
        std::string address;
    };
    /// What a doubtful member shows when it is asked.
    enum class Presence : std::uint8_t { there, absent };

    // node.cpp: steps, actions, timers.
    void step(const Event& event, std::string_view from = {});
    struct Executor;
    void start_timer(const StartTimer& timer);
    void timer_due(std::size_t slot, std::uint32_t generation);
    void end_life(Gone why);
    void break_connections();
    void stop_listening();
    void listen_again();
    void accept_anew();
    [[nodiscard]] std::int64_t now_ns() const;
    [[nodiscard]] static Duration now() { return Clock::now().time_since_epoch(); }
    void trouble(std::string_view what);

    // inbound.cpp: what others send.
    asio::awaitable<void> accept_all(std::uint32_t epoch);
    asio::awaitable<void> serve(std::list<Inbound>::iterator place, std::uint32_t epoch);
    void limit_connections(const asio::ip::address& host);
    bool make_room(std::optional<asio::ip::address> host);
    void handle(const lab::Message& message, const std::string& address, Inbound& connection);
    void handle_reply(const lab::Message& message, const Request& request);
    [[nodiscard]] Membership acceptable(const Membership& listed, const std::string& from);
    void handle_election(const lab::Message& message, const std::string& from, Inbound& connection);
    [[nodiscard]] std::optional<Member> wants_answer_at(const lab::Message& message, const lab::Shape& shape) const;
    void handle_answer_apart(const lab::Message& message, const std::string& address);
    void note_answer(ProcessId from, Round round);
    void handle_coordinator(const lab::Message& message, std::optional<ProcessId> from, const std::string& address);
    void handle_announcement(ProcessId leader, const lab::Message& message, const std::string& address);

    // doubts.cpp: what is known of others may have changed.
    void set_health(ProcessId peer, lab::Health health);
    [[nodiscard]] lab::Health health_of(const Member& peer) const;
    [[nodiscard]] std::optional<ProcessId> instead_of(const Member& peer) const;
    [[nodiscard]] bool is_itself(const Socket& connected) const;
    void note_daemon(const Membership& listed, const Membership& before);
    void find_sender(const lab::Message& list, const std::string& address);
    asio::awaitable<void> ask_again(Member doubtful, Socket& socket, std::uint32_t epoch);
    asio::awaitable<Presence> presence_of(const Request& request, Socket& socket, std::uint32_t epoch);
    void conclude(ProcessId doubtful, Presence presence);

    // outbound.cpp: what is sent to others.
    void send_elections(Round round);
    void reply(ReplyTo reply_to);
    void announce(Telling telling);
    void announce_to(std::span<const Member> members);
    void remind_in_time();
    void remind();
    void tell_who_has_moved(const Membership& before);
    void warn_of_loopback(const Membership& listed);
    void send_probe(const SendProbe& probe);
    [[nodiscard]] bool may_open(std::size_t most) const { return outbound_.size() + awaiting_turn_ < most; }
    void send(Request request);
    void in_turn(Turns::Urgency urgency, Work work);
    asio::awaitable<void> run(Work work, std::uint32_t epoch, Turns::Turn turn);
    asio::awaitable<void> exchange(const Request& request, Socket& socket, std::uint32_t epoch);
    asio::awaitable<bool> connect(const Request& request, Socket& socket, std::uint32_t epoch);
    asio::awaitable<void> read_answer(const Request& request, Socket& socket, std::uint32_t epoch);
    void ask_daemon(Round round);
    asio::awaitable<void> join(std::vector<Round> rounds, Socket& socket, std::uint32_t epoch);
    void unreachable(const Request& request, Unreachable::Why why);
    void probe_was_closed(const Request& request);

    [[nodiscard]] lab::Shape shape_for(std::optional<ProcessId> peer) const { return peers_.shape(peer, dialect()); }
    [[nodiscard]] std::vector<lab::Shape> forms_for(ProcessId peer) const;
    void learn_from(ProcessId peer, const lab::Message& message);

    asio::io_context& context_;
    NodeOptions options_;
    std::vector<NodeObserver*> observers_;
    lab::Writer writer_;
    std::optional<lab::Dialect> dialect_;
    std::mt19937_64 random_;
    WireCounts counts_;

    tcp::acceptor acceptor_;
    Election election_;
    Actions actions_;
    bool alive_ = false;
    bool failed_ = false;  // feigning
    bool has_joined_ = false;
    bool stepping_ = false;
    std::uint32_t epoch_ = 0;  // counts lives and feigned failures: work of an earlier epoch is void
    std::uint64_t activity_ = 0;
    std::array<SlotTimer, timer_slot_count> timers_;

    std::list<Inbound> inbound_;
    std::shared_ptr<Turns> turns_;
    std::list<Socket> outbound_;
    std::size_t awaiting_turn_ = 0;  // connections that wait to be opened
    ReplyTo next_reply_to_ = 1;
    std::map<ReplyTo, Answer> answers_;  // to open requests

    std::size_t listed_ = 0;  // members in the daemon's latest answer
    Peers peers_;
    AddressBook address_book_;
    std::list<Doubt> doubts_;
    std::set<ProcessId> asked_again_;  // members of doubts_ that are being asked whether they are there
    Round asked_higher_ = 0;           // round of the latest AskHigher, whose answers count beside the present round's
    asio::steady_timer reminding_timer_;
    asio::steady_timer reminder_;
    Pace asks_;
    Pace joins_;
    std::vector<Round> owed_joins_;  // JOINs that wait for their time: one exchange answers them all
    asio::steady_timer owed_join_timer_;
};

}  // namespace bully::net
