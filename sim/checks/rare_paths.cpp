#include "sim/checks/rare_paths.hpp"

#include "core/election.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

bool is_message(const Event& event) {
    return std::visit(
        Overloaded{
            [](const AnyOf<ElectionReceived, ProbeReceived, CoordinatorReceived, AnswerReceived> auto&) {
                return true;
            },
            [](const AnyOf<Start, Joined, JoinFailed, Unreachable, TimerFired, Elect, Feign> auto&) { return false; },
        },
        event);
}

}  // namespace

void RarePaths::on_begin(const Scenario& scenario) {
    scenario_ = &scenario;
    reached_.clear();
    backlogs_.assign(scenario.processes.size(), {});
}

void RarePaths::reach(std::string_view path) {
    if (!reached(path)) reached_.push_back(path);
}

bool RarePaths::reached(std::string_view path) const {
    return std::find(reached_.begin(), reached_.end(), path) != reached_.end();
}

void RarePaths::on_life(const LifeNote& note) { backlogs_[note.number - 1] = {}; }

void RarePaths::on_world(const WorldNote& note) {
    if (note.kind != WorldNote::Kind::resume) return;
    backlogs_[note.number - 1].resumed_at = note.at;
    backlogs_[note.number - 1].message_since = false;
}

void RarePaths::on_message(const MessageNote& note) {
    if (note.fate == Fate::lost) reach("message_lost");
}

void RarePaths::on_step(const StepNote& note) {
    const StepDigest digest(note.actions);
    look_at_backlog(note);
    look_at_event(note, digest);
    look_at_actions(note);
}

void RarePaths::look_at_event(const StepNote& note, const StepDigest& digest) {
    const auto after = note.process->view();
    const auto before = note.before.phase;
    const bool ignored = note.actions.empty() && after == note.before;
    std::visit(Overloaded{
                   [&](const ElectionReceived&) {
                       const bool held = before == Phase::leading && digest.announces == 0 && digest.elections == 0;
                       if (held) reach("announcement_held");
                   },
                   [&](const ProbeReceived&) {
                       if (before == Phase::following && digest.ask != nullptr) reach("misled_prober_told");
                   },
                   [&](const CoordinatorReceived& claim) { look_at_claim(note, digest, claim); },
                   [&](const AnswerReceived& answer) {
                       if (ignored && answer.round != note.before.round) reach("late_answer_ignored");
                       if (before == Phase::leading && digest.ask != nullptr) reach("higher_member_asked");
                   },
                   [&](const TimerFired& fired) {
                       if (fired.timer == Timer::refresh && digest.has<Join>()) reach("refreshed");
                       if (ignored) reach("stale_timer_ignored");
                       if (before == Phase::awaiting_answers && digest.elections > 0) reach("asked_again");
                       if (fired.timer == Timer::coordinator && digest.elections > 0) reach("coordinator_timeout");
                   },
                   [&](const Unreachable& unreachable) {
                       if (unreachable.why == Unreachable::Why::refused) reach("connection_refused");
                       if (before != Phase::awaiting_answers) return;
                       if (after.phase == Phase::leading) reach("all_refused");
                       if (digest.elections > 0) reach("asked_again");
                   },
                   [&](const Joined&) {
                       if (before == Phase::leading && digest.announces > 0) reach("strangers_told");
                   },
                   [&](const JoinFailed&) {
                       if (note.before.watch == Watch::lookup ||
                           (before == Phase::following && note.before.watch == Watch::rejoin && after.phase == before &&
                            after.watch == Watch::gap)) {
                           reach("stranger_followed_on");
                       }
                       if (is_idle(before) && note.before.watch == Watch::rejoin &&
                           (digest.elections > 0 || after.phase != before || digest.announces > 0)) {
                           reach("elected_without_daemon");
                       }
                   },
                   [](const AnyOf<Start, Elect, Feign> auto&) {},  // nothing rare
               },
               *note.event);
}

void RarePaths::look_at_claim(const StepNote& note, const StepDigest& digest, const CoordinatorReceived& claim) {
    const auto after = note.process->view();
    const auto before = note.before.phase;
    const bool live = before != Phase::down && before != Phase::failed;
    if (live && claim.leader < note.process->self() && after.leader != claim.leader) {
        reach("lower_coordinator_rejected");
    }
    const bool was_open = note.before.watch == Watch::probe || note.before.watch == Watch::rejoin;
    if (before == Phase::following && was_open && after.phase == Phase::following && after.round != note.before.round &&
        after.watch != Watch::rejoin) {
        reach("open_probe_voided");
    }
    if (after.phase == Phase::following && after.leader == claim.leader && digest.has<Join>()) {
        reach("unknown_coordinator_followed");
    }
}

void RarePaths::look_at_actions(const StepNote& note) {
    const auto look_at = Overloaded{
        [&](const SendProbe&) {
            if (note.process->phase() == Phase::leading) reach("higher_member_probed");
        },
        [&](const StartTimer& timer) {
            const auto usual = scenario_->processes[note.number - 1].timing.probe_gap;
            if (timer.timer == Timer::probe_gap && timer.range != usual) reach("probe_gap_doubled");
            if (slot(timer.timer) == TimerSlot::main) backlogs_[note.number - 1].main_due = note.at + timer.range.max;
        },
        [&](const Warn& warning) {
            if (warning.what == Warn::What::answer_discounted) reach("answer_discounted");
            if (warning.what == Warn::What::duplicate_identity_listed ||
                warning.what == Warn::What::duplicate_identity_claimed) {
                reach("duplicate_identity_noticed");
            }
        },
        // Of these look_at_event sees what is rare.
        [](const AnyOf<Join, SendElection, Announce, Reply, StopListening, Listen, LeaderChanged, GiveUp,
                       AskHigher> auto&) {},
    };
    for (const auto& action : note.actions) std::visit(look_at, action);
}

// Row 20: a message of the backlog is read although a timer is overdue; the timer comes after it, or never.
void RarePaths::look_at_backlog(const StepNote& note) {
    auto& backlog = backlogs_[note.number - 1];
    if (backlog.resumed_at != note.at) return;
    if (is_message(*note.event)) {
        backlog.message_since = true;
        if (backlog.main_due <= note.at) reach("backlog_before_timers");
    } else if (backlog.message_since && std::holds_alternative<TimerFired>(*note.event)) {
        reach("backlog_before_timers");
    }
}

}  // namespace bully::sim
