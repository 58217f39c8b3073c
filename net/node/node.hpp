// A process of the lab's group on real TCP: carries out what its Election says, and tells it what happens.
//
// One io_context, one thread: everything here runs in handlers of that context, one at a time. What is measured and
// decided about the wire stands in net/README.md; the rules are core's.
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

/// What a node lets others take. A peer may be slow, broken, or hostile.
struct NodeLimits {
    std::size_t connections = 256;  ///< Accepted and not closed yet; then the oldest goes, silent ones first.
    std::size_t per_host = 64;      ///< Of those, from one host; from 127.0.0.1 all.
    Duration message = std::chrono::seconds(3);  ///< For a whole message, however its bytes trickle in.
    Duration linger = std::chrono::seconds(2);   ///< For the other end to close after the exchange.
    std::size_t opened = 2048;                   ///< Connections to others, those that wait for their turn included;
                                                 ///< what would need more isn't sent, but for JOINs (see `joins`).
    std::size_t answers_apart = 256;             ///< With so many opened, no OK goes out on one of its own.
    std::size_t members = 1000;  ///< Besides as many as the daemon lists: of a list of peers that would make it more no
                                 ///< stranger is taken over.
    int joins = 4;               ///< At once; a flood of claims is a flood of reasons to ask the daemon again.
    Duration join_interval = std::chrono::milliseconds(500);
    int asks = 8;  ///< AskHigher at once: a flood of PROBEs is a flood of reasons to ask those above.
    Duration ask_interval = std::chrono::milliseconds(250);
    int victories = 4;  ///< To one peer at once; claims that can't be checked make a node lose and win again.
    Duration announcement_interval = std::chrono::seconds(2);  ///< So often it is told again.
};

struct NodeOptions {
    std::uint32_t number = 1;  ///< Within the program, from 1.
    std::string name;          ///< For logs; may be empty.
    ProcessId pid;
    Endpoint listen{"127.0.0.1", 0};   ///< An IPv4 address. Port 0: any free one.
    std::string advertise;             ///< The host that others are told; empty: that of `listen`.
    std::uint16_t advertise_port = 0;  ///< The port that they are told; 0: that of `listen`.
    Endpoint gcd;
    std::optional<lab::Dialect> dialect;                 ///< Nothing: found by asking the daemon.
    std::optional<lab::Shape::Coordinator> coordinator;  ///< Nothing: as dialect and peer have it.
    enum class FeignStyle : std::uint8_t { close, ignore } feign_style = FeignStyle::close;  ///< Rule 8.
    Settings settings;
    int pickle_protocol = 4;
    Duration connect_timeout = std::chrono::milliseconds(1500);
    Duration join_timeout = std::chrono::seconds(3);
    std::uint64_t seed = 0;  ///< Of the timers.
    NodeLimits limits;
    std::shared_ptr<Turns> turns;            ///< To open connections, shared with others; nothing: `limits.opened`.
    Clock::time_point epoch = Clock::now();  ///< Time 0 of what observers are told.
};

/// What passed over the wire.
struct WireCounts {
    std::uint64_t connections = 0;  ///< opened by this node
    std::uint64_t accepted = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t evicted = 0;  ///< accepted connections closed because there were too many
    std::uint64_t garbage = 0;  ///< messages that were none
};

class Node : public std::enable_shared_from_this<Node> {
  public:
    Node(asio::io_context& context, NodeOptions options, std::vector<NodeObserver*> observers);

    /// Opens the listener. Throws boost::system::system_error where it can't.
    void listen();
    /// Begins a life, the first or another: JOINs, then elects. Requires: it listens, and no life is under way.
    void start();
    /// Ends the life at once, as a crash does: sockets are closed, nothing is said.
    void crash() { end_life(Gone::crashed); }
    /// Ends the life as its user wishes.
    void leave() { end_life(Gone::left); }

    /// Called once a life when the process gives up (rows 15 and 16), with the reason.
    std::function<void(const Node&, const std::string& reason)> on_give_up;

    [[nodiscard]] const NodeOptions& options() const { return options_; }
    [[nodiscard]] ProcessId pid() const { return options_.pid; }
    /// What it tells others.
    [[nodiscard]] const Endpoint& endpoint() const { return writer_.self().endpoint; }
    /// Where it listens.
    [[nodiscard]] const Endpoint& listens_at() const { return options_.listen; }
    [[nodiscard]] bool is_alive() const { return alive_; }
    /// The daemon has let it in, in this life or an earlier one.
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
        bool heard = false;  // all that will be read has come
    };
    /// How a request is answered, for as long as the connection lasts that it came on.
    struct Answer {
        Inbound* connection = nullptr;
        lab::Shape shape;
        std::optional<Member> apart;  // on a new connection to there, instead
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
    /// On a socket of its own; the number is the epoch that it was begun in.
    using Work = std::function<asio::awaitable<void>(Socket&, std::uint32_t)>;
    /// What was written in each shape: the same for all whose it is.
    using Written = std::vector<std::pair<lab::Shape, Bytes>>;
    /// A list of who leads, whose sender is being found out.
    struct Doubt {
        ProcessId likely;                       // if none of the doubtful ones is there
        std::vector<ProcessId> doubtful;        // whose answers aren't in yet, the greatest first
        std::optional<ProcessId> overtaken_by;  // the greatest that was followed since
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
    void in_turn(Work work);
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
    std::uint32_t epoch_ = 0;  // counts lives and feigned failures: what was begun in an earlier one is void
    std::uint64_t activity_ = 0;
    std::array<SlotTimer, timer_slot_count> timers_;

    std::list<Inbound> inbound_;
    std::shared_ptr<Turns> turns_;
    std::list<Socket> outbound_;
    std::size_t awaiting_turn_ = 0;  // to be opened
    ReplyTo next_reply_to_ = 1;
    std::map<ReplyTo, Answer> answers_;  // to requests that the core may answer

    std::size_t listed_ = 0;  // members in the daemon's latest answer
    Peers peers_;
    AddressBook address_book_;
    std::list<Doubt> doubts_;
    std::set<ProcessId> asked_again_;  // whether they are there
    Round asked_higher_ = 0;           // round of the latest AskHigher, which is awaited beside all else
    asio::steady_timer reminding_timer_;
    asio::steady_timer reminder_;
    Pace asks_;
    Pace joins_;
    std::vector<Round> owed_joins_;  // that wait for their time; one exchange answers them all
    asio::steady_timer owed_join_timer_;
};

}  // namespace bully::net
