// The group coordinator daemon on TCP: gcd2.py's answers, without its weaknesses. It serves clients concurrently, so an
// idle connection holds nobody up; it has a deadline for each exchange and a limit of connections.
#pragma once

#include "net/gcd/registry.hpp"
#include "net/tcp/tcp.hpp"

#include <functional>
#include <memory>
#include <string>

namespace bully::net {

struct GcdOptions {
    Endpoint listen{"127.0.0.1", 0};                   ///< Address to listen at; port 0 is any free port.
    bool allow_remote = false;                         ///< Whether members may be on other hosts than the daemon's.
    std::string only_word;                             ///< The only name of a JOIN that is accepted; empty: all three.
    std::optional<Duration> forget_after;              ///< As GcdRegistry's.
    std::size_t max_connections = 256;                 ///< Above this limit the oldest connection is closed.
    Duration request_limit = std::chrono::seconds(2);  ///< Time for a whole request; an incomplete one is an error.
    Duration resolve_limit = std::chrono::seconds(2);  ///< Time to resolve the joiner's host name.
    Duration answer_limit = std::chrono::seconds(4);   ///< Time from the request to the end of the connection.
};

/// A request and its answer, for a log.
struct GcdExchange {
    Endpoint from;
    std::optional<JoinRequest> asked;  ///< The request; nothing: it couldn't be read.
    std::optional<Member> joined;      ///< The new member; nothing: it was refused.
    Entered entered;
    std::size_t members = 0;  ///< Size of the list afterwards.
    bool is_mixed = false;    ///< Some members are on loopback, where members on other hosts can't reach them.
    std::string error;        ///< The answer, if it is an error.
    std::string reason;       ///< What the answer doesn't say; may be empty.
};

class GcdServer {
  public:
    /// Throws boost::system::system_error if it can't listen.
    GcdServer(asio::io_context& context, const GcdOptions& options,
              std::function<void(const GcdExchange&)> on_exchange = {});
    ~GcdServer();
    GcdServer(const GcdServer&) = delete;
    GcdServer& operator=(const GcdServer&) = delete;

    /// The address of the listener.
    [[nodiscard]] Endpoint endpoint() const;
    /// Closes the listener and all connections.
    void stop();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace bully::net
