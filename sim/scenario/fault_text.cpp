#include "sim/scenario/fault_text.hpp"

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
    if (const auto* partition = std::get_if<fault::Partition>(&what)) return "partition " + describe(*partition);
    if (const auto* cut = std::get_if<fault::Cut>(&what)) return "cut " + describe(cut->links);
    if (const auto* slow = std::get_if<fault::Slow>(&what)) return "slow " + describe(*slow);
    return {};
}

bool overlap(const Links& some, const Links& others) {
    if (share(some.from, others.from) && share(some.to, others.to)) return true;
    return (some.both_ways || others.both_ways) && share(some.from, others.to) && share(some.to, others.from);
}

}  // namespace bully::sim
