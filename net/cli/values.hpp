// What the programs in here take on their command lines: each reader says what was wrong and what was expected.
#pragma once

#include "core/membership.hpp"
#include "core/timing.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace bully::net {

template <typename Value>
using Read = tl::expected<Value, std::string>;

/// "1500ms"; above zero, a year at most.
[[nodiscard]] Read<Duration> read_duration(std::string_view text);
/// "500ms,3s", or one duration for both ends. The lesser may be "0s".
[[nodiscard]] Read<DurationRange> read_duration_range(std::string_view text);
/// "12,1234567"; days 1..365, student id 1000000..9999999, as the daemon demands.
[[nodiscard]] Read<ProcessId> read_process_id(std::string_view text);
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
