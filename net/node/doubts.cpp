// What a live node knows of others may have changed since. It asks silent and refusing members again before it
// concludes anything from their silence.
#include "net/lab/message.hpp"
#include "net/node/node.hpp"
#include "net/pickle/pickle.hpp"

#include <algorithm>

namespace bully::net {
namespace {

constexpr std::size_t most_doubts = 64;        // lists at once whose senders are being found out
constexpr std::size_t most_asked_a_list = 16;  // the greatest; nearly always the sender is the very first
constexpr int gaps_until_forgotten = 2;        // a member that was silent has been asked, or has spoken, by then

}  // namespace

void Node::set_health(ProcessId peer, lab::Health health) {
    peers_.forget_strangers(election_.members());
    peers_.note_health(peer, health, now());
}

lab::Health Node::health_of(const Member& peer) const {
    return instead_of(peer) ? lab::Health::replaced : peers_.health(peer.pid);
}

std::optional<ProcessId> Node::instead_of(const Member& peer) const {
    if (peer.pid == pid()) return std::nullopt;
    if (peer.endpoint.port == endpoint().port && spelled_alike(peer.endpoint) == spelled_alike(endpoint()))
        return pid();
    return address_book_.instead_of(peer);
}

// Whether a connection leads back to this node, by a name of this host that the text doesn't show.
bool Node::is_itself(const Socket& connected) const {
    error_code unknown;
    const auto there = connected.remote_endpoint(unknown);
    if (unknown) return false;
    const auto here = connected.local_endpoint(unknown);
    if (unknown) return false;
    const auto listener = acceptor_.local_endpoint(unknown);
    if (unknown || there.port() != listener.port()) return false;
    return there.address() == listener.address() ||
           (listener.address().is_unspecified() && there.address() == here.address());
}

// Called before the step that takes the daemon's answer over, as that step may send to the members that it lists.
void Node::note_daemon(const Membership& listed, const Membership& before) {
    for (const auto& [member, by] : address_book_.note_daemon(listed, before)) {
        trouble(to_string(member.pid) + " isn't at " + to_string(member.endpoint) + " any more: " + to_string(by) +
                " is, says the daemon");
    }
    for (const auto& member : listed.members()) {
        const auto known = before.find(member.pid);
        if (!known || before.members()[*known].endpoint == member.endpoint) continue;
        peers_.forget_habits(member.pid);
    }
}

void Node::find_sender(const lab::Message& list, const std::string& address) {
    auto sender = lab::sender_of_list(list.members, pid(), [this](const Member& listed) { return health_of(listed); });
    if (!sender.likely) return trouble("a COORDINATOR from " + address + " lists nobody that can lead: ignored");
    // A replaced member may be back at its address, and the other one gone: the daemon knows.
    const auto position = *list.members.find(*sender.likely);
    const auto is_replaced = [this](const Member& member) { return address_book_.instead_of(member).has_value(); };
    if (std::ranges::any_of(list.members.members().subspan(position), is_replaced)) ask_daemon(0);

    auto& doubtful = sender.doubtful;
    if (doubtful.size() > most_asked_a_list) doubtful.resize(most_asked_a_list);
    if (doubtful.empty()) return handle_announcement(*sender.likely, list, address);
    if (doubts_.size() >= most_doubts)
        return trouble("too many COORDINATORs with lists at once: ignored the one from " + address);
    doubts_.push_back({*sender.likely, doubtful, std::nullopt, list, address});
    for (const auto peer : doubtful) {
        if (!asked_again_.insert(peer).second) continue;  // being asked
        if (!may_open(options_.limits.opened)) {
            trouble("too many open connections to ask " + to_string(peer) + " whether it is there");
            conclude(peer, Presence::absent);
            continue;
        }
        const auto& member = list.members.members()[*list.members.find(peer)];
        in_turn(Turns::Urgency::urgent,
                [this, member](Socket& socket, std::uint32_t epoch) { return ask_again(member, socket, epoch); });
    }
}

// Sends a PROBE that the core doesn't know of. Few peers answer PROBEs: for one that has refused, a connection is
// enough.
asio::awaitable<void> Node::ask_again(Member doubtful, Socket& socket, std::uint32_t epoch) {
    const auto peer = doubtful.pid;
    const bool was_silent = health_of(doubtful) == lab::Health::silent;
    const Request request{lab::MessageKind::probe, std::move(doubtful), 0,
                          std::make_shared<const std::string>(writer_.probe(shape_for(peer)))};
    const bool connected = co_await connect(request, socket, epoch);
    auto presence = connected ? Presence::there : Presence::absent;
    if (connected && was_silent) presence = co_await presence_of(request, socket, epoch);
    if (epoch_ == epoch) {
        const bool has_spoken = health_of(request.peer) == lab::Health::alive;  // in some other way, meanwhile
        conclude(peer, has_spoken ? Presence::there : presence);
    }
    if (connected && !was_silent) co_await read_answer(request, socket, epoch);
}

// The presence of a member that was silent. The kernel of a stopped process accepts connections, so the member has to
// do something (row 8).
asio::awaitable<Node::Presence> Node::presence_of(const Request& request, Socket& socket, std::uint32_t epoch) {
    Deadline deadline(socket, options_.settings.timing.probe_timeout);
    Deadline half_close(socket, half_close_after, Deadline::Then::stop_sending);
    pickle::Decoder decoder;
    const auto outcome = co_await read_pickle(socket, decoder);
    ++activity_;
    counts_.bytes_received += decoder.received();
    if (epoch_ != epoch) co_return Presence::absent;
    const auto peer = request.peer.pid;
    const bool answers_probes = peers_.answers_probes(peer);
    switch (outcome) {
        case ReadOutcome::message:
            peers_.note_probe_answered(peer);
            set_health(peer, lab::Health::alive);
            co_return Presence::there;
        case ReadOutcome::closed:
        case ReadOutcome::garbage:
            co_return answers_probes ? Presence::absent : Presence::there;  // as in probe_was_closed
        case ReadOutcome::reset: co_return Presence::absent;
        case ReadOutcome::late: break;
    }
    // Many never answer a PROBE. Silence counts for a while only: else such a member would never be followed again.
    const auto of_late = now() - gaps_until_forgotten * options_.settings.timing.probe_gap.max;
    co_return answers_probes || peers_.is_silent_since(peer, of_late) ? Presence::absent : Presence::there;
}

// The greatest doubtful one that is there has sent the list; those below it needn't be heard of.
void Node::conclude(ProcessId doubtful, Presence presence) {
    asked_again_.erase(doubtful);
    std::list<Doubt> settled;
    for (auto next = doubts_.begin(); next != doubts_.end();) {
        const auto doubt = next++;
        auto& left = doubt->doubtful;
        const auto found = std::ranges::find(left, doubtful);
        if (found == left.end()) continue;
        if (presence == Presence::there) {
            doubt->likely = doubtful;
            left.erase(found, left.end());
        } else {
            left.erase(found);
        }
        if (left.empty()) settled.splice(settled.end(), doubts_, doubt);
    }
    const auto epoch = epoch_;
    for (const auto& doubt : settled) {
        if (epoch_ != epoch) return;
        // This process has followed a greater leader since the list came.
        if (doubt.overtaken_by && *doubt.overtaken_by >= doubt.likely) continue;
        handle_announcement(doubt.likely, doubt.list, doubt.address);
    }
}

}  // namespace bully::net
