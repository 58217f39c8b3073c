// The group coordinator daemon on TCP: gcd2.py's answers, without its weaknesses. Concurrent, so that an idle
// connection holds nobody up; a deadline for each exchange; a limit of connections; bound to loopback unless told
// otherwise.
#pragma once

#include "net/gcd/registry.hpp"
#include "net/tcp/tcp.hpp"

#include <functional>
#include <memory>
#include <string>

namespace bully::net {

struct GcdOptions {
    Endpoint listen{"127.0.0.1", 0};  ///< Port 0: any free one.
    bool allow_remote = false;        ///< Members at other hosts than the daemon's.
    std::string only_word;            ///< The one name of a JOIN that is answered; empty: all three.
    std::optional<Duration> forget_after;
    std::size_t max_connections = 256;
    Duration request_limit = std::chrono::seconds(2);  ///< For a whole request; what is incomplete then is an error.
    Duration resolve_limit = std::chrono::seconds(2);  ///< For the joiner's host name.
    Duration answer_limit = std::chrono::seconds(4);   ///< From the request to the end of the connection.
};

/// What was asked and answered, for a log.
struct GcdExchange {
    Endpoint from;
    std::optional<JoinRequest> asked;  ///< What it wants to join as, where that could be read.
    std::optional<Member> joined;      ///< Nothing: refused.
    Entered entered;
    std::size_t members = 0;  ///< After it.
    bool is_mixed = false;    ///< Some members are on loopback, where others can't reach them.
    std::string error;        ///< The text that was answered.
    std::string reason;       ///< What that text doesn't say; may be empty.
};

class GcdServer {
  public:
    /// Throws boost::system::system_error where it can't listen.
    GcdServer(asio::io_context& context, const GcdOptions& options,
              std::function<void(const GcdExchange&)> on_exchange = {});
    ~GcdServer();
    GcdServer(const GcdServer&) = delete;
    GcdServer& operator=(const GcdServer&) = delete;

    /// Where it listens.
    [[nodiscard]] Endpoint endpoint() const;
    /// Closes the listener and all connections.
    void stop();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace bully::net
