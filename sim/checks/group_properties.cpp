#include "sim/checks/group_properties.hpp"

#include "core/election.hpp"
#include "sim/scenario/roster.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>
#include <utility>

namespace bully::sim {

void GroupProperties::on_begin(const Scenario& scenario) {
    PropertyObserver::on_begin(scenario);
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
    switch (life_change(note.kind)) {
        case LifeChange::ends:
            remember(note.number, note.at);  // its next life JOINs
            changed.running = false;
            changed.paused = false;
            break;
        case LifeChange::pauses: changed.paused = true; break;
        case LifeChange::resumes:
            changed.paused = false;
            changed.resumed_at = note.at;
            break;
        case LifeChange::none: return;
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
    violated(Property::p16, note.at, {note.from == 0 ? note.to : note.from},
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
    const auto look_at = Overloaded{
        [&](const StartTimer& timer) {
            if (timer.timer != Timer::probe_gap) return;
            clock_.record_gap(note.at, timer.range.max + observability_.tolerance);
        },
        [&](const Warn& warning) {
            stepped.discounts = stepped.discounts || warning.what == Warn::What::answer_discounted;
        },
        // The digest has these, or the state after the step shows what they did.
        [](const AnyOf<Join, SendElection, Announce, SendProbe, Reply, StopListening, Listen, LeaderChanged, GiveUp,
                       AskHigher> auto&) {},
    };
    for (const auto& action : note.actions) std::visit(look_at, action);
    if (digest.elections > 0) {
        stepped.election = digest.election->round;
        stepped.election_at = note.at;
    }
    check_victory(note, digest);
    if (!stepped.members.same_snapshot(note.process->members())) {
        const bool looks_up = stepped.follows_stranger();
        stepped.members = note.process->members();
        if (looks_up && !stepped.follows_stranger()) stepped.looked_up_at = note.at;
    }

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
            violated(Property::p15, note.at, {note.number},
                     name(note.number) + " changed its leader, though all had agreed and nothing had happened since " +
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

// P14: what must be true by now, before what happens at `at` has changed anything.
void GroupProperties::advance(Time at) {
    if (const auto overtaken = clock_.take_overtaken()) begin_epoch(*overtaken);
    if (demand_ == Demand::pending && at > clock_.due()) demand_agreement(clock_.due());
    if (at > overlap_end_) overlap_is_too_long();
    advanced_to_ = at;
}

// What was looked at last was a fault: what it has ended is noted.
void GroupProperties::begin_epoch(const CalmClock::Overtaken& overtaken) {
    demands_.agreement_ends({overtaken.fault, overtaken.what, overtaken.due, advanced_to_, 1, demand_});
    if (!clock_.is_calm()) demands_.calm_ends(advanced_to_, clock_.last_what());
    demand_ = Demand::pending;
    excuse_.clear();
}

}  // namespace bully::sim
