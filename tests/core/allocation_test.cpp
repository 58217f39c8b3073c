// A step allocates nothing once its buffers have grown: each row of the transition table, in both modes, with the
// global operator new counted. What makes a process learn of new members isn't of the steady state, and is left out.
#include "core/transitions.hpp"
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <set>
#include <string>

namespace {

std::size_t allocations = 0;  // of this thread, the only one

}  // namespace

// NOLINTBEGIN(*-no-malloc, *-owning-memory): this is where memory comes from. Inlined, gcc would take them for a
// mistake.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size != 0 ? size : 1);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (void* memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND(*-no-malloc, *-owning-memory)

namespace bully {
namespace {

using namespace test;

constexpr int self = 3;

// A machine in this phase to which an event of this kind means something, if any does.
Machine ready_for(Phase phase, EventKind kind, Mode mode) {
    const bool about_probe =
        kind == EventKind::answer || kind == EventKind::unreachable || kind == EventKind::probe_timeout;
    const bool about_rejoin = kind == EventKind::joined || kind == EventKind::join_failed;
    switch (phase) {
        case Phase::down: return {self, mode_settings(mode)};
        case Phase::joining: {
            auto machine = joining(self, mode);
            if (kind == EventKind::join_retry_due) machine.join_failed();
            return machine;
        }
        case Phase::following: {
            auto machine = about_probe || about_rejoin ? probing(self, {1, 2, 3, 4, 5}, 5, mode)
                                                       : following(self, {1, 2, 3, 4, 5}, 5, mode);
            if (about_rejoin) machine.expire(Timer::probe_timeout);
            return machine;
        }
        case Phase::leading: {
            if (kind == EventKind::hold_down_over) {
                auto machine = awaiting_answers(self, {1, 2, 3, 4, 5}, mode);
                machine.expire(Timer::answer);
                if (mode == Mode::robust) machine.election({1, 2, 3, 4, 5});
                return machine;
            }
            auto machine = leading(self, {1, 2, 3, 4, 5}, mode);
            if (about_probe) machine.expire(Timer::probe_gap);
            return machine;
        }
        case Phase::awaiting_answers: return awaiting_answers(self, {1, 2, 3, 4, 5}, mode);
        case Phase::awaiting_coordinator: return awaiting_coordinator(self, {1, 2, 3, 4, 5}, 4, mode);
        case Phase::failed: return failed(self, {1, 2, 3, 4, 5}, 5, mode);
    }
    return joining(self, mode);
}

Event event_for(EventKind kind, const Machine& machine, const Membership& members) {
    const auto fired = [&](Timer timer) { return TimerFired{timer, machine.timer_round(timer)}; };
    switch (kind) {
        case EventKind::start: return Start{};
        case EventKind::joined: return Joined{members, machine.join_round()};
        case EventKind::join_failed: {
            const bool electing = machine.core().is_electing();  // then one that nothing waits for may be open
            return JoinFailed{JoinFailed::Kind::unreachable, {}, electing ? no_round : machine.join_round()};
        }
        case EventKind::election: return ElectionReceived{1, members};
        case EventKind::probe: return ProbeReceived{1};
        case EventKind::coordinator: return CoordinatorReceived{pid(5)};
        case EventKind::answer: return AnswerReceived{pid(5), machine.request_round()};
        case EventKind::unreachable: return Unreachable{pid(5), machine.request_round(), Unreachable::Why::refused};
        case EventKind::answer_timeout: return fired(Timer::answer);
        case EventKind::coordinator_timeout: return fired(Timer::coordinator);
        case EventKind::probe_gap_over: return fired(Timer::probe_gap);
        case EventKind::probe_timeout: return fired(Timer::probe_timeout);
        case EventKind::join_retry_due: return fired(Timer::join_retry);
        case EventKind::refresh_due: return TimerFired{Timer::refresh, machine.timer_round(Timer::refresh)};
        case EventKind::hold_down_over: return fired(Timer::hold_down);
        case EventKind::feign_due: return fired(Timer::feign);
        case EventKind::elect: return Elect{};
        case EventKind::feign: return Feign{{std::chrono::seconds(1), std::chrono::seconds(1)}};
    }
    return Start{};
}

std::string name_of(const Transition& row) {
    return std::string(to_string(row.from)) + " + " + std::string(to_string(row.on));
}

TEST(Election, a_step_allocates_nothing) {
    constexpr std::size_t most_actions = 16;
    Actions actions;
    actions.reserve(most_actions);
    std::set<std::string> acted;
    in_both_modes([&](Mode mode) {
        for (const auto& row : transitions()) {
            const auto name = name_of(row);
            const auto machine = ready_for(row.from, row.on, mode);
            ASSERT_EQ(machine.phase(), row.from) << name;
            auto process = machine.core();
            const auto members = process.members();
            const auto event = event_for(row.on, machine, members);
            const auto before = process.view();
            actions.clear();
            const auto allocated = allocations;
            process.step(event, actions);
            ASSERT_EQ(allocations, allocated) << name << " in mode " << to_string(mode);
            if (!actions.empty() || process.view() != before) acted.insert(name);
        }
    });
    // Steps that do nothing wouldn't say much. Of these some only note what has come; and these machines don't feign
    // failures of their own accord, but when told to.
    std::set<std::string> idle;
    for (const auto& row : transitions()) {
        if (const auto name = name_of(row); !acted.contains(name)) idle.insert(name);
    }
    EXPECT_EQ(idle, (std::set<std::string>{"awaiting_answers + feign_due", "awaiting_answers + joined",
                                           "awaiting_answers + unreachable", "awaiting_coordinator + answer",
                                           "awaiting_coordinator + feign_due", "awaiting_coordinator + joined",
                                           "following + feign_due", "leading + feign_due", "leading + joined"}));
}

TEST(Election, whose_allocations_are_counted) {
    const auto allocated = allocations;
    const auto members = group({1, 2, 3});
    EXPECT_GT(allocations, allocated);
}

}  // namespace
}  // namespace bully
