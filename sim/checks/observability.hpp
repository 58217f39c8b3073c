// What the checks can observe: in a simulation everything, in the replay of a trace less.
#pragma once

#include "core/timing.hpp"

namespace bully::sim {

struct Observability {
    bool messages = true;  ///< Each message that is sent has a note. False: only the steps that send messages have one.
    Duration tolerance{};  ///< How late a timer may fire; zero in virtual time. No timer may ever fire early.
};

}  // namespace bully::sim
