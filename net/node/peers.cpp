#include "net/node/peers.hpp"

#include <algorithm>
#include <utility>

namespace bully::net {

const Peers::Peer& Peers::of(ProcessId peer) const {
    static const Peer unknown{};
    const auto found = peers_.find(peer);
    return found == peers_.end() ? unknown : found->second;
}

void Peers::forget_requests() {
    for (auto& [pid, peer] : peers_) peer.asked.clear();
    remind_nobody();
}

void Peers::forget_strangers(const Membership& members) {
    if (peers_.size() < limits_.known) return;
    std::erase_if(peers_, [&](const auto& entry) { return !members.contains(entry.first); });
}

void Peers::forget_habits(ProcessId pid) {
    const auto found = peers_.find(pid);
    if (found == peers_.end()) return;
    auto& peer = found->second;
    peer.health = lab::Health::unknown;
    peer.shape.reset();
    peer.answers_probes = peer.closes_probes = peer.ignores_probes = false;
}

void Peers::note_health(ProcessId peer, lab::Health health, Duration now) {
    auto& known = peers_[peer];
    known.health = health;
    known.health_since = now;
}

void Peers::forget_refusal(ProcessId peer) {
    const auto found = peers_.find(peer);
    if (found != peers_.end() && found->second.health == lab::Health::refused) {
        found->second.health = lab::Health::unknown;
    }
}

bool Peers::is_silent_since(ProcessId peer, Duration time) const {
    const auto& known = of(peer);
    return known.health == lab::Health::silent && known.health_since >= time;
}

void Peers::learn(ProcessId peer, const lab::Message& message, lab::Dialect dialect) {
    auto& shape = peers_[peer].shape;
    if (!shape) shape = lab::shape_of(dialect);
    lab::learn(*shape, message);
}

lab::Shape Peers::shape(std::optional<ProcessId> peer, lab::Dialect dialect) const {
    return peer ? of(*peer).shape.value_or(lab::shape_of(dialect)) : lab::shape_of(dialect);
}

void Peers::note_probe_answered(ProcessId pid) {
    auto& peer = peers_[pid];
    peer.answers_probes = true;
    peer.ignores_probes = false;
}

bool Peers::note_probe_closed(ProcessId pid) {
    auto& peer = peers_[pid];
    if (peer.answers_probes) peer.closes_probes = true;
    return peer.answers_probes;
}

void Peers::note_election_answered(ProcessId pid) {
    auto& peer = peers_[pid];
    if (std::exchange(peer.closes_probes, false)) peer.answers_probes = false;
}

Peers::Asked* Peers::find(Peer& peer, Round round) {
    const auto found = std::ranges::find(peer.asked, round, &Asked::round);
    return found == peer.asked.end() ? nullptr : &*found;
}

void Peers::ask(Asking asking, lab::MessageKind kind, std::size_t connections) {
    auto& peer = peers_[asking.peer];
    std::erase_if(peer.asked, [&](const Asked& asked) { return asked.round == asking.round; });
    peer.asked.push_back({asking.round, kind, connections});
    std::ranges::sort(peer.asked, {}, &Asked::round);
}

bool Peers::is_out(Asking asking) const {
    const auto& asked = of(asking.peer).asked;
    return std::ranges::find(asked, asking.round, &Asked::round) != asked.end();
}

// Each that was asked answers once, in however many forms it was asked. What comes later than that, or for an earlier
// round, is for nobody.
bool Peers::note_answer(Asking asking, Duration now) {
    note_health(asking.peer, lab::Health::alive, now);
    auto& peer = peers_[asking.peer];
    auto* const asked = find(peer, asking.round);
    if (asked == nullptr) return false;
    const bool is_first = !std::exchange(asked->answered, true);
    if (--asked->connections == 0) std::erase_if(peer.asked, [&](const Asked& a) { return a.round == asking.round; });
    return is_first;
}

bool Peers::note_failure(Asking asking) {
    auto& peer = peers_[asking.peer];
    auto* const asked = find(peer, asking.round);
    if (asked == nullptr || --asked->connections > 0) return false;
    const bool answered = asked->answered;
    std::erase_if(peer.asked, [&](const Asked& a) { return a.round == asking.round; });
    return !answered;
}

void Peers::note_silence(Round round, Timer timer, Duration now) {
    if (timer != Timer::answer && timer != Timer::probe_timeout) return;
    for (auto& [pid, peer] : peers_) {
        const auto* const asked = find(peer, round);
        if (asked == nullptr || asked->answered) continue;
        peer.health = lab::Health::silent;
        peer.health_since = now;
        if (timer == Timer::probe_timeout) peer.ignores_probes = true;
    }
}

void Peers::keep_requests(std::initializer_list<Round> rounds) {
    for (auto& [pid, peer] : peers_) {
        std::erase_if(peer.asked,
                      [&](const Asked& asked) { return std::ranges::find(rounds, asked.round) == rounds.end(); });
    }
}

// Rather than the greatest, one that is known to answer so, or one that was asked in two forms and has answered one.
std::optional<Asking> Peers::who_may_have_answered(std::optional<ProcessId> named,
                                                   std::initializer_list<Round> rounds) const {
    std::optional<Asking> guess;
    std::optional<Asking> second;
    for (const auto& [pid, peer] : peers_) {  // ascending
        if (named ? pid != *named : peer.health == lab::Health::refused) continue;
        const bool answers_apart = peer.shape && peer.shape->reply == lab::Shape::Reply::new_connection;
        for (const auto& asked : peer.asked) {
            if (asked.kind != lab::MessageKind::election) continue;
            if (std::ranges::find(rounds, asked.round) == rounds.end()) continue;
            const Asking asking{pid, asked.round};
            if (answers_apart && !asked.answered) return asking;
            (asked.answered ? second : guess) = asking;
        }
    }
    return second ? second : guess;
}

Peers::Told& Peers::told(Peer& peer) const {
    if (!peer.told) peer.told = Told{Pace(limits_.victories, limits_.interval), Pace(1, limits_.interval)};
    return *peer.told;
}

// A victory is told at once. That this process leads still is told once an interval. One that asks, and was told just
// now, may have overlooked it, and is told when its time has come: it, or all where somebody claims to lead, or doesn't
// say who asks. Unasked, one announcement an interval is enough for all others.
std::vector<Member> Peers::tell(const Membership& members, ProcessId self, Telling why, Duration now) {
    const bool is_asked = std::ranges::any_of(peers_, [](const auto& entry) { return entry.second.asks; });
    const bool to_all = std::exchange(many_doubt_, false) || why != Telling::asked || !is_asked;
    std::vector<Member> at_once;
    for (const auto& member : members.members()) {
        if (member.pid == self) continue;
        auto& peer = peers_[member.pid];
        // Whose ELECTION the hold-down holds is told now: the core takes this announcement for the answer to it.
        if (!to_all && !peer.asks) continue;
        const bool is_unasked = why == Telling::unasked && !peer.asks;
        auto& so_far = told(peer);
        if (is_unasked && so_far.last && now - *so_far.last < limits_.interval) continue;
        if ((why == Telling::victory ? so_far.victories : so_far.again).take(now)) {
            at_once.push_back(member);
        } else if (!is_unasked) {
            peer.is_to_be_reminded = true;
        }
    }
    for (auto& [pid, peer] : peers_) peer.asks = false;
    return at_once;
}

void Peers::note_told(ProcessId pid, Duration now) {
    auto& peer = peers_[pid];
    peer.is_to_be_reminded = false;
    told(peer).last = now;
}

void Peers::remind(ProcessId pid) {
    if (of(pid).told) peers_[pid].is_to_be_reminded = true;
}

void Peers::remind_all() {
    for (auto& [pid, peer] : peers_) {
        if (peer.told && peer.health != lab::Health::refused) peer.is_to_be_reminded = true;
    }
}

void Peers::remind_nobody() {
    for (auto& [pid, peer] : peers_) peer.is_to_be_reminded = false;
}

Peers::Reminders Peers::take_due(Duration now) {
    Reminders reminders;
    for (auto& [pid, peer] : peers_) {
        if (!peer.is_to_be_reminded) continue;
        auto& pace = peer.told->again;
        if (pace.take(now)) {
            peer.is_to_be_reminded = false;
            reminders.due.push_back(pid);
        } else {
            const auto wait = pace.wait(now);
            reminders.next = std::min(reminders.next.value_or(wait), wait);
        }
    }
    return reminders;
}

}  // namespace bully::net
