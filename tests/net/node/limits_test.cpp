// One live node among peers that name too many, answer too late, or say too much.
#include "tests/net/node/live_run.hpp"
#include "tests/net/node/peer.hpp"

#include <array>
#include <string>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

// The look-ups fail at once or late, all or some of them; each is an outcome for an election that is under way.
TEST(NodeLimits, NamesThatCantBeResolvedDontStopIt) {
    LiveRun run(one_node({10, 1'000'010}));
    Peer peer(run.context(), {5, 1'000'005});
    std::vector<Member> strangers{peer.writer().self()};
    for (int i = 0; i < 500; ++i)
        strangers.push_back({{20 + i, 2'000'000 + i}, {"h" + std::to_string(i) + ".invalid", 4000}});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        node.start();
        co_await run.agreement("the start");
        const auto request = peer.writer().election(peer_shape, Membership(strangers));
        EXPECT_TRUE(is_kind(co_await peer.ask(node, request), "OK"));
        EXPECT_EQ(node.election().members().size(), 502U);
        EXPECT_TRUE(is_kind(co_await peer.ask(node, request), "OK"));
        node.crash();
    });
}

TEST(NodeLimits, TakesNoListOverThatMakesTooManyMembers) {
    auto options = one_node({300, 3'000'000});
    options.node.limits.members = 2;  // besides the one that the daemon lists
    LiveRun run(options);
    Peer peer(run.context(), {10, 1'000'010});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        node.start();
        co_await run.agreement("the start");
        std::vector<Member> listed{peer.writer().self(), {{11, 1'000'011}, {"127.0.0.1", 1}}};
        const auto fits = Membership(listed);
        listed.push_back({{12, 1'000'012}, {"127.0.0.1", 1}});
        EXPECT_TRUE(is_kind(co_await peer.ask(node, peer.writer().election(peer_shape, Membership(listed))), "OK"));
        EXPECT_EQ(node.election().members().size(), 1U);
        EXPECT_TRUE(is_kind(co_await peer.ask(node, peer.writer().election(peer_shape, fits)), "OK"));
        EXPECT_EQ(node.election().members().size(), 3U);

        run.group().own_daemon()->stop();
        node.crash();
        node.listen();
        node.start();
        EXPECT_TRUE(is_kind(co_await peer.ask(node, peer.writer().election(peer_shape, fits)), "OK"));
        EXPECT_EQ(node.election().members().size(), 1U) << "no daemon has listed anybody in this life";
        node.crash();
    });
}

// A restarted member may be known only from a list that names too many: that it is elsewhere is worth asking the
// daemon.
TEST(NodeLimits, LearnsFromAListOfTooManyThatAMemberIsElsewhere) {
    auto options = one_node({10, 1'000'010});
    options.node.limits.members = 3;
    LiveRun run(options);
    Peer before(run.context(), {20, 1'000'020});
    Peer after(run.context(), {20, 1'000'020});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        node.start();
        co_await run.agreement("the start");
        EXPECT_TRUE(is_kind(co_await before.ask(node, before.writer().election(peer_shape, before.alone())), "OK"));
        co_await after.join(run);
        std::vector<Member> listed{after.writer().self()};
        for (int i = 0; i < 5; ++i) listed.push_back({{30, 2'000'000 + i}, {"127.0.0.1", 1}});
        co_await after.ask(node, after.writer().election(peer_shape, Membership(listed)));
        const auto knows = [&] {
            const auto& members = node.election().members();
            const auto found = members.find(after.pid());
            return found && members.members()[*found] == after.writer().self();
        };
        EXPECT_TRUE(co_await run.group().until(knows, patience));
        EXPECT_EQ(node.election().members().size(), 2U);
    });
}

// Pids are free to invent: those of strangers don't keep it from learning how a member writes.
TEST(NodeLimits, LearnsHowAMemberWritesAfterAnyNumberOfStrangers) {
    auto options = one_node({300, 3'000'000});
    options.node.limits.announcement_interval = 200ms;
    LiveRun run(options);
    Peer peer(run.context(), {10, 1'000'010});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await peer.join(run);
        node.start();
        co_await run.agreement("the start");
        constexpr int strangers = 4'200;
        for (int i = 0; i < strangers; ++i) co_await peer.say(node, claim_of("COORDINATOR", {1, 5'000'000 + i}));
        co_await peer.say(node, claim_of("VICTORY", peer.pid()));
        std::string last;
        for (int i = 0; i < 100 && !is_kind(last, "VICTORY"); ++i) last = co_await peer.hear();
        EXPECT_EQ(last, "('VICTORY', (300, 3000000))");
    });
}

// One that refuses is asked again where a list makes it the leader. What others say meanwhile isn't lost.
TEST(NodeLimits, FollowsTheLastOfTwoListsWhileADoubtfulMemberIsAsked) {
    auto options = one_node({10, 1'000'010});
    options.node.settings.timing.coordinator_timeout = patience;
    options.node.settings.timing.probe_gap = {patience, patience};
    LiveRun run(options);
    Peer fifty(run.context(), {50, 5'000'000});
    Peer seventy(run.context(), {70, 7'000'000});
    tcp::acceptor dead(run.context());
    dead.open(tcp::v4());
    dead.bind({asio::ip::address_v4::loopback(), 0});
    const Member ninety{{90, 9'000'000}, endpoint_of(dead.local_endpoint())};
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        for (const auto& writer : {fifty.writer(), seventy.writer(), lab::Writer(ninety, 4)}) {
            Socket asks(run.context());
            co_await join_group(asks, run.group().own_daemon()->endpoint(), writer, std::nullopt, patience);
        }
        node.start();
        EXPECT_TRUE(is_kind(co_await fifty.hear(fifty.writer().ok(peer_shape, fifty.alone())), "ELECTION"));
        EXPECT_TRUE(is_kind(co_await seventy.hear(seventy.writer().ok(peer_shape, seventy.alone())), "ELECTION"));
        // It is there again, but so busy that connecting takes long.
        dead.listen(0);
        std::array<Socket, 4> crowd{Socket(run.context()), Socket(run.context()), Socket(run.context()),
                                    Socket(run.context())};
        for (auto& one : crowd) one.async_connect(dead.local_endpoint(), [](error_code) {});
        co_await crowd[0].async_wait(Socket::wait_write, as_result);
        const auto list = [&](const Peer& sender) {
            const Member own{node.pid(), node.endpoint()};
            return lab::Writer(ninety, 4).coordinator(peer_shape, Membership({own, sender.writer().self(), ninety}));
        };
        co_await fifty.say(node, list(fifty));
        co_await seventy.say(node, list(seventy));
        const bool follows =
            co_await run.group().until([&] { return node.election().leader() == seventy.pid(); }, patience);
        EXPECT_TRUE(follows);
    });
}

// A flood from one host leaves room for others; but on 127.0.0.1 they may all be.
TEST(NodeLimits, HoldsSoManyConnectionsFromOneHost) {
    auto options = one_node({300, 3'000'000});
    options.node.limits.per_host = 4;
    options.node.limits.message = patience;
    LiveRun run(options);
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        node.start();
        co_await run.agreement("the start");
        std::vector<Socket> held;
        const auto connect_from = [&](const char* host, std::uint64_t count) -> asio::awaitable<void> {
            for (std::uint64_t i = 0; i < count; ++i) {
                auto& socket = held.emplace_back(run.context());
                socket.open(tcp::v4());
                socket.bind({asio::ip::make_address(host), 0});
                const auto accepted = node.counts().accepted;
                co_await socket.async_connect({asio::ip::address_v4::loopback(), node.endpoint().port}, as_result);
                co_await run.group().until([&] { return node.counts().accepted > accepted; }, patience);
            }
        };
        co_await connect_from("127.0.0.1", 10);
        co_await connect_from("127.0.0.9", 4);
        EXPECT_EQ(node.counts().evicted, 0U);
        co_await connect_from("127.0.0.9", 3);
        EXPECT_EQ(node.counts().evicted, 3U);
    });
}

// A list whose sender has to be found out costs no more connections than anything else.
TEST(NodeLimits, TakesADoubtfulMemberForAbsentWhereNoConnectionIsLeftToAskIt) {
    auto options = one_node({10, 1'000'010});
    options.node.limits.opened = 3;  // two ELECTIONs, which nobody answers, and the first COORDINATOR
    options.node.limits.linger = patience;
    options.node.settings.timing.answer_timeout = 200ms;
    options.node.settings.timing.probe_gap = {patience, patience};
    LiveRun run(options);
    Peer fifty(run.context(), {50, 5'000'000});
    Peer ninety(run.context(), {90, 9'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await fifty.join(run);
        co_await ninety.join(run);
        node.start();
        const auto first = co_await fifty.accept();
        const auto second = co_await ninety.accept();
        EXPECT_TRUE(is_kind(first.message, "ELECTION"));
        EXPECT_TRUE(is_kind(second.message, "ELECTION"));
        const auto has_won = [&] { return node.election().phase() == Phase::leading; };
        EXPECT_TRUE(co_await run.group().until(has_won, patience));
        const Member own{node.pid(), node.endpoint()};
        const Membership list({own, fifty.writer().self(), ninety.writer().self()});
        co_await fifty.say(node, ninety.writer().coordinator(peer_shape, list));
        const auto follows = [&] { return node.election().leader() == ninety.pid(); };
        EXPECT_TRUE(co_await run.group().until(follows, 5s)) << run.troubles();
        EXPECT_FALSE(ninety.has_more());
        EXPECT_NE(run.troubles().find("too many connections are open to ask (90, 9000000)"), std::string::npos)
            << run.troubles();
        node.crash();
    });
}

// Each PROBE to a follower is a reason to ask those above (R2).
TEST(NodeLimits, AFloodOfProbesIsNoFloodOfElections) {
    auto options = one_node({10, 1'000'010});
    options.node.limits.asks = 2;
    options.node.limits.ask_interval = patience;
    options.node.settings.timing.probe_gap = {patience, patience};
    LiveRun run(options);
    Peer lower(run.context(), {5, 1'000'005});
    Peer higher(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await lower.join(run);
        co_await higher.join(run);
        node.start();
        EXPECT_TRUE(is_kind(co_await higher.hear(), "ELECTION")) << "of its start";
        co_await higher.say(node, claim_of("COORDINATOR", higher.pid()));
        for (int i = 0; i < 10; ++i)
            EXPECT_TRUE(is_kind(co_await lower.ask(node, lower.writer().probe(peer_shape)), "OK"));
        for (int i = 0; i < 2; ++i) EXPECT_TRUE(is_kind(co_await higher.hear(), "ELECTION")) << i;
        EXPECT_TRUE(is_kind(co_await lower.ask(node, lower.writer().probe(peer_shape)), "OK"));
        EXPECT_FALSE(higher.has_more());
        node.crash();
    });
}

}  // namespace
}  // namespace bully::net
