// The addresses of a host, within a deadline: a name server that is silent takes half a minute to be given up.
#pragma once

#include "core/membership.hpp"
#include "net/tcp.hpp"

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

/// Takes until `until` at most. Loopback names and literals don't block.
asio::awaitable<Resolved> resolve(Endpoint endpoint, Clock::time_point until);

}  // namespace bully::net
