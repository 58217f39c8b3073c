// The choice of the address where a member listens, and of the one that it tells others. A loopback address means a
// different place on each host, so it must not be told to members on other hosts.
#pragma once

#include "core/membership.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bully::net {

[[nodiscard]] bool is_loopback(std::string_view host);

/// The user's options. Hosts are IPv4 addresses.
struct AddressWish {
    std::optional<Endpoint> listen;
    std::optional<Endpoint> advertise;  ///< Port 0: the port of the listener.
    bool advertised_is_here = false;    ///< Whether this host has the address of `advertise`.
};

/// The way to the daemon, as IPv4 addresses.
struct WayToDaemon {
    std::string from = "127.0.0.1";  ///< Address of this host from which it connects to the daemon.
    std::string to = "127.0.0.1";    ///< Address of the daemon.
};

struct AddressChoice {
    Endpoint listen;
    std::optional<Endpoint> advertise;  ///< Nothing: the same as `listen`.
};

/// Chooses the addresses, or says what is wrong with the wish. Without a wish a member listens at the address from
/// which it reaches the daemon.
[[nodiscard]] tl::expected<AddressChoice, std::string> choose_addresses(const AddressWish& wish,
                                                                        const WayToDaemon& way);

}  // namespace bully::net
