// A live node that leads tells others so, and tells them again.
#include "tests/net/node/live_run.hpp"
#include "tests/net/node/peer.hpp"

#include <string>
#include <utility>
#include <vector>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

GroupOptions leading(ProcessId pid) {
    auto options = one_node(pid);
    options.node.limits.announcement_interval = 1ms;
    options.node.settings.timing.probe_gap = {patience, patience};
    return options;
}

// ('ELECTION', pid, {pid: address, ...}): of the nodes that say who asks.
std::string named_election(ProcessId from, const std::vector<Member>& listed) {
    pickle::Encoder election(4);
    election.begin_tuple().text("ELECTION");
    election.begin_tuple().integer(from.days).integer(from.student_id).end_tuple();
    election.begin_dict();
    for (const auto& [pid, endpoint] : listed) {
        election.begin_tuple().integer(pid.days).integer(pid.student_id).end_tuple();
        election.begin_tuple().text(endpoint.host).integer(endpoint.port).end_tuple();
    }
    return election.end_dict().end_tuple().finish();
}

// An ELECTION that reaches a leader shows that its sender has overlooked it, and says nothing of others.
TEST(NodeTelling, TellsOnlyWhoAsksThatItLeadsStill) {
    LiveRun run(leading({300, 3'000'000}));
    Peer asks(run.context(), {10, 1'000'010});
    Peer quiet(run.context(), {20, 1'000'020});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        for (const auto& writer : {asks.writer(), quiet.writer()}) {
            Socket socket(run.context());
            co_await join_group(socket, run.group().own_daemon()->endpoint(), writer, std::nullopt, patience);
        }
        node.start();
        EXPECT_TRUE(is_kind(co_await asks.hear(), "COORDINATOR"));
        EXPECT_TRUE(is_kind(co_await quiet.hear(), "COORDINATOR"));
        const auto request = named_election(asks.pid(), {});
        for (int i = 0; i < 3; ++i) {
            co_await asks.say(node, request);
            EXPECT_TRUE(is_kind(co_await asks.hear(), "OK"));
            const auto told = co_await asks.hear();
            EXPECT_TRUE(is_kind(told, "COORDINATOR")) << told;
        }
        EXPECT_FALSE(quiet.has_more());
    });
}

// While its ELECTION is held by the hold-down, the daemon lists a stranger, who is told at once.
TEST(NodeTelling, TellsWhoAsksBesideStrangersThatItLeadsStill) {
    auto options = leading({300, 3'000'000});
    options.node.limits.announcement_interval = patience;
    options.node.settings.timing.hold_down = patience;
    LiveRun run(options);
    Peer asks(run.context(), {10, 1'000'010});
    Peer quiet(run.context(), {20, 1'000'020});
    Peer stranger(run.context(), {30, 1'000'030});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await asks.join(run);
        co_await quiet.join(run);
        node.start();
        EXPECT_TRUE(is_kind(co_await asks.hear(), "COORDINATOR"));
        EXPECT_TRUE(is_kind(co_await quiet.hear(), "COORDINATOR"));
        co_await stranger.join(run);
        const Member moved{quiet.pid(), {"127.0.0.1", 1}};  // a reason to ask the daemon
        const auto request = named_election(asks.pid(), {moved});
        co_await asks.say(node, request);
        EXPECT_TRUE(is_kind(co_await asks.hear(), "OK"));
        EXPECT_TRUE(is_kind(co_await stranger.hear(), "COORDINATOR"));
        EXPECT_TRUE(co_await run.group().until([&] { return asks.has_more(); }, 5s)) << "it isn't told";
        EXPECT_FALSE(quiet.has_more());
        node.crash();
    });
}

// R8. Who asks is told apart from that, and none is told for it alone.
TEST(NodeTelling, TellsAllNowAndThenThatItLeadsStill) {
    auto options = leading({300, 3'000'000});
    options.node.limits.announcement_interval = 1ms;
    options.node.settings.timing.refresh = 50ms;
    LiveRun run(options);
    Peer quiet(run.context(), {20, 1'000'020});
    Peer other(run.context(), {10, 1'000'010});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await quiet.join(run);
        co_await other.join(run);
        node.start();
        for (int told = 0; told < 3; ++told) {
            EXPECT_TRUE(is_kind(co_await quiet.hear(), "COORDINATOR"));
            EXPECT_TRUE(is_kind(co_await other.hear(), "COORDINATOR"));
        }
        node.crash();
    });
}

// What goes out between steps is told of as well: else the log and the wire would differ.
TEST(NodeTelling, RemindsAllOnceAfterItsVictoryAndSaysSo) {
    auto options = leading({10, 1'000'010});
    options.node.settings.mode = Mode::strict;
    options.node.settings.timing.probe_gap = {1ms, 10ms};
    LiveRun run(options);
    Peer lower(run.context(), {5, 1'000'005});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await lower.join(run);
        node.start();
        EXPECT_TRUE(is_kind(co_await lower.hear(), "COORDINATOR"));
        EXPECT_EQ(run.reminded(), 0U);
        EXPECT_TRUE(is_kind(co_await lower.hear(), "COORDINATOR"));
        EXPECT_EQ(run.reminded(), 1U);
        node.crash();
    });
}

// A message that waits for its turn to be sent.
TEST(NodeTelling, DoesntAnnounceItselfOnceItFollowsAnother) {
    LiveRun run(leading({10, 1'000'010}));
    Peer lower(run.context(), {5, 1'000'005});
    const ProcessId stranger{300, 3'000'000};
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await lower.join(run);
        node.start();
        EXPECT_TRUE(is_kind(co_await lower.hear(), "COORDINATOR"));
        co_await lower.say(node, claim_of("COORDINATOR", lower.pid()));
        EXPECT_TRUE(is_kind(co_await lower.hear(), "COORDINATOR")) << "it leads still";
        const auto& turns = node.options().turns;
        std::vector<Turns::Turn> all;
        for (auto left = turns->most(); left > 0; --left) {
            turns->take([&](Turns::Turn turn) { all.push_back(std::move(turn)); });
        }
        EXPECT_TRUE(co_await run.group().until([&] { return all.size() == turns->most(); }, patience));
        co_await lower.say(node, claim_of("COORDINATOR", lower.pid()));
        co_await lower.say(node, claim_of("COORDINATOR", stranger));  // the daemon is asked who that is
        EXPECT_EQ(turns->waiting(), 2U);
        const auto connections = node.counts().connections;
        all.clear();
        EXPECT_TRUE(co_await run.group().until([&] { return node.counts().connections > connections; }, patience));
        EXPECT_EQ(node.election().leader(), stranger);
        EXPECT_FALSE(lower.has_more());
        node.crash();
    });
}

}  // namespace
}  // namespace bully::net
