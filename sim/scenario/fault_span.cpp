#include "sim/scenario/fault_span.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

bool is_block(const FaultKind& what) {
    return std::holds_alternative<fault::Partition>(what) || std::holds_alternative<fault::Cut>(what) ||
           std::holds_alternative<fault::Slow>(what);
}

Time own_end(const Fault& fault) { return fault.lasts ? fault.at + *fault.lasts : Time::max(); }

}  // namespace

Time end_of(const Scenario& scenario, std::size_t which) {
    const auto& fault = scenario.faults[which];
    auto end = own_end(fault);
    const bool is_delay = std::holds_alternative<fault::ChangeDelay>(fault.what);
    if (!is_delay && !is_block(fault.what)) return end;
    for (auto i = which + 1; i < scenario.faults.size(); ++i) {
        const auto& later = scenario.faults[i];
        const bool heals = !is_delay && std::holds_alternative<fault::Heal>(later.what);
        const bool overlays =
            is_delay && std::holds_alternative<fault::ChangeDelay>(later.what) && own_end(later) >= own_end(fault);
        if (heals || overlays) end = std::min(end, later.at);
    }
    return end;
}

bool separates_nobody(const fault::Partition& partition, std::size_t processes) {
    const auto all = std::count_if(partition.groups.begin(), partition.groups.end(),
                                   [](const auto& group) { return !group.empty(); });
    std::size_t named = 0;
    for (const auto& group : partition.groups) named += group.size();
    return all == 0 || (all == 1 && named == processes);
}

}  // namespace bully::sim
