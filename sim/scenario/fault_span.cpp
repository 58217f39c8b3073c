#include "sim/scenario/fault_span.hpp"

#include "sim/util/overloaded.hpp"

#include <algorithm>

namespace bully::sim {

Time own_end(const Fault& fault) { return fault.lasts ? fault.at + *fault.lasts : Time::max(); }

LinkChange link_change(const FaultKind& what) {
    return std::visit(
        Overloaded{
            [](const AnyOf<fault::Partition, fault::Cut, fault::Slow> auto&) { return LinkChange::block; },
            [](const fault::ChangeDelay&) { return LinkChange::delay; },
            [](const fault::ChangeLoss&) { return LinkChange::loss; },
            [](const AnyOf<fault::Crash, fault::Restart, fault::Pause, fault::Resume, fault::Feign, fault::Elect,
                           fault::Heal, fault::CoordinatorDaemonDown, fault::CoordinatorDaemonRestart> auto&) {
                return LinkChange::none;
            },
        },
        what);
}

Time end_of(const Scenario& scenario, std::size_t which) {
    const auto& fault = scenario.faults[which];
    auto end = own_end(fault);
    const auto change = link_change(fault.what);
    const bool is_delay = change == LinkChange::delay;
    if (!is_delay && change != LinkChange::block) return end;
    for (auto i = which + 1; i < scenario.faults.size(); ++i) {
        const auto& later = scenario.faults[i];
        const bool heals = !is_delay && std::holds_alternative<fault::Heal>(later.what);
        const bool overlays =
            is_delay && link_change(later.what) == LinkChange::delay && own_end(later) >= own_end(fault);
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
