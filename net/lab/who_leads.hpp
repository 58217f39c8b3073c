// The sender of a COORDINATOR that carries a list of members instead of a pid.
// Source: net/README.md#what-each-side-does.
#pragma once

#include "core/membership.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace bully::lab {

/// The latest that a node knows of another process. It may have changed since.
enum class Health : std::uint8_t {
    unknown,
    alive,     ///< Its latest sign was an answer, or a message of its own.
    silent,    ///< Its latest request went unanswered, or broke off.
    refused,   ///< It refused the latest connection.
    replaced,  ///< Another process is at its address, says the daemon.
};

/// The sender of a list, as far as it can be told.
struct ListSender {
    /// The sender if no doubtful process is there. Nothing: the list holds nobody else.
    std::optional<ProcessId> likely;
    /// Greater processes that have failed a request, the greatest first. The greatest that is there by now is the
    /// sender.
    std::vector<ProcessId> doubtful;
};

/// Finds the sender of `listed`: the greatest process, except `self`, that isn't known to have failed. A list that ends
/// with `self` is thus a claim of a lower process.
///
/// A list may hold dead higher members. An unknown member is taken for the sender all the same: most likely it has
/// joined of late, and if it is dead the first PROBE tells. A member that was silent or has refused may be back: it is
/// doubtful, and has to be asked. Without asking, a leader that was stopped for some seconds would never be followed
/// again: the lower member that is taken for the sender answers each PROBE. If all have failed, one of them is back;
/// the greatest, if none of them shows it.
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
