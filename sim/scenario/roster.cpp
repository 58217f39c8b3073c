#include "sim/scenario/roster.hpp"

#include <algorithm>
#include <cassert>

namespace bully::sim {

Number number_of(ProcessId pid, std::span<const ProcessSpec> processes) {
    const auto at = std::ranges::lower_bound(processes, pid, {}, &ProcessSpec::pid);
    if (at == processes.end() || at->pid != pid) return 0;
    return static_cast<Number>(at - processes.begin()) + 1;
}

const std::string& name_of(Number number, std::span<const ProcessSpec> processes) {
    assert(number >= 1 && number <= processes.size());
    return processes[number - 1].name;
}

std::string name_of(ProcessId pid, std::span<const ProcessSpec> processes) {
    const auto number = number_of(pid, processes);
    return number == 0 ? to_string(pid) : name_of(number, processes);
}

}  // namespace bully::sim
