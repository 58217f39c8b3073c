// Who has sent a COORDINATOR that carries a list of members instead of its sender's pid.
// Source: protocol.md, section 4.
#pragma once

#include "core/membership.hpp"

#include <cstdint>
#include <optional>

namespace bully::lab {

/// What a node knows of another process.
enum class Health : std::uint8_t {
    unknown,
    alive,    ///< has answered, or spoken, since it last failed a request
    silent,   ///< has not answered, or broken off, a request since
    refused,  ///< has refused a connection since
};

/// Whom such a list is from, as far as can be told.
struct ListSender {
    std::optional<ProcessId> likely;    ///< Nothing only for a list without others.
    std::optional<ProcessId> doubtful;  ///< Is greater, and has refused of late: if it is there again, it is the one.
};

/// The greatest listed that isn't known to be dead, ourselves aside, so that a list that ends with us is a claim of a
/// lower process. Lists may hold dead higher members: one that nothing is known of is taken for the sender all the
/// same: most likely it has joined of late, and if it is dead after all, the first PROBE tells. To take a lower one for
/// it could stay wrong for ever, as that one answers. For that reason one that has refused is worth asking again.
/// Where all are dead, one of them has come back.
template <typename HealthOf>
[[nodiscard]] ListSender sender_of_list(const Membership& listed, ProcessId self, HealthOf health_of) {
    ListSender sender;
    std::optional<ProcessId> greatest;
    for (const auto& member : listed.members()) {  // ascending
        if (member.pid == self) continue;
        greatest = member.pid;
        switch (health_of(member.pid)) {
            case Health::unknown:
            case Health::alive:
                sender.likely = member.pid;
                sender.doubtful.reset();
                break;
            case Health::silent: break;
            case Health::refused: sender.doubtful = member.pid; break;
        }
    }
    if (!sender.likely) sender.likely = greatest;
    if (sender.doubtful == sender.likely) sender.doubtful.reset();
    return sender;
}

}  // namespace bully::lab
