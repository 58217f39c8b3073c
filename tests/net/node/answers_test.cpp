// A live node among peers that answer it: to what, and who.
#include "tests/net/node/live_run.hpp"
#include "tests/net/node/peer.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

// The PROBE is given up, the peer taken for dead, and an election begun, before its OK comes.
TEST(NodeAnswers, AnOkForAnEarlierRequestIsNoAnswerToAnElection) {
    auto options = one_node({10, 1'000'010});
    options.node.settings.timing.probe_timeout = 200ms;
    options.node.settings.timing.answer_timeout = 300ms;
    LiveRun run(options);
    Peer peer(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await peer.join(run);
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        node.start();
        EXPECT_TRUE(is_kind(co_await peer.hear(ok), "ELECTION"));
        co_await peer.say(node, claim_of("COORDINATOR", peer.pid()));
        auto probed = co_await peer.accept();
        EXPECT_TRUE(is_kind(probed.message, "PROBE"));
        auto asked = co_await peer.accept();
        EXPECT_TRUE(is_kind(asked.message, "ELECTION"));
        co_await asio::async_write(probed.socket, asio::buffer(ok), as_result);
        const bool won =
            co_await run.group().until([&] { return node.election().phase() == Phase::leading; }, patience);
        EXPECT_TRUE(won);
        EXPECT_EQ(node.election().elections(), 2U);
    });
}

// A real node of the BEGIN course answers a PROBE on its connection, but an ELECTION, a triple, on a new one.
TEST(NodeAnswers, AnAnswerToAProbeDoesntSayHowAnElectionIsRead) {
    auto options = one_node({10, 1'000'010});
    options.node.dialect = lab::Dialect::begin;
    LiveRun run(options);
    Peer peer(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await peer.join(run);
        node.start();
        for (const std::string_view when : {"at first", "after a PROBE was answered"}) {
            std::set<std::string> forms;
            for (int connection = 0; connection < 2; ++connection) {
                forms.insert((co_await peer.hear()).substr(0, std::string_view("('ELECTION', (").size()));
            }
            EXPECT_EQ(forms, (std::set<std::string>{"('ELECTION', (", "('ELECTION', {"})) << when;
            co_await peer.say(node, claim_of("COORDINATOR", peer.pid()));
            const auto ok = peer.writer().ok(lab::shape_of(lab::Dialect::begin), peer.alone());
            EXPECT_EQ(co_await peer.hear(ok), "('PROBE', None)");
            EXPECT_EQ(co_await peer.hear(), "('PROBE', None)");  // closed: it is on its way out, or so it seems
        }
        node.crash();
    });
}

// One that refused a connection is there again, and answers on a connection of its own: that OK is its.
TEST(NodeAnswers, TakesAnOkFromOneThatHasRefused) {
    auto options = one_node({10, 1'000'010});
    options.node.dialect = lab::Dialect::begin;
    options.node.settings.timing.answer_timeout = patience;
    options.node.settings.timing.coordinator_timeout = 2 * patience;
    LiveRun run(options);
    Peer lower(run.context(), {5, 1'000'005});
    const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
    tcp::acceptor dies(run.context(), any_port);
    tcp::acceptor restarted(run.context());
    restarted.open(tcp::v4());
    restarted.bind(any_port);
    const Member seventy{{70, 7'000'000}, endpoint_of(dies.local_endpoint())};
    const Member ninety{{90, 9'000'000}, endpoint_of(restarted.local_endpoint())};
    const auto hear_election = [](tcp::acceptor& acceptor) -> asio::awaitable<void> {
        for (int form = 0; form < 2; ++form) {
            auto [error, asked] = co_await acceptor.async_accept(as_result);
            EXPECT_FALSE(error) << error.message();
            Deadline deadline(asked, patience);
            pickle::Decoder decoder;
            EXPECT_EQ(co_await read_pickle(asked, decoder), ReadOutcome::message);
        }
    };
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        for (const auto& member : std::array{seventy, ninety}) {
            Socket socket(run.context());
            const auto gcd = run.group().own_daemon()->endpoint();
            co_await join_group(socket, gcd, lab::Writer(member, 4), std::nullopt, patience);
        }
        node.start();
        co_await hear_election(dies);
        error_code ignored;
        dies.close(ignored);
        restarted.listen();
        co_await lower.say(node, claim_of("COORDINATOR", seventy.pid));  // its PROBE fails
        co_await hear_election(restarted);
        co_await lower.say(node, unnamed_ok());
        const auto waits = [&] { return node.election().phase() == Phase::awaiting_coordinator; };
        EXPECT_TRUE(co_await run.group().until(waits, patience)) << "the OK was nobody's";
        node.crash();
    });
}

// R1: a leader asks those above it whether one of them leads, and goes on leading.
TEST(NodeAnswers, TakesAnUnnamedOkFromOneThatItHasAskedWithoutAnElection) {
    auto options = one_node({10, 1'000'010});
    options.node.settings.timing.answer_timeout = 200ms;
    options.node.settings.timing.probe_gap = {patience, patience};
    LiveRun run(options);
    Peer lower(run.context(), {5, 1'000'005});
    Peer higher(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await lower.join(run);
        co_await higher.join(run);
        node.start();
        EXPECT_TRUE(is_kind(co_await higher.hear(), "ELECTION"));
        EXPECT_TRUE(is_kind(co_await higher.hear(), "COORDINATOR"));
        co_await lower.say(node, claim_of("COORDINATOR", lower.pid()));
        EXPECT_TRUE(is_kind(co_await higher.hear(), "ELECTION"));
        co_await higher.say(node, unnamed_ok());
        EXPECT_EQ(run.troubles(), "");
        EXPECT_EQ(node.election().elections(), 1U);
        co_await higher.say(node, unnamed_ok());
        EXPECT_NE(run.troubles().find("that nothing here waits for"), std::string::npos) << "it has answered";
        node.crash();
    });
}

// R3: the one above it is asked as it answers a PROBE, and the next PROBE goes out before it answers that.
TEST(NodeAnswers, TakesAnUnnamedOkFromOneThatItHasAskedBesideAProbe) {
    auto options = one_node({10, 1'000'010});
    options.node.settings.timing.answer_timeout = 200ms;
    options.node.settings.timing.probe_timeout = patience;
    LiveRun run(options);
    Peer higher(run.context(), {300, 3'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await higher.join(run);
        node.start();
        EXPECT_TRUE(is_kind(co_await higher.hear(), "ELECTION"));
        EXPECT_TRUE(is_kind(co_await higher.hear(), "COORDINATOR"));
        EXPECT_TRUE(is_kind(co_await higher.hear(higher.writer().ok(peer_shape, higher.alone())), "PROBE"));
        EXPECT_TRUE(is_kind(co_await higher.hear(), "ELECTION"));
        const auto probe = co_await higher.accept();
        EXPECT_TRUE(is_kind(probe.message, "PROBE"));
        const auto before = node.election().view();
        EXPECT_EQ(before.watch, Watch::probe);
        co_await higher.say(node, unnamed_ok());
        EXPECT_EQ(run.troubles(), "");
        EXPECT_EQ(node.election().view(), before) << "the PROBE is answered by it";
        node.crash();
    });
}

// R2: its leader is dead, one below that isn't, and answers an ELECTION on a connection of its own.
TEST(NodeAnswers, AnUnnamedOkIsNoAnswerToAProbe) {
    auto options = one_node({10, 1'000'010});
    options.node.settings.timing.answer_timeout = 200ms;
    options.node.settings.timing.probe_timeout = patience;
    LiveRun run(options);
    Peer misled(run.context(), {5, 1'000'005});
    Peer fifty(run.context(), {50, 5'000'000});
    Peer ninety(run.context(), {90, 9'000'000});
    run.play([&]() -> asio::awaitable<void> {
        auto& node = run.node(0);
        co_await fifty.join(run);
        co_await ninety.join(run);
        node.start();
        EXPECT_TRUE(is_kind(co_await fifty.hear(), "ELECTION"));
        EXPECT_TRUE(is_kind(co_await ninety.hear(), "ELECTION"));
        co_await ninety.say(node, claim_of("COORDINATOR", ninety.pid()));
        auto probe = co_await ninety.accept();
        while (!is_kind(probe.message, "PROBE")) probe = co_await ninety.accept();
        const auto before = node.election().view();
        EXPECT_EQ(before.watch, Watch::probe);
        EXPECT_TRUE(is_kind(co_await misled.ask(node, misled.writer().probe(peer_shape)), "OK"));
        auto asked = co_await fifty.accept();
        while (!is_kind(asked.message, "ELECTION")) asked = co_await fifty.accept();
        co_await fifty.say(node, unnamed_ok());
        EXPECT_EQ(node.election().view(), before) << "its leader is taken for alive";
        EXPECT_EQ(run.troubles(), "");
        node.crash();
    });
}

}  // namespace
}  // namespace bully::net
