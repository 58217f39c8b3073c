#include "sim/view/recorder.hpp"

#include "core/election.hpp"
#include "sim/scenario/roster.hpp"

#include <algorithm>
#include <utility>

namespace bully::sim {
namespace {

Look look_of(Phase phase) {
    switch (phase) {
        case Phase::down: return Look::down;
        case Phase::joining: return Look::joining;
        case Phase::following: return Look::following;
        case Phase::leading: return Look::leading;
        case Phase::awaiting_answers: return Look::asking;
        case Phase::awaiting_coordinator: return Look::waiting;
        case Phase::failed: return Look::feigning;
    }
    return Look::none;
}

// Row 6. The timers of the other slots are replaced, never late.
bool is_late(const StepNote& note) {
    const auto round = note.before.round;
    if (const auto* answer = std::get_if<AnswerReceived>(note.event)) return answer->round != round;
    if (const auto* unreachable = std::get_if<Unreachable>(note.event)) return unreachable->round != round;
    const auto* fired = std::get_if<TimerFired>(note.event);
    return fired != nullptr && slot(fired->timer) == TimerSlot::main && fired->round != round;
}

}  // namespace

void ViewRecorder::on_begin(const Scenario& scenario) {
    scenario_ = &scenario;
    narrator_.begin(scenario);
    model_ = {};
    ledger_ = {};
    lanes_.begin(scenario.processes.size());
    processes_.assign(scenario.processes.size(), {});
    arrived_.reset();
    acting_.reset();
    happened_.reset();
    order_ = 0;
    is_cut_ = false;
}

ViewState ViewRecorder::state_of(const View& view) const {
    return {view.phase, view.watch, view.leader ? number_of(*view.leader, scenario_->processes) : 0, view.round};
}

ViewLine ViewRecorder::line(Time at, Narration narration) {
    return {at, order_++, narration.prominence, std::move(narration.text)};
}

void ViewRecorder::show(Time at, Number number, const View& view) {
    if (!processes_[number - 1].running) return;
    lanes_.set(at, number, look_of(view.phase), state_of(view).leader);
}

void ViewRecorder::on_life(const LifeNote& note) {
    if (is_cut_) return;
    auto& process = processes_[note.number - 1];
    process = {};
    process.running = true;
    acting_.reset();
    show(note.at, note.number, note.process->view());
}

void ViewRecorder::on_step(const StepNote& note) {
    if (is_cut_) return;
    auto& process = processes_[note.number - 1];
    const auto index = static_cast<ViewIndex>(model_.steps.size());
    ViewStep step;
    step.line = line(note.at, narrator_.step(note));
    step.number = note.number;
    step.event = kind_of(*note.event);
    step.late = is_late(note);
    if (!step.late) step.row = find_transition(note.before.phase, step.event);
    step.before = state_of(note.before);
    step.after = state_of(note.process->view());
    step.cause = cause_of(note);
    for (const auto& action : note.actions) {
        const auto* timer = std::get_if<StartTimer>(&action);
        if (timer == nullptr) continue;
        step.timers.push_back({timer->timer, timer->range});
        process.timers[static_cast<std::size_t>(timer->timer)] = index;
    }
    model_.steps.push_back(std::move(step));
    acting_ = index;
    show(note.at, note.number, note.process->view());
}

ViewCause ViewRecorder::cause_of(const StepNote& note) {
    const auto message = [&](std::optional<ViewIndex> request) -> ViewCause {
        if (!request) return {};
        model_.messages[*request].outcome = static_cast<ViewIndex>(model_.steps.size());
        return {ViewCause::Kind::message, *request};
    };
    if (const auto arrived = std::exchange(arrived_, std::nullopt)) {
        model_.messages[*arrived].step = static_cast<ViewIndex>(model_.steps.size());
        return {ViewCause::Kind::message, *arrived};
    }
    if (const auto* fired = std::get_if<TimerFired>(note.event)) {
        const auto started = processes_[note.number - 1].timers[static_cast<std::size_t>(fired->timer)];
        return started ? ViewCause{ViewCause::Kind::timer, *started} : ViewCause{};
    }
    if (const auto* joined = std::get_if<Joined>(note.event)) return message(join_of(note.number, joined->round));
    if (const auto* failed = std::get_if<JoinFailed>(note.event)) return message(join_of(note.number, failed->round));
    if (const auto* e = std::get_if<Unreachable>(note.event)) {
        return message(request_of(note.number, e->round, note.from));
    }
    // A start is told right before; what the scenario makes a process do otherwise may have no note of its own.
    const bool is_told = std::holds_alternative<Start>(*note.event) || std::holds_alternative<Elect>(*note.event);
    return is_told && happened_ ? ViewCause{ViewCause::Kind::world, *happened_} : ViewCause{};
}

std::optional<ViewIndex> ViewRecorder::request_of(Number number, Round round, Number peer) {
    const auto& process = processes_[number - 1];
    const auto asked = process.asked.find({round, peer});
    if (asked != process.asked.end()) return asked->second;
    const auto other = process.requests_by_round.find(round);
    return other == process.requests_by_round.end() ? std::nullopt : std::optional(other->second);
}

// Of JOINs without a round the answers can't be told apart; the first one is taken.
std::optional<ViewIndex> ViewRecorder::join_of(Number number, Round round) {
    auto& process = processes_[number - 1];
    if (round != no_round) {
        const auto found = process.requests_by_round.find(round);
        return found == process.requests_by_round.end() ? std::nullopt : std::optional(found->second);
    }
    if (process.loose_joins.empty()) return std::nullopt;
    const auto first = process.loose_joins.front();
    process.loose_joins.erase(process.loose_joins.begin());
    return first;
}

void ViewRecorder::remember_request(const MessageNote& note, ViewIndex index) {
    auto& process = processes_[note.from - 1];
    if (note.type == MessageType::election) process.asked[{note.round, note.to}] = index;
    if (note.type == MessageType::probe) process.requests_by_round[note.round] = index;
    if (note.type != MessageType::join) return;
    if (note.round == no_round) {
        process.loose_joins.push_back(index);
    } else {
        process.requests_by_round[note.round] = index;
    }
}

void ViewRecorder::send(const MessageNote& note) {
    if (is_full() && !is_cut_) {
        is_cut_ = true;
        model_.end = note.at;
    }
    if (is_cut_) {
        ++model_.left_out;
        return;
    }
    const auto add = [&](std::optional<Duration> delay, std::optional<ViewIndex> original) {
        const auto index = static_cast<ViewIndex>(model_.messages.size());
        ViewMessage message{note.type,  note.from, note.to, note.round,   note.at,      std::nullopt, note.disturbed,
                            Fate::sent, note.at,   acting_, std::nullopt, std::nullopt, original,     {}};
        if (delay) message.due = note.at + *delay;
        ledger_.sent(note, index, message.due);
        model_.messages.push_back(std::move(message));
        return index;
    };
    const bool is_lost = note.disturbed && note.delay == Duration::zero();
    const auto index = add(is_lost ? std::nullopt : std::optional(note.delay), std::nullopt);
    remember_request(note, index);
    auto narration = narrator_.message(note);
    if (!narration.text.empty()) model_.messages[index].lines.push_back(line(note.at, std::move(narration)));
    if (note.copy) add(note.copy, index);
}

void ViewRecorder::on_message(const MessageNote& note) {
    if (note.fate == Fate::sent) {
        send(note);
        return;
    }
    const auto index = is_cut_ ? std::nullopt : ledger_.ended(note);
    if (!index) return;
    auto& message = model_.messages[*index];
    message.fate = note.fate;
    message.known = note.at;
    if (note.fate == Fate::delivered && note.to != 0) arrived_ = *index;
    auto narration = narrator_.message(note);
    if (!narration.text.empty()) message.lines.push_back(line(note.at, std::move(narration)));
}

void ViewRecorder::on_world(const WorldNote& note) {
    if (is_cut_) return;
    using enum WorldNote::Kind;
    happened_ = static_cast<ViewIndex>(model_.world.size());
    model_.world.push_back({line(note.at, narrator_.world(note)), note.kind, note.number, note.ends});
    if (note.number == 0) return;
    auto& process = processes_[note.number - 1];
    if (note.kind == crash || note.kind == give_up) {
        process.running = false;
        lanes_.set(note.at, note.number, Look::down, 0);
    }
    if (note.kind == pause) lanes_.pause(note.at, note.number);
    if (note.kind == resume) lanes_.resume(note.at, note.number);
}

void ViewRecorder::on_end(Time at) {
    if (!is_cut_) model_.end = at;
    lanes_.finish(model_.end, model_);
}

}  // namespace bully::sim
