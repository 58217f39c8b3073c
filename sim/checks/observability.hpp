// What the checks can rely on: in a simulation on everything, in the replay of a trace on less.
#pragma once

#include "core/timing.hpp"

namespace bully::sim {

struct Observability {
    bool messages = true;  ///< Each message that is sent is told of. False: only the steps that send them are.
    Duration tolerance{};  ///< How late a timer may fire. None in virtual time; never may one fire early.
};

}  // namespace bully::sim
