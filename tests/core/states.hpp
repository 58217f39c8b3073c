// Processes in all the states that the transition table tells apart, and events of all kinds for them.
#pragma once

#include "core/transitions.hpp"
#include "tests/core/machine.hpp"

#include <functional>
#include <string>
#include <vector>

namespace bully::test {

/// Ways to be in each phase, watching each thing: a row may depend on what a process knows and waits for.
const std::vector<std::function<Machine(Mode)>>& machines();

/// One event of each kind and more where what it carries matters; of rounds the current ones, and of JOINs none as
/// well.
std::vector<Event> events(const Machine& machine, const Membership& members);

}  // namespace bully::test
