// Prints core's state diagrams and transition tables as a Markdown document, which is core/STATES.md:
//     bully_state_diagram > core/STATES.md     or, in a build directory, BULLY_REWRITE=1 ctest -R core.states
#include "core/names.hpp"
#include "core/transitions.hpp"

#include <iostream>

int main() {
    std::cout
        << "# The states of a process\n\n"
           "Made by `bully_state_diagram` from the table in `transitions.cpp` that the code runs from; don't edit "
           "it here.\nWhat isn't listed is ignored. Answers, refusals and timers are listed only as those that are "
           "awaited: of an\nearlier round they are ignored. The outcome of a JOIN that isn't awaited is news all the "
           "same.\n*While* is what an idle process does about the process that it watches. [README.md](README.md) "
           "has the rules,\nand the reason for each.\n";
    for (const auto mode : {bully::Mode::strict, bully::Mode::robust}) {
        std::cout << "\n## Mode " << to_string(mode) << "\n\n```mermaid\n"
                  << bully::state_diagram(mode) << "```\n\n"
                  << bully::transition_table(mode);
    }
}
