// Where a member listens, and what it tells others: a loopback address is another one at each host.
#pragma once

#include "core/membership.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bully::net {

[[nodiscard]] bool is_loopback(std::string_view host);

/// What the user says. Hosts are IPv4 addresses.
struct AddressWish {
    std::optional<Endpoint> listen;
    std::optional<Endpoint> advertise;  ///< Port 0: that at which it listens.
    bool advertised_is_here = false;    ///< This host has that address.
};

/// How the daemon is reached. IPv4 addresses.
struct WayToDaemon {
    std::string from = "127.0.0.1";  ///< The address of this host that connections to it come from.
    std::string to = "127.0.0.1";
};

struct AddressChoice {
    Endpoint listen;
    std::optional<Endpoint> advertise;  ///< Nothing: as `listen`.
};

/// Or what is wrong with the wish. Without one a member listens at the address from which it reaches the daemon.
[[nodiscard]] tl::expected<AddressChoice, std::string> choose_addresses(const AddressWish& wish,
                                                                        const WayToDaemon& way);

}  // namespace bully::net
