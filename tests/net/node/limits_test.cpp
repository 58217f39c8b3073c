// One live node among peers that name too many, answer too late, or say too much.
#include "tests/net/node/live_run.hpp"
#include "tests/net/node/peer.hpp"

#include <array>
#include <string>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

GroupOptions just_one(ProcessId pid) {
    GroupOptions options;
    options.pids = {pid};
    options.node.settings.timing.probe_gap = {1ms, 1ms};
    return options;
}

bool is(const std::string& message, std::string_view kind) { return message.find(kind) == 2; }

// The look-ups fail at once or late, all or some of them; each is an outcome for an election that is under way.
TEST(NodeLimits, NamesThatCantBeResolvedDontStopIt) {
    LiveRun run(just_one({10, 1'000'010}));
    Peer peer(run.context(), {5, 1'000'005});
    std::vector<Member> strangers{peer.writer().self()};
    for (int i = 0; i < 500; ++i)
        strangers.push_back({{20 + i, 2'000'000 + i}, {"h" + std::to_string(i) + ".invalid", 4000}});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        node.start();
        co_await run.agreement("the start");
        const auto request = peer.writer().election(peer_shape, Membership(strangers));
        EXPECT_TRUE(is(co_await peer.ask(node, request), "OK"));
        EXPECT_EQ(node.election().members().size(), 502U);
        EXPECT_TRUE(is(co_await peer.ask(node, request), "OK"));
        node.crash();
    });
}

TEST(NodeLimits, TakesNoListOverThatMakesTooManyMembers) {
    auto options = just_one({300, 3'000'000});
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
        EXPECT_TRUE(is(co_await peer.ask(node, peer.writer().election(peer_shape, Membership(listed))), "OK"));
        EXPECT_EQ(node.election().members().size(), 1U);
        EXPECT_TRUE(is(co_await peer.ask(node, peer.writer().election(peer_shape, fits)), "OK"));
        EXPECT_EQ(node.election().members().size(), 3U);
    });
}

// A restarted member may be known only from a list that names too many: that it is elsewhere is worth asking the
// daemon.
TEST(NodeLimits, LearnsFromAListOfTooManyThatAMemberIsElsewhere) {
    auto options = just_one({10, 1'000'010});
    options.node.limits.members = 3;
    LiveRun run(options);
    Peer before(run.context(), {20, 1'000'020});
    Peer after(run.context(), {20, 1'000'020});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        node.start();
        co_await run.agreement("the start");
        EXPECT_TRUE(is(co_await before.ask(node, before.writer().election(peer_shape, before.alone())), "OK"));
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
    auto options = just_one({300, 3'000'000});
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
        for (int i = 0; i < 100 && !is(last, "VICTORY"); ++i) last = co_await peer.hear();
        EXPECT_EQ(last, "('VICTORY', (300, 3000000))");
    });
}

// The PROBE is given up, the peer taken for dead, and an election begun, before its OK comes.
TEST(NodeLimits, AnOkForAnEarlierRequestIsNoAnswerToAnElection) {
    auto options = just_one({10, 1'000'010});
    options.node.settings.timing.probe_timeout = 200ms;
    options.node.settings.timing.answer_timeout = 300ms;
    LiveRun run(options);
    Peer peer(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await peer.join(run);
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        node.start();
        EXPECT_TRUE(is(co_await peer.hear(ok), "ELECTION"));
        co_await peer.say(node, claim_of("COORDINATOR", peer.pid()));
        auto probed = co_await peer.accept();
        EXPECT_TRUE(is(probed.message, "PROBE"));
        auto asked = co_await peer.accept();
        EXPECT_TRUE(is(asked.message, "ELECTION"));
        co_await asio::async_write(probed.socket, asio::buffer(ok), as_result);
        const bool won =
            co_await run.group().until([&] { return node.election().phase() == Phase::leading; }, patience);
        EXPECT_TRUE(won);
        EXPECT_EQ(node.election().elections(), 2U);
    });
}

// One that refuses is asked again where a list makes it the leader. What others say meanwhile isn't lost.
TEST(NodeLimits, FollowsTheLastOfTwoListsWhileADoubtfulMemberIsAsked) {
    auto options = just_one({10, 1'000'010});
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
        EXPECT_TRUE(is(co_await fifty.hear(fifty.writer().ok(peer_shape, fifty.alone())), "ELECTION"));
        EXPECT_TRUE(is(co_await seventy.hear(seventy.writer().ok(peer_shape, seventy.alone())), "ELECTION"));
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
    auto options = just_one({300, 3'000'000});
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

// An ELECTION that reaches a leader shows that its sender has overlooked it, and says nothing of others.
TEST(NodeLimits, TellsOnlyWhoAsksThatItLeadsStill) {
    auto options = just_one({300, 3'000'000});
    options.node.limits.announcement_interval = 1ms;
    options.node.settings.timing.probe_gap = {patience, patience};
    LiveRun run(options);
    Peer asks(run.context(), {10, 1'000'010});
    Peer quiet(run.context(), {20, 1'000'020});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        for (const auto& writer : {asks.writer(), quiet.writer()}) {
            Socket socket(run.context());
            co_await join_group(socket, run.group().own_daemon()->endpoint(), writer, std::nullopt, patience);
        }
        node.start();
        EXPECT_TRUE(is(co_await asks.hear(), "COORDINATOR"));
        EXPECT_TRUE(is(co_await quiet.hear(), "COORDINATOR"));
        pickle::Encoder election(4);
        election.begin_tuple().text("ELECTION");
        election.begin_tuple().integer(10).integer(1'000'010).end_tuple();
        const auto request = election.begin_dict().end_dict().end_tuple().finish();
        for (int i = 0; i < 3; ++i) {
            co_await asks.say(node, request);
            EXPECT_TRUE(is(co_await asks.hear(), "OK"));
            const auto told = co_await asks.hear();
            EXPECT_TRUE(is(told, "COORDINATOR")) << told;
        }
        EXPECT_FALSE(quiet.has_more());
    });
}

// R8. Who asks is told apart from that, and none is told for it alone.
TEST(NodeLimits, TellsAllNowAndThenThatItLeadsStill) {
    auto options = just_one({300, 3'000'000});
    options.node.limits.announcement_interval = 1ms;
    options.node.settings.timing.probe_gap = {patience, patience};
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
            EXPECT_TRUE(is(co_await quiet.hear(), "COORDINATOR"));
            EXPECT_TRUE(is(co_await other.hear(), "COORDINATOR"));
        }
        node.crash();
    });
}

}  // namespace
}  // namespace bully::net
