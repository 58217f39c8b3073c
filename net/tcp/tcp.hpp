// The common ground of all servers and clients in net: coroutines on one io_context in one thread, deadlines for whole
// exchanges, one write per message.
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

/// Completion token that returns errors as values: in a network errors are no exception.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
using Socket = tcp::socket;

/// Pause after a failed accept, until a descriptor may be free again.
inline constexpr auto accept_pause = std::chrono::milliseconds(50);

/// Time from a message to the end of sending. Some nodes read to that end before they answer, so it has to come; one
/// kind loses its answer if it comes at once: see net/README.md#a-message.
inline constexpr auto half_close_after = std::chrono::milliseconds(400);
/// The same for a PROBE to a peer that was silent to an earlier PROBE. The lab's reference, and many nodes that follow
/// it, neither answer nor close a PROBE: they read its end again and again, and log a line each time, until 2 s after
/// they accepted.
inline constexpr auto half_close_in_vain_after = std::chrono::milliseconds(2200);

/// Completion handler for co_spawn: io_context::run() throws what the coroutine throws.
inline constexpr auto rethrow = [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
};

/// Ends the use of a socket when its time is over.
///
/// One deadline covers a whole exchange: a peer that sends a byte now and then defeats a timeout per read. Requires:
/// the socket lives longer.
class Deadline {
  public:
    enum class Then : std::uint8_t {
        close,         ///< Closes the socket: each wait on it ends with an error.
        stop_reading,  ///< Reads end, as if the other end had closed.
        stop_sending,  ///< The other end reads the end of what was sent; what it sends can still be read.
    };

    Deadline(Socket& socket, Duration within, Then then = Then::close);
    ~Deadline() { state_->socket = nullptr; }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// Replaces the deadline by another, from now on, which closes the socket.
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
    message,  ///< A whole pickle.
    closed,   ///< The other end closed, after a part of a message or none.
    garbage,  ///< Bytes that aren't a pickle, or exceed its limits.
    reset,    ///< The connection broke.
    late,     ///< The socket was closed on this side: by a deadline, or because the node is gone.
};

/// Reads one pickle into `decoder`.
asio::awaitable<ReadOutcome> read_pickle(Socket& socket, pickle::Decoder& decoder);

/// Reads and drops all bytes until the other end closes, or the caller's deadline is over. A socket that is closed with
/// unread bytes sends a reset, which may destroy the answer on its way.
asio::awaitable<void> drain(Socket& socket);

/// Lets coroutines end that wait on closed sockets. Doesn't wait for other work, such as a name that is being resolved.
/// Requires: all sockets of `context` are closed.
void run_down(asio::io_context& context);

[[nodiscard]] std::string to_string(const Endpoint& endpoint);
[[nodiscard]] Endpoint endpoint_of(const tcp::endpoint& endpoint);

}  // namespace bully::net
