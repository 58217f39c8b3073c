// One live node, and a peer that a test plays.
#include "tests/net/live_run.hpp"
#include "tests/net/peer.hpp"

#include <string>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

GroupOptions of_one(ProcessId pid) {
    GroupOptions options;
    options.pids = {pid};
    options.node.limits.announcement_interval = 1ms;
    options.node.settings.timing.probe_gap = {1ms, 1ms};
    return options;
}

TEST(Node, WritesToAPeerAsThatDoesUntilItIsStartedAgain) {
    LiveRun run(of_one({300, 3'000'000}));
    Peer peer(run.context(), {10, 1'000'010});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        node.start();
        co_await run.agreement("the start");
        co_await peer.say(node, peer.writer().election(peer_shape, peer.alone()));
        const auto at_first = co_await peer.hear();
        EXPECT_EQ(at_first.rfind("('COORDINATOR', {(300, 3000000): ", 0), 0U) << at_first;
        co_await peer.say(node, claim_of("VICTORY", peer.writer().self().pid));
        EXPECT_EQ(co_await peer.hear(), "('VICTORY', (300, 3000000))");

        node.crash();
        node.listen();
        node.start();
        co_await run.agreement("the new life");
        co_await peer.say(node, peer.writer().election(peer_shape, peer.alone()));
        EXPECT_EQ(co_await peer.hear(), at_first);
    });
}

// A peer that knows no PROBE closes it; one that has answered and then closes is on its way out.
TEST(Node, ForgetsWhoAnswersProbesWhenItIsStartedAgain) {
    LiveRun run(of_one({10, 1'000'010}));
    Peer peer(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        Socket asks(run.context());
        auto joined =
            co_await join_group(asks, run.group().own_daemon()->endpoint(), peer.writer(), std::nullopt, patience);
        EXPECT_TRUE(joined.members) << joined.reason;
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        const auto is = [](const std::string& message, std::string_view kind) { return message.find(kind) == 2; };
        for (const bool has_answered : {true, false}) {
            node.start();
            EXPECT_TRUE(is(co_await peer.hear(ok), "ELECTION"));
            co_await peer.say(node, claim_of("COORDINATOR", peer.writer().self().pid));
            if (has_answered) {
                EXPECT_TRUE(is(co_await peer.hear(ok), "PROBE"));
            }
            EXPECT_TRUE(is(co_await peer.hear(), "PROBE"));
            const auto next = co_await peer.hear(ok);
            EXPECT_TRUE(is(next, has_answered ? "ELECTION" : "PROBE")) << next;
            node.crash();
            node.listen();
        }
    });
}

}  // namespace
}  // namespace bully::net
