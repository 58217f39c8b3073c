// The addresses of a host, within a deadline: a name server that is silent takes half a minute to be given up.
#pragma once

#include "core/membership.hpp"
#include "net/tcp/tcp.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bully::net {

struct Resolved {
    int error = 0;  ///< As getaddrinfo has it; EAI_AGAIN where it wasn't found out in time.
    bool late = false;
    std::vector<tcp::endpoint> endpoints;  ///< IPv4; not empty if there is no error.

    /// For people. Requires: an error.
    [[nodiscard]] std::string why() const;
};

/// Peers may name as many hosts as they like: those wait for each other, but what the user has named doesn't.
enum class NamedBy : std::uint8_t { peer, user };

/// Takes until `until` at most. Literals and `localhost` take no time; all else, errors too, at least a turn of the
/// loop, so that nothing is reported to a caller who is in the middle of something.
asio::awaitable<Resolved> resolve(Endpoint endpoint, Clock::time_point until, NamedBy by = NamedBy::peer);

}  // namespace bully::net
