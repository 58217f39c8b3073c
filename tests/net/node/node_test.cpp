// One live node, and a peer that a test plays.
#include "tests/net/node/live_run.hpp"
#include "tests/net/node/peer.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

GroupOptions of_one(ProcessId pid) {
    auto options = one_node(pid);
    options.node.limits.announcement_interval = 1ms;
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

TEST(Node, KeepsItsPortWhereOthersAreToldAnother) {
    asio::io_context context(1);
    auto options = of_one({300, 3'000'000});
    options.node.advertise = "192.0.2.1";
    options.node.advertise_port = 7;
    options.node.gcd = {"127.0.0.1", 1};
    LiveGroup group(context, options, {});
    auto& node = *group.nodes().front();
    const auto at = node.listens_at();
    EXPECT_NE(at.port, 0);
    EXPECT_NE(at.port, 7);
    EXPECT_EQ(node.endpoint(), (Endpoint{"192.0.2.1", 7}));
    node.start();
    node.crash();
    node.listen();
    EXPECT_EQ(node.listens_at(), at);
    EXPECT_EQ(node.endpoint(), (Endpoint{"192.0.2.1", 7}));
}

// A peer that knows no PROBE closes it; one that has answered and then closes is on its way out.
TEST(Node, ForgetsWhoAnswersProbesWhenItIsStartedAgain) {
    LiveRun run(of_one({10, 1'000'010}));
    Peer peer(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await peer.join(run);
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        for (const bool has_answered : {true, false}) {
            node.start();
            EXPECT_TRUE(is_kind(co_await peer.hear(ok), "ELECTION"));
            co_await peer.say(node, claim_of("COORDINATOR", peer.writer().self().pid));
            if (has_answered) {
                EXPECT_TRUE(is_kind(co_await peer.hear(ok), "PROBE"));
            }
            EXPECT_TRUE(is_kind(co_await peer.hear(), "PROBE"));
            const auto next = co_await peer.hear(ok);
            EXPECT_TRUE(is_kind(next, has_answered ? "ELECTION" : "PROBE")) << next;
            node.crash();
            node.listen();
        }
    });
}

// Real nodes that neither answer nor close a PROBE read its end again and again, until 2 s after they accepted it.
TEST(Node, EndsAProbeLaterForWhoWasSilentToOne) {
    auto options = of_one({10, 1'000'010});
    options.node.settings.timing.probe_timeout = 500ms;
    options.node.settings.timing.answer_timeout = patience;
    LiveRun run(options);
    Peer peer(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await peer.join(run);
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        std::vector<Peer::Heard> left_open;
        node.start();
        for (const bool was_silent : {false, true, true}) {
            EXPECT_EQ((co_await peer.hear(ok)).find("ELECTION"), 2U);
            co_await peer.say(node, claim_of("COORDINATOR", peer.writer().self().pid));
            auto& probe = left_open.emplace_back(co_await peer.accept());
            EXPECT_EQ(probe.message.find("PROBE"), 2U) << probe.message;
            const auto accepted = Clock::now();
            std::array<char, 1> more{};
            const auto [end, count] = co_await probe.socket.async_read_some(asio::buffer(more), as_result);
            EXPECT_EQ(end, asio::error::eof) << end.message();
            if (was_silent) {
                EXPECT_GT(Clock::now() - accepted, 2s);
            }
        }
        node.crash();
    });
}

// A daemon, and a peer, that answer when they have read to the end of what is sent.
// As a crash does.
TEST(Node, DoesntJoinIfTheSocketIsClosedWhileTheDaemonIsLookedUp) {
    asio::io_context context(1);
    const Peer daemon(context, {20, 1'000'020});
    Socket socket(context);
    std::optional<JoinOutcome> outcome;
    // "127.1" is no address as such, and needs no name server.
    const Endpoint gcd{"127.1", daemon.writer().self().endpoint.port};
    co_spawn(context, join_group(socket, gcd, daemon.writer(), std::nullopt, patience),
             [&](const std::exception_ptr&, JoinOutcome ended) { outcome = std::move(ended); });
    context.poll_one();
    ASSERT_TRUE(socket.is_open());
    socket.close();
    context.restart();
    context.run();
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->connections, 0U);
    EXPECT_FALSE(outcome->members);
}

TEST(Node, EndsWhatItSendsBeforeItsPatienceEnds) {
    asio::io_context context(1);
    Peer reader(context, {300, 3'000'000});
    GroupOptions options = of_one({10, 1'000'010});
    options.node.join_timeout = patience;
    options.node.settings.timing.answer_timeout = patience;
    options.node.gcd = reader.writer().self().endpoint;
    LiveGroup group(context, options, {});
    co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            group.nodes().front()->start();
            const Member own{group.nodes().front()->pid(), group.nodes().front()->endpoint()};
            pickle::Encoder members(4);
            members.begin_dict();
            for (const auto& member : {own, reader.writer().self()}) {
                members.begin_tuple().integer(member.pid.days).integer(member.pid.student_id).end_tuple();
                members.begin_tuple().text(member.endpoint.host).integer(member.endpoint.port).end_tuple();
            }
            EXPECT_NE((co_await reader.hear_to_end(members.end_dict().finish())).find("JOIN"), std::string::npos);
            const auto ok = reader.writer().ok(peer_shape, reader.alone());
            EXPECT_NE((co_await reader.hear_to_end(ok)).find("ELECTION"), std::string::npos);
            const auto waits = [&] { return group.nodes().front()->election().phase() == Phase::awaiting_coordinator; };
            EXPECT_TRUE(co_await group.until(waits, patience));
            group.nodes().front()->crash();
            context.stop();
        },
        rethrow);
    context.run();
}

// A member that has moved may be another program by now.
TEST(Node, WritesToAPeerAsTheGroupDoesAfterItHasMoved) {
    auto options = of_one({300, 3'000'000});
    options.node.settings.timing.probe_gap = {patience, patience};
    LiveRun run(options);
    Peer before(run.context(), {20, 1'000'020});
    Peer after(run.context(), {20, 1'000'020});
    Peer other(run.context(), {10, 1'000'010});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await before.join(run);
        node.start();
        EXPECT_TRUE(is_kind(co_await before.hear(), "COORDINATOR"));
        co_await before.say(node, claim_of("VICTORY", before.pid()));
        EXPECT_TRUE(is_kind(co_await before.hear(), "VICTORY"));
        co_await after.join(run);
        const auto moved = Membership({other.writer().self(), after.writer().self()});
        EXPECT_TRUE(is_kind(co_await other.ask(node, other.writer().election(peer_shape, moved)), "OK"));
        const auto told = co_await after.hear();
        EXPECT_TRUE(is_kind(told, "COORDINATOR")) << told;
        node.crash();
    });
}

}  // namespace
}  // namespace bully::net
