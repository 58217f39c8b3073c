#include "tests/core/states.hpp"

#include "core/names.hpp"

namespace bully::test {
namespace {

using Make = std::function<Machine(Mode)>;

void fire(Machine& machine, Timer timer) { machine.expire(timer); }

Settings without_probes(Mode mode) {
    auto settings = mode_settings(mode);
    settings.probing = false;
    return settings;
}

Settings feigning(Mode mode) {
    auto settings = mode_settings(mode);
    settings.feign = FeignPlan{};
    return settings;
}

}  // namespace

const std::vector<Make>& machines() {
    static const std::vector<Make> all{
        [](Mode mode) { return Machine(2, mode_settings(mode)); },  // down
        [](Mode mode) {                                             // given up
            auto machine = joining(2, mode);
            machine.join_failed(JoinFailed::Kind::rejected);
            return machine;
        },
        [](Mode mode) { return joining(2, mode); },
        [](Mode mode) {
            auto machine = joining(2, mode);
            machine.join_failed();
            return machine;
        },
        [](Mode mode) {
            return following(2, {1, 2, 3}, 3, mode);
        },
        [](Mode mode) {
            return probing(2, {1, 2, 3}, 3, mode);
        },
        [](Mode mode) {
            auto machine = probing(2, {1, 2, 3}, 3, mode);
            machine.refused(3);
            return machine;
        },
        [](Mode mode) {  // follows a leader that isn't a member, and has no higher ones to ask
            auto machine = leading(2, {1, 2}, mode);
            machine.coordinator(4);
            return machine;
        },
        [](Mode mode) {  // the same, looking for it
            auto machine = leading(2, {1, 2}, mode);
            machine.coordinator(4);
            fire(machine, Timer::probe_gap);
            return machine;
        },
        [](Mode mode) {  // the same, with an election to follow
            auto machine = leading(2, {1, 2}, mode);
            machine.coordinator(4);
            machine.elect();
            return machine;
        },
        [](Mode mode) {
            return Machine(2, {1, 2, 3}, 3, without_probes(mode));
        },
        [](Mode mode) {
            return Machine(2, {1, 2}, 2, without_probes(mode));
        },
        [](Mode mode) {
            return leading(3, {1, 2, 3}, mode);
        },
        [](Mode mode) {
            return leading(2, {1, 2, 3}, mode);
        },
        [](Mode mode) {  // row 18, told of a leader that the daemon may not list
            auto machine = joining(2, mode);
            machine.coordinator(4);
            return machine;
        },
        [](Mode mode) {  // R3, a PROBE open
            auto machine = leading(2, {1, 2, 3}, mode);
            fire(machine, Timer::probe_gap);
            return machine;
        },
        [](Mode mode) {  // R1, looking for a lower stranger
            auto machine = leading(2, {2, 3}, mode);
            machine.coordinator(1);
            return machine;
        },
        [](Mode mode) {
            auto machine = leading(2, {2}, mode);
            machine.coordinator(1);
            return machine;
        },
        [](Mode mode) {  // strict follows a lower one, which has failed
            auto machine = leading(2, {1, 2}, mode);
            machine.coordinator(1);
            fire(machine, Timer::probe_gap);
            machine.refused(1);
            return machine;
        },
        [](Mode mode) {  // H
            auto machine = awaiting_answers(2, {1, 2, 3}, mode);
            fire(machine, Timer::answer);
            return machine;
        },
        [](Mode mode) {  // H, a PROBE open
            auto machine = awaiting_answers(2, {1, 2, 3}, mode);
            fire(machine, Timer::answer);
            fire(machine, Timer::probe_gap);
            return machine;
        },
        [](Mode mode) {  // H, looking for a lower stranger
            auto machine = awaiting_answers(2, {2, 3}, mode);
            fire(machine, Timer::answer);
            machine.coordinator(1);
            return machine;
        },
        [](Mode mode) {  // H, with ELECTIONs held
            auto machine = joining(3, mode);
            machine.joined({1, 2, 3});
            machine.election({1, 2, 3});
            return machine;
        },
        [](Mode mode) {  // H, with ELECTIONs held that named a higher member
            auto machine = joining(3, mode);
            machine.joined({1, 2, 3});
            machine.election({1, 2, 3, 4});
            return machine;
        },
        [](Mode mode) {
            return awaiting_answers(2, {1, 2, 3}, mode);
        },
        [](Mode mode) {
            return awaiting_answers(2, {1, 2, 3, 4}, mode);
        },
        [](Mode mode) {  // R4
            auto machine = awaiting_answers(2, {1, 2, 3}, mode);
            machine.election({4});
            return machine;
        },
        [](Mode mode) {
            return awaiting_coordinator(2, {1, 2, 3}, 3, mode);
        },
        [](Mode mode) {  // feigns, a PROBE open
            Machine machine(2, {1, 2, 3}, 3, feigning(mode));
            fire(machine, Timer::probe_gap);
            return machine;
        },
        [](Mode mode) {  // feigns, a JOIN open and an election to follow
            Machine machine(2, {1, 2, 3}, 3, feigning(mode));
            fire(machine, Timer::probe_gap);
            machine.refused(3);
            return machine;
        },
        [](Mode mode) {  // feigns, looking for its leader
            Machine machine(2, {1, 2, 3}, 3, feigning(mode));
            machine.coordinator(4);
            fire(machine, Timer::probe_gap);
            return machine;
        },
        [](Mode mode) {  // feigns, and watches nobody
            auto settings = feigning(mode);
            settings.probing = false;
            return Machine(2, {1, 2, 3}, 3, settings);
        },
        [](Mode mode) {  // feigns as a leader with nobody above
            return Machine(2, {1, 2}, 2, feigning(mode));
        },
        [](Mode mode) {  // feigns as a leader, a PROBE open
            Machine machine(2, {1, 2, 3}, 2, feigning(mode));
            fire(machine, Timer::probe_gap);
            return machine;
        },
        [](Mode mode) {  // feigns as a leader, looking for a lower stranger
            Machine machine(2, {2, 3}, 2, feigning(mode));
            machine.coordinator(1);
            return machine;
        },
        [](Mode mode) {
            return Machine(2, {1, 2, 3}, 3, feigning(mode));
        },
        [](Mode mode) {
            return Machine(2, {1, 2, 3}, 2, feigning(mode));
        },
        [](Mode mode) {
            Machine machine(2, {1, 2, 3}, 3, feigning(mode));
            machine.elect();
            return machine;
        },
        [](Mode mode) {
            Machine machine(2, {1, 2, 3}, 3, feigning(mode));
            machine.elect();
            machine.ok(3);
            return machine;
        },
        [](Mode mode) {
            return failed(2, {1, 2, 3}, 3, mode);
        },
        [](Mode mode) {
            return failed(3, {1, 2, 3}, 3, mode);
        },
    };
    return all;
}

std::vector<Event> events(const Machine& machine, const Membership& members) {
    std::vector<Event> all{Start{}, ElectionReceived{7, members}, ProbeReceived{8}, Elect{},
                           Feign{{Duration(1), Duration(2)}}};
    for (const Round round : {machine.join_round(), no_round}) {
        all.emplace_back(Joined{members, round});
        all.emplace_back(JoinFailed{JoinFailed::Kind::unreachable, {}, round});
        all.emplace_back(JoinFailed{JoinFailed::Kind::rejected, {}, round});
    }
    for (int leader = 1; leader <= 4; ++leader) all.emplace_back(CoordinatorReceived{pid(leader)});
    for (int peer = 1; peer <= 4; ++peer) {
        all.emplace_back(AnswerReceived{pid(peer), machine.request_round()});
        for (const auto why : {Unreachable::Why::refused, Unreachable::Why::reset, Unreachable::Why::given_up}) {
            all.emplace_back(Unreachable{pid(peer), machine.request_round(), why});
        }
    }
    for (std::size_t i = 0; i < timer_count; ++i) {
        const auto timer = static_cast<Timer>(i);
        all.emplace_back(TimerFired{timer, machine.timer_round(timer)});
    }
    return all;
}

}  // namespace bully::test
