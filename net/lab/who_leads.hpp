// Who has sent a COORDINATOR that carries a list of members instead of its sender's pid.
// Source: net/README.md#what-each-side-does.
#pragma once

#include "core/membership.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace bully::lab {

/// What a node knows of another process. It may have changed since.
enum class Health : std::uint8_t {
    unknown,
    alive,     ///< has answered, or spoken, since it last failed a request
    silent,    ///< has not answered, or broken off, a request since
    refused,   ///< has refused a connection since
    replaced,  ///< another process is at its address, says the daemon
};

/// The process that such a list is from, as far as can be told.
struct ListSender {
    std::optional<ProcessId> likely;  ///< If no doubtful one is there. Nothing only for a list without others.
    /// Greater ones that have failed a request, the greatest first. The greatest that is there by now is the sender.
    std::vector<ProcessId> doubtful;
};

/// The greatest listed process that isn't known to have failed, this one aside. A list that ends with this process is
/// thus a claim of a lower one.
///
/// Lists may hold dead higher members. A member that nothing is known of is taken for the sender all the same: most
/// likely it has joined of late, and if it is dead after all, the first PROBE tells. A member that was silent or has
/// refused may be back: it is doubtful, and has to be asked. Without asking, a leader that was stopped for some seconds
/// would never be followed again, since the lower member that is taken for the sender answers each PROBE.
/// Where all have failed, one of them has come back; the greatest, if none of them shows it.
template <typename HealthOf>
[[nodiscard]] ListSender sender_of_list(const Membership& listed, ProcessId self, HealthOf health_of) {
    ListSender sender;
    std::optional<ProcessId> greatest;
    for (const auto& member : listed.members()) {  // ascending
        if (member.pid == self) continue;
        greatest = member.pid;
        switch (health_of(member)) {
            case Health::unknown:
            case Health::alive:
                sender.likely = member.pid;
                sender.doubtful.clear();
                break;
            case Health::silent:
            case Health::refused: sender.doubtful.insert(sender.doubtful.begin(), member.pid); break;
            case Health::replaced: break;
        }
    }
    if (sender.likely) return sender;
    sender.likely = sender.doubtful.empty() ? greatest : sender.doubtful.front();
    if (sender.doubtful.size() == 1) sender.doubtful.clear();  // nobody else can have sent it
    return sender;
}

}  // namespace bully::lab
