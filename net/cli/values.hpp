// What the programs in here take on their command lines, beside the values that all programs take: dates, addresses.
#pragma once

#include "core/cli/values.hpp"
#include "core/membership.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace bully::net {

using cli::Read;

/// "1958-05-23", as days until the next such day. `today` is of the same form.
[[nodiscard]] Read<int> read_birthday(std::string_view text, std::string_view today);
/// "host" or "host:port"; port 0 if none is given.
[[nodiscard]] Read<Endpoint> read_host(std::string_view text);
/// "host:port"; an IPv6 address is refused. Port 0 only where `any_port`.
[[nodiscard]] Read<Endpoint> read_address(std::string_view text, bool any_port);
/// An address to listen at, or to be told to others: the host's first IPv4 address. Asks the resolver.
[[nodiscard]] Read<std::string> resolve_host(const std::string& host, Duration within = std::chrono::seconds(5));
/// The address of this machine that packets to this IPv4 address would come from.
[[nodiscard]] Read<std::string> local_host_towards(const Endpoint& address);
/// Whether this machine has this IPv4 address.
[[nodiscard]] bool is_address_here(const std::string& host);

}  // namespace bully::net
