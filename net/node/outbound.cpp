// What a live node sends to others, and what becomes of it.
#include "net/gcd/registry.hpp"
#include "net/lab/message.hpp"
#include "net/node/node.hpp"
#include "net/pickle/pickle.hpp"
#include "net/tcp/addresses.hpp"
#include "net/tcp/resolve.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

namespace bully::net {
namespace {

constexpr auto reminder_slack = std::chrono::milliseconds(500);
constexpr std::size_t most_owed_joins = 16;  // the core waits for the latest, and perhaps one other

// The message in this shape. `write` is called once for each shape: a message to a thousand members lists a thousand.
template <typename Written, typename Write>
auto written_once(Written& written, const lab::Shape& shape, const Write& write) {
    const auto found = std::ranges::find(written, shape, &Written::value_type::first);
    if (found != written.end()) return found->second;
    return written.emplace_back(shape, std::make_shared<const std::string>(write(shape))).second;
}

}  // namespace

void Node::send_elections(Round round) {
    const auto members = election_.members();
    peers_.keep_requests({round, election_.round(), asked_higher_});
    Written written;
    const auto write = [&](const lab::Shape& shape) { return writer_.election(shape, members); };
    for (const auto& member : members.members().subspan(election_.own_position() + 1)) {
        const auto forms = forms_for(member.pid);
        peers_.ask({member.pid, round}, lab::MessageKind::election, forms.size());
        for (const auto& form : forms) {
            send({lab::MessageKind::election, member, round, written_once(written, form, write)});
        }
    }
}

void Node::reply(ReplyTo reply_to) {
    const auto asked = answers_.find(reply_to);
    if (asked == answers_.end()) return;  // the connection is closed
    const auto answer = std::move(asked->second);
    answers_.erase(asked);
    const auto bytes = writer_.ok(answer.shape, election_.members());
    if (answer.apart) {
        return send({lab::MessageKind::ok, *answer.apart, 0, std::make_shared<const std::string>(bytes)});
    }
    // At once and in one piece: OK goes out before any ELECTION of one's own (rule 3). A fresh connection takes it
    // whole.
    auto& socket = answer.connection->socket;
    error_code error;
    socket.non_blocking(true, error);
    const auto count = socket.write_some(asio::buffer(bytes), error);
    counts_.bytes_sent += count;
    if (error) {
        trouble("can't send an OK: " + error.message());
    } else if (count < bytes.size()) {
        trouble("only " + std::to_string(count) + " of the " + std::to_string(bytes.size()) +
                " bytes of an OK were sent");
    }
}

void Node::announce(Telling telling) {
    announce_to(peers_.tell(election_.members(), pid(), telling, now()));
    remind_in_time();
    if (telling != Telling::victory) return;
    reminder_.expires_after(options_.settings.timing.probe_gap.max + reminder_slack);
    reminder_.async_wait([self = shared_from_this(), epoch = epoch_](error_code cancelled) {
        if (!cancelled && self->epoch_ == epoch) self->remind();
    });
}

// Peers that elect while another wins may overlook it for ever, as many never look after their leader. So it is told
// once more, when those that do have had the time for a PROBE. Whose PROBEs those were is seldom known.
void Node::remind() {
    if (election_.phase() != Phase::leading) return;
    peers_.remind_all();
    remind_in_time();
}

void Node::announce_to(std::span<const Member> members) {
    Written written;
    const auto write = [&](const lab::Shape& shape) { return writer_.coordinator(shape, election_.members()); };
    for (const auto& member : members) {
        peers_.note_told(member.pid, now());
        for (const auto& form : forms_for(member.pid)) {
            send({lab::MessageKind::coordinator, member, 0, written_once(written, form, write)});
        }
    }
}

// Some peers send ELECTION after ELECTION, or claim to lead again and again: each is a reason to announce, and all of
// them together are one, for the time being.
void Node::remind_in_time() {
    if (election_.phase() != Phase::leading) return peers_.remind_nobody();
    const auto members = election_.members();
    const auto reminders = peers_.take_due(now());
    std::vector<Member> at_once;
    for (const auto peer : reminders.due) at_once.push_back(members.members()[*members.find(peer)]);
    announce_to(at_once);
    if (!at_once.empty()) {
        for (auto* observer : observers_) observer->on_reminded(*this, now_ns(), at_once.size());
    }
    if (!reminders.next) return;
    reminding_timer_.expires_after(*reminders.next);
    reminding_timer_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (!cancelled && self->alive_ && !self->failed_) self->remind_in_time();
    });
}

void Node::send_probe(const SendProbe& probe) {
    const auto members = election_.members();
    const auto position = members.find(probe.to);
    if (!position) return;
    peers_.keep_requests({probe.round, election_.round(), asked_higher_});
    peers_.ask({probe.to, probe.round}, lab::MessageKind::probe, 1);
    send({lab::MessageKind::probe, members.members()[*position], probe.round,
          std::make_shared<const std::string>(writer_.probe(shape_for(probe.to)))});
}

void Node::send(Request request) {
    // A peer that wants its OK on a new connection names the address itself: any address, and as often as it likes.
    if (request.kind == lab::MessageKind::ok && !may_open(options_.limits.answers_apart)) {
        return trouble("too many open connections to send an OK to " + to_string(request.peer.endpoint));
    }
    // The message is lost then, as messages may be: the timers know what to do.
    if (!may_open(options_.limits.opened)) {
        return trouble("too many open connections to write to " + to_string(request.peer.pid));
    }
    // Behind ELECTIONs to many silent members, each of which holds its turn for seconds, a PROBE would come too late.
    const auto urgency = request.kind == lab::MessageKind::probe ? Turns::Urgency::urgent : Turns::Urgency::normal;
    in_turn(urgency, [this, request = std::move(request)](Socket& socket, std::uint32_t epoch) {
        return exchange(request, socket, epoch);
    });
}

// Begun in a step, `work` starts after it, when there is a descriptor for its socket; not at all if the life, or the
// feigned failure, is over by then. Node and `work`, with all that it holds, live until it ends.
void Node::in_turn(Turns::Urgency urgency, Work work) {
    ++awaiting_turn_;
    turns_->take(
        [node = weak_from_this(), work = std::move(work), epoch = epoch_](Turns::Turn turn) {
            const auto self = node.lock();
            if (!self) return;
            --self->awaiting_turn_;
            if (self->epoch_ != epoch) return;
            co_spawn(self->context_, self->run(work, epoch, std::move(turn)), rethrow);
        },
        urgency);
}

asio::awaitable<void> Node::run(Work work, std::uint32_t epoch, [[maybe_unused]] Turns::Turn turn) {
    const auto self = shared_from_this();
    const auto place = outbound_.emplace(outbound_.end(), context_);
    co_await work(*place, epoch);
    outbound_.erase(place);
}

asio::awaitable<void> Node::exchange(const Request& request, Socket& socket, std::uint32_t epoch) {
    // The round may be over by now, if the request has waited long for its turn. Nothing waits for its answer then, and
    // under load it would only keep the messages behind it waiting.
    if (request.round != 0 && !peers_.is_out({request.peer.pid, request.round})) co_return;
    // This process may follow another by now: the announcement isn't true any more.
    if (request.kind == lab::MessageKind::coordinator && election_.leader() != pid()) co_return;
    // A name of its own: in `if (co_await ...) co_await ...`, without locals, gcc 12 mistakes the frame.
    const bool is_sent = co_await connect(request, socket, epoch);
    if (is_sent) co_await read_answer(request, socket, epoch);
}

asio::awaitable<bool> Node::connect(const Request& request, Socket& socket, std::uint32_t epoch) {
    // What another process at that address says, or this one itself, says nothing of the peer: it isn't there.
    // Who wants its OK on a connection of its own has said itself where it is.
    if (request.kind != lab::MessageKind::ok && instead_of(request.peer)) {
        co_await asio::post(context_, asio::use_awaitable);
        if (epoch_ == epoch) unreachable(request, Unreachable::Why::refused);
        co_return false;
    }
    const auto until = Clock::now() + options_.connect_timeout;
    const auto found = co_await resolve(request.peer.endpoint, until);
    if (epoch_ != epoch) co_return false;
    if (found.error != 0) {
        trouble(to_string(request.peer.endpoint) + " can't be found: " + found.why());
        unreachable(request, Unreachable::Why::given_up);
        co_return false;
    }
    Deadline deadline(socket, until - Clock::now());
    ++counts_.connections;
    auto [failed, connected] = co_await asio::async_connect(socket, found.endpoints, as_result);
    // What others hold open mustn't make the leader seem silent.
    if (failed == asio::error::no_descriptors && epoch_ == epoch && make_room(std::nullopt)) {
        std::tie(failed, connected) = co_await asio::async_connect(socket, found.endpoints, as_result);
    }
    ++activity_;
    if (epoch_ != epoch) co_return false;
    if (!failed && is_itself(socket)) failed = asio::error::connection_refused;
    if (failed) {
        if (failed == asio::error::no_descriptors) trouble("can't connect: " + failed.message());
        // Row 9: only a refusal says that nobody is there; all else is silence.
        unreachable(request,
                    failed == asio::error::connection_refused ? Unreachable::Why::refused : Unreachable::Why::given_up);
        co_return false;
    }
    peers_.forget_refusal(request.peer.pid);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto [unsent, count] = co_await asio::async_write(socket, asio::buffer(*request.bytes), as_result);
    counts_.bytes_sent += count;
    if (epoch_ != epoch) co_return false;
    if (unsent) {
        unreachable(request, deadline.passed() ? Unreachable::Why::given_up : Unreachable::Why::reset);
        co_return false;
    }
    co_return true;
}

asio::awaitable<void> Node::read_answer(const Request& request, Socket& socket, std::uint32_t epoch) {
    const bool expects_answer = request.kind == lab::MessageKind::election || request.kind == lab::MessageKind::probe;
    const auto& timing = options_.settings.timing;
    const auto patience = std::max(timing.answer_timeout, timing.probe_timeout) + options_.limits.linger;
    Deadline deadline(socket, expects_answer ? patience : options_.limits.linger);

    const bool is_in_vain = request.kind == lab::MessageKind::probe && peers_.ignores_probes(request.peer.pid);
    Deadline half_close(socket, is_in_vain ? half_close_in_vain_after : half_close_after, Deadline::Then::stop_sending);
    std::optional<pickle::Decoder> decoder(std::in_place);
    const auto outcome = co_await read_pickle(socket, *decoder);
    ++activity_;
    counts_.bytes_received += decoder->received();
    if (epoch_ != epoch) co_return;
    if (outcome == ReadOutcome::message) {
        if (const auto message = lab::read_message(decoder->document().root())) {
            if (request.kind == lab::MessageKind::probe) peers_.note_probe_answered(request.peer.pid);
            handle_reply(*message, request);
        } else {
            ++counts_.garbage;
            trouble("can't read the answer of " + to_string(request.peer.pid) + ": " + message.error());
        }
        decoder.reset();
        co_await drain(socket);
    } else if (outcome == ReadOutcome::closed && decoder->received() == 0 && request.kind == lab::MessageKind::probe) {
        probe_was_closed(request);
    } else if (outcome == ReadOutcome::reset && expects_answer) {
        unreachable(request, Unreachable::Why::reset);
    } else if (outcome == ReadOutcome::garbage || (outcome == ReadOutcome::closed && decoder->received() > 0)) {
        ++counts_.garbage;
        trouble("the answer of " + to_string(request.peer.pid) + " isn't a pickle: " + lab::printable(decoder->raw()));
    }
}

void Node::unreachable(const Request& request, Unreachable::Why why) {
    if (why == Unreachable::Why::refused) set_health(request.peer.pid, lab::Health::refused);
    if (request.round == 0 || !alive_) return;  // COORDINATOR and OK: nothing waits for those
    if (!peers_.note_failure({request.peer.pid, request.round})) return;
    if (why != Unreachable::Why::refused) set_health(request.peer.pid, lab::Health::silent);
    step(Unreachable{request.peer.pid, request.round, why}, to_string(request.peer.pid));
}

// A sign of life of one that has never answered otherwise: the dead refuse, and the stopped do nothing. Else R7 would
// have it elected again and again, for nothing.
void Node::probe_was_closed(const Request& request) {
    if (peers_.note_probe_closed(request.peer.pid)) return unreachable(request, Unreachable::Why::reset);
    if (request.round != 0 && alive_) note_answer(request.peer.pid, request.round);
}

// One exchange answers all that have come up meanwhile. Each round but 0 is waited for: one without an outcome would
// be waited for for ever.
void Node::ask_daemon(Round round) {
    const auto now = Clock::now().time_since_epoch();
    const bool waiting = !owed_joins_.empty();
    if (!waiting && joins_.take(now)) {
        in_turn(Turns::Urgency::urgent,
                [this, round](Socket& socket, std::uint32_t epoch) { return join({round}, socket, epoch); });
        return;
    }
    if (std::ranges::find(owed_joins_, round) == owed_joins_.end()) owed_joins_.push_back(round);
    if (owed_joins_.size() > most_owed_joins) owed_joins_.erase(owed_joins_.begin());
    if (waiting) return;
    owed_join_timer_.expires_after(joins_.wait(now));
    owed_join_timer_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (cancelled || self->owed_joins_.empty()) return;
        (void)self->joins_.take(Clock::now().time_since_epoch());
        self->in_turn(Turns::Urgency::urgent,
                      [node = self.get(), rounds = std::exchange(self->owed_joins_, {})](
                          Socket& socket, std::uint32_t epoch) { return node->join(rounds, socket, epoch); });
    });
}

// Tells members that have moved who leads: they were told at their old addresses.
void Node::tell_who_has_moved(const Membership& before) {
    if (!alive_ || election_.phase() != Phase::leading) return;
    const auto members = election_.members();
    for (const auto& member : members.members()) {
        const auto known = before.find(member.pid);
        const bool has_moved = known && before.members()[*known].endpoint != member.endpoint;
        if (has_moved) peers_.remind(member.pid);
    }
    remind_in_time();
}

// Each host has a loopback of its own. One such member among others makes two groups.
void Node::warn_of_loopback(const Membership& listed) {
    const bool is_local = is_loopback(endpoint().host);
    for (const auto& member : listed.members()) {
        if (member.pid == pid() || is_loopback(member.endpoint.host) == is_local) continue;
        const auto& [local, other] = is_local ? std::pair(pid(), member.pid) : std::pair(member.pid, pid());
        return trouble(to_string(other) + " can't reach " + to_string(local) + " at " +
                       to_string(is_local ? endpoint() : member.endpoint) + ", expected bully_live --advertise there");
    }
}

asio::awaitable<void> Node::join(std::vector<Round> rounds, Socket& socket, std::uint32_t epoch) {
    error_code unopened;
    socket.open(tcp::v4(), unopened);
    if (unopened == asio::error::no_descriptors && make_room(std::nullopt)) socket.open(tcp::v4(), unopened);
    const bool is_meant = !options_.advertise.empty();
    auto outcome = co_await join_group(socket, options_.gcd, writer_, dialect_, options_.join_timeout, is_meant);
    ++activity_;
    counts_.connections += outcome.connections;
    counts_.bytes_sent += outcome.bytes_sent;
    counts_.bytes_received += outcome.bytes_received;
    if (outcome.members && epoch_ == epoch) {
        dialect_ = outcome.dialect;
        has_joined_ = true;
        listed_ = outcome.members->size();
        warn_of_loopback(*outcome.members);
    } else if (!outcome.members && outcome.reason == only_local && !is_loopback(endpoint().host)) {
        outcome.reason += ": it was told " + to_string(endpoint()) + ", and takes no member at another host";
    }
    for (const auto round : rounds) {
        if (epoch_ != epoch) co_return;
        if (!outcome.members) {
            step(JoinFailed{outcome.kind, outcome.reason, round});
            continue;
        }
        const auto before = election_.members();
        note_daemon(*outcome.members, before);
        step(Joined{*outcome.members, round});
        tell_who_has_moved(before);
    }
}

}  // namespace bully::net
