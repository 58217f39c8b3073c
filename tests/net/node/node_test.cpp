// One live node, and a peer that a test plays.
#include "tests/net/node/played_node.hpp"

#include <array>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

// The daemon's answer to a JOIN.
std::string members_answer(std::initializer_list<Member> listed) {
    pickle::Encoder members(4);
    members.begin_dict();
    for (const auto& member : listed) {
        members.begin_tuple().integer(member.pid.days).integer(member.pid.student_id).end_tuple();
        members.begin_tuple().text(member.endpoint.host).integer(member.endpoint.port).end_tuple();
    }
    return members.end_dict().finish();
}

class NodeTest : public PlayedNode {
  protected:
    NodeTest() { use({10, 1'000'010}); }
    void use(ProcessId pid) {
        options = one_node(pid);
        options.node.limits.announcement_interval = 1ms;
    }
};

TEST_F(NodeTest, WritesToAPeerAsThatDoesUntilItIsStartedAgain) {
    use({300, 3'000'000});
    Peer peer(context(), {10, 1'000'010});
    play({}, [&]() -> asio::awaitable<void> {
        co_await run().agreement("the start");
        co_await peer.say(node(), peer.writer().election(peer_shape, peer.alone()));
        const auto at_first = co_await peer.hear();
        EXPECT_EQ(at_first.rfind("('COORDINATOR', {(300, 3000000): ", 0), 0U) << at_first;
        co_await peer.say(node(), claim_of("VICTORY", peer.pid()));
        EXPECT_EQ(co_await peer.hear(), "('VICTORY', (300, 3000000))");

        restart();
        co_await run().agreement("the new life");
        co_await peer.say(node(), peer.writer().election(peer_shape, peer.alone()));
        EXPECT_EQ(co_await peer.hear(), at_first);
    });
}

TEST_F(NodeTest, KeepsItsPortWhereOthersAreToldAnother) {
    use({300, 3'000'000});
    options.node.advertise = "192.0.2.1";
    options.node.advertise_port = 7;
    options.node.gcd = {"127.0.0.1", 1};
    const auto at = node().listens_at();
    EXPECT_NE(at.port, 0);
    EXPECT_NE(at.port, 7);
    EXPECT_EQ(node().endpoint(), (Endpoint{"192.0.2.1", 7}));
    node().start();
    node().crash();
    node().listen();
    EXPECT_EQ(node().listens_at(), at);
    EXPECT_EQ(node().endpoint(), (Endpoint{"192.0.2.1", 7}));
}

// A peer that knows no PROBE closes it; one that has answered and then closes is on its way out.
TEST_F(NodeTest, ForgetsWhoAnswersProbesWhenItIsStartedAgain) {
    Peer peer(context(), {300, 3'000'000});
    play({&peer}, [&]() -> asio::awaitable<void> {
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        for (const bool has_answered : {true, false}) {
            co_await hears(peer, "ELECTION", ok);
            co_await peer.say(node(), claim_of("COORDINATOR", peer.pid()));
            if (has_answered) co_await hears(peer, "PROBE", ok);
            co_await hears(peer, "PROBE");
            co_await hears(peer, has_answered ? "ELECTION" : "PROBE", ok);
            restart();
        }
    });
}

// Real nodes that neither answer nor close a PROBE read its end again and again, until 2 s after they accepted it.
TEST_F(NodeTest, EndsAProbeLaterForWhoWasSilentToOne) {
    options.node.settings.timing.probe_timeout = 500ms;
    options.node.settings.timing.answer_timeout = patience;
    Peer peer(context(), {300, 3'000'000});
    play({&peer}, [&]() -> asio::awaitable<void> {
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        std::vector<Peer::Heard> left_open;
        for (const bool was_silent : {false, true, true}) {
            co_await hears(peer, "ELECTION", ok);
            co_await peer.say(node(), claim_of("COORDINATOR", peer.pid()));
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
    });
}

// As a crash does.
TEST_F(NodeTest, DoesntJoinIfTheSocketIsClosedWhileTheDaemonIsLookedUp) {
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

// A daemon, and a peer, that answer when they have read to the end of what is sent.
TEST_F(NodeTest, EndsWhatItSendsBeforeItsPatienceEnds) {
    asio::io_context context(1);
    Peer reader(context, {300, 3'000'000});
    options.node.join_timeout = patience;
    options.node.settings.timing.answer_timeout = patience;
    options.node.gcd = reader.writer().self().endpoint;
    LiveGroup group(context, options, {});
    co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            group.nodes().front()->start();
            const Member own{group.nodes().front()->pid(), group.nodes().front()->endpoint()};
            const auto members = members_answer({own, reader.writer().self()});
            EXPECT_NE((co_await reader.hear_to_end(members)).find("JOIN"), std::string::npos);
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

// ELECTIONs to silent members hold their turns for seconds each.
TEST_F(NodeTest, JoinsBeforeItSendsElectionsThatWaitForTheirTurn) {
    asio::io_context context(1);
    Peer daemon(context, {5, 1'000'005});
    Peer fifty(context, {50, 5'000'000});
    Peer ninety(context, {90, 9'000'000});
    options.node.turns = std::make_shared<Turns>(context, 1);
    options.node.settings.timing.answer_timeout = patience;
    options.node.gcd = daemon.writer().self().endpoint;
    LiveGroup group(context, options, {});
    auto& node = *group.nodes().front();
    co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            node.start();
            const auto members =
                members_answer({{node.pid(), node.endpoint()}, fifty.writer().self(), ninety.writer().self()});
            co_await hears(daemon, "JOIN", members);
            {
                const auto held = co_await fifty.accept();
                EXPECT_TRUE(is_kind(held.message, "ELECTION"));
                const Member stranger{{20, 2'000'000}, fifty.writer().self().endpoint};
                const Membership contested({daemon.writer().self(), stranger});  // a reason to ask the daemon
                co_await daemon.ask(node, daemon.writer().election(peer_shape, contested));
            }
            const auto asked = co_await daemon.accept();
            EXPECT_TRUE(is_kind(asked.message, "JOIN")) << asked.message;
            EXPECT_FALSE(ninety.has_more());
            node.crash();
            context.stop();
        },
        rethrow);
    context.run();
}

// A member that has moved may be another program by now.
TEST_F(NodeTest, WritesToAPeerAsTheGroupDoesAfterItHasMoved) {
    use({300, 3'000'000});
    options.node.settings.timing.probe_gap = {patience, patience};
    Peer before(context(), {20, 1'000'020});
    Peer after(context(), {20, 1'000'020});
    Peer other(context(), {10, 1'000'010});
    play({&before}, [&]() -> asio::awaitable<void> {
        co_await hears(before, "COORDINATOR");
        co_await before.say(node(), claim_of("VICTORY", before.pid()));
        co_await hears(before, "VICTORY");
        co_await after.join(run());
        const auto moved = Membership({other.writer().self(), after.writer().self()});
        co_await answers(other, other.writer().election(peer_shape, moved));
        co_await hears(after, "COORDINATOR");
    });
}

}  // namespace
}  // namespace bully::net
