// Prints core's state diagram and transition table as a Markdown document, which is core/STATES.md:
//     bully_state_diagram > core/STATES.md     or, in a build directory, BULLY_REWRITE=1 ctest -R core.states
#include "core/transitions.hpp"

#include <iostream>

int main() {
    std::cout << "# The states of a process\n\n"
                 "Made by `bully_state_diagram` from the table in `transitions.cpp` that the code runs from; "
                 "don't edit it "
                 "here.\n"
                 "An event that isn't listed for a phase, or is of an older round, is ignored. [README.md](README.md) "
                 "has the rules, and the reason for each.\n\n"
                 "```mermaid\n"
              << bully::state_diagram() << "```\n\n"
              << bully::transition_table();
}
