// Who runs in bully_live, and where: what its options say together.
#pragma once

#include "net/cli/live_cli.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bully::net {

/// What the command line says of them, as given.
struct Who {
    std::string gcd;
    std::optional<ProcessId> pid;
    std::string birthday;
    std::optional<std::int32_t> student_id;
    std::optional<std::size_t> processes;
    std::optional<std::uint64_t> seed;
    std::optional<Endpoint> listen;
    std::optional<Endpoint> advertise;  ///< Port 0: none given.
};

/// Makes a group of it, in `command`; or says what doesn't go together.
[[nodiscard]] tl::expected<void, std::string> resolve_who(const Who& who, LiveCommand& command);

/// Where its members listen, and what others are told (addresses.hpp). Asks the resolver, for a limited time.
[[nodiscard]] tl::expected<void, std::string> resolve_addresses(const Who& who, LiveCommand& command);

}  // namespace bully::net
