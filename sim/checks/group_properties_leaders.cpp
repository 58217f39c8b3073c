// P12, P13 and P18: who leads, and whether those who follow it may.
#include "core/election.hpp"
#include "sim/checks/group_properties.hpp"

#include <algorithm>
#include <string>

namespace bully::sim {

// P12: two live leaders

void GroupProperties::set_leading(Number number, bool leading, Time at) {
    const auto known =
        std::find_if(leaders_.begin(), leaders_.end(), [&](const Leader& leader) { return leader.number == number; });
    if (leading == (known != leaders_.end())) return;
    if (leading) {
        // It asks those above of whom the JOIN tells, and the leader among them answers by a COORDINATOR.
        leaders_.push_back(
            {number, at,
             recovered_lately(process(number), at) ? bounds_.join + bounds_.longest_delay : Duration::zero()});
    } else {
        leaders_.erase(known);
    }
    refresh_overlap();
}

void GroupProperties::refresh_overlap() {
    overlap_end_ = Time::max();
    if (leaders_.size() < 2) return;
    auto slack = Duration::zero();
    for (const auto& leader : leaders_) slack = std::max(slack, leader.slack);
    overlap_end_ = std::max(leaders_[1].since, clock_.calm_since()) + bounds_.overlap() + slack;
}

void GroupProperties::overlap_is_too_long() {
    const auto at = overlap_end_;
    overlap_end_ = Time::max();  // once for as long as the set of leaders stays
    if (!clock_.is_calm()) return;
    violated(Property::p12, at, {leaders_[0].number, leaders_[1].number},
             name(leaders_[0].number) + " and " + name(leaders_[1].number) + " have both led since " +
                 bully::to_string(leaders_[1].since) + ", longer than " + bully::to_string(bounds_.overlap()));
}

// P13: a victory over a live higher process. That one must have been there when it was asked: if it has come back only
// then, and waits for a still higher one, it has no way to say so.
void GroupProperties::check_victory(const StepNote& note, const StepDigest& digest) {
    const bool entered = note.before.phase != Phase::leading && note.process->phase() == Phase::leading;
    const bool announced = digest.announce != nullptr && !digest.announce->again;
    if (!announced && !entered) return;
    const auto& winner = process(note.number);
    const auto& members = note.process->members();
    if (note.process->own_position() + 1 == members.size() || winner.discounts) return;
    if (!clock_.is_calm() || clock_.calm_since() > winner.election_at || !winner.live) return;
    const auto until = std::min(note.at, winner.election_at + 2 * bounds_.longest_delay);
    for (Number number = note.number + 1; number <= processes_.size(); ++number) {
        const auto& higher = processes_[number - 1];
        const bool answered = higher.answers
                                  ? higher.answers_since <= winner.election_at
                                  : higher.answered_since <= winner.election_at && higher.answers_until > until;
        if (!answered) continue;
        const auto position = members.find(scenario_->processes[number - 1].pid);
        // At the address that the winner knows for it nobody may have heard the question.
        if (!position || members.members()[*position].endpoint != higher.endpoint) continue;
        violated(Property::p13, note.at, {note.number, number},
                 name(note.number) + " won, though " + name(number) + " was live and within reach since " +
                     bully::to_string(winner.election_at) + ", when it was asked");
        return;
    }
}

// P18: a live process idly follows a dead one.
void GroupProperties::check_orphan(Number number, Time at) {
    auto& follower = process(number);
    if (!follower.live || follower.phase != Phase::following || follower.leader == 0) return;
    const auto& leader = processes_[follower.leader - 1];
    if (leader.answers || !scenario_->probing || !clock_.is_calm()) return;
    if (clock_.daemon_is_down() && follower.follows_stranger()) return;
    const auto since = std::max({follower.following_since, leader.answers_until, clock_.calm_since()});
    if (at <= since + bounds_.detection(clock_.longest_gap())) return;
    violated(
        Property::p18, at, {number, follower.leader},
        name(number) + " has followed " + name(follower.leader) + ", which is dead, since " + bully::to_string(since));
    follower.following_since = at;  // once for each such span
}

}  // namespace bully::sim
