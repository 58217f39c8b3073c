// Name resolution with a deadline: the system's own takes half a minute to give up a silent name server.
#pragma once

#include "core/membership.hpp"
#include "net/tcp/tcp.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bully::net {

struct Resolved {
    int error = 0;                         ///< Error of getaddrinfo; EAI_AGAIN after the deadline; 0 for none.
    bool late = false;                     ///< Whether the deadline was over first.
    std::vector<tcp::endpoint> endpoints;  ///< IPv4 addresses; not empty without an error.

    /// The error, for people. Requires: an error.
    [[nodiscard]] std::string why() const;
};

/// Who has named a host. A peer may name any number of hosts: their resolutions wait for each other. The user's doesn't
/// wait.
enum class NamedBy : std::uint8_t { peer, user };

/// Resolves the host of `endpoint`, until `until` at most. Literals and `localhost` take no time. All other results,
/// and errors, come at least one turn of the loop later, so that no caller is told in the middle of a step.
asio::awaitable<Resolved> resolve(Endpoint endpoint, Clock::time_point until, NamedBy by = NamedBy::peer);

}  // namespace bully::net
