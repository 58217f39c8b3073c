#include "sim/scenario/fault_text.hpp"

#include "sim/util/overloaded.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

std::string list(const std::vector<Number>& numbers) {
    std::string text;
    for (const auto number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
    return text;
}

bool share(const std::vector<Number>& some, const std::vector<Number>& others) {
    return std::find_first_of(some.begin(), some.end(), others.begin(), others.end()) != some.end();
}

}  // namespace

std::string describe(const Links& links) {
    return list(links.from) + (links.both_ways ? " <-> " : " -> ") + list(links.to);
}

std::string describe(const fault::Partition& partition) {
    std::string text;
    for (const auto& group : partition.groups) text += (text.empty() ? "{" : " | {") + list(group) + "}";
    return text;
}

std::string describe(const fault::Slow& slow) { return describe(slow.links) + " by " + bully::to_string(slow.by); }

std::string percent(std::uint64_t probability) {
    // Tenths of a percent are enough to read.
    const auto tenths = (probability * 1000 + (std::uint64_t{1} << 31U)) >> 32U;
    return std::to_string(tenths / 10) + (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") + "%";
}

std::string describe_block(const FaultKind& what) {
    return std::visit(
        Overloaded{
            [](const fault::Partition& partition) { return "partition " + describe(partition); },
            [](const fault::Cut& cut) { return "cut " + describe(cut.links); },
            [](const fault::Slow& slow) { return "slow " + describe(slow); },
            [](const AnyOf<fault::Crash, fault::Restart, fault::Pause, fault::Resume, fault::Feign, fault::Elect,
                           fault::Heal, fault::ChangeDelay, fault::ChangeLoss, fault::CoordinatorDaemonDown,
                           fault::CoordinatorDaemonRestart> auto&) { return std::string(); },
        },
        what);
}

bool overlap(const Links& some, const Links& others) {
    if (share(some.from, others.from) && share(some.to, others.to)) return true;
    return (some.both_ways || others.both_ways) && share(some.from, others.to) && share(some.to, others.from);
}

}  // namespace bully::sim
