// The client of the group coordinator daemon: JOIN.
#pragma once

#include "core/event.hpp"
#include "net/lab/shape.hpp"
#include "net/tcp/tcp.hpp"

#include <optional>
#include <string>

namespace bully::net {

struct JoinOutcome {
    std::optional<Membership> members;  ///< Nothing: the JOIN failed.
    JoinFailed::Kind kind = JoinFailed::Kind::unreachable;
    std::string reason;      ///< Why it failed, for people; the daemon's own text if it sent one.
    lab::Dialect dialect{};  ///< Dialect of the daemon, if it answered with members.
    std::uint64_t connections = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
};

/// JOINs at the daemon `gcd`. Without a `dialect` it asks in each: the daemon answers a wrong name by an error. Each
/// question takes at most `within`, name resolution included. `socket` must live until the end; closing it ends the
/// asking.
///
/// A loopback address isn't told to a daemon on another host unless it `is_meant`: members there would take it for an
/// address of their own host, and each side would lead for good.
asio::awaitable<JoinOutcome> join_group(Socket& socket, Endpoint gcd, lab::Writer writer,
                                        std::optional<lab::Dialect> dialect, Duration within, bool is_meant = true);

}  // namespace bully::net
