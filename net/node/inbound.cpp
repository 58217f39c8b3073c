// What others send to a live node.
#include "net/lab/message.hpp"
#include "net/node/node.hpp"
#include "net/pickle/pickle.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace bully::net {

asio::awaitable<void> Node::accept_all(std::uint32_t epoch) {
    const auto self = shared_from_this();
    asio::steady_timer pause(context_);
    while (epoch_ == epoch && acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(as_result);
        ++activity_;
        // A new life or a recovery has its own loop, which may share the acceptor: what came is for that one.
        if (!alive_ || (error && epoch_ != epoch)) co_return;
        if (error == asio::error::operation_aborted) continue;
        if (error) {
            // Out of descriptors, most likely: the ones that idle are given back, and those in the backlog wait.
            if (error != asio::error::connection_aborted) {
                trouble("can't accept: " + error.message());
                if (make_room(std::nullopt)) continue;  // at once: a PROBE may be waiting behind a flood
            }
            pause.expires_after(accept_pause);
            co_await pause.async_wait(as_result);
            continue;
        }
        ++counts_.accepted;
        error_code gone;
        const auto host = socket.remote_endpoint(gone).address();
        limit_connections(host);
        const auto place = inbound_.emplace(inbound_.end(), std::move(socket), next_reply_to_++);
        place->host = host;
        co_spawn(context_, serve(place, epoch_), rethrow);
    }
}

// Makes room for one more connection from `host`. Called before it is added: the new one isn't to go.
void Node::limit_connections(const asio::ip::address& host) {
    if (inbound_.size() >= options_.limits.connections) make_room(std::nullopt);
    if (host == asio::ip::address_v4::loopback()) return;  // the whole group may be there
    const auto from_there = std::ranges::count(inbound_, host, &Inbound::host);
    if (std::cmp_greater_equal(from_there, options_.limits.per_host)) make_room(host);
}

// Closes the oldest connection, silent ones first, as honest senders write at once. False if there is none.
bool Node::make_room(std::optional<asio::ip::address> host) {
    for (const bool heard : {false, true}) {
        const auto oldest = std::ranges::find_if(inbound_, [&](const Inbound& connection) {
            return connection.heard == heard && connection.socket.is_open() && (!host || connection.host == *host);
        });
        if (oldest == inbound_.end()) continue;
        ++counts_.evicted;
        error_code ignored;
        oldest->socket.close(ignored);
        return true;
    }
    return false;
}

asio::awaitable<void> Node::serve(std::list<Inbound>::iterator place, std::uint32_t epoch) {
    const auto self = shared_from_this();
    auto& connection = *place;
    {
        error_code unknown;
        const auto remote = connection.socket.remote_endpoint(unknown);
        const auto address = unknown ? std::string("somewhere") : to_string(endpoint_of(remote));
        Deadline deadline(connection.socket, options_.limits.message);
        std::optional<pickle::Decoder> decoder(std::in_place);
        const auto outcome = co_await read_pickle(connection.socket, *decoder);
        ++activity_;
        counts_.bytes_received += decoder->received();
        connection.heard = true;
        if (alive_ && epoch_ == epoch && !failed_) {
            const auto garbage = [&](const std::string& why) {
                ++counts_.garbage;
                trouble("can't read the message from " + address + ": " + why);
            };
            if (outcome == ReadOutcome::message) {
                if (const auto message = lab::read_message(decoder->document().root())) {
                    handle(*message, address, connection);
                } else {
                    garbage(message.error());
                }
            } else if (decoder->received() > 0) {
                garbage(outcome == ReadOutcome::garbage ? decoder->feed({}).error().what : "it ends half-way");
            }
        }
        decoder.reset();  // a list of 300 members takes 70 kB, and the other end may stay for seconds
        deadline.extend(options_.limits.linger);
        // Feigning by ignoring: neither an answer nor an end, until the linger time is over.
        if (outcome == ReadOutcome::message && (!failed_ || epoch_ != epoch)) {
            co_await drain(connection.socket);
        } else if (outcome == ReadOutcome::message) {
            pickle::Decoder rest;
            co_await read_pickle(connection.socket, rest);
        }
    }
    answers_.erase(place->id);
    inbound_.erase(place);
}

void Node::handle(const lab::Message& message, const std::string& address, Inbound& connection) {
    const bool is_named = message.pid && message.kind != lab::MessageKind::coordinator;
    const auto who = is_named ? to_string(*message.pid) : address;
    switch (message.kind) {
        case lab::MessageKind::election: handle_election(message, who, connection); return;
        case lab::MessageKind::probe:
            answers_[connection.id] = {&connection, shape_for(message.pid), std::nullopt};
            step(ProbeReceived{connection.id}, who);
            return;
        case lab::MessageKind::ok: handle_answer_apart(message, address); return;
        case lab::MessageKind::coordinator: handle_coordinator(message, std::nullopt, address); return;
        case lab::MessageKind::join:
            trouble("a JOIN from " + address + ": this is a member, not the coordinator daemon");
            return;
    }
}

// A reply on the connection of a request: OK or COORDINATOR, as others make no sense there. Only an OK to an ELECTION
// shows how a peer reads an ELECTION: a real node reads triples and answers them on new connections, but answers a
// PROBE at once, by a bare str.
void Node::handle_reply(const lab::Message& message, const Request& request) {
    const auto from = request.peer.pid;
    if (message.kind == lab::MessageKind::ok) {
        if (request.kind == lab::MessageKind::election) {
            learn_from(from, message);
            peers_.note_election_answered(from);
        } else {
            set_health(from, lab::Health::alive);
        }
        if (request.round != 0) note_answer(from, request.round);
    } else if (message.kind == lab::MessageKind::coordinator) {
        handle_coordinator(message, from, to_string(request.peer.endpoint));
    }
}

void Node::handle_election(const lab::Message& message, const std::string& from, Inbound& connection) {
    if (message.pid) learn_from(*message.pid, message);
    const auto shape = shape_for(message.pid);
    answers_[connection.id] = {&connection, shape, wants_answer_at(message, shape)};
    if (message.pid && election_.phase() == Phase::leading) peers_.note_asker(*message.pid);
    if (!message.pid) peers_.note_doubt();
    const auto members = acceptable(message.members, from);
    if (contests_address(members, election_.members(), pid())) ask_daemon(0);
    step(ElectionReceived{connection.id, members}, from);
}

// Where its sender wants its OK on a new connection; nothing if it wants it on this one, or nobody knows where it is.
std::optional<Member> Node::wants_answer_at(const lab::Message& message, const lab::Shape& shape) const {
    if (!message.pid || shape.reply != lab::Shape::Reply::new_connection) return std::nullopt;
    if (message.address) return Member{*message.pid, *message.address};
    for (const auto* members : {&message.members, &election_.members()}) {
        if (const auto found = members->find(*message.pid)) return members->members()[*found];
    }
    return std::nullopt;
}

// The part of a list that this node takes over. Nearly always that is what it knows already: then the same snapshot,
// for the core's sake and the trace's. Of a list that would make too many members it is the part about members: a new
// address of one of them is a reason to ask the daemon (row 12).
Membership Node::acceptable(const Membership& listed, const std::string& from) {
    const auto& known = election_.members();
    if (listed == known) return known;
    std::vector<Member> of_members;
    std::ranges::copy_if(listed.members(), std::back_inserter(of_members),
                         [&](const Member& member) { return known.contains(member.pid); });
    const auto strangers = listed.size() - of_members.size();
    const auto most = listed_ + options_.limits.members;
    if (strangers == 0 || known.size() + strangers <= most) return listed;
    trouble("the list of " + from + " would make more than " + std::to_string(most) +
            " members: its strangers are ignored");
    return Membership(std::move(of_members));
}

// An OK on a connection of its own seldom names its sender, and never its request. That is an ELECTION: a PROBE is
// answered on its own connection.
void Node::handle_answer_apart(const lab::Message& message, const std::string& address) {
    const bool is_named = message.pid && *message.pid != pid();
    const auto asked =
        peers_.who_may_have_answered(is_named ? message.pid : std::nullopt, {election_.round(), asked_higher_});
    if (asked) return note_answer(asked->peer, asked->round);
    if (!is_named) return trouble("an OK from " + address + " answers no open request: ignored");
    set_health(*message.pid, lab::Health::alive);
}

void Node::note_answer(ProcessId from, Round round) {
    peers_.forget_strangers(election_.members());
    if (peers_.note_answer({from, round}, now())) step(AnswerReceived{from, round}, to_string(from));
}

void Node::handle_coordinator(const lab::Message& message, std::optional<ProcessId> from, const std::string& address) {
    const auto leader = message.pid ? message.pid : from;
    if (leader) return handle_announcement(*leader, message, address);
    find_sender(message, address);
}

void Node::handle_announcement(ProcessId leader, const lab::Message& message, const std::string& address) {
    if (leader != pid()) learn_from(leader, message);
    peers_.note_doubt();
    if (leader > pid()) {
        for (auto& doubt : doubts_) doubt.overtaken_by = std::max(doubt.overtaken_by.value_or(leader), leader);
    }
    step(CoordinatorReceived{leader}, address);
}

}  // namespace bully::net
