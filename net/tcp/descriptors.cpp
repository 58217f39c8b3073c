#include "net/tcp/descriptors.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace bully::net {
namespace {

constexpr std::size_t for_program = 16;    // stdio, the event loop, signals, a trace, names being looked up
constexpr std::size_t for_strangers = 32;  // connections from outside of the program, in a group
constexpr std::size_t least_open = 8;      // connections at once, each way
// More at once make nothing faster, and each costs memory.
constexpr std::size_t most_open = 1024;
// Of one member alone: its peers may all be silent, and hold each connection for seconds.
constexpr std::size_t most_open_alone = 2048;
constexpr std::size_t unlimited = 1U << 20U;

}  // namespace

std::size_t allow_descriptors() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return unlimited;
    const auto soft = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = soft;
    return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, unlimited));
}

DescriptorPlan plan_descriptors(std::size_t allowed, std::size_t members, bool own_daemon) {
    const bool alone = members == 1;
    const auto fixed = for_program + members + (own_daemon ? 1 : 0);
    const auto others = alone ? 0 : for_strangers;
    const auto room = allowed > fixed + others ? allowed - fixed - others : 0;
    DescriptorPlan plan;
    // A connection within the program takes one at each end, and who accepted it closes it later.
    const std::size_t shares = alone ? 2 : 3;
    plan.least = fixed + others + shares * least_open;
    plan.wanted = fixed + others + shares * std::max(members, least_open);
    plan.outgoing = std::clamp(room / shares, least_open, alone ? most_open_alone : most_open);
    plan.incoming = std::max(room - std::min(room, plan.outgoing), least_open);
    return plan;
}

}  // namespace bully::net
