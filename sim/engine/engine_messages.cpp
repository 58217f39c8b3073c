// What happens to messages: addresses, connections, refusals, and the coordinator daemon.
#include "sim/engine/engine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace bully::sim {
namespace {

std::uint64_t request_key(std::uint64_t from, std::uint64_t to, Round round) {
    return (from << 16U | to) << EventKey::number_bits | round;
}
std::uint64_t asker_of(std::uint64_t key) { return key >> (16U + EventKey::number_bits); }

Arrival arrival_of(MessageType type) { return static_cast<Arrival>(type); }

}  // namespace

void Engine::tell_arrival(Pending item, Fate fate) {
    const auto arrival = static_cast<Arrival>(item.key.type());
    if (listeners_.empty() || arrival > Arrival::coordinator) return;
    tell_message({now_,
                  fate,
                  static_cast<MessageType>(arrival),
                  item.key.sender() + 1,
                  item.key.receiver() + 1,
                  item.key.number(),
                  {},
                  false});
}

void Engine::send(Outgoing message, Route route, std::uint32_t draw) {
    ++metrics_.measures.messages[static_cast<std::size_t>(message.type)].sent;
    if (!network_.is_plain() || !route.current) {
        send_disturbed(message, route, draw);
        return;
    }
    const auto delay = network_.delay().sample(draw);
    if (!listeners_.empty()) {
        tell_message({now_, Fate::sent, message.type, message.from + 1, route.index + 1U, message.round, delay, false});
    }
    push((now_ + delay).count(), message.arrival_at(route.index));
}

// The way of a message when anything but its delay may matter.
void Engine::send_disturbed(Outgoing message, Route route, std::uint32_t draw) {
    const auto [from, type, round, count] = message;
    const Index to = route.index;
    Passage passage;
    if (network_.is_plain()) {
        passage.delay = network_.delay().sample(draw);
    } else {
        passage = network_.pass(type, from + 1, to + 1, count, draw);
    }
    const bool request = is_request(arrival_of(type));
    const auto arrives = now_ + passage.delay;
    tell_message({now_, Fate::sent, type, from + 1, to + 1, round, passage.lost ? Duration::zero() : passage.delay,
                  passage.disturbed, passage.lost || !route.current ? std::nullopt : passage.duplicate});
    auto& counts = metrics_.measures.messages[static_cast<std::size_t>(type)];
    if (passage.lost) {
        ++counts.lost;
        tell_message({now_, Fate::lost, type, from + 1, to + 1, round, {}, true});
        if (request) {
            report_unreachable(from, to, round, Arrival::given_up, (now_ + scenario_.network.connect_timeout).count());
        }
        return;
    }
    if (!route.current) {
        // Nobody listens at the address that the sender knows: the host refuses, or is silent.
        ++counts.to_down;
        tell_message({now_, Fate::to_down, type, from + 1, to + 1, round, {}, false});
        if (request) {
            const bool up = nodes_[to].host_up;
            report_unreachable(from, to, round, up ? Arrival::refused : Arrival::given_up,
                               (now_ + (up ? 2 * passage.delay : scenario_.network.connect_timeout)).count());
        }
        return;
    }
    push(arrives.count(), message.arrival_at(to));
    if (passage.duplicate) {
        if (request) {
            expect_copies(from, to, round);
        } else if (type == MessageType::ok) {
            expect_copies(to, from, round);
        }
        push((now_ + *passage.duplicate).count(), message.arrival_at(to));
    }
}

std::uint32_t Engine::draw_delay(Index from, MessageType type) {
    const auto count = nodes_[from].sent[static_cast<std::size_t>(type)]++;
    const auto purpose = static_cast<std::uint32_t>(Purpose::message_delay) + static_cast<std::uint32_t>(type);
    return random_.draw(purpose, from + 1, count);
}

void Engine::send_probe(Index from, const SendProbe& probe) {
    const auto& members = nodes_[from].election.members();
    const auto position = members.find(probe.to);
    assert(position.has_value());
    const auto draw = draw_delay(from, MessageType::probe);
    const auto route = addresses_.route_to(members, *position);
    if (route.index == from) return;  // a twin took this pid's address: nothing comes back from oneself
    const auto count = nodes_[from].sent[static_cast<std::size_t>(MessageType::probe)];
    send({from, MessageType::probe, probe.round, count}, route, draw);
}

void Engine::reply(Index from, ReplyTo reply_to) {
    EventKey asked;
    asked.bits = reply_to;
    const auto draw = draw_answer_delay(from, nodes_[from]);
    const auto count = nodes_[from].sent[static_cast<std::size_t>(MessageType::ok)];
    send({from, MessageType::ok, asked.number(), count}, {static_cast<std::uint16_t>(asked.sender()), true}, draw);
}

// A message for a process that can't take it now, or never will.
void Engine::reject(Index to, Pending item) {
    auto& node = nodes_[to];
    const auto arrival = static_cast<Arrival>(item.key.type());
    if (node.running && node.paused) {
        node.backlog.push_back(item);
        return;
    }
    if (arrival == Arrival::join_outcome) {
        daemon_.drop(item.key.receiver(), item.key.sender());
        return;
    }
    if (arrival > Arrival::coordinator) return;
    if (arrival == Arrival::ok) {
        tell_arrival(item, Fate::discarded);
        return;
    }
    ++metrics_.measures.messages[item.key.type()].to_down;
    tell_arrival(item, Fate::to_down);
    if (!is_request(arrival)) return;
    const auto from = item.key.sender();
    if (node.host_up) {
        const auto purpose = static_cast<std::uint32_t>(Purpose::refusal_delay) + static_cast<std::uint32_t>(arrival);
        const auto draw = random_.draw(purpose, from + 1, item.key.number(), to);
        report_unreachable(from, to, item.key.number(), Arrival::refused,
                           (now_ + network_.delay().sample(draw)).count());
    } else {
        // Counted from the arrival of a connection request that nobody saw, which is at most one delay too late.
        report_unreachable(from, to, item.key.number(), Arrival::given_up,
                           (now_ + scenario_.network.connect_timeout).count());
    }
}

void Engine::report_unreachable(Index to, Index peer, Round round, Arrival why, std::int64_t at) {
    // Left out is what would be an event without effect for each silent member of each election.
    if (why == Arrival::given_up && !nodes_[to].election.heeds_silence(round, scenario_.network.connect_timeout))
        return;
    push(at, {EventClass::message, to, static_cast<std::uint32_t>(why), peer, round});
}

// Of what comes twice only the first outcome counts, as on a connection: two refusals of one process must not stand for
// those of two.
void Engine::expect_copies(Index from, Index to, Round round) {
    copied_.try_emplace(request_key(from, to, round), false);
    if (copied_.size() <= copied_limit_) return;
    // What is of an earlier round than its process's own has no effect any more.
    std::erase_if(copied_, [&](const auto& request) {
        return (request.first & EventKey::max_number) < nodes_[asker_of(request.first)].election.round();
    });
    copied_limit_ = std::max(least_copied_limit, 2 * copied_.size());
}

bool Engine::is_first_of_copies(Index of, Index from, Round round) {
    const auto found = copied_.find(request_key(of, from, round));
    return found == copied_.end() || !std::exchange(found->second, true);
}

void Engine::remember_asked_with(Index from, Round round) {
    auto& versions = nodes_[from].asked_with;
    const auto& members = nodes_[from].election.members();
    if (asked_alike_.empty()) asked_alike_ = members;
    if (members.same_snapshot(versions.empty() ? asked_alike_ : versions.back().second)) return;
    versions.emplace_back(round, members);
    all_asked_alike_ = false;
}

const Membership& Engine::asked_once_with(Index from, Round round) const {
    const auto& versions = nodes_[from].asked_with;
    const auto version =
        std::find_if(versions.rbegin(), versions.rend(), [&](const auto& v) { return v.first <= round; });
    return version == versions.rend() ? asked_alike_ : version->second;
}

// The coordinator daemon.

void Engine::join(Index from, Round round) {
    ++metrics_.measures.messages[static_cast<std::size_t>(MessageType::join)].sent;
    auto& node = nodes_[from];
    const auto draw = random_.draw(static_cast<std::uint32_t>(Purpose::daemon_delay), from + 1, node.joins++);
    const auto delay = scenario_.daemon.delay.sample(draw);
    tell_message({now_, Fate::sent, MessageType::join, from + 1, 0, round, delay, false});
    if (round == no_round) node.loose_joins.push_back((now_ + delay).count());
    push((now_ + delay).count(),
         {EventClass::world, 0, static_cast<std::uint32_t>(WorldEvent::join_arrives), from, round});
}

void Engine::join_arrives(Index from, Round round) {
    auto& node = nodes_[from];
    auto& counts = metrics_.measures.messages[static_cast<std::size_t>(MessageType::join)];
    const auto draw = random_.draw(static_cast<std::uint32_t>(Purpose::daemon_delay), from + 1, node.joins, 4);
    auto back = scenario_.daemon.delay.sample(draw);
    CoordinatorDaemon::Answer answer;
    // A round tells of which life it is.
    if (round == no_round) {
        const auto known = std::ranges::find(node.loose_joins, now_.count());
        answer.is_awaited = known != node.loose_joins.end();
        if (answer.is_awaited) node.loose_joins.erase(known);
    }
    if (daemon_.is_down()) {
        ++counts.to_down;
        tell_message({now_, Fate::to_down, MessageType::join, from + 1, 0, round, {}, true});
        if (!scenario_.daemon.host_up) back = scenario_.network.connect_timeout;
    } else {
        ++counts.delivered;
        tell_message({now_, Fate::delivered, MessageType::join, from + 1, 0, round, {}, false});
        if (node.running) daemon_.list(node.member);
        answer.joined = true;
        answer.members = daemon_.members();
    }
    // In the sender's place: 16 bits suffice for those under way.
    const auto number = daemon_.keep(from, std::move(answer));
    push((now_ + back).count(),
         {EventClass::message, from, static_cast<std::uint32_t>(Arrival::join_outcome), number, round});
}

void Engine::join_ends(Pending item) {
    const auto index = item.key.receiver();
    const auto answer = daemon_.take(index, item.key.sender());
    static const std::string unreachable = "the coordinator daemon can't be reached";
    const Round round = item.key.number();
    if (!answer.is_awaited || (round <= nodes_[index].open_since && round != no_round)) return;
    mix_in(item);
    if (answer.joined) {
        step(index, Joined{answer.members, round}, 0);
    } else {
        step(index, JoinFailed{JoinFailed::Kind::unreachable, unreachable, round}, 0);
    }
}

}  // namespace bully::sim
