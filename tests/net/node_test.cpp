// One live node, and a peer that a test plays.
#include "tests/net/live_run.hpp"

#include <boost/asio/write.hpp>

#include <string>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

// A member that says what the test has it say.
class Peer {
  public:
    Peer(asio::io_context& context, ProcessId pid)
        : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          writer_({pid, endpoint_of(acceptor_.local_endpoint())}, 4) {}

    /// One message, and nothing is read of the answer.
    asio::awaitable<void> say(const Node& to, std::string bytes) {
        Socket socket(acceptor_.get_executor());
        const tcp::endpoint there(asio::ip::make_address(to.endpoint().host), to.endpoint().port);
        const auto [error] = co_await socket.async_connect(there, as_result);
        EXPECT_FALSE(error) << error.message();
        co_await asio::async_write(socket, asio::buffer(bytes), as_result);
        Deadline deadline(socket, patience);
        co_await drain(socket);
    }
    /// The next message, as Python shows it; answered by these bytes, or by a close.
    asio::awaitable<std::string> hear(std::string answer = {}) {
        auto [error, socket] = co_await acceptor_.async_accept(as_result);
        EXPECT_FALSE(error) << error.message();
        Deadline deadline(socket, patience);
        pickle::Decoder decoder;
        EXPECT_EQ(co_await read_pickle(socket, decoder), ReadOutcome::message);
        co_await asio::async_write(socket, asio::buffer(answer), as_result);
        co_return decoder.document().root().repr(1000);
    }

    [[nodiscard]] const lab::Writer& writer() const { return writer_; }
    [[nodiscard]] Membership alone() const { return Membership({writer_.self()}); }
    /// `(word, own pid)`
    [[nodiscard]] std::string claim(std::string_view word) const {
        const auto& pid = writer_.self().pid;
        pickle::Encoder encoder(4);
        encoder.begin_tuple().text(word);
        encoder.begin_tuple().integer(pid.days).integer(pid.student_id).end_tuple();
        return encoder.end_tuple().finish();
    }

  private:
    tcp::acceptor acceptor_;
    lab::Writer writer_;
};

const auto& shape = lab::shape_of(lab::Dialect::join);

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
        co_await peer.say(node, peer.writer().election(shape, peer.alone()));
        const auto at_first = co_await peer.hear();
        EXPECT_EQ(at_first.rfind("('COORDINATOR', {(300, 3000000): ", 0), 0U) << at_first;
        co_await peer.say(node, peer.claim("VICTORY"));
        EXPECT_EQ(co_await peer.hear(), "('VICTORY', (300, 3000000))");

        node.crash();
        node.listen();
        node.start();
        co_await run.agreement("the new life");
        co_await peer.say(node, peer.writer().election(shape, peer.alone()));
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
        const auto ok = peer.writer().ok(shape, peer.alone());
        const auto is = [](const std::string& message, std::string_view kind) { return message.find(kind) == 2; };
        for (const bool has_answered : {true, false}) {
            node.start();
            EXPECT_TRUE(is(co_await peer.hear(ok), "ELECTION"));
            co_await peer.say(node, peer.claim("COORDINATOR"));
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
