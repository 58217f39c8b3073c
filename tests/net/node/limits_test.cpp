// One live node among peers that name too many, answer too late, or say too much.
#include "tests/net/node/played_node.hpp"

#include <array>
#include <string>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

class NodeLimits : public PlayedNode {};

// The look-ups fail at once or late, all or some of them; each is an outcome for an election that is under way.
TEST_F(NodeLimits, NamesThatCantBeResolvedDontStopIt) {
    Peer peer(context(), {5, 1'000'005});
    std::vector<Member> strangers{peer.writer().self()};
    for (int i = 0; i < 500; ++i)
        strangers.push_back({{20 + i, 2'000'000 + i}, {"h" + std::to_string(i) + ".invalid", 4000}});
    play({}, [&]() -> asio::awaitable<void> {
        co_await run().agreement("the start");
        const auto request = peer.writer().election(peer_shape, Membership(strangers));
        co_await answers(peer, request);
        EXPECT_EQ(node().election().members().size(), 502U);
        co_await answers(peer, request);
    });
}

TEST_F(NodeLimits, TakesNoListOverThatMakesTooManyMembers) {
    options = one_node({300, 3'000'000});
    options.node.limits.members = 2;  // besides the one that the daemon lists
    Peer peer(context(), {10, 1'000'010});
    play({}, [&]() -> asio::awaitable<void> {
        co_await run().agreement("the start");
        std::vector<Member> listed{peer.writer().self(), {{11, 1'000'011}, {"127.0.0.1", 1}}};
        const auto fits = Membership(listed);
        listed.push_back({{12, 1'000'012}, {"127.0.0.1", 1}});
        co_await answers(peer, peer.writer().election(peer_shape, Membership(listed)));
        EXPECT_EQ(node().election().members().size(), 1U);
        co_await answers(peer, peer.writer().election(peer_shape, fits));
        EXPECT_EQ(node().election().members().size(), 3U);

        run().group().own_daemon()->stop();
        restart();
        co_await answers(peer, peer.writer().election(peer_shape, fits));
        EXPECT_EQ(node().election().members().size(), 1U) << "no daemon has listed anybody in this life";
    });
}

// A restarted member may be known only from a list that names too many: that it is elsewhere is worth asking the
// daemon.
TEST_F(NodeLimits, LearnsFromAListOfTooManyThatAMemberIsElsewhere) {
    options.node.limits.members = 3;
    Peer before(context(), {20, 1'000'020});
    Peer after(context(), {20, 1'000'020});
    play({}, [&]() -> asio::awaitable<void> {
        co_await run().agreement("the start");
        co_await answers(before, before.writer().election(peer_shape, before.alone()));
        co_await after.join(run());
        std::vector<Member> listed{after.writer().self()};
        for (int i = 0; i < 5; ++i) listed.push_back({{30, 2'000'000 + i}, {"127.0.0.1", 1}});
        co_await after.ask(node(), after.writer().election(peer_shape, Membership(listed)));
        const auto knows = [&] {
            const auto& members = node().election().members();
            const auto found = members.find(after.pid());
            return found && members.members()[*found] == after.writer().self();
        };
        EXPECT_TRUE(co_await run().group().until(knows, patience));
        EXPECT_EQ(node().election().members().size(), 2U);
    });
}

// Pids are free to invent: those of strangers don't keep it from learning how a member writes.
TEST_F(NodeLimits, LearnsHowAMemberWritesAfterAnyNumberOfStrangers) {
    options = one_node({300, 3'000'000});
    options.node.limits.announcement_interval = 200ms;
    Peer peer(context(), {10, 1'000'010});
    play({&peer}, [&]() -> asio::awaitable<void> {
        co_await run().agreement("the start");
        constexpr int strangers = 4'200;
        for (int i = 0; i < strangers; ++i) co_await peer.say(node(), claim_of("COORDINATOR", {1, 5'000'000 + i}));
        co_await peer.say(node(), claim_of("VICTORY", peer.pid()));
        std::string last;
        for (int i = 0; i < 100 && !is_kind(last, "VICTORY"); ++i) last = co_await peer.hear();
        EXPECT_EQ(last, "('VICTORY', (300, 3000000))");
    });
}

// One that refuses is asked again where a list makes it the leader. What others say meanwhile isn't lost.
TEST_F(NodeLimits, FollowsTheLastOfTwoListsWhileADoubtfulMemberIsAsked) {
    options.node.settings.timing.coordinator_timeout = patience;
    options.node.settings.timing.probe_gap = {patience, patience};
    Peer fifty(context(), {50, 5'000'000});
    Peer seventy(context(), {70, 7'000'000});
    tcp::acceptor dead(context());
    dead.open(tcp::v4());
    dead.bind({asio::ip::address_v4::loopback(), 0});
    const Member ninety{{90, 9'000'000}, endpoint_of(dead.local_endpoint())};
    run().play([&]() -> asio::awaitable<void> {
        for (const auto& member : {fifty.writer().self(), seventy.writer().self(), ninety}) co_await join(member);
        node().start();
        EXPECT_TRUE(is_kind(co_await fifty.hear(fifty.writer().ok(peer_shape, fifty.alone())), "ELECTION"));
        EXPECT_TRUE(is_kind(co_await seventy.hear(seventy.writer().ok(peer_shape, seventy.alone())), "ELECTION"));
        // It is there again, but so busy that connecting takes long.
        dead.listen(0);
        std::array<Socket, 4> crowd{Socket(context()), Socket(context()), Socket(context()), Socket(context())};
        for (auto& one : crowd) one.async_connect(dead.local_endpoint(), [](error_code) {});
        co_await crowd[0].async_wait(Socket::wait_write, as_result);
        const auto list = [&](const Peer& sender) {
            return lab::Writer(ninety, 4).coordinator(peer_shape, Membership({own(), sender.writer().self(), ninety}));
        };
        co_await fifty.say(node(), list(fifty));
        co_await seventy.say(node(), list(seventy));
        const bool follows =
            co_await run().group().until([&] { return node().election().leader() == seventy.pid(); }, patience);
        EXPECT_TRUE(follows);
    });
}

// A flood from one host leaves room for others; but on 127.0.0.1 they may all be.
TEST_F(NodeLimits, HoldsSoManyConnectionsFromOneHost) {
    options = one_node({300, 3'000'000});
    options.node.limits.per_host = 4;
    options.node.limits.message = patience;
    play({}, [&]() -> asio::awaitable<void> {
        co_await run().agreement("the start");
        std::vector<Socket> held;
        const auto connect_from = [&](const char* host, std::uint64_t count) -> asio::awaitable<void> {
            for (std::uint64_t i = 0; i < count; ++i) {
                auto& socket = held.emplace_back(context());
                socket.open(tcp::v4());
                socket.bind({asio::ip::make_address(host), 0});
                const auto accepted = node().counts().accepted;
                co_await socket.async_connect({asio::ip::address_v4::loopback(), node().endpoint().port}, as_result);
                co_await run().group().until([&] { return node().counts().accepted > accepted; }, patience);
            }
        };
        co_await connect_from("127.0.0.1", 10);
        co_await connect_from("127.0.0.9", 4);
        EXPECT_EQ(node().counts().evicted, 0U);
        co_await connect_from("127.0.0.9", 3);
        EXPECT_EQ(node().counts().evicted, 3U);
    });
}

// A list whose sender has to be found out costs no more connections than anything else.
TEST_F(NodeLimits, TakesADoubtfulMemberForAbsentWhereNoConnectionIsLeftToAskIt) {
    options.node.limits.opened = 3;  // two ELECTIONs, which nobody answers, and the first COORDINATOR
    options.node.limits.linger = patience;
    options.node.settings.timing.answer_timeout = 200ms;
    options.node.settings.timing.probe_gap = {patience, patience};
    Peer fifty(context(), {50, 5'000'000});
    Peer ninety(context(), {90, 9'000'000});
    play({&fifty, &ninety}, [&]() -> asio::awaitable<void> {
        const auto first = co_await fifty.accept();
        const auto second = co_await ninety.accept();
        EXPECT_TRUE(is_kind(first.message, "ELECTION"));
        EXPECT_TRUE(is_kind(second.message, "ELECTION"));
        const auto has_won = [&] { return node().election().phase() == Phase::leading; };
        EXPECT_TRUE(co_await run().group().until(has_won, patience));
        const Membership list({own(), fifty.writer().self(), ninety.writer().self()});
        co_await fifty.say(node(), ninety.writer().coordinator(peer_shape, list));
        const auto follows = [&] { return node().election().leader() == ninety.pid(); };
        EXPECT_TRUE(co_await run().group().until(follows, 5s)) << run().troubles();
        EXPECT_FALSE(ninety.has_more());
        EXPECT_NE(run().troubles().find("too many open connections to ask (90, 9000000)"), std::string::npos)
            << run().troubles();
    });
}

// Each PROBE to a follower is a reason to ask those above (R2).
TEST_F(NodeLimits, AFloodOfProbesIsNoFloodOfElections) {
    options.node.limits.asks = 2;
    options.node.limits.ask_interval = patience;
    options.node.settings.timing.probe_gap = {patience, patience};
    Peer lower(context(), {5, 1'000'005});
    Peer higher(context(), {300, 3'000'000});
    play({&lower, &higher}, [&]() -> asio::awaitable<void> {
        EXPECT_TRUE(is_kind(co_await higher.hear(), "ELECTION")) << "of its start";
        co_await higher.say(node(), claim_of("COORDINATOR", higher.pid()));
        for (int i = 0; i < 10; ++i) co_await answers(lower, lower.writer().probe(peer_shape));
        for (int i = 0; i < 2; ++i) EXPECT_TRUE(is_kind(co_await higher.hear(), "ELECTION")) << i;
        co_await answers(lower, lower.writer().probe(peer_shape));
        EXPECT_FALSE(higher.has_more());
    });
}

}  // namespace
}  // namespace bully::net
