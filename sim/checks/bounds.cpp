#include "sim/checks/bounds.hpp"

#include "sim/scenario/fault_span.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

// A change that lasts to the end is how the network is; one that ends is a fault.
bool lasts_for_good(std::size_t which, const Scenario& scenario) {
    return end_of(scenario, which) >= scenario.duration;
}

// Far beyond any run, and far enough below the limit of an int64 to be added up.
constexpr Duration never = 64 * longest_time;

Duration times(std::size_t count, Duration duration) {
    const auto factor = static_cast<Duration::rep>(count);
    return factor != 0 && duration > never / factor ? never : factor * duration;
}

Duration longest_delay(const Scenario& scenario) {
    auto longest = scenario.network.delay.longest();
    auto slower = Duration::zero();
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
        const auto& fault = scenario.faults[i];
        if (fault.at >= scenario.duration || !lasts_for_good(i, scenario)) continue;
        std::visit(Overloaded{
                       [&](const fault::ChangeDelay& change) { longest = std::max(longest, change.delay.longest()); },
                       [&](const fault::Slow& slow) { slower = std::min(slower + slow.by, longest_time); },
                       // These leave the delay of the messages that arrive as it is.
                       [](const AnyOf<fault::Crash, fault::Restart, fault::Pause, fault::Resume, fault::Feign,
                                      fault::Elect, fault::Partition, fault::Cut, fault::Heal, fault::ChangeLoss,
                                      fault::CoordinatorDaemonDown, fault::CoordinatorDaemonRestart> auto&) {},
                   },
                   fault.what);
    }
    for (const auto& script : scenario.scripted) {
        if (!script.nth) slower = std::min(slower + script.delay, longest_time);
    }
    return longest + slower;
}

Duration longest_join(const Scenario& scenario) {
    const auto one_way = scenario.daemon.delay.longest();
    const bool silent =
        !scenario.daemon.host_up && std::any_of(scenario.faults.begin(), scenario.faults.end(), [](const Fault& fault) {
            return std::holds_alternative<fault::CoordinatorDaemonDown>(fault.what);
        });
    return one_way + (silent ? std::max(one_way, scenario.network.connect_timeout) : one_way);
}

}  // namespace

void Bounds::lengthen_waits(Duration by) {
    for (auto* wait : {&answer_timeout, &coordinator_timeout, &probe_timeout, &gap, &hold_down, &refresh}) *wait += by;
}

Duration Bounds::settle(Duration longest_gap) const {
    // T_ok beside T_p + J: at a cold start with dead higher members several win after T_ok, their COORDINATORs cross,
    // and a follower of the wrong one is told at its next PROBE (R2); that election takes another T_ok.
    const auto noticed = longest_gap + std::max(probe_timeout + join, answer_timeout + longest_delay);
    return std::max(noticed, coordinator_timeout) + answer_timeout + 3 * longest_delay + hold_down;
}

Duration Bounds::settle_after_cut(Duration longest_gap) const {
    return std::max(settle(longest_gap), times(processes == 0 ? 0 : processes - 1, longest_gap + probe_timeout) +
                                             answer_timeout + 3 * longest_delay + hold_down);
}

// A JOIN tells the leader of a stranger, or its announcement tells the stranger, who may be a leader of others: it asks
// those above, or is asked, and the true leader tells all.
Duration Bounds::settle_by_refresh(Duration longest_gap) const {
    return settle_after_cut(longest_gap) + refresh + told_by_refresh();
}

Duration Bounds::quiet() const { return times(processes < 2 ? 0 : processes - 2, longest_delay); }

Duration Bounds::detection(Duration longest_gap) const {
    return longest_gap + 2 * longest_delay + probe_timeout + join;
}

Bounds bounds_of(const Scenario& scenario, Mode mode) {
    Bounds bounds;
    bounds.longest_delay = longest_delay(scenario);
    bounds.join = longest_join(scenario);
    bounds.processes = scenario.processes.size();
    Timing least;  // the least waits meet the greatest ones of others
    bool first = true;
    for (const auto& spec : scenario.processes) {
        const auto& timing = spec.timing;
        if (std::exchange(first, false)) least = timing;
        least.answer_timeout = std::min(least.answer_timeout, timing.answer_timeout);
        least.coordinator_timeout = std::min(least.coordinator_timeout, timing.coordinator_timeout);
        least.probe_timeout = std::min(least.probe_timeout, timing.probe_timeout);
        bounds.answer_timeout = std::max(bounds.answer_timeout, timing.answer_timeout);
        bounds.coordinator_timeout = std::max(bounds.coordinator_timeout, timing.coordinator_timeout);
        bounds.probe_timeout = std::max(bounds.probe_timeout, timing.probe_timeout);
        bounds.gap = std::max(bounds.gap, timing.probe_gap.max);
        bounds.refresh = std::max(bounds.refresh, 2 * timing.refresh);
        if (mode == Mode::robust) bounds.hold_down = std::max(bounds.hold_down, timing.hold_down);
    }
    // C2 is about the T_coord of one process and the T_ok of another.
    const auto of_least = broken_conditions(least, bounds.longest_delay, scenario.probing);
    auto across = least;
    across.answer_timeout = bounds.answer_timeout;
    across.hold_down = bounds.hold_down;
    for (const auto& condition : of_least) {
        if (condition.name != "C2") bounds.broken.push_back(condition);
    }
    for (const auto& condition : broken_conditions(across, bounds.longest_delay, scenario.probing)) {
        if (condition.name == "C2") bounds.broken.push_back(condition);
    }
    std::sort(bounds.broken.begin(), bounds.broken.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return bounds;
}

std::vector<std::string> obstacles(const Scenario& scenario, const Bounds& bounds) {
    std::vector<std::string> found;
    for (const auto& condition : bounds.broken) found.push_back(condition.name + ": " + condition.explanation);
    const auto& specs = scenario.processes;
    const auto twin =
        std::adjacent_find(specs.begin(), specs.end(), [](const auto& a, const auto& b) { return a.pid == b.pid; });
    if (twin != specs.end()) {
        found.push_back(twin->name + " and " + std::next(twin)->name +
                        " have the same pid, which no rules of the protocol can settle (row 14)");
    }
    for (const auto& script : scenario.scripted) {
        if (!script.drop || script.nth) continue;
        const auto whom = [&](std::optional<Number> number) {
            return number ? specs[*number - 1].name : std::string("anybody");
        };
        found.push_back("every " + std::string(to_string(script.type)) + " from " + whom(script.from) + " to " +
                        whom(script.to) + " is dropped, for good");
    }
    return found;
}

}  // namespace bully::sim
