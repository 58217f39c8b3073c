// Members whose address belongs to another process by now.
//
// A node never forgets a member, and addresses are used again: by the same student some days later, or by any process
// that gets a free port. Without this book a dead member whose address answers would be taken for alive in each
// election.
#pragma once

#include "core/membership.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bully::net {

/// The address in one spelling, as far as that needs no name server: lower case, 127.0.0.1 for `localhost`.
[[nodiscard]] std::string spelled_alike(const Endpoint& endpoint);

/// Two processes can't be at one address: the one that the daemon listed last is there.
class AddressBook {
  public:
    struct Replaced {
        Member member;
        ProcessId by;
    };

    /// Takes over the daemon's latest answer; `known` are the members before it. Returns the newly replaced members.
    std::vector<Replaced> note_daemon(const Membership& listed, const Membership& known);
    /// The other process at the address of `member`, if there is one.
    [[nodiscard]] std::optional<ProcessId> instead_of(const Member& member) const;
    /// Whether the daemon has listed another process at an address of `pid`, and hasn't listed `pid` since.
    [[nodiscard]] bool is_replaced(ProcessId pid) const { return replaced_.contains(pid); }
    void clear() { replaced_.clear(); }

  private:
    struct Entry {
        std::string address;
        ProcessId by;
    };
    std::map<ProcessId, Entry> replaced_;
};

/// Whether `listed` holds a stranger at the address of a member of `known` other than `own`. Only the daemon can say
/// which of the two is there.
[[nodiscard]] bool contests_address(const Membership& listed, const Membership& known, ProcessId own);

}  // namespace bully::net
