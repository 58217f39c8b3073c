// How a program's file descriptors are shared out among its members' connections.
#pragma once

#include <cstddef>

namespace bully::net {

/// As many as the hard limit allows: raises the soft one to it, for a shell's default is too low for a hundred members.
std::size_t allow_descriptors();

struct DescriptorPlan {
    std::size_t outgoing = 0;  ///< Connections that all members together open at once (Turns).
    std::size_t incoming = 0;  ///< Connections that a member holds at once, at most.
    std::size_t wanted = 0;    ///< With fewer descriptors than these the members' messages wait for each other.
    std::size_t least = 0;     ///< With fewer it can't work.
};

/// For `members` in one program, and their own daemon, of which `allowed` descriptors are allowed.
[[nodiscard]] DescriptorPlan plan_descriptors(std::size_t allowed, std::size_t members, bool own_daemon);

}  // namespace bully::net
