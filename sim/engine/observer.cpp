#include "sim/engine/observer.hpp"

namespace bully::sim {

std::string_view to_string(WorldNote::Kind kind) {
    using enum WorldNote::Kind;
    switch (kind) {
        case start: return "start";
        case crash: return "crash";
        case restart: return "restart";
        case pause: return "pause";
        case resume: return "resume";
        case feign: return "feign";
        case recover: return "recover";
        case give_up: return "give_up";
        case elect: return "elect";
        case partition: return "partition";
        case cut: return "cut";
        case heal: return "heal";
        case slow: return "slow";
        case delay: return "delay";
        case loss: return "loss";
        case daemon_down: return "daemon_down";
        case daemon_up: return "daemon_up";
        case daemon_restart: return "daemon_restart";
        case no_effect: return "no_effect";
        case stand_still: return "stand_still";
    }
    return "";
}

LifeChange life_change(WorldNote::Kind kind) {
    using enum WorldNote::Kind;
    switch (kind) {
        case crash:
        case give_up: return LifeChange::ends;
        case pause: return LifeChange::pauses;
        case resume: return LifeChange::resumes;
        case start:
        case restart:  // a new life, which on_life tells of
        case feign:
        case recover:
        case elect:
        case partition:
        case cut:
        case heal:
        case slow:
        case delay:
        case loss:
        case daemon_down:
        case daemon_up:
        case daemon_restart:
        case no_effect:
        case stand_still: return LifeChange::none;
    }
    return LifeChange::none;
}

bool changes_links(WorldNote::Kind kind) {
    using enum WorldNote::Kind;
    switch (kind) {
        case partition:
        case cut:
        case heal:
        case slow:
        case delay: return true;
        case start:
        case crash:
        case restart:
        case pause:
        case resume:
        case feign:
        case recover:
        case give_up:
        case elect:
        case loss:  // each lost message is told of by itself
        case daemon_down:
        case daemon_up:
        case daemon_restart:
        case no_effect:
        case stand_still: return false;
    }
    return false;
}

}  // namespace bully::sim
