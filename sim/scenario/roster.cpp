#include "sim/scenario/roster.hpp"

#include <algorithm>

namespace bully::sim {

Number number_of(ProcessId pid, std::span<const ProcessSpec> processes) {
    const auto at = std::ranges::lower_bound(processes, pid, {}, &ProcessSpec::pid);
    if (at == processes.end() || at->pid != pid) return 0;
    return static_cast<Number>(at - processes.begin()) + 1;
}

}  // namespace bully::sim
