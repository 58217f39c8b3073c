// P14: whether all follow the greatest live process when that is due, and if not, whether a rule still has to act.
#include "sim/checks/group_properties.hpp"

#include <algorithm>
#include <cassert>

namespace bully::sim {

bool GroupProperties::nobody_elects() const {
    return std::none_of(processes_.begin(), processes_.end(),
                        [](const Process& process) { return process.answers && is_electing(process.phase); });
}

bool GroupProperties::nobody_leads() const {
    return std::ranges::none_of(
        processes_, [](const Process& process) { return process.answers && process.phase == Phase::leading; });
}

bool GroupProperties::agreed() const { return live_ == 0 || believers_[highest_live_] == live_; }

// R3 has a leader PROBE the higher members that it knows, and ask them to lead, if not every time; R6 has it leave out
// those that it has discounted. So, after a disturbance in which the right messages were lost, only R8 can tell a
// leader of one that it doesn't know, has given up on or has asked already. A follower that knows its leader by its pid
// alone can't PROBE it; one that PROBEs a process that knows the greatest so can't be helped by that; and if the
// greatest doesn't know the follower, it announces itself to all but that one.
bool GroupProperties::needs_refresh(Time at) const {
    if (!scenario_->probing) return true;
    if (told_lately(at)) return true;
    const auto pid = [&](Number number) { return scenario_->processes[number - 1].pid; };
    const auto& greatest = processes_[highest_live_ - 1];
    for (Number number = 1; number <= processes_.size(); ++number) {
        const auto& misled = processes_[number - 1];
        if (!misled.live || misled.leader == highest_live_) continue;
        if (misled.phase == Phase::leading) {
            if (misled.discounts || misled.asks > 1 || !misled.members.contains(pid(highest_live_))) return true;
        } else if (misled.phase == Phase::following) {
            if (misled.follows_stranger() || !greatest.members.contains(pid(number))) return true;
            if (misled.leader != 0 && processes_[misled.leader - 1].follows_stranger()) return true;
        }
    }
    return false;
}

// What R8 has had somebody say, or made others do, may be on its way.
bool GroupProperties::told_lately(Time at) const {
    return told_at_ >= Time::zero() && at <= told_at_ + bounds_.told_by_refresh();
}

// Two that didn't know each other win T_coord and T_ok after the death of whoever kept both waiting, and a third gets
// the greater one's COORDINATOR first. The one that it follows follows the greatest, and asks that one to announce
// itself again (R2) as soon as it is PROBEd. When that is the latest; 0 if a process is misled in another way.
Time GroupProperties::next_probes() const {
    auto latest = Time::zero();
    const auto crossing = clock_.last_fault() + bounds_.crossing_victories();
    for (Number number = 1; number <= processes_.size(); ++number) {
        const auto& misled = processes_[number - 1];
        if (!misled.live || misled.leader == highest_live_) continue;
        if (misled.phase != Phase::following || misled.leader == 0 || misled.following_since > crossing) return {};
        const auto& followed = processes_[misled.leader - 1];
        if (followed.phase != Phase::following || followed.leader != highest_live_) return {};
        latest = std::max(latest, misled.following_since + clock_.longest_gap() + 3 * bounds_.longest_delay);
    }
    return latest;
}

// A process that knows its leader by its pid alone asks the daemon after each gap, and can PROBE that leader only after
// another one. A daemon that was down may let it wait so long.
Time GroupProperties::last_lookup() const {
    auto latest = Time(-1);
    for (const auto& one : processes_) {
        if (one.live) latest = std::max(latest, one.looked_up_at);
    }
    return latest;
}

void GroupProperties::demand_agreement(Time at) {
    // They may agree for a moment, in which another's announcement is still under way.
    const bool contested = mode_ == Mode::robust && told_lately(at) && told_by_ != highest_live_;
    if (agreed() && !(contested && clock_.put_off())) {
        demand_ = live_ > 0 ? Demand::reached : Demand::nobody;
        const bool was_calm = clock_.is_calm();
        clock_.settled(at);
        if (!was_calm) {
            refresh_overlap();
            demands_.calm_begins(at);
        }
        return;
    }
    if (agreed()) return;
    if (mode_ == Mode::robust && needs_refresh(at) && clock_.put_off()) return;
    if (mode_ == Mode::robust && clock_.put_off_until(next_probes())) return;
    if (mode_ == Mode::robust && !clock_.is_calm() &&
        clock_.put_off_until(last_lookup() + bounds_.settle_after_cut(clock_.longest_gap()))) {
        return;
    }
    if (mode_ == Mode::robust && clock_.daemon_is_down() &&
        std::ranges::any_of(processes_, &Process::follows_stranger)) {
        clock_.wait_for_daemon();
        return;
    }
    Number astray = 0;
    for (Number number = 1; number <= processes_.size() && astray == 0; ++number) {
        const auto& one = processes_[number - 1];
        if (one.live && one.leader != highest_live_) astray = number;
    }
    assert(astray != 0);
    // The COORDINATORs of several winners overtook each other, a process was told to elect that didn't know who has
    // joined, or the last COORDINATOR of a process that has crashed came when others were electing: the next PROBE
    // finds out, where there is one, or R8, where somebody leads.
    if (!scenario_->probing && nobody_elects() && (mode_ == Mode::strict || nobody_leads())) {
        demand_ = Demand::excused;
        excuse_ = "probing is off, and nobody elects any more: only a PROBE would tell " + name(astray) + " of " +
                  name(highest_live_);
        return;
    }
    demand_ = Demand::failed;
    const auto leader = processes_[astray - 1].leader;
    const auto concerned = astray == highest_live_ ? std::vector{astray} : std::vector{astray, highest_live_};
    violated(Property::p14, at, concerned,
             name(astray) + (leader == 0 ? " follows nobody" : " follows " + name(leader)) + ", not " +
                 name(highest_live_) + ", the greatest live process, long after the last fault at " +
                 bully::to_string(clock_.last_fault()));
}

}  // namespace bully::sim
