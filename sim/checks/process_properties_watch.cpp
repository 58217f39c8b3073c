// P8 and P9: how a process watches its leader and, leading, the higher members; and R8, without which nobody would ever
// look for those that no PROBE finds.
#include "core/names.hpp"
#include "sim/checks/process_properties.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

bool is_silence(const Event& event) {
    const auto* unreachable = std::get_if<Unreachable>(&event);
    return unreachable == nullptr || unreachable->why == Unreachable::Why::given_up;
}

}  // namespace

bool ProcessProperties::follows_stranger(const StepNote& note) const {
    const auto leader = note.before.leader;
    return mode_ == Mode::robust && note.before.phase == Phase::following && leader && *leader > note.process->self() &&
           !note.process->members().contains(*leader);
}

void ProcessProperties::check_watch(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto after = note.process->view();
    if (as_timer(*note.event, Timer::probe_gap) != nullptr && round_of(*note.event) == note.before.round) {
        model.gap_open = false;
    }
    check_probe_outcome(model, note, digest);
    check_rejoin(model, note, digest);

    if (after.leader != note.before.leader) model.leader_answered = false;
    // R5: an announcement that is followed ends what is open about the leader before; strict forgets that.
    const bool followed = std::holds_alternative<CoordinatorReceived>(*note.event) && after.phase == Phase::following &&
                          (after.leader != note.before.leader || mode_ == Mode::robust) &&
                          after.round != note.before.round;
    const bool deposed = mode_ == Mode::strict && after.phase == Phase::following &&
                         note.before.phase == Phase::following && after.leader != note.before.leader;
    if (followed || deposed || began_election(model, note, digest) || !is_idle(after.phase)) {
        model.probe_open = false;
        if (model.rejoin != 0) model.void_rejoin = std::exchange(model.rejoin, 0);
        if (model.lookup != 0) model.void_rejoin = std::exchange(model.lookup, 0);
        model.gap_open = false;
    }
    if (digest.join != nullptr && is_idle(after.phase)) {
        const bool looks_up = after.watch == Watch::lookup;
        if (looks_up && !follows_stranger(note)) {
            violated(Property::p9, note.number, note.at, "looked for the address of a leader that is a member");
        }
        (looks_up ? model.lookup : model.rejoin) = digest.join->round;
        (looks_up ? model.rejoin : model.lookup) = 0;
        model.probe_open = false;
        model.gap_open = false;
    }
    if (digest.probe != nullptr) check_probe(model, note, *digest.probe);

    const bool starts_gap = std::any_of(note.actions.begin(), note.actions.end(), [](const Action& action) {
        const auto* timer = std::get_if<StartTimer>(&action);
        return timer != nullptr && timer->timer == Timer::probe_gap;
    });
    // Strict may leave the PROBE of an earlier leader open instead.
    if (mode_ == Mode::robust && scenario_->probing && after.phase == Phase::following && !starts_gap &&
        !model.gap_open && !model.probe_open && model.rejoin == 0 && model.lookup == 0) {
        violated(Property::p8, note.number, note.at, "follows a leader and doesn't watch it");
    }
}

void ProcessProperties::check_probe_outcome(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto& event = *note.event;
    if (model.probe == 0 || round_of(event) != model.probe) return;
    const bool answered = std::holds_alternative<AnswerReceived>(event);
    if (!answered && as_timer(event, Timer::probe_timeout) == nullptr && !std::holds_alternative<Unreachable>(event))
        return;
    if (!model.probe_open) {
        if (note.process->view() != note.before || !note.actions.empty()) {
            violated(Property::p7, note.number, note.at,
                     "the PROBE of an earlier leader was void, and its outcome had an effect (R5)");
        }
        return;
    }
    if (!is_idle(note.before.phase)) return;
    model.probe_open = false;
    const bool following = note.before.phase == Phase::following;
    if (answered) {
        if (following) {
            model.leader_answered = true;
            if (model.silent_leader == note.before.leader) model.silent_leader.reset();
        }
        return;
    }
    if (!following) return;
    if (as_timer(event, Timer::probe_timeout) != nullptr &&
        note.at - model.probe_at < model.spec->timing.probe_timeout) {
        violated(Property::p9, note.number, note.at,
                 "the PROBE was taken for failed after only " + bully::to_string(note.at - model.probe_at));
    }
    if (!is_silence(event)) {
        if (model.silent_leader == note.before.leader) model.silent_leader.reset();
    } else if (model.silent_leader == note.before.leader) {
        ++model.silent_failures;
    } else {
        model.silent_leader = note.before.leader;
        model.silent_failures = 1;
        model.had_answered_before = model.leader_answered;
    }
    if (digest.join == nullptr || began_election(model, note, digest)) {
        violated(Property::p9, note.number, note.at, "a failed PROBE of the leader wasn't followed by a JOIN");
    }
}

void ProcessProperties::check_rejoin(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto& event = *note.event;
    if (!std::holds_alternative<Joined>(event) && !std::holds_alternative<JoinFailed>(event)) return;
    const auto round = round_of(event);
    if (round == 0) return;
    const bool began = began_election(model, note, digest);
    const bool stranger = follows_stranger(note);
    if (round == model.lookup) {
        model.lookup = 0;
        if (began != (stranger && std::holds_alternative<Joined>(event))) {
            violated(Property::p9, note.number, note.at,
                     "the JOIN for the address of its leader was followed by " + std::string(began ? "an" : "no") +
                         " election");
        }
    } else if (round == model.rejoin) {
        model.ended_rejoin = std::exchange(model.rejoin, 0);
        const bool repeats = note.before.phase == Phase::leading && mode_ == Mode::robust;  // R1
        const bool follows_on = stranger && std::holds_alternative<JoinFailed>(event);      // row 18
        if (follows_on ? began : !repeats && (!began || digest.elections > 1)) {
            violated(Property::p9, note.number, note.at,
                     "the JOIN after a failed PROBE was followed by " + std::to_string(began ? digest.elections : 0) +
                         " elections instead of one");
        }
    } else if (round == model.void_rejoin && began &&
               !(note.before.phase == Phase::leading && note.process->members().size() > model.members.size())) {
        violated(Property::p9, note.number, note.at,
                 "a second election for one failed PROBE: another, or a new leader, had come before (R5)");
    }
}

void ProcessProperties::check_probe(Model& model, const StepNote& note, const SendProbe& probe) {
    const auto wrong = [&](std::string what) { violated(Property::p8, note.number, note.at, std::move(what)); };
    const auto after = note.process->view();
    const auto& timing = model.spec->timing;
    if (!scenario_->probing) wrong("a PROBE, with probing off");
    if (probe.to == model.spec->pid) wrong("a PROBE to itself");
    if (!is_idle(after.phase)) wrong("a PROBE in phase " + std::string(to_string(after.phase)));
    if (after.phase == Phase::following && after.leader != probe.to)
        wrong("a PROBE to a process other than the leader");
    if (after.phase == Phase::leading && (mode_ == Mode::strict || probe.to <= model.spec->pid)) {
        wrong("a leader's PROBE that isn't one of R3");
    }
    if (model.probe_open) wrong("a PROBE while another is open");
    if (as_timer(*note.event, Timer::probe_gap) == nullptr) {
        wrong("a PROBE before the gap was over");
    } else if (note.at - model.gap_at < timing.probe_gap.min) {
        wrong("a PROBE after a gap of only " + bully::to_string(note.at - model.gap_at));
    }
    model.probe_open = true;
    model.probe = probe.round;
    model.probe_at = note.at;
    model.gap_open = false;
}

// Before it stops, for good or for a while: no later step would tell.
void ProcessProperties::check_overdue(Model& model, Number number, Time at) {
    check_sent(model, number, at);
    if (!model.running || model.paused) return;
    check_waits(model, number, at);
    check_watch_deadlines(model, number, at);
    check_refresh_deadline(model, number, at);
}

void ProcessProperties::check_watch_deadlines(Model& model, Number number, Time at) {
    if (model.gap_open && is_overdue(model, model.gap_at + model.gap.max, at)) {
        violated(Property::p8, number, at, "no PROBE since " + bully::to_string(model.gap_at));
        model.gap_open = false;
    }
    if (model.probe_open && is_overdue(model, model.probe_at + model.spec->timing.probe_timeout, at)) {
        violated(Property::p9, number, at,
                 "the PROBE of " + bully::to_string(model.probe_at) + " neither was answered nor failed");
        model.probe_open = false;
    }
}

void ProcessProperties::record_gap(Model& model, Number number, Time at, const StartTimer& timer, const View& after) {
    const auto& timing = model.spec->timing;
    const auto& usual = timing.probe_gap;
    if (timer.range != usual) {
        // R7: only to a leader that has been silent to its latest PROBE; once is nothing, if it has answered before.
        const bool may_double = mode_ == Mode::robust && after.phase == Phase::following &&
                                after.leader == model.silent_leader &&
                                model.silent_failures > (model.had_answered_before ? 1U : 0U);
        const auto limit = std::max(timing.probe_gap_limit, usual.max);
        if (!may_double || timer.range.min < usual.min || timer.range.max > limit) {
            violated(Property::p8, number, at,
                     "a gap of " + bully::to_string(timer.range.min) + " to " + bully::to_string(timer.range.max));
        }
    }
    model.gap_open = true;
    model.gap_at = at;
    model.gap = timer.range;
}

void ProcessProperties::check_refresh_deadline(Model& model, Number number, Time at) {
    if (model.refresh_timer == 0 || !is_overdue(model, model.refresh_due, at)) return;
    violated(Property::p8, number, at, "no JOIN of R8 by " + bully::to_string(model.refresh_due));
    model.refresh_timer = 0;
}

// R8, for P14: who is idle JOINs again; and who leads says so, unless all have just been told, or there is nobody.
void ProcessProperties::check_refresh(const Model& model, const StepNote& note, const StepDigest& digest) {
    const auto before = note.before.phase;
    if (as_timer(*note.event, Timer::refresh) == nullptr || round_of(*note.event) != model.refresh_timer ||
        !is_idle(before)) {
        return;
    }
    if (!digest.has<Join>()) violated(Property::p8, note.number, note.at, "the time of R8 came without a JOIN");
    if (before != Phase::leading || model.hold_down_timer != 0 || note.process->members().size() == 1) return;
    if (digest.announce == nullptr) {
        violated(Property::p8, note.number, note.at, "the time of R8 came, and the leader announced itself to nobody");
    }
}

}  // namespace bully::sim
