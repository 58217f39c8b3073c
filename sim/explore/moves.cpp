#include "sim/explore/moves.hpp"

#include "core/transitions.hpp"

#include <algorithm>
#include <cassert>

namespace bully::sim::explore {
namespace {

constexpr std::uint8_t bit(std::uint8_t process) { return static_cast<std::uint8_t>(1U << (process - 1U)); }

}  // namespace

Moves::Moves(const Model& model) : model_(model), locals_(model_) {}

State Moves::first() {
    Successor begin;
    auto& state = begin.state;
    state.left = model_.budget;
    for (std::uint8_t process = 1; process <= last_process(); ++process) {
        if (!model_.settled) {
            start(begin, process);
            continue;
        }
        state.listed = locals_.everybody();
        const auto settled = locals_.settled(process);
        state.process(process).local = settled.next;
        for (const auto& effect : settled.effects) carry_out(state, process, effect, nullptr);
    }
    return state;
}

Successor& Moves::add(const State& state, std::vector<Successor>& out, Move move) {
    auto& next = out.emplace_back();
    next.move = move;
    next.state = state;
    return next;
}

// What comes by itself

void Moves::successors(const State& state, std::vector<Successor>& out) {
    out.clear();
    if (state.turn > last_turn()) {
        pass(state, out);
    } else if (state.turn > model_.processes) {
        daemon_turn(state, out);
    } else {
        take_turn(state, out);
    }
    for (std::uint8_t process = 1; process <= last_process(); ++process) refresh(state, process, out);
    for (auto& next : out) {
        if (next.move.kind != Move::Kind::pass) to_next_turn(next.state);
    }
}

bool Moves::is_due(const State& state, std::uint8_t turn) const {
    const auto to = turn > model_.processes ? std::uint8_t{0} : turn;
    for (const auto packed : state.under_way()) {
        const auto message = unpack(packed);
        if (message.to == to && message.due.earliest == 0) return true;
    }
    if (to == 0) return false;
    const auto& own = state.process(to);
    return (own.main_runs && own.main_due.earliest == 0) || (own.hold_down_runs && own.hold_down_due == 0) ||
           (own.feign_runs && own.feign_due.earliest == 0);
}

void Moves::to_next_turn(State& state) const {
    while (state.turn <= last_turn() && !is_due(state, state.turn)) {
        ++state.turn;
        state.timer_fired = false;
    }
}

void Moves::take_turn(const State& state, std::vector<Successor>& out) {
    const auto process = state.turn;
    const auto& own = state.process(process);
    bool message_must = false;
    const auto messages = state.under_way();
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto message = unpack(messages[i]);
        if (message.to != process || message.due.earliest > 0) continue;
        message_must = message_must || message.due.latest == 0;
        const bool seen = std::find(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(i), messages[i]) !=
                          messages.begin() + static_cast<std::ptrdiff_t>(i);
        if (seen || (state.timer_fired && !model_.ties_free)) continue;
        deliver(add(state, out, {Move::Kind::deliver, process, 0, {}, message, false}), i);
    }
    bool timer_must = false;
    const bool timers_may = model_.ties_free || !message_must;
    const auto fire = [&](Timer timer, Window due, bool ProcessState::*runs) {
        timer_must = timer_must || due.latest == 0;
        if (due.earliest > 0 || !timers_may) return;
        auto& next = add(state, out, {Move::Kind::fire, process, 0, timer, {}, false});
        next.state.process(process).*runs = false;
        next.state.timer_fired = !model_.ties_free;
        step(next, process, *input_of(next.move));
    };
    if (own.main_runs) fire(own.main, own.main_due, &ProcessState::main_runs);
    if (own.hold_down_runs) {
        fire(Timer::hold_down, {own.hold_down_due, own.hold_down_due}, &ProcessState::hold_down_runs);
    }
    if (own.feign_runs && own.feign_due.latest == 0) timer_must = true;  // to recover
    if (!message_must && !timer_must) pass(state, out);
}

void Moves::refresh(const State& state, std::uint8_t process, std::vector<Successor>& out) {
    if (of(state.left, Disturbance::refresh) == 0 || !is_open(state, process)) return;
    const auto& view = this->view(state, process);
    if (!view.packed.heeds(TimerSlot::refresh) || !view.takes(EventKind::refresh_due, model_.settings.mode)) return;
    auto& next = add(state, out, {Move::Kind::refresh, process, 0, Timer::refresh, {}, false});
    --of(next.state.left, Disturbance::refresh);
    step(next, process, *input_of(next.move));
}

// The daemon takes JOINs in any order, and at once.
void Moves::daemon_turn(const State& state, std::vector<Successor>& out) {
    const auto messages = state.under_way();
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto message = unpack(messages[i]);
        if (message.type != Carried::join || message.due.earliest > 0) continue;
        auto& next = add(state, out, {Move::Kind::deliver, 0, 0, {}, message, false});
        next.state.remove(i);
        next.state.listed = static_cast<std::uint8_t>(next.state.listed | bit(message.from));
        next.state.add(
            {Carried::joined, 0, message.from, message.present, next.state.listed, {model_.daemon, model_.daemon}});
    }
    if (out.empty()) pass(state, out);
}

void Moves::pass(const State& state, std::vector<Successor>& out) {
    auto& next = add(state, out, {Move::Kind::pass, state.turn, 0, {}, {}, false});
    auto& after = next.state;
    after.timer_fired = false;
    if (state.turn <= last_turn()) ++after.turn;
    to_next_turn(after);
    if (after.turn <= last_turn()) return;
    // Nothing is due any more: what may be done to the group then, may be done before, too.
    next.move.ticks = true;
    after.turn = 1;
    const auto later = [](Window& due) {
        assert(due.latest > 0);
        --due.latest;
        if (due.earliest > 0) --due.earliest;
    };
    for (std::uint8_t process = 1; process <= last_process(); ++process) {
        auto& own = after.process(process);
        if (own.main_runs) later(own.main_due);
        if (own.hold_down_runs) --own.hold_down_due;
        if (own.feign_runs) later(own.feign_due);
    }
    for (auto& packed : after.under_way()) {
        auto message = unpack(packed);
        later(message.due);
        packed = pack(message);
    }
    to_next_turn(after);
    if (leaders(after) < 2) return;
    const auto limit = longest_overlap(after);
    if (after.overlap < limit) {
        ++after.overlap;
    } else if (is_calm(after)) {
        next.violation = "P12: two live leaders for more than " + std::to_string(limit) + " ticks";
    }
}

void Moves::deliver(Successor& next, std::size_t which) {
    const auto message = unpack(next.state.messages[which]);
    auto& state = next.state;
    state.remove(which);
    const auto& own = state.process(message.to);
    if (!locals_.view(own.local).answers) {
        if (model_.refused && is_request(message.type) && message.present) {
            state.add({Carried::refusal, message.to, message.from, true, 0, model_.delay});
        }
        return;
    }
    step(next, message.to, *input_of({Move::Kind::deliver, message.to, 0, {}, message, false}), &message);
}

std::optional<Input> Moves::input_of(const Move& move) {
    const auto& message = move.message;
    switch (move.kind) {
        case Move::Kind::fire:
        case Move::Kind::refresh:
        case Move::Kind::recover: return Input{Input::Kind::timer, static_cast<std::uint8_t>(move.timer), 0, true};
        case Move::Kind::restart: return Input{Input::Kind::start, 0, 0, false};
        case Move::Kind::feign: return Input{Input::Kind::feign, 0, 0, false};
        case Move::Kind::deliver: break;
        default: return std::nullopt;
    }
    switch (message.type) {
        case Carried::ok: return Input{Input::Kind::answer, message.from, 0, message.present};
        case Carried::election: return Input{Input::Kind::election, 0, message.members, false};
        case Carried::probe: return Input{Input::Kind::probe, 0, 0, false};
        case Carried::coordinator: return Input{Input::Kind::coordinator, message.from, 0, false};
        case Carried::refusal: return Input{Input::Kind::refused, message.from, 0, message.present};
        case Carried::joined: return Input{Input::Kind::joined, 0, message.members, message.present};
        case Carried::join: break;
    }
    return std::nullopt;
}

void Moves::step(Successor& next, std::uint8_t process, Input input, const Message* request) {
    auto& state = next.state;
    auto& own = state.process(process);
    const auto& taken = locals_.step(own.local, input);
    const auto& after = locals_.view(taken.next);
    if (!taken.violation.empty()) next.violation = taken.violation;
    if (taken.wins && is_calm(state) && own.had_to_answer != 0 && !after.discounts) {
        next.violation = "P13: " + std::to_string(process) + " wins over a live higher process that it asked";
    }
    own.local = taken.next;
    if (taken.new_round) note_round(state, process);
    if (after.phase == Phase::failed) note_silent(state, process);
    if (taken.elects || after.phase != Phase::awaiting_answers) own.had_to_answer = 0;
    for (const auto& effect : taken.effects) carry_out(state, process, effect, request);
    own.hold_down_runs = own.hold_down_runs && after.packed.heeds(TimerSlot::hold_down);
    own.feign_runs = own.feign_runs && after.packed.heeds(TimerSlot::feign);
    if (leaders(state) < 2) state.overlap = 0;
}

void Moves::carry_out(State& state, std::uint8_t process, const Effect& effect, const Message* request) {
    auto& own = state.process(process);
    const auto& view = locals_.view(own.local);
    const auto to_members = [&](std::uint8_t first, auto&& send_to) {
        for (auto other = first; other <= last_process(); ++other) {
            if (other != process && (view.members & bit(other)) != 0) send_to(other);
        }
    };
    switch (effect.kind) {
        case Effect::Kind::join:
            if (model_.settled) {
                const auto back = static_cast<std::uint8_t>(2 * model_.daemon);
                state.add({Carried::joined, 0, process, effect.present, state.listed, {back, back}});
            } else {
                state.add({Carried::join, process, 0, effect.present, 0, {model_.daemon, model_.daemon}});
            }
            break;
        case Effect::Kind::ask:
            to_members(static_cast<std::uint8_t>(process + 1), [&](std::uint8_t other) {
                send(state, Carried::election, process, other, effect.present, view.members);
                const bool reached = (state.cuts & link_bit(process, other)) == 0;
                if (effect.present && reached && locals_.view(state.process(other).local).answers) {
                    own.had_to_answer = static_cast<std::uint8_t>(own.had_to_answer | bit(other));
                }
            });
            break;
        case Effect::Kind::announce:
            to_members(1, [&](std::uint8_t other) { send(state, Carried::coordinator, process, other, false); });
            break;
        case Effect::Kind::probe: send(state, Carried::probe, process, effect.who, effect.present); break;
        case Effect::Kind::reply:
            // An OK of an earlier round does nothing, whenever it comes (P7, which is looked at for each state).
            if (request->present) send(state, Carried::ok, process, request->from, true);
            break;
        case Effect::Kind::timer: {
            const auto timer = static_cast<Timer>(effect.who);
            if (slot(timer) == TimerSlot::hold_down) {
                own.hold_down_runs = true;
                own.hold_down_due = effect.window.latest;
            } else if (slot(timer) == TimerSlot::feign) {
                own.feign_runs = true;
                own.feign_due = effect.window;
            } else {
                own.main_runs = true;
                own.main = timer;
                own.main_due = effect.window;
            }
            break;
        }
    }
}

void Moves::send(State& state, Carried type, std::uint8_t from, std::uint8_t to, bool present, std::uint8_t members) {
    if ((state.cuts & link_bit(from, to)) != 0) return;
    const Message message{type, from, to, present, members, model_.delay};
    if (!is_useless(state, message)) state.add(message);
}

// Nobody is there, and nobody will be.
bool Moves::is_useless(const State& state, const Message& message) const {
    if (message.to == 0 || state.process(message.to).local != not_running) return false;
    if (of(state.left, Disturbance::restart) > 0) return false;
    return !(model_.refused && is_request(message.type) && message.present);
}

void Moves::drop_useless(State& state) const {
    for (std::size_t i = state.message_count; i-- > 0;) {
        if (is_useless(state, unpack(state.messages[i]))) state.remove(i);
    }
}

// A new round: what is under way for an earlier one has no effect, or on others only.
void Moves::note_round(State& state, std::uint8_t process) {
    state.process(process).main_runs = false;
    for (std::size_t i = state.message_count; i-- > 0;) {
        auto message = unpack(state.messages[i]);
        if (!message.present) continue;
        const bool to_it = message.to == process && !is_request(message.type);
        const bool from_it = message.from == process && (is_request(message.type) || message.type == Carried::join);
        if (!to_it && !from_it) continue;
        if (message.type == Carried::ok || message.type == Carried::refusal) {
            state.remove(i);
        } else {
            message.present = false;
            state.messages[i] = pack(message);
        }
    }
}

// P13: one that falls silent within two delays of being asked may not have answered.
void Moves::note_silent(State& state, std::uint8_t process) const {
    const auto answer_timeout = model_.settings.timing.answer_timeout.count();
    for (std::uint8_t other = 1; other <= last_process(); ++other) {
        auto& asker = state.process(other);
        const auto since = answer_timeout - asker.main_due.latest;
        if (since < 2L * model_.delay.latest) {
            asker.had_to_answer = static_cast<std::uint8_t>(asker.had_to_answer & ~bit(process));
        }
    }
}

// What is done to the group

void Moves::start(Successor& next, std::uint8_t process) {
    next.state.process(process).local = locals_.unstarted(process);
    step(next, process, {Input::Kind::start, 0, 0, false});
}

void Moves::crash(State& state, std::uint8_t process) {
    note_silent(state, process);
    note_round(state, process);
    state.process(process) = {};
    for (std::size_t i = state.message_count; i-- > 0;) {
        const auto message = unpack(state.messages[i]);
        const bool join = message.type == Carried::join || message.type == Carried::joined;
        if (join && (message.from == process || message.to == process)) state.remove(i);
    }
    drop_useless(state);
    if (leaders(state) < 2) state.overlap = 0;
}

void Moves::disturbances(const State& state, std::vector<Successor>& out) {
    using Kind = Move::Kind;
    out.clear();
    const auto left = [&](Disturbance kind) { return of(state.left, kind) > 0; };
    for (std::uint8_t process = 1; process <= last_process(); ++process) {
        if (!is_open(state, process)) continue;
        const auto& own = state.process(process);
        const bool runs = own.local != not_running;
        if (own.feign_runs && own.feign_due.earliest == 0) {
            auto& next = add(state, out, {Kind::recover, process, 0, Timer::feign, {}, false});
            next.state.process(process).feign_runs = false;
            step(next, process, *input_of(next.move));
        }
        if (runs && left(Disturbance::crash)) {
            auto& next = add(state, out, {Kind::crash, process, 0, {}, {}, false});
            --of(next.state.left, Disturbance::crash);
            crash(next.state, process);
        }
        if (!runs && left(Disturbance::restart)) {
            auto& next = add(state, out, {Kind::restart, process, 0, {}, {}, false});
            --of(next.state.left, Disturbance::restart);
            start(next, process);
            drop_useless(next.state);
        }
        if (runs && left(Disturbance::feign) && locals_.view(own.local).takes(EventKind::feign, model_.settings.mode)) {
            auto& next = add(state, out, {Kind::feign, process, 0, {}, {}, false});
            --of(next.state.left, Disturbance::feign);
            step(next, process, *input_of(next.move));
        }
    }
    if (left(Disturbance::loss)) {
        const auto messages = state.under_way();
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const auto message = unpack(messages[i]);
            // As it is sent: what is lost later is as lost, and the fault would seem to be later than it was.
            if (!is_message(message.type) || message.due != model_.delay) continue;
            auto& next = add(state, out, {Kind::lose, message.to, 0, {}, message, false});
            --of(next.state.left, Disturbance::loss);
            next.state.remove(i);
        }
    }
    for (std::uint8_t high = 2; high <= last_process(); ++high) {
        for (std::uint8_t low = 1; low < high; ++low) {
            const bool is_cut = (state.cuts & link_bit(low, high)) != 0;
            if (!is_cut && !left(Disturbance::cut)) continue;
            auto& next = add(state, out, {is_cut ? Kind::heal : Kind::cut, low, high, {}, {}, false});
            next.state.cuts = static_cast<std::uint16_t>(state.cuts ^ link_bit(low, high));
            if (!is_cut) --of(next.state.left, Disturbance::cut);
        }
    }
    for (auto& next : out) to_next_turn(next.state);
}

// What holds

bool Moves::agreed(const State& state) const {
    std::uint8_t greatest = 0;
    for (std::uint8_t process = 1; process <= last_process(); ++process) {
        if (view(state, process).live) greatest = process;
    }
    for (std::uint8_t process = 1; process <= last_process(); ++process) {
        const auto& follower = view(state, process);
        if (follower.live && follower.leader != greatest) return false;
    }
    return true;
}

// P12 and P13 are about runs in which each message between live processes arrives.
bool Moves::is_calm(const State& state) const {
    return of(state.left, Disturbance::loss) == of(model_.budget, Disturbance::loss) &&
           of(state.left, Disturbance::cut) == of(model_.budget, Disturbance::cut);
}

int Moves::leaders(const State& state) const {
    int count = 0;
    for (std::uint8_t process = 1; process <= last_process(); ++process) {
        count += view(state, process).phase == Phase::leading ? 1 : 0;
    }
    return count;
}

// P12: δ and the hold-down; one that has recovered learns by its JOIN whom to ask, and that one's answer takes a δ.
int Moves::longest_overlap(const State& state) const {
    const bool robust = model_.settings.mode == Mode::robust;
    const auto hold_down = robust ? model_.settings.timing.hold_down.count() : 0;
    const bool feigned = of(state.left, Disturbance::feign) != of(model_.budget, Disturbance::feign);
    const auto recovery = feigned ? 2 * model_.daemon + model_.delay.latest : 0;
    return static_cast<int>(model_.delay.latest + hold_down + recovery);
}

}  // namespace bully::sim::explore
