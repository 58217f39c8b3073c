#include "sim/trace/replay_scenario.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace bully::sim {

ReplayScenario scenario_of(const TraceHeader& header, const TraceBounds& bounds) {
    ReplayScenario made;
    auto& scenario = made.scenario;
    scenario.name = header.scenario;
    scenario.seed = header.seed;
    scenario.mode = header.mode;
    scenario.network.delay = Delay::constant(Duration{bounds.delay_ns});
    scenario.daemon.delay = Delay::constant(Duration{(bounds.join_ns + 1) / 2});  // one way
    auto ascending = header.processes;
    std::ranges::stable_sort(ascending, {}, [](const TraceProcess& process) { return process.member.pid; });
    made.numbers.resize(ascending.size() + 1);
    for (auto& process : ascending) {
        ProcessSpec spec;
        spec.pid = process.member.pid;
        spec.name = process.name.empty() ? std::to_string(process.node) : std::move(process.name);
        spec.endpoint = std::move(process.member.endpoint);
        spec.timing = process.settings.timing;
        spec.feign = process.settings.feign;
        scenario.probing = scenario.probing && process.settings.probing;
        scenario.processes.push_back(std::move(spec));
        made.numbers[process.node] = static_cast<Number>(scenario.processes.size());
    }
    return made;
}

}  // namespace bully::sim
