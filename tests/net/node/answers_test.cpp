// A live node among peers that answer it: to what, and who.
#include "tests/net/node/played_node.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

class NodeAnswers : public PlayedNode {
  protected:
    Timing& timing() { return options.node.settings.timing; }
};

// The PROBE is given up, the peer taken for dead, and an election begun, before its OK comes.
TEST_F(NodeAnswers, AnOkForAnEarlierRequestIsNoAnswerToAnElection) {
    timing().probe_timeout = 200ms;
    timing().answer_timeout = 300ms;
    Peer peer(context(), {300, 3'000'000});
    play({&peer}, [&]() -> asio::awaitable<void> {
        const auto ok = peer.writer().ok(peer_shape, peer.alone());
        co_await hears(peer, "ELECTION", ok);
        co_await peer.say(node(), claim_of("COORDINATOR", peer.pid()));
        auto probed = co_await peer.accept();
        EXPECT_TRUE(is_kind(probed.message, "PROBE"));
        auto asked = co_await peer.accept();
        EXPECT_TRUE(is_kind(asked.message, "ELECTION"));
        co_await asio::async_write(probed.socket, asio::buffer(ok), as_result);
        co_await until("it wins", [&] { return node().election().phase() == Phase::leading; });
        EXPECT_EQ(node().election().elections(), 2U);
    });
}

// A real node of the BEGIN course answers a PROBE on its connection, but an ELECTION, a triple, on a new one.
TEST_F(NodeAnswers, AnAnswerToAProbeDoesntSayHowAnElectionIsRead) {
    options.node.dialect = lab::Dialect::begin;
    Peer peer(context(), {300, 3'000'000});
    play({&peer}, [&]() -> asio::awaitable<void> {
        for (const std::string_view when : {"at first", "after a PROBE was answered"}) {
            std::set<std::string> forms;
            for (int connection = 0; connection < 2; ++connection) {
                forms.insert((co_await peer.hear()).substr(0, std::string_view("('ELECTION', (").size()));
            }
            EXPECT_EQ(forms, (std::set<std::string>{"('ELECTION', (", "('ELECTION', {"})) << when;
            co_await peer.say(node(), claim_of("COORDINATOR", peer.pid()));
            const auto ok = peer.writer().ok(lab::shape_of(lab::Dialect::begin), peer.alone());
            EXPECT_EQ(co_await peer.hear(ok), "('PROBE', None)");
            EXPECT_EQ(co_await peer.hear(), "('PROBE', None)");  // closed: it is on its way out, or so it seems
        }
    });
}

// One that refused a connection is there again, and answers on a connection of its own: that OK is its.
TEST_F(NodeAnswers, TakesAnOkFromOneThatHasRefused) {
    options.node.dialect = lab::Dialect::begin;
    timing().answer_timeout = patience;
    timing().coordinator_timeout = 2 * patience;
    Peer lower(context(), {5, 1'000'005});
    const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
    tcp::acceptor dies(context(), any_port);
    tcp::acceptor restarted(context());
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
    run().play([&]() -> asio::awaitable<void> {
        for (const auto& member : std::array{seventy, ninety}) co_await join(member);
        node().start();
        co_await hear_election(dies);
        error_code ignored;
        dies.close(ignored);
        restarted.listen();
        co_await lower.say(node(), claim_of("COORDINATOR", seventy.pid));  // its PROBE fails
        co_await hear_election(restarted);
        co_await lower.say(node(), unnamed_ok());
        const auto waits = [&] { return node().election().phase() == Phase::awaiting_coordinator; };
        co_await until("the OK is somebody's", waits);
        node().crash();
    });
}

// R1: a leader asks those above it whether one of them leads, and goes on leading.
TEST_F(NodeAnswers, TakesAnUnnamedOkFromOneThatItHasAskedWithoutAnElection) {
    timing().answer_timeout = 200ms;
    timing().probe_gap = {patience, patience};
    Peer lower(context(), {5, 1'000'005});
    Peer higher(context(), {300, 3'000'000});
    play({&lower, &higher}, [&]() -> asio::awaitable<void> {
        co_await hears(higher, "ELECTION");
        co_await hears(higher, "COORDINATOR");
        co_await lower.say(node(), claim_of("COORDINATOR", lower.pid()));
        co_await hears(higher, "ELECTION");
        co_await higher.say(node(), unnamed_ok());
        EXPECT_EQ(run().troubles(), "");
        EXPECT_EQ(node().election().elections(), 1U);
        co_await higher.say(node(), unnamed_ok());
        EXPECT_NE(run().troubles().find("answers no open request"), std::string::npos) << "it has answered";
    });
}

// R3: the one above it is asked as it answers a PROBE, and the next PROBE goes out before it answers that.
TEST_F(NodeAnswers, TakesAnUnnamedOkFromOneThatItHasAskedBesideAProbe) {
    timing().answer_timeout = 200ms;
    timing().probe_timeout = patience;
    Peer higher(context(), {300, 3'000'000});
    play({&higher}, [&]() -> asio::awaitable<void> {
        co_await hears(higher, "ELECTION");
        co_await hears(higher, "COORDINATOR");
        co_await hears(higher, "PROBE", higher.writer().ok(peer_shape, higher.alone()));
        co_await hears(higher, "ELECTION");
        const auto probe = co_await higher.accept();
        EXPECT_TRUE(is_kind(probe.message, "PROBE"));
        const auto before = node().election().view();
        EXPECT_EQ(before.watch, Watch::probe);
        co_await higher.say(node(), unnamed_ok());
        EXPECT_EQ(run().troubles(), "");
        EXPECT_EQ(node().election().view(), before) << "the PROBE is answered by it";
    });
}

// R2: its leader is dead, one below that isn't, and answers an ELECTION on a connection of its own.
TEST_F(NodeAnswers, AnUnnamedOkIsNoAnswerToAProbe) {
    timing().answer_timeout = 200ms;
    timing().probe_timeout = patience;
    Peer misled(context(), {5, 1'000'005});
    Peer fifty(context(), {50, 5'000'000});
    Peer ninety(context(), {90, 9'000'000});
    play({&fifty, &ninety}, [&]() -> asio::awaitable<void> {
        co_await hears(fifty, "ELECTION");
        co_await hears(ninety, "ELECTION");
        co_await ninety.say(node(), claim_of("COORDINATOR", ninety.pid()));
        auto probe = co_await ninety.accept();
        while (!is_kind(probe.message, "PROBE")) probe = co_await ninety.accept();
        const auto before = node().election().view();
        EXPECT_EQ(before.watch, Watch::probe);
        co_await answers(misled, misled.writer().probe(peer_shape));
        auto asked = co_await fifty.accept();
        while (!is_kind(asked.message, "ELECTION")) asked = co_await fifty.accept();
        co_await fifty.say(node(), unnamed_ok());
        EXPECT_EQ(node().election().view(), before) << "its leader is taken for alive";
        EXPECT_EQ(run().troubles(), "");
    });
}

}  // namespace
}  // namespace bully::net
