// A step allocates nothing once its buffers have grown: each row of the transition table, in both modes, with the
// global operator new counted. What makes a process learn of new members isn't of the steady state, and is left out.
#include "core/transitions.hpp"
#include "tests/core/machine.hpp"
#include "tests/core/states.hpp"

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

TEST(Election, a_step_allocates_nothing) {
    constexpr std::size_t most_actions = 16;
    Actions actions;
    actions.reserve(most_actions);
    std::set<const Transition*> acted;
    in_both_modes([&](Mode mode) {
        for (const auto& make : machines()) {
            const auto machine = make(mode);
            for (const auto& event : events(machine, machine.members())) {
                auto process = machine.core();
                const auto* row = find_transition(process, event);
                actions.clear();
                const auto allocated = allocations;
                process.step(event, actions);
                ASSERT_EQ(allocations, allocated) << (row != nullptr ? name_of(*row) : "no row");
                if (!actions.empty() || process != machine.core()) acted.insert(row);
            }
        }
    });
    // Steps that do nothing wouldn't say much. These only note who is new.
    std::set<std::string> idle;
    for (const auto& row : transitions()) {
        if (!acted.contains(&row)) idle.insert(name_of(row));
    }
    EXPECT_EQ(idle, (std::set<std::string>{
                        "following, nothing, gap, probe, rejoin, lookup x joined, not awaited, strict, robust",
                        "leading, nothing x joined, not awaited, strict",
                        "awaiting_answers x joined, not awaited, strict, robust",
                        "awaiting_coordinator x joined, not awaited, strict, robust"}));
}

TEST(Election, whose_allocations_are_counted) {
    const auto allocated = allocations;
    const auto members = group({1, 2, 3});
    EXPECT_GT(allocations, allocated);
}

}  // namespace
}  // namespace bully
