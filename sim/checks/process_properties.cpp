#include "sim/checks/process_properties.hpp"

#include "core/names.hpp"
#include "core/transitions.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

bool includes_pids(const Membership& all, const Membership& some) {
    return std::ranges::includes(all.members(), some.members(), {}, &Member::pid, &Member::pid);
}

Duration longest_wait(const Timing& timing, Phase phase) {
    return phase == Phase::awaiting_answers ? timing.answer_timeout : timing.coordinator_timeout;
}

}  // namespace

void ProcessProperties::on_begin(const Scenario& scenario) {
    PropertyObserver::on_begin(scenario);
    models_.assign(scenario.processes.size(), {});
    for (std::size_t i = 0; i < models_.size(); ++i) models_[i].spec = &scenario.processes[i];
}

void ProcessProperties::on_life(const LifeNote& note) {
    auto& model = models_[note.number - 1];
    const auto* spec = model.spec;
    model = {};
    model.spec = spec;
    model.running = true;
    const auto view = note.process->view();
    model.phase = view.phase;
    model.members = note.process->members();
    model.endpoint = note.member->endpoint;
    model.asked = higher_count(*note.process);  // a settled leader has won before the run began
    model.election = note.process->won_round();
    record_timers(model, note.number, note.at, note.actions, view);
}

void ProcessProperties::on_world(const WorldNote& note) {
    if (note.number == 0) return;
    auto& model = models_[note.number - 1];
    switch (life_change(note.kind)) {
        case LifeChange::ends:
            check_overdue(model, note.number, note.at);
            model.running = false;
            break;
        case LifeChange::pauses:
            check_overdue(model, note.number, note.at);
            model.paused = true;
            break;
        case LifeChange::resumes:
            model.paused = false;
            model.resumed_at = note.at;
            break;
        case LifeChange::none: break;
    }
}

void ProcessProperties::on_message(const MessageNote& note) {
    if (!observability_.messages || note.fate != Fate::sent || note.from == 0) return;
    auto& model = models_[note.from - 1];
    if (note.type == MessageType::election) {
        --model.elections_due;
    } else if (note.type == MessageType::coordinator) {
        --model.coordinators_due;
    }
    if (model.failed) {
        violated(Property::p10, note.from, note.at, std::string(to_string(note.type)) + " sent while failed");
    }
}

void ProcessProperties::on_end(Time at) {
    for (Number number = 1; number <= models_.size(); ++number) check_overdue(models_[number - 1], number, at);
}

// What nearly all steps of a large group are: an election goes on as it was, and at most an OK goes out, to the
// ELECTION that came. Unless something is overdue, each check below would find nothing and have nothing to remember.
inline bool ProcessProperties::is_routine(const Model& model, const StepNote& note, const StepDigest& digest) {
    if (!is_electing(model.phase) || model.phase != note.before.phase || note.process->view() != note.before)
        return false;
    if (note.at > model.waiting_until || model.gap_open || model.probe_open) return false;
    if (model.elections_due != 0 || model.coordinators_due != 0) return false;
    if (!note.process->members().same_snapshot(model.members)) return false;
    if (const auto* answer = std::get_if<AnswerReceived>(note.event)) {
        // The first OK that counts is to be remembered.
        return note.actions.empty() && (model.answered || answer->round != model.election);
    }
    const auto* election = std::get_if<ElectionReceived>(note.event);
    return election != nullptr && note.actions.size() == 1 && digest.replies == 1 &&
           digest.reply->reply_to == election->reply_to;
}

bool ProcessProperties::check(const StepNote& note, const StepDigest& digest) {
    auto& model = models_[note.number - 1];
    if (is_routine(model, note, digest)) return true;
    const auto after = note.process->view();
    check_sent(model, note.number, note.at);
    check_timeout(model, note);
    check_waits(model, note.number, note.at);
    check_watch_deadlines(model, note.number, note.at);
    check_refresh_deadline(model, note.number, note.at);
    check_rounds(model, note, digest);
    check_failure(model, note, digest);
    check_requests(model, note, digest);
    record_outcome(model, note);
    check_watch(model, note, digest);
    check_refresh(model, note, digest);
    check_election(model, note, digest);
    check_victory(model, note, digest);
    check_leader(model, note);
    check_members(model, note);
    record_timers(model, note.number, note.at, note.actions, after);
    if (is_electing(after.phase) && (after.phase != note.before.phase || after.round != note.before.round)) {
        begin_wait(model, after.phase, note.at);
    }
    model.phase = after.phase;
    return false;
}

// P2 and P3: what was multicast went to all that it is for.
void ProcessProperties::check_sent(Model& model, Number number, Time at) {
    if (!observability_.messages) return;
    if (model.elections_due != 0) {
        violated(Property::p2, number, at,
                 "an election asked " + std::to_string(std::abs(model.elections_due)) +
                     (model.elections_due > 0 ? " higher members too few" : " members too many"));
    }
    if (model.coordinators_due != 0) {
        violated(Property::p3, number, at,
                 "a victory sent " + std::to_string(std::abs(model.coordinators_due)) + " COORDINATORs too " +
                     (model.coordinators_due > 0 ? "few" : "many"));
    }
    model.elections_due = 0;
    model.coordinators_due = 0;
}

void ProcessProperties::begin_wait(Model& model, Phase phase, Time at) {
    model.waiting_since = at;
    model.waiting_until = at + longest_wait(model.spec->timing, phase);
}

// P6: a wait ends in time. Found at the next step, or at the end of the run.
void ProcessProperties::check_waits(Model& model, Number number, Time at) {
    if (!is_electing(model.phase)) return;
    if (!is_overdue(model, model.waiting_until, at)) return;
    const bool for_answers = model.phase == Phase::awaiting_answers;
    violated(Property::p6, number, at,
             std::string("has been awaiting ") + (for_answers ? "answers" : "the coordinator") + " since " +
                 bully::to_string(model.waiting_since) + ", longer than " +
                 bully::to_string(longest_wait(model.spec->timing, model.phase)));
    begin_wait(model, model.phase, at);  // once for each such span
}

// P6: and not before its time, either.
void ProcessProperties::check_timeout(const Model& model, const StepNote& note) {
    const auto* fired = std::get_if<TimerFired>(note.event);
    if (fired == nullptr || fired->round != note.before.round || !is_electing(note.before.phase)) return;
    const bool for_answers = note.before.phase == Phase::awaiting_answers;
    if (fired->timer != (for_answers ? Timer::answer : Timer::coordinator)) return;
    const auto waited = note.at - model.waiting_since;
    if (waited >= longest_wait(model.spec->timing, note.before.phase)) return;
    violated(Property::p6, note.number, note.at,
             std::string(for_answers ? "T_ok" : "T_coord") + " ran out after only " + bully::to_string(waited));
}

Round ProcessProperties::round_of_timer(const Model& model, const View& before, Timer timer) {
    switch (slot(timer)) {
        case TimerSlot::main: return before.round;
        case TimerSlot::hold_down: return model.hold_down_timer;
        case TimerSlot::feign: return model.feign_timer;
        case TimerSlot::refresh: return model.refresh_timer;
    }
    return no_round;
}

// P7: what is of an older round has no effect; and what is new has a new round.
void ProcessProperties::check_rounds(const Model& model, const StepNote& note, const StepDigest& digest) {
    const auto& event = *note.event;
    const auto after = note.process->view();
    const auto& before = note.before;
    bool stale = false;
    std::visit(
        Overloaded{
            [&](const TimerFired& fired) { stale = fired.round != round_of_timer(model, before, fired.timer); },
            [&](const AnyOf<AnswerReceived, Unreachable> auto& outcome) { stale = outcome.round != before.round; },
            [&](const AnyOf<Joined, JoinFailed> auto& outcome) {
                // Members are welcome from any JOIN, and a leader has to ask or tell new ones; nothing else is.
                const bool tells = mode_ == Mode::robust && before.phase == Phase::leading &&
                                   note.process->members().size() > model.members.size();
                if (outcome.round != before.round && !tells &&
                    (after.phase != before.phase || after.leader != before.leader || digest.elections > 0)) {
                    violated(Property::p7, note.number, note.at,
                             "the outcome of an older JOIN, of round " + std::to_string(outcome.round) +
                                 ", changed more than the members");
                }
            },
            // These have no round.
            [](const AnyOf<Start, ElectionReceived, ProbeReceived, CoordinatorReceived, Elect, Feign> auto&) {},
        },
        event);
    if (stale && (after != before || !note.actions.empty())) {
        violated(Property::p7, note.number, note.at,
                 std::string(to_string(kind_of(event))) + " of round " + std::to_string(round_of(event)) +
                     " had an effect" + in_round(before.round));
    }
    const bool same_election = before.phase == Phase::awaiting_answers && after.phase == Phase::awaiting_coordinator;
    if (after.phase != before.phase && !same_election && after.round == before.round) {
        violated(Property::p7, note.number, note.at,
                 "began something new without a new round: an outcome from before would still count");
    }
}

// P10: while failed, nothing; then an election, with the leader forgotten (rule 8).
void ProcessProperties::check_failure(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto after = note.process->view();
    if (note.before.phase != Phase::failed) {
        model.failed = after.phase == Phase::failed;
        return;
    }
    const auto* fired = as_timer(*note.event, Timer::feign);
    if (fired == nullptr || fired->round != model.feign_timer) {
        if (after != note.before || !note.actions.empty()) {
            violated(Property::p10, note.number, note.at,
                     "acted on " + std::string(to_string(kind_of(*note.event))) + " while failed");
        }
        return;
    }
    model.failed = after.phase == Phase::failed;
    if (!began_election(model, note, digest) || !digest.has<Listen>()) {
        violated(Property::p10, note.number, note.at, "the first act after the recovery isn't an election");
    }
    if (after.leader && *after.leader != model.spec->pid) {
        violated(Property::p10, note.number, note.at, "the leader was kept over a feigned failure");
    }
}

// P4 and P5: one OK for each ELECTION (and each PROBE, rule 7), before anything else, and no deadline moves.
void ProcessProperties::check_requests(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto* election = std::get_if<ElectionReceived>(note.event);
    const auto* probe = std::get_if<ProbeReceived>(note.event);
    const bool request = (election != nullptr || probe != nullptr) && answers_requests(note.before.phase);
    if (!request) {
        if (digest.replies > 0) violated(Property::p4, note.number, note.at, "OK without an ELECTION or PROBE");
        return;
    }
    const std::string what = election != nullptr ? "an ELECTION" : "a PROBE";
    const auto reply_to = election != nullptr ? election->reply_to : probe->reply_to;
    if (digest.replies != 1 || digest.reply->reply_to != reply_to) {
        violated(Property::p4, note.number, note.at,
                 what + " was answered by " + std::to_string(digest.replies) + " OKs instead of one");
    } else if (digest.reply_after_election) {
        violated(Property::p4, note.number, note.at, what + " was answered after the own ELECTIONs went out");
    }
    if (election == nullptr) return;
    if (is_electing(note.before.phase) && (digest.elections > 0 || digest.ask != nullptr || digest.has<StartTimer>() ||
                                           note.process->view() != note.before)) {
        violated(Property::p5, note.number, note.at, "an ELECTION disturbed the election that was under way");
    }
    if (note.before.phase == Phase::leading && digest.announce == nullptr) model.held = true;
}

// P11
void ProcessProperties::check_members(Model& model, const StepNote& note) {
    const auto& now = note.process->members();
    if (now.same_snapshot(model.members)) return;
    if (!includes_pids(now, model.members)) violated(Property::p11, note.number, note.at, "forgot a member");
    const auto own = now.find(model.spec->pid);
    if (!own || now.members()[*own].endpoint != model.endpoint) {
        violated(Property::p11, note.number, note.at, "its own entry was overwritten");
    }
    model.members = now;
}

void ProcessProperties::record_timers(Model& model, Number number, Time at, std::span<const Action> actions,
                                      const View& after) {
    const auto move = [&](Round& known, const StartTimer& timer, const char* name) {
        if (timer.round == known) {
            violated(Property::p5, number, at, std::string("the deadline of ") + name + " was moved");
        }
        known = timer.round;
    };
    for (const auto& action : actions) {
        const auto* timer = std::get_if<StartTimer>(&action);
        if (timer == nullptr) continue;
        switch (timer->timer) {
            case Timer::answer: move(model.answer_timer, *timer, "T_ok"); break;
            case Timer::coordinator: move(model.coordinator_timer, *timer, "T_coord"); break;
            case Timer::hold_down: model.hold_down_timer = timer->round; break;
            case Timer::feign: model.feign_timer = timer->round; break;
            case Timer::refresh:
                model.refresh_timer = timer->round;
                model.refresh_due = at + timer->range.max;
                break;
            case Timer::probe_gap: record_gap(model, number, at, *timer, after); break;
            case Timer::probe_timeout:
            case Timer::join_retry: break;
        }
    }
}

}  // namespace bully::sim
