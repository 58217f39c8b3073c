// What the servers and clients in here share: coroutines on one io_context, in one thread; deadlines for whole
// exchanges; one write per message.
#pragma once

#include "core/membership.hpp"
#include "core/timing.hpp"
#include "net/pickle/pickle.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace bully::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

/// Errors come as values: in a network they are no exceptions.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
using Socket = tcp::socket;

/// When accepting fails: as long as it may take until a descriptor is free.
inline constexpr auto accept_pause = std::chrono::milliseconds(50);

/// Some read to the end of what is sent before they answer; one loses its answer if the end comes at once: see
/// net/README.md#a-message.
inline constexpr auto half_close_after = std::chrono::milliseconds(400);
/// For a PROBE to who has been silent to one. The lab's reference, and many that follow it, neither answer nor close
/// it, and read the end of it again and again, with a line of their log each time, until 2 s after they accepted.
inline constexpr auto half_close_in_vain_after = std::chrono::milliseconds(2200);

/// For co_spawn: what a coroutine throws ends io_context::run().
inline constexpr auto rethrow = [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
};

/// Ends what is done with a socket when its time is over.
///
/// A dribbler defeats a timeout per read: this one is for a whole exchange. Must not outlive the socket.
class Deadline {
  public:
    enum class Then : std::uint8_t {
        close,         ///< Whatever waits on it ends with an error.
        stop_reading,  ///< As if the other end had sent all that it will.
        stop_sending,  ///< The other end learns that it has all; what it sends is still read.
    };

    Deadline(Socket& socket, Duration within, Then then = Then::close);
    ~Deadline() { state_->socket = nullptr; }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// From now on, then it is closed; the earlier one is void.
    void extend(Duration within);
    [[nodiscard]] bool passed() const { return state_->passed; }

  private:
    // An expiry that is queued already can't be cancelled any more: it may run when this is gone.
    struct State {
        Socket* socket;
        std::uint32_t armed = 0;
        bool passed = false;
    };

    void arm(Duration within, Then then);

    asio::steady_timer timer_;
    std::shared_ptr<State> state_;
};

enum class ReadOutcome : std::uint8_t {
    message,  ///< A whole pickle has come.
    closed,   ///< The other end has closed, with or without a part of a message.
    garbage,  ///< What came is no pickle, or one beyond all limits.
    reset,    ///< The connection broke.
    late,     ///< It was closed here: a deadline, or the node is gone.
};

/// Reads one pickle into `decoder`.
asio::awaitable<ReadOutcome> read_pickle(Socket& socket, pickle::Decoder& decoder);

/// Reads and forgets what still comes, until the other end closes: a socket that is closed with unread bytes sends a
/// reset, which may destroy the answer on its way. Ends with the caller's deadline at the latest.
asio::awaitable<void> drain(Socket& socket);

/// Ends the work of `context` once all sockets are closed: lets those who wait on them end. What doesn't end by that,
/// such as a name that is being resolved, isn't waited for.
void run_down(asio::io_context& context);

[[nodiscard]] std::string to_string(const Endpoint& endpoint);
[[nodiscard]] Endpoint endpoint_of(const tcp::endpoint& endpoint);

}  // namespace bully::net
