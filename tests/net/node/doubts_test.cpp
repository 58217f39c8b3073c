// What a live node knows of others may have changed: it asks again.
#include "tests/net/node/live_run.hpp"
#include "tests/net/node/peer.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

constexpr ProcessId own_pid{10, 1'000'010};

GroupOptions without_probes() {
    GroupOptions options;
    options.pids = {own_pid};
    options.node.settings.timing.probe_gap = {patience, patience};
    return options;
}

// In COORDINATOR, of the dialect that doesn't name its sender.
std::string list_up_to(const Node& node, const std::vector<Member>& others) {
    std::vector<Member> members{{node.pid(), node.endpoint()}};
    members.insert(members.end(), others.begin(), others.end());
    const auto greatest = std::ranges::max_element(members, {}, &Member::pid);
    return lab::Writer(*greatest, 4).coordinator(peer_shape, Membership(members));
}

constexpr auto short_wait = 200ms;  // for what nobody will answer

// One node of ours, and two peers above it that haven't answered its ELECTION; it follows the lower one of them.
struct Silent {
    explicit Silent(GroupOptions options = without_probes())
        : run(with_short_waits(std::move(options))),
          fifty(run.context(), {50, 5'000'000}),
          ninety(run.context(), {90, 9'000'000}) {}

    static GroupOptions with_short_waits(GroupOptions options) {
        options.node.settings.timing.answer_timeout = short_wait;
        options.node.settings.timing.probe_timeout = short_wait;
        return options;
    }
    Node& node() { return run.node(0); }
    asio::awaitable<void> begin() {
        co_await fifty.join(run);
        co_await ninety.join(run);
        node().start();
        for (Peer* const peer : std::array{&fifty, &ninety}) {
            left_open.push_back(co_await peer->accept());
            EXPECT_TRUE(is_kind(left_open.back().message, "ELECTION"));
        }
        for (Peer* const peer : std::array{&fifty, &ninety}) {
            EXPECT_TRUE(is_kind(co_await peer->hear(), "COORDINATOR"));
        }
        const auto list_of_fifty = list_up_to(node(), {fifty.writer().self()});
        co_await fifty.say(node(), list_of_fifty);
        co_await follows(fifty.pid());
    }
    std::string list() { return list_up_to(node(), {fifty.writer().self(), ninety.writer().self()}); }
    asio::awaitable<void> follows(ProcessId leader) {
        const auto is_followed = [&] { return node().election().leader() == leader; };
        EXPECT_TRUE(co_await run.group().until(is_followed, patience)) << "it doesn't follow " << to_string(leader);
    }

    LiveRun run;
    Peer fifty;
    Peer ninety;
    std::vector<Peer::Heard> left_open;
};

TEST(NodeDoubts, FollowsALeaderThatWasSilentOnceItAnswersAProbe) {
    Silent group;
    group.run.play([&]() -> asio::awaitable<void> {
        co_await group.begin();
        co_await group.ninety.say(group.node(), group.list());
        EXPECT_TRUE(
            is_kind(co_await group.ninety.hear(group.ninety.writer().ok(peer_shape, group.ninety.alone())), "PROBE"));
        co_await group.follows(group.ninety.pid());
        EXPECT_FALSE(group.ninety.has_more()) << "once is enough";
    });
}

// Many nodes know no PROBE, and close it.
TEST(NodeDoubts, FollowsALeaderThatWasSilentOnceItClosesAProbe) {
    Silent group;
    group.run.play([&]() -> asio::awaitable<void> {
        co_await group.begin();
        co_await group.ninety.say(group.node(), group.list());
        EXPECT_TRUE(is_kind(co_await group.ninety.hear(), "PROBE"));
        co_await group.follows(group.ninety.pid());
    });
}

// The kernel of a stopped process accepts connections: it is silent still, and another has sent the list.
TEST(NodeDoubts, TakesAListForTheNextOnesWhileTheGreatestIsSilent) {
    Silent group;
    group.run.play([&]() -> asio::awaitable<void> {
        co_await group.begin();
        const Member seventy{{70, 7'000'000}, {"127.0.0.1", 1}};
        const auto list = list_up_to(group.node(), {seventy, group.ninety.writer().self()});
        co_await group.fifty.say(group.node(), list);
        const auto probe = co_await group.ninety.accept();
        EXPECT_TRUE(is_kind(probe.message, "PROBE"));
        co_await group.follows(seventy.pid);
    });
}

// The lab's reference never answers a PROBE, and leaves it open: taken for dead for ever, it would never be followed.
TEST(NodeDoubts, ForgetsInTimeThatOneWasSilent) {
    auto options = without_probes();
    options.node.settings.probing = false;
    options.node.settings.timing.probe_gap = {1ms, 1ms};
    Silent group(std::move(options));
    group.run.play([&]() -> asio::awaitable<void> {
        co_await group.begin();
        co_await group.ninety.say(group.node(), group.list());
        const auto probe = co_await group.ninety.accept();
        EXPECT_TRUE(is_kind(probe.message, "PROBE"));
        co_await group.follows(group.ninety.pid());
    });
}

// Of two that have failed, the greater one is dead, and the other has woken.
TEST(NodeDoubts, AsksAllThatFailedNotOnlyTheGreatest) {
    Silent group;
    tcp::acceptor dead(group.run.context(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const Member highest{{95, 9'500'000}, endpoint_of(dead.local_endpoint())};
    dead.close();
    group.run.play([&]() -> asio::awaitable<void> {
        Socket socket(group.run.context());
        const auto gcd = group.run.group().own_daemon()->endpoint();
        co_await join_group(socket, gcd, lab::Writer(highest, 4), std::nullopt, patience);
        co_await group.begin();
        const auto list =
            list_up_to(group.node(), {group.fifty.writer().self(), group.ninety.writer().self(), highest});
        co_await group.ninety.say(group.node(), list);
        EXPECT_TRUE(
            is_kind(co_await group.ninety.hear(group.ninety.writer().ok(peer_shape, group.ninety.alone())), "PROBE"));
        co_await group.follows(group.ninety.pid());
    });
}

// While it waits for the answer of a silent member it follows another: what came before that says nothing any more.
TEST(NodeDoubts, AListThatIsOvertakenByAGreaterLeaderIsVoid) {
    Silent group;
    group.run.play([&]() -> asio::awaitable<void> {
        co_await group.begin();
        co_await group.fifty.say(group.node(), group.list());
        auto probe = co_await group.ninety.accept();
        EXPECT_TRUE(is_kind(probe.message, "PROBE"));
        const ProcessId seventy{70, 7'000'000};
        co_await group.fifty.say(group.node(), claim_of("COORDINATOR", seventy));
        co_await group.follows(seventy);
        Deadline deadline(probe.socket, patience);
        std::array<char, 1> more{};
        co_await probe.socket.async_read_some(asio::buffer(more), as_result);  // until it is given up
        EXPECT_FALSE(deadline.passed());
        EXPECT_EQ(group.node().election().leader(), seventy);
    });
}

// Another program may have the pid and the address by now, one that knows no PROBE.
TEST(NodeDoubts, AClosedProbeIsASignOfLifeOfOneThatAnswersElections) {
    auto options = without_probes();
    options.node.settings.timing.probe_gap = {1ms, 1ms};
    LiveRun run(options);
    Peer peer(run.context(), {90, 9'000'000});
    run.play([&]() -> asio::awaitable<void> {
        co_await peer.join(run);
        auto& node = run.node(0);
        node.start();
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        EXPECT_TRUE(is_kind(co_await peer.hear(ok), "ELECTION"));
        co_await peer.say(node, claim_of("COORDINATOR", peer.pid()));
        EXPECT_TRUE(is_kind(co_await peer.hear(ok), "PROBE"));
        EXPECT_TRUE(is_kind(co_await peer.hear(), "PROBE"));
        EXPECT_TRUE(is_kind(co_await peer.hear(ok), "ELECTION"));
        co_await peer.say(node, claim_of("COORDINATOR", peer.pid()));
        EXPECT_TRUE(is_kind(co_await peer.hear(), "PROBE"));
        const auto next = co_await peer.hear();
        EXPECT_TRUE(is_kind(next, "PROBE")) << next;
        node.crash();
    });
}

// A dead member above, at whose address a live one is that never leads: its OK would hold up each election.
TEST(NodeDoubts, OneAtWhoseAddressAnotherIsCountsAsRefused) {
    auto options = without_probes();
    options.node.settings.timing.answer_timeout = short_wait;
    LiveRun run(options);
    Peer fifty(run.context(), {50, 5'000'000});
    const Member dead{{90, 9'000'000}, fifty.writer().self().endpoint};
    run.play([&]() -> asio::awaitable<void> {
        Socket socket(run.context());
        co_await join_group(socket, run.group().own_daemon()->endpoint(), lab::Writer(dead, 4), std::nullopt, patience);
        auto& node = run.node(0);
        node.start();
        EXPECT_TRUE(is_kind(co_await fifty.hear(), "ELECTION"))
            << "as far as anybody knows it is the one that is listed";
        EXPECT_TRUE(is_kind(co_await fifty.hear(), "COORDINATOR"));

        co_await fifty.join(run);
        co_await fifty.say(node, claim_of("COORDINATOR", fifty.pid()));  // a stranger: the daemon is asked
        const auto knows = [&] { return node.election().members().size() == 3; };
        EXPECT_TRUE(co_await run.group().until(knows, patience));
        const auto follows = [&] { return node.election().phase() == Phase::following; };
        const auto list = Membership({fifty.writer().self(), dead});
        const auto ok = fifty.writer().ok(peer_shape, fifty.alone());
        for (int i = 0; i < 3; ++i) {
            co_await fifty.say(node, fifty.writer().election(peer_shape, list));
            EXPECT_TRUE(is_kind(co_await fifty.hear(ok), "ELECTION"));
            EXPECT_FALSE(fifty.has_more()) << "it is asked in two roles";
            co_await fifty.say(node, claim_of("COORDINATOR", fifty.pid()));
            EXPECT_TRUE(co_await run.group().until(follows, patience));
        }
        node.crash();
    });
}

// Under any name of its host.
TEST(NodeDoubts, DoesntAskItselfForAnother) {
    for (const char* const host : std::array{"127.0.0.1", "localhost", "LOCALHOST"}) {
        auto options = without_probes();
        options.node.settings.timing.probe_gap = {1ms, 1ms};
        LiveRun run(options);
        Peer lower(run.context(), {5, 1'000'005});
        run.play([&]() -> asio::awaitable<void> {
            auto& node = run.node(0);
            node.start();
            co_await run.agreement("the start");
            const Member dead{{90, 9'000'000}, {host, node.endpoint().port}};
            const auto list = Membership({lower.writer().self(), dead});
            co_await lower.say(node, lower.writer().election(peer_shape, list));
            constexpr Round several_probes = 10;  // of those above it, as it leads
            const auto has_probed = [&] {
                return node.election().members().size() == 3 && node.election().round() > several_probes;
            };
            EXPECT_TRUE(co_await run.group().until(has_probed, patience)) << host;
            EXPECT_EQ(node.counts().accepted, 1U) << host << ": it has connected to itself";
            node.crash();
        });
    }
}

}  // namespace
}  // namespace bully::net
