// A member of a live group that says what the test has it say.
#pragma once

#include "net/gcd/client.hpp"
#include "net/lab/shape.hpp"
#include "net/node/node.hpp"
#include "net/pickle/pickle.hpp"
#include "tests/net/node/live_run.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace bully::net {

inline const auto& peer_shape = lab::shape_of(lab::Dialect::join);

/// `(word, pid)`
[[nodiscard]] inline std::string claim_of(std::string_view word, ProcessId pid) {
    pickle::Encoder encoder(4);
    encoder.begin_tuple().text(word);
    encoder.begin_tuple().integer(pid.days).integer(pid.student_id).end_tuple();
    return encoder.end_tuple().finish();
}

/// OK of many a node, on a connection of its own: from whom and to what it doesn't say.
[[nodiscard]] inline std::string unnamed_ok() {
    return pickle::Encoder(4).begin_tuple().text("OK").none().end_tuple().finish();
}

/// What they call a message: whether this is of that kind.
[[nodiscard]] inline bool is_kind(std::string_view message, std::string_view kind) { return message.find(kind) == 2; }

class Peer {
  public:
    /// A message, as Python shows it, and the connection that it came on.
    struct Heard {
        std::string message;
        Socket socket;
    };

    Peer(asio::io_context& context, ProcessId pid)
        : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          writer_({pid, endpoint_of(acceptor_.local_endpoint())}, 4) {}

    /// At the group's own daemon.
    asio::awaitable<void> join(LiveRun& run) {
        Socket asks(run.context());
        const auto gcd = run.group().own_daemon()->endpoint();
        const auto joined = co_await join_group(asks, gcd, writer_, std::nullopt, patience);
        EXPECT_TRUE(joined.members) << joined.reason;
    }
    /// One message, and nothing is read of the answer.
    asio::awaitable<void> say(const Node& to, std::string bytes) {
        auto socket = co_await connected(to, bytes);
        Deadline deadline(socket, patience);
        co_await drain(socket);
    }
    /// One message; gives the answer, or nothing if there is none.
    asio::awaitable<std::string> ask(const Node& to, std::string bytes) {
        auto socket = co_await connected(to, bytes);
        co_return co_await message_on(socket);
    }
    asio::awaitable<Heard> accept() {
        auto [error, socket] = co_await acceptor_.async_accept(as_result);
        EXPECT_FALSE(error) << error.message();
        auto message = co_await message_on(socket);
        co_return Heard{std::move(message), std::move(socket)};
    }
    /// The next message; answered by these bytes, or by a close.
    asio::awaitable<std::string> hear(std::string answer = {}) {
        auto heard = co_await accept();
        co_await asio::async_write(heard.socket, asio::buffer(answer), as_result);
        co_return heard.message;
    }
    /// All bytes up to the end of what the other sends; answered then.
    asio::awaitable<std::string> hear_to_end(std::string answer) {
        auto [error, socket] = co_await acceptor_.async_accept(as_result);
        EXPECT_FALSE(error) << error.message();
        Deadline deadline(socket, patience);
        std::string heard;
        const auto [end, count] = co_await asio::async_read(socket, asio::dynamic_buffer(heard), as_result);
        EXPECT_EQ(end, asio::error::eof) << end.message();
        co_await asio::async_write(socket, asio::buffer(answer), as_result);
        co_return heard;
    }
    /// Whether a message has come that wasn't heard yet.
    [[nodiscard]] bool has_more() {
        error_code error;
        acceptor_.non_blocking(true);
        Socket socket(acceptor_.get_executor());
        acceptor_.accept(socket, error);
        return !error;
    }

    [[nodiscard]] const lab::Writer& writer() const { return writer_; }
    [[nodiscard]] ProcessId pid() const { return writer_.self().pid; }
    [[nodiscard]] Membership alone() const { return Membership({writer_.self()}); }

  private:
    asio::awaitable<Socket> connected(const Node& to, std::string bytes) {
        Socket socket(acceptor_.get_executor());
        const tcp::endpoint there(asio::ip::make_address(to.endpoint().host), to.endpoint().port);
        const auto [error] = co_await socket.async_connect(there, as_result);
        EXPECT_FALSE(error) << error.message();
        co_await asio::async_write(socket, asio::buffer(bytes), as_result);
        co_return socket;
    }
    static asio::awaitable<std::string> message_on(Socket& socket) {
        Deadline deadline(socket, patience);
        pickle::Decoder decoder;
        const auto outcome = co_await read_pickle(socket, decoder);
        co_return outcome == ReadOutcome::message ? decoder.document().root().repr(1000) : std::string();
    }

    tcp::acceptor acceptor_;
    lab::Writer writer_;
};

}  // namespace bully::net
