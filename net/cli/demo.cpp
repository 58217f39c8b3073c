#include "net/cli/demo.hpp"

#include <fmt/format.h>

namespace bully::net {
namespace {

constexpr auto longest_agreement = std::chrono::seconds(30);
constexpr auto settled_for = std::chrono::milliseconds(1500);

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string who_agrees(const LiveGroup& group) {
    const auto leader = to_string(group.highest()->pid());
    const auto live = group.live_count();
    if (live == 1) return leader + " leads, the only one that lives";
    return fmt::format("{}{} agree that {} leads", live == 2 ? "both" : fmt::format("all {}", live),
                       live < group.nodes().size() ? " that live" : "", leader);
}

}  // namespace

asio::awaitable<bool> run_demo(LiveGroup& group, LiveLog& log, Clock::time_point epoch) {
    const auto say = [&](const std::string& what) { log.remark(Duration(Clock::now() - epoch).count(), "== " + what); };
    const auto agreement = [&](std::string_view since, Clock::time_point from) -> asio::awaitable<bool> {
        const bool agreed = co_await group.until([&] { return group.agreed(); }, longest_agreement);
        if (group.has_left()) co_return false;
        const auto took = seconds(Clock::now() - from);
        say(agreed ? fmt::format("{}, {:.3f} s after {}", who_agrees(group), took, since)
                   : fmt::format("no agreement within {:.0f} s of {}", took, since));
        co_return agreed;
    };
    if (!co_await agreement("the start", epoch)) co_return false;
    co_await group.until([] { return false; }, settled_for);

    if (group.has_left()) co_return false;
    auto* const leader = group.highest();
    const auto killed = Clock::now();
    say("the leader " + to_string(leader->pid()) + " is killed: its sockets are closed, without a word");
    leader->crash();
    co_return co_await agreement("the kill", killed);
}

}  // namespace bully::net
