// A plan for the file descriptors of a program: how many connections its members may have.
#pragma once

#include <cstddef>

namespace bully::net {

/// Raises the soft limit of descriptors to the hard one, and returns it. A shell's default is too low for 100 members.
std::size_t allow_descriptors();

struct DescriptorPlan {
    std::size_t outgoing = 0;  ///< Outbound connections of all members together, at once (Turns).
    std::size_t incoming = 0;  ///< Inbound connections of one member, at once.
    std::size_t wanted = 0;    ///< Descriptors with which no message has to wait for another.
    std::size_t least = 0;     ///< Descriptors without which the program can't work.
};

/// The plan for `members` in one program, with or without a daemon of their own, which may use `allowed` descriptors.
[[nodiscard]] DescriptorPlan plan_descriptors(std::size_t allowed, std::size_t members, bool own_daemon);

}  // namespace bully::net
