// The members that bully_live runs, and their addresses, from its options together.
#pragma once

#include "net/cli/live_cli.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bully::net {

/// The options about members, as given.
struct Who {
    std::string gcd;
    std::optional<ProcessId> pid;
    std::string birthday;
    std::optional<std::int32_t> student_id;
    std::optional<std::size_t> processes;
    std::optional<std::uint64_t> seed;
    std::optional<Endpoint> listen;
    std::optional<Endpoint> advertise;  ///< Port 0: no port given.
};

/// Sets up the group in `command`. The error says which options exclude each other.
[[nodiscard]] tl::expected<void, std::string> resolve_who(const Who& who, LiveCommand& command);

/// Sets the addresses at which members listen, and those that others are told (addresses.hpp). Asks the resolver, for a
/// limited time.
[[nodiscard]] tl::expected<void, std::string> resolve_addresses(const Who& who, LiveCommand& command);

}  // namespace bully::net
