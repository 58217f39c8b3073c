#include "sim/checks/group_properties.hpp"

#include "core/election.hpp"
#include "sim/scenario/roster.hpp"
#include "sim/util/counted.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace bully::sim {

void GroupProperties::on_begin(const Scenario& scenario) {
    scenario_ = &scenario;
    bounds_ = bounds_of(scenario, mode_);
    obstacles_ = obstacles(scenario, bounds_);
    bounds_.lengthen_waits(observability_.tolerance);
    demanding_ = obstacles_.empty();
    clock_.reset(scenario, bounds_);
    processes_.assign(scenario.processes.size(), {});
    believers_.assign(scenario.processes.size() + 1, 0);
    live_ = 0;
    highest_live_ = 0;
    leaders_.clear();
    overlap_end_ = Time::max();
    demand_ = Demand::pending;
    unasked_at_ = Time{-1};
    told_at_ = Time{-1};
    forgotten_at_ = {};
    advanced_to_ = {};
    demands_.reset();
    end_ = {};
}

// What changes hands: the notes

void GroupProperties::on_life(const LifeNote& note) {
    if (!demanding_) return;
    advance(note.at);
    auto& started = process(note.number);
    const bool was_joining = started.running && started.phase == Phase::joining;
    started.running = true;
    started.paused = false;
    started.discounts = false;
    started.recovered_at = Time{-1};
    started.election = 0;
    started.phase = note.process->phase();
    started.endpoint = note.member->endpoint;
    started.members = note.process->members();
    join_changes(note.number, was_joining, note.at);
    set_leader(started, note.process->leader(), note.at);
    refresh(note.number, note.at);
}

void GroupProperties::on_world(const WorldNote& note) {
    if (!demanding_) return;
    advance(note.at);
    if (note.number != 0) check_orphan(note.number, note.at);  // it may be its last hour
    if (note.kind == WorldNote::Kind::daemon_restart) forget_all(note.at);
    clock_.on_world(note);
    if (note.number == 0) return;
    auto& changed = process(note.number);
    const bool was_joining = changed.running && !changed.paused && changed.phase == Phase::joining;
    switch (note.kind) {
        case WorldNote::Kind::crash:
        case WorldNote::Kind::give_up:
            remember(note.number, note.at);  // its next life JOINs
            changed.running = false;
            changed.paused = false;
            break;
        case WorldNote::Kind::pause: changed.paused = true; break;
        case WorldNote::Kind::resume:
            changed.paused = false;
            changed.resumed_at = note.at;
            break;
        default: return;
    }
    join_changes(note.number, was_joining, note.at);
    refresh(note.number, note.at);
}

void GroupProperties::on_message(const MessageNote& note) {
    if (!demanding_) return;
    if (note.disturbed) {
        advance(note.at);
        clock_.on_message(note);
    } else if (note.fate == Fate::to_down && note.to != 0 && process(note.to).answers) {
        // It listens, but at another address: between live processes, a message that doesn't arrive is a lost one.
        advance(note.at);
        clock_.disturbance(note.at, "a message to an old address");
    }
    if (note.type == MessageType::join && note.fate == Fate::delivered && process(note.from).forgotten) {
        advance(note.at);
        remember(note.from, note.at);
    }
    if (note.fate != Fate::sent || note.type == MessageType::ok || note.type == MessageType::probe) return;
    if (!has_agreed() || note.at <= clock_.due() + bounds_.quiet()) return;
    if (note.at == unasked_at_ && note.from == unasked_) return;
    if (note.type == MessageType::join &&
        note.from != 0) {  // row 18: while the daemon is down it is asked again and again
        const auto& asks = process(note.from);
        if (asks.leader_pid && !asks.members.contains(*asks.leader_pid)) return;
    }
    log_.report(Property::p16, note.at, {note.from == 0 ? note.to : note.from},
                std::string(to_string(note.type)) + " from " + name(note.from) +
                    ", when all had agreed and nothing had happened since " + bully::to_string(clock_.last_fault()));
}

void GroupProperties::check(const StepNote& note, const StepDigest& digest) {
    if (!demanding_) return;
    advance(note.at);
    auto& stepped = process(note.number);
    const auto after = note.process->view();
    const auto& event = *note.event;
    if (stepped.phase == Phase::following) check_orphan(note.number, note.at);
    // The world is told of a feigned failure only after the step that begins or ends it.
    if ((after.phase == Phase::failed) != (note.before.phase == Phase::failed)) {
        clock_.fault(note.at, after.phase == Phase::failed ? "a feigned failure" : "a recovery");
        if (after.phase != Phase::failed) stepped.recovered_at = note.at;
    }
    const auto* fired = std::get_if<TimerFired>(&event);
    if ((fired != nullptr && fired->timer == Timer::refresh) || std::holds_alternative<Joined>(event)) {
        unasked_at_ = note.at;
        unasked_ = note.number;
        if (digest.announce != nullptr || digest.ask != nullptr) {
            told_at_ = note.at;
            told_by_ = note.number;
        }
    }
    if (!observability_.messages && is_remembered_by(note)) remember(note.number, note.at);
    // It may have missed who joined, and who leads, and nobody but the daemon knows that it has.
    if (std::holds_alternative<JoinFailed>(event) && recovered_lately(stepped, note.at)) {
        clock_.disturbance(note.at, "a recovery while the coordinator daemon is down");
    }
    if (after.phase != Phase::leading) {
        stepped.asks = 0;
    } else if (digest.ask != nullptr && std::holds_alternative<AnswerReceived>(event) && stepped.asks < UINT8_MAX) {
        ++stepped.asks;
    }
    for (const auto& action : note.actions) {
        if (const auto* timer = std::get_if<StartTimer>(&action)) {
            if (timer->timer == Timer::probe_gap) {
                clock_.note_gap(note.at, timer->range.max + observability_.tolerance);
            }
        } else if (const auto* warning = std::get_if<Warn>(&action)) {
            stepped.discounts = stepped.discounts || warning->what == Warn::What::answer_discounted;
        }
    }
    if (digest.elections > 0) {
        stepped.election = digest.election->round;
        stepped.election_at = note.at;
    }
    check_victory(note, digest);
    if (!stepped.members.same_snapshot(note.process->members())) stepped.members = note.process->members();

    if (after.leader != stepped.leader_pid || after.phase != stepped.phase) {
        const bool was_joining = stepped.running && !stepped.paused && stepped.phase == Phase::joining;
        const bool changed = after.leader != stepped.leader_pid;
        if (stepped.phase != Phase::following && after.phase == Phase::following) {
            stepped.following_since = note.at;
        }
        if (was_joining && after.phase != Phase::down) clock_.election_begun();  // who has joined elects
        stepped.phase = after.phase;
        join_changes(note.number, was_joining, note.at);
        set_leader(stepped, after.leader, note.at);
        refresh(note.number, note.at);
        if (changed && stepped.live && has_agreed() && note.at > clock_.due()) {
            log_.report(Property::p15, note.at, {note.number},
                        name(note.number) +
                            " changed its leader, though all had agreed and nothing had happened since " +
                            bully::to_string(clock_.last_fault()));
        }
    } else if (std::holds_alternative<CoordinatorReceived>(event) && after.phase == Phase::following) {
        stepped.following_since = note.at;  // row 19: the gap starts anew
    }
}

void GroupProperties::on_end(Time at) {
    end_ = at;
    if (!demanding_) return;
    advance(at);
    if (demand_ == Demand::pending && at == clock_.due()) demand_agreement(at);
    for (Number number = 1; number <= processes_.size(); ++number) check_orphan(number, at);
    demands_.agreement_ends({clock_.last_fault(), clock_.last_what(), clock_.due(), at, 1, demand_});
    demands_.finish(at);
}

// Keeping count

void GroupProperties::join_changes(Number number, bool was_joining, Time at) {
    const auto& changed = process(number);
    const bool joins = changed.running && !changed.paused && changed.phase == Phase::joining;
    if (joins != was_joining) clock_.joining(at, joins);
}

// Whoever is down has no need to be known: its next life JOINs.
void GroupProperties::forget_all(Time at) {
    std::uint32_t count = 0;
    for (auto& known : processes_) {
        known.forgotten = known.running;
        count += known.running ? 1U : 0U;
    }
    forgotten_at_ = at;
    clock_.forgets(count);
}

void GroupProperties::remember(Number number, Time at) {
    if (std::exchange(process(number).forgotten, false)) clock_.remembers_one(at);
}

// Where no message is told of: a JOIN that is answered so late was sent to the daemon after its restart.
bool GroupProperties::is_remembered_by(const StepNote& note) const {
    const auto& asked = processes_[note.number - 1];
    return asked.forgotten && std::holds_alternative<Joined>(*note.event) &&
           note.at > std::max(forgotten_at_, asked.resumed_at) + bounds_.join;
}

void GroupProperties::set_leader(Process& believer, std::optional<ProcessId> leader, Time at) {
    if (believer.leader_pid == leader) return;
    if (believer.live) --believers_[believer.leader];
    believer.leader_pid = leader;
    believer.leader = leader ? number_of(*leader, scenario_->processes) : 0;
    believer.following_since = at;
    if (believer.live) ++believers_[believer.leader];
}

void GroupProperties::refresh(Number number, Time at) {
    auto& changed = process(number);
    const bool runs = changed.running && !changed.paused;
    const bool answers = runs && changed.phase != Phase::down && changed.phase != Phase::failed;
    const bool live = answers && changed.phase != Phase::joining;
    if (answers != changed.answers) {
        changed.answers = answers;
        if (answers) {
            changed.answers_since = at;
        } else {
            changed.answered_since = changed.answers_since;
            changed.answers_until = at;
        }
    }
    if (live != changed.live) {
        changed.live = live;
        if (live) {
            ++live_;
            ++believers_[changed.leader];
            highest_live_ = std::max(highest_live_, number);
        } else {
            --live_;
            --believers_[changed.leader];
            while (highest_live_ > 0 && !processes_[highest_live_ - 1].live) --highest_live_;
        }
    }
    set_leading(number, live && changed.phase == Phase::leading, at);
}

bool GroupProperties::nobody_elects() const {
    return std::none_of(processes_.begin(), processes_.end(), [](const Process& process) {
        return process.answers &&
               (process.phase == Phase::awaiting_answers || process.phase == Phase::awaiting_coordinator);
    });
}

bool GroupProperties::nobody_leads() const {
    return std::ranges::none_of(
        processes_, [](const Process& process) { return process.answers && process.phase == Phase::leading; });
}

bool GroupProperties::agreed() const { return live_ == 0 || believers_[highest_live_] == live_; }

// P14: what must be true by now, before what happens at `at` has changed anything.
void GroupProperties::advance(Time at) {
    if (const auto overtaken = clock_.take_overtaken()) begin_epoch(*overtaken);
    if (demand_ == Demand::pending && at > clock_.due()) demand_agreement(clock_.due());
    if (at > overlap_end_) report_overlap();
    advanced_to_ = at;
}

// What was looked at last was a fault: what it has ended is noted.
void GroupProperties::begin_epoch(const CalmClock::Overtaken& overtaken) {
    demands_.agreement_ends({overtaken.fault, overtaken.what, overtaken.due, advanced_to_, 1, demand_});
    if (!clock_.is_calm()) demands_.calm_ends(advanced_to_, clock_.last_what());
    demand_ = Demand::pending;
    excuse_.clear();
}

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
    log_.report(Property::p14, at, concerned,
                name(astray) + (leader == 0 ? " follows nobody" : " follows " + name(leader)) + ", not " +
                    name(highest_live_) + ", the greatest live process, long after the last fault at " +
                    bully::to_string(clock_.last_fault()));
}

// The outcome

std::string GroupProperties::why_not_agreed() const {
    if (demand_ == Demand::nobody) return "nobody is live";
    return demand_ == Demand::excused ? excuse_ : clock_.why_not_due(end_);
}

std::vector<PropertyDemand> GroupProperties::demands_of(Property property) const {
    if (!demanding_) return {};
    if (property == Property::p14 || property == Property::p15 || property == Property::p16) {
        const auto more = property == Property::p16 ? bounds_.quiet() : Duration::zero();
        return demands_.agreements(more, property == Property::p14, why_not_agreed());
    }
    if (property == Property::p18 && !scenario_->probing) return {};
    return demands_.calm();
}

PropertyResult GroupProperties::result(Property property) const {
    PropertyResult result;
    result.name = name_of(property);
    const bool agreement = property == Property::p14 || property == Property::p15 || property == Property::p16;
    const auto more = property == Property::p16 ? bounds_.quiet() : Duration::zero();
    const bool unwatched = property == Property::p18 && !scenario_->probing;
    if (property == Property::p12) {
        result.bound = "overlap within " + bully::to_string(bounds_.overlap());
    } else if (property == Property::p13) {
        result.bound = "live for " + bully::to_string(2 * bounds_.longest_delay) + " from being asked";
    } else if (property == Property::p18) {
        result.bound = "within " + bully::to_string(bounds_.detection(clock_.longest_gap()));
    } else if (demanding_) {
        result.bound = demands_.agreement_text(more, property == Property::p14);
    }
    const bool violated = log_.count(property) > 0;
    if (violated) {
        result.status = PropertyResult::Status::violated;
        result.detail = counted(log_.count(property), "time");
    } else if (!demanding_ || unwatched) {
        result.status = PropertyResult::Status::not_demanded;
        result.detail = demanding_ ? "probing is off" : obstacles_.front();
    }
    if (!demanding_ || unwatched) return result;
    const auto not_calm = agreement || !demands_.ever_calm() ? std::string() : demands_.not_calm_text();
    if (!not_calm.empty()) {
        result.bound += ", " + demands_.calm_text() + "; not demanded " + not_calm;
        if (!demands_.calm_at_end() && demand_ == Demand::failed) result.bound += ", and no agreement since";
    }
    if (violated) return result;
    const bool ever = agreement ? demands_.ever_agreed(more) : demands_.ever_calm();
    const bool at_end = agreement ? demands_.agreed_at_end(more) : demands_.calm_at_end();
    if (ever && at_end) return result;
    result.status = ever ? PropertyResult::Status::partly : PropertyResult::Status::not_demanded;
    if (!agreement) {
        if (!ever) result.detail = "there was no calm: " + clock_.why_not_due(end_);
    } else if (log_.count(Property::p14) > 0 && demand_ != Demand::pending) {
        result.detail = "there was no agreement";
    } else if (demands_.agreed_at_end()) {
        result.detail = "the run ends at " + bully::to_string(end_) + ", before all has been delivered";
    } else {
        result.detail = why_not_agreed();
    }
    return result;
}

}  // namespace bully::sim
