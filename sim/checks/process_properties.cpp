#include "sim/checks/process_properties.hpp"

#include "core/election.hpp"
#include "core/names.hpp"
#include "core/transitions.hpp"
#include "sim/util/counted.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

constexpr std::uint32_t discount_after_rounds = 3;  // R6

bool is_electing(Phase phase) { return phase == Phase::awaiting_answers || phase == Phase::awaiting_coordinator; }
bool is_live(Phase phase) { return phase != Phase::down && phase != Phase::failed; }

std::uint32_t higher_count(const Election& process) {
    return static_cast<std::uint32_t>(process.members().size() - process.own_position() - 1);
}

const TimerFired* as_timer(const Event& event, Timer timer) {
    const auto* fired = std::get_if<TimerFired>(&event);
    return fired != nullptr && fired->timer == timer ? fired : nullptr;
}

bool includes_pids(const Membership& all, const Membership& some) {
    return std::ranges::includes(all.members(), some.members(), {}, &Member::pid, &Member::pid);
}

Duration longest_wait(const Timing& timing, Phase phase) {
    return phase == Phase::awaiting_answers ? timing.answer_timeout : timing.coordinator_timeout;
}

std::size_t distinct(std::vector<ProcessId>& pids) {
    std::ranges::sort(pids);
    pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
    return pids.size();
}

std::string in_round(Round round) { return " in round " + std::to_string(round); }

}  // namespace

void ProcessProperties::on_begin(const Scenario& scenario) {
    scenario_ = &scenario;
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
    note_timers(model, note.number, note.at, note.actions, view);
}

void ProcessProperties::on_world(const WorldNote& note) {
    if (note.number == 0) return;
    auto& model = models_[note.number - 1];
    switch (note.kind) {
        case WorldNote::Kind::crash:
        case WorldNote::Kind::give_up:
            check_overdue(model, note.number, note.at);
            model.running = false;
            break;
        case WorldNote::Kind::pause:
            check_overdue(model, note.number, note.at);
            model.paused = true;
            break;
        case WorldNote::Kind::resume:
            model.paused = false;
            model.resumed_at = note.at;
            break;
        default: break;
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
        report(Property::p10, note.from, note.at, std::string(to_string(note.type)) + " sent while failed");
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
    note_outcome(model, note);
    check_watch(model, note, digest);
    check_refresh(model, note, digest);
    check_election(model, note, digest);
    check_victory(model, note, digest);
    check_leader(model, note);
    check_members(model, note);
    note_timers(model, note.number, note.at, note.actions, after);
    if (is_electing(after.phase) && (after.phase != note.before.phase || after.round != note.before.round)) {
        begin_wait(model, after.phase, note.at);
    }
    model.phase = after.phase;
    return false;
}

bool ProcessProperties::began_election(const Model& model, const StepNote& note, const StepDigest& digest) {
    if (digest.elections > 0) return true;
    if (digest.announce != nullptr) return !digest.announce->again && digest.announce->round != model.election;
    if (note.process->phase() != Phase::leading) return false;
    if (note.before.phase != Phase::leading) return !model.open;
    // The only member of its group wins again without a word (row 17).
    return note.process->members().size() == 1 && note.process->view().round != note.before.round;
}

// P2 and P3: what was multicast went to all that it is for.
void ProcessProperties::check_sent(Model& model, Number number, Time at) {
    if (!observability_.messages) return;
    if (model.elections_due != 0) {
        report(Property::p2, number, at,
               "an election asked " + std::to_string(std::abs(model.elections_due)) +
                   (model.elections_due > 0 ? " higher members too few" : " members too many"));
    }
    if (model.coordinators_due != 0) {
        report(Property::p3, number, at,
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
    report(Property::p6, number, at,
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
    report(Property::p6, note.number, note.at,
           std::string(for_answers ? "T_ok" : "T_coord") + " ran out after only " + bully::to_string(waited));
}

// P7: what is of an older round has no effect; and what is new has a new round.
void ProcessProperties::check_rounds(const Model& model, const StepNote& note, const StepDigest& digest) {
    const auto& event = *note.event;
    const auto after = note.process->view();
    const auto& before = note.before;
    bool stale = false;
    if (const auto* fired = std::get_if<TimerFired>(&event)) {
        switch (slot(fired->timer)) {
            case TimerSlot::main: stale = fired->round != before.round; break;
            case TimerSlot::hold_down: stale = fired->round != model.hold_down_timer; break;
            case TimerSlot::feign: stale = fired->round != model.feign_timer; break;
            case TimerSlot::refresh: stale = fired->round != model.refresh_timer; break;
        }
    } else if (std::holds_alternative<AnswerReceived>(event) || std::holds_alternative<Unreachable>(event)) {
        stale = round_of(event) != before.round;
    } else if (std::holds_alternative<Joined>(event) || std::holds_alternative<JoinFailed>(event)) {
        // Members are welcome from any JOIN, and a leader has to ask or tell new ones; nothing else is.
        const bool tells = mode_ == Mode::robust && before.phase == Phase::leading &&
                           note.process->members().size() > model.members.size();
        if (round_of(event) != before.round && !tells &&
            (after.phase != before.phase || after.leader != before.leader || digest.elections > 0)) {
            report(Property::p7, note.number, note.at,
                   "the outcome of an older JOIN, of round " + std::to_string(round_of(event)) +
                       ", changed more than the members");
        }
    }
    if (stale && (after != before || !note.actions.empty())) {
        report(Property::p7, note.number, note.at,
               std::string(to_string(kind_of(event))) + " of round " + std::to_string(round_of(event)) +
                   " had an effect" + in_round(before.round));
    }
    const bool same_election = before.phase == Phase::awaiting_answers && after.phase == Phase::awaiting_coordinator;
    if (after.phase != before.phase && !same_election && after.round == before.round) {
        report(Property::p7, note.number, note.at,
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
            report(Property::p10, note.number, note.at,
                   "acted on " + std::string(to_string(kind_of(*note.event))) + " while failed");
        }
        return;
    }
    model.failed = after.phase == Phase::failed;
    if (!began_election(model, note, digest) || !digest.has<Listen>()) {
        report(Property::p10, note.number, note.at, "the first act after the recovery isn't an election");
    }
    if (after.leader && *after.leader != model.spec->pid) {
        report(Property::p10, note.number, note.at, "the leader was kept over a feigned failure");
    }
}

// P4 and P5: one OK for each ELECTION (and each PROBE, rule 7), before anything else, and no deadline moves.
void ProcessProperties::check_requests(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto* election = std::get_if<ElectionReceived>(note.event);
    const auto* probe = std::get_if<ProbeReceived>(note.event);
    const bool request = (election != nullptr || probe != nullptr) && is_live(note.before.phase);
    if (!request) {
        if (digest.replies > 0) report(Property::p4, note.number, note.at, "OK without an ELECTION or PROBE");
        return;
    }
    const std::string what = election != nullptr ? "an ELECTION" : "a PROBE";
    const auto reply_to = election != nullptr ? election->reply_to : probe->reply_to;
    if (digest.replies != 1 || digest.reply->reply_to != reply_to) {
        report(Property::p4, note.number, note.at,
               what + " was answered by " + std::to_string(digest.replies) + " OKs instead of one");
    } else if (digest.reply_after_election) {
        report(Property::p4, note.number, note.at, what + " was answered after the own ELECTIONs went out");
    }
    if (election == nullptr) return;
    if (is_electing(note.before.phase) && (digest.elections > 0 || digest.ask != nullptr || digest.has<StartTimer>() ||
                                           note.process->view() != note.before)) {
        report(Property::p5, note.number, note.at, "an ELECTION disturbed the election that was under way");
    }
    if (note.before.phase == Phase::leading && digest.announce == nullptr) model.held = true;
}

void ProcessProperties::note_outcome(Model& model, const StepNote& note) {
    const auto& event = *note.event;
    if (const auto* answer = std::get_if<AnswerReceived>(&event)) {
        const auto& discounted = model.discounted;
        if (answer->round == model.election && answer->from > model.spec->pid &&
            std::find(discounted.begin(), discounted.end(), answer->from) == discounted.end()) {
            model.answered = model.answered || model.open;
        }
    } else if (const auto* unreachable = std::get_if<Unreachable>(&event)) {
        if (unreachable->round == model.election && unreachable->why != Unreachable::Why::given_up) {
            model.refused.push_back(unreachable->peer);
        }
    } else if (const auto* claim = std::get_if<CoordinatorReceived>(&event)) {
        if (is_live(note.before.phase) && claim->leader != model.spec->pid) {
            std::erase_if(model.discounted, [&](ProcessId pid) { return pid <= claim->leader; });
        }
    } else if (const auto* fired = as_timer(event, Timer::answer)) {
        if (fired->round == model.election && note.at >= model.election_at + model.spec->timing.answer_timeout) {
            model.timed_out = true;
        }
    } else if (const auto* in_vain = as_timer(event, Timer::coordinator)) {
        if (in_vain->round == model.coordinator_timer) ++model.waits_in_vain;
    }
}

// P6: how an election may end; R6: whose OK counts.
void ProcessProperties::check_election(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto after = note.process->view();
    for (const auto& action : note.actions) {
        const auto* warning = std::get_if<Warn>(&action);
        if (warning == nullptr || warning->what != Warn::What::answer_discounted) continue;
        if (model.waits_in_vain < discount_after_rounds) {
            report(Property::p2, note.number, note.at,
                   "an OK was discounted before three rounds without a leader (R6)");
        }
        model.discounted.push_back(*warning->about);
    }
    if (is_electing(note.before.phase) && (after.phase != note.before.phase || after.round != note.before.round)) {
        const auto& event = *note.event;
        bool legal = false;
        switch (after.phase) {
            case Phase::leading: legal = true; break;  // P2
            case Phase::following: legal = std::holds_alternative<CoordinatorReceived>(event); break;
            case Phase::failed:
                legal = std::holds_alternative<Feign>(event) || as_timer(event, Timer::feign) != nullptr;
                break;
            case Phase::awaiting_coordinator: legal = std::holds_alternative<AnswerReceived>(event); break;
            case Phase::awaiting_answers:
                legal = as_timer(event, Timer::answer) != nullptr || as_timer(event, Timer::coordinator) != nullptr ||
                        std::holds_alternative<Unreachable>(event);
                break;
            case Phase::down:
            case Phase::joining: break;
        }
        if (!legal) {
            report(Property::p6, note.number, note.at,
                   "an election ended as " + std::string(to_string(after.phase)) + " because of " +
                       std::string(to_string(kind_of(event))));
        }
    }
    if (digest.elections > 0) {
        model.election = digest.election->round;
        model.election_at = note.at;
        model.asked = higher_count(*note.process);
        model.refused.clear();
        model.answered = false;
        model.timed_out = false;
        model.open = true;
        model.elections_due += digest.elections * static_cast<std::int64_t>(model.asked);
    } else if (after.phase == Phase::following || after.phase == Phase::failed) {
        model.open = false;
        if (after.phase == Phase::following && note.before.phase != Phase::following) model.waits_in_vain = 0;
    }
    if (digest.ask != nullptr) {  // R2, R3, R8: those above are asked, and no election waits for them
        model.asked = higher_count(*note.process);
        model.elections_due += static_cast<std::int64_t>(model.asked);
    }
    const auto* hold_down = as_timer(*note.event, Timer::hold_down);
    if (hold_down != nullptr && hold_down->round == model.hold_down_timer) model.hold_down_timer = 0;
    if (digest.elections > 0 || after.phase == Phase::failed) {
        model.hold_down_timer = 0;
        model.held = false;
    }
    if (after.phase == Phase::failed || after.phase == Phase::down) model.refresh_timer = 0;
}

// P2: victories are earned. P3: each is announced once, to all.
void ProcessProperties::check_victory(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto& process = *note.process;
    const bool entered = note.before.phase != Phase::leading && process.phase() == Phase::leading;
    if (digest.announces == 0 && !entered) {
        // The only member of its group wins again without a word (row 17).
        if (process.phase() == Phase::leading && process.members().size() == 1) model.election = process.won_round();
        return;
    }

    const auto members = process.members().size();
    const auto higher = higher_count(process);
    if (digest.announce != nullptr && digest.announce->again) {
        check_repetition(model, note, *digest.announce);
    } else if (higher > 0) {
        const auto earned = [&]() -> std::string {
            if (!model.open) return "without an election";
            if (digest.announce != nullptr && digest.announce->round != model.election) {
                return "in another round than that of its election";
            }
            if (model.asked != higher) {
                return "over " + std::to_string(higher) + " higher members, of which it asked only " +
                       std::to_string(model.asked);
            }
            if (model.answered) return "although a higher process answered OK";
            if (!model.timed_out && distinct(model.refused) < model.asked) return "before T_ok ran out, or all refused";
            return {};
        }();
        if (!earned.empty()) report(Property::p2, note.number, note.at, "won " + earned + in_round(model.election));
    } else {
        model.election = process.won_round();  // the only member of its group says nothing
        model.asked = 0;
    }
    model.open = false;
    model.held = false;
    model.waits_in_vain = 0;

    const std::uint8_t due = members > 1 ? 1 : 0;
    if (digest.announces != due) {
        report(Property::p3, note.number, note.at,
               "a victory made " + counted(digest.announces, "announcement") + " to " + counted(members - 1, "other"));
    } else if (digest.announce != nullptr && digest.announce->leader != model.spec->pid) {
        report(Property::p3, note.number, note.at, "announced somebody else as the leader");
    }
    model.coordinators_due += digest.announces * static_cast<std::int64_t>(members - 1);
}

// P3: what a leader repeats, and why.
void ProcessProperties::check_repetition(Model& model, const StepNote& note, const Announce& announce) {
    const auto& event = *note.event;
    const auto* claim = std::get_if<CoordinatorReceived>(&event);
    const bool for_election =
        std::holds_alternative<ElectionReceived>(event) || (as_timer(event, Timer::hold_down) != nullptr && model.held);
    const bool for_strangers =
        (std::holds_alternative<Joined>(event) || std::holds_alternative<JoinFailed>(event)) &&
        (round_of(event) == model.ended_rejoin || note.process->members().size() > model.members.size());
    const bool for_claim = claim != nullptr && claim->leader < model.spec->pid;
    if (note.before.phase != Phase::leading || mode_ == Mode::strict ||
        (!for_election && !for_strangers && !for_claim && as_timer(event, Timer::refresh) == nullptr)) {
        report(Property::p3, note.number, note.at, "an announcement that nobody has asked for");
    }
    if (announce.round != model.election) {
        report(Property::p2, note.number, note.at, "announced an election other than the one that it won");
    }
    if (higher_count(*note.process) > model.asked) {
        report(Property::p2, note.number, note.at, "announced over higher members that were never asked");
    }
}

bool ProcessProperties::follows_stranger(const StepNote& note) const {
    const auto leader = note.before.leader;
    return mode_ == Mode::robust && note.before.phase == Phase::following && leader && *leader > note.process->self() &&
           !note.process->members().contains(*leader);
}

// P1
void ProcessProperties::check_leader(const Model& model, const StepNote& note) {
    const auto leader = note.process->leader();
    if (leader == note.before.leader || !leader || *leader >= model.spec->pid) return;
    report(Property::p1, note.number, note.at, "accepted a lower process as its leader");
}

// P11
void ProcessProperties::check_members(Model& model, const StepNote& note) {
    const auto& now = note.process->members();
    if (now.same_snapshot(model.members)) return;
    if (!includes_pids(now, model.members)) report(Property::p11, note.number, note.at, "forgot a member");
    const auto own = now.find(model.spec->pid);
    if (!own || now.members()[*own].endpoint != model.endpoint) {
        report(Property::p11, note.number, note.at, "its own entry was overwritten");
    }
    model.members = now;
}

void ProcessProperties::note_timers(Model& model, Number number, Time at, std::span<const Action> actions,
                                    const View& after) {
    const auto move = [&](Round& known, const StartTimer& timer, const char* name) {
        if (timer.round == known) {
            report(Property::p5, number, at, std::string("the deadline of ") + name + " was moved");
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
            case Timer::probe_gap: note_gap(model, number, at, *timer, after); break;
            case Timer::probe_timeout:
            case Timer::join_retry: break;
        }
    }
}

}  // namespace bully::sim
