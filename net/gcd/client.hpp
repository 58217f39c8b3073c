// JOIN, as a client of the group coordinator daemon.
#pragma once

#include "core/event.hpp"
#include "net/lab/shape.hpp"
#include "net/tcp/tcp.hpp"

#include <optional>
#include <string>

namespace bully::net {

struct JoinOutcome {
    std::optional<Membership> members;  ///< Nothing: it failed.
    JoinFailed::Kind kind = JoinFailed::Kind::unreachable;
    std::string reason;      ///< For people; the daemon's own text where it sent one.
    lab::Dialect dialect{};  ///< The one that the daemon speaks, where it answered with members.
    std::uint64_t connections = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
};

/// Asks the daemon at `gcd`. With no `dialect` it is found by asking in each: the wrong word is answered by an error.
/// Takes at most `within` for each question, the resolution of the name included. `socket` must live until then; who
/// closes it ends the asking. A daemon at another host isn't told a loopback address, unless that `is_meant`: the
/// members there would take it for one of theirs, and each would lead for good.
asio::awaitable<JoinOutcome> join_group(Socket& socket, Endpoint gcd, lab::Writer writer,
                                        std::optional<lab::Dialect> dialect, Duration within, bool is_meant = true);

}  // namespace bully::net
