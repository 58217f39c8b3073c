#include "sim/explore/narration.hpp"

#include "core/names.hpp"

#include <string_view>

namespace bully::sim::explore {
namespace {

std::string_view name(Carried type) {
    switch (type) {
        case Carried::ok: return "OK";
        case Carried::election: return "ELECTION";
        case Carried::probe: return "PROBE";
        case Carried::coordinator: return "COORDINATOR";
        case Carried::refusal: return "a refusal";
        case Carried::join: return "JOIN";
        case Carried::joined: return "the daemon's answer";
    }
    return {};
}

std::string number(unsigned process) { return std::to_string(process); }

// A process, from its name on: "3 gets OK from 2".
std::string cause(const Move& move, bool vanishes) {
    const auto who = number(move.process);
    const auto& message = move.message;
    switch (move.kind) {
        case Move::Kind::deliver:
            if (message.type == Carried::join) return "the daemon gets JOIN from " + number(message.from);
            if (message.type == Carried::joined) return who + " gets " + std::string(name(message.type));
            return std::string(name(message.type)) + " from " + number(message.from) +
                   (vanishes ? " finds nobody at " : " reaches ") + who;
        case Move::Kind::fire: return who + "'s timer " + std::string(to_string(move.timer)) + " fires";
        case Move::Kind::refresh: return who + " refreshes what it knows (R8)";
        case Move::Kind::recover: return who + " recovers from its feigned failure";
        case Move::Kind::crash: return who + " crashes";
        case Move::Kind::restart: return who + " is restarted";
        case Move::Kind::lose:
            return "the " + std::string(name(message.type)) + " from " + number(message.from) + " to " +
                   number(message.to) + " is lost";
        case Move::Kind::feign: return who + " feigns a failure";
        case Move::Kind::cut: return "the link between " + who + " and " + number(move.other) + " is cut";
        case Move::Kind::heal: return "the link between " + who + " and " + number(move.other) + " is whole again";
        case Move::Kind::begin:
        case Move::Kind::pass: break;
    }
    return {};
}

std::string deed(const Effect& effect, const Move& move) {
    switch (effect.kind) {
        case Effect::Kind::join: return "JOINs";
        case Effect::Kind::ask: return effect.present ? "elects: ELECTION to those above" : "ELECTION to those above";
        case Effect::Kind::announce: return "COORDINATOR to all";
        case Effect::Kind::probe: return "PROBEs " + number(effect.who);
        case Effect::Kind::reply: return "OK to " + number(move.message.from);
        case Effect::Kind::timer: break;
    }
    return {};
}

}  // namespace

std::string narrate(Moves& moves, const State& before, const Move& move, const State& after) {
    const auto input = Moves::input_of(move);
    const bool steps = input && move.process != 0 &&
                       (move.kind == Move::Kind::restart || moves.view(before, move.process).answers ||
                        move.kind == Move::Kind::recover);
    auto text = cause(move, !steps);
    if (!steps) return text;
    auto from = before.process(move.process).local;
    if (move.kind == Move::Kind::restart) from = moves.unstarted(move.process);
    std::string deeds;
    const auto add = [&](const std::string& what) {
        if (!what.empty()) deeds += (deeds.empty() ? ": " : "; ") + what;
    };
    for (const auto& effect : moves.step(from, *input).effects) add(deed(effect, move));
    const auto& was = moves.view(before, move.process);
    const auto& is = moves.view(after, move.process);
    if (is.leader != was.leader && is.leader != 0) {
        add(is.leader == is.self ? "leads" : "follows " + number(is.leader));
    }
    return text + deeds;
}

std::string who_follows_whom(const Moves& moves, const State& state) {
    std::string text;
    for (std::uint8_t process = 1; process <= moves.model().processes; ++process) {
        const auto& view = moves.view(state, process);
        if (!text.empty()) text += ", ";
        text += number(process);
        if (view.phase == Phase::leading) {
            text += " leads";
        } else if (!view.live) {
            text += view.phase == Phase::joining ? " is joining" : " is down";
        } else {
            text += is_idle(view.phase) ? " follows " : " elects, after following ";
            text += view.leader == 0 ? "nobody" : number(view.leader);
        }
    }
    return text;
}

}  // namespace bully::sim::explore
