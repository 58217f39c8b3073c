// Members at whose address another process is by now.
//
// Members only grow, and an address is used again: by the same student some days later, or by whoever gets a port that
// was free. A dead member whose address answers would be taken for alive in each election.
#pragma once

#include "core/membership.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bully::net {

/// One form for all spellings of an address that can be told without a name server: case, and `localhost`.
[[nodiscard]] std::string spelled_alike(const Endpoint& endpoint);

/// Two processes can't be at one address: the one that the daemon listed last is there.
class AddressBook {
  public:
    struct Replaced {
        Member member;
        ProcessId by;
    };

    /// The daemon's latest answer, and all members known before it. Returns those of whom this is news.
    std::vector<Replaced> note_daemon(const Membership& listed, const Membership& known);
    /// The process at the address of `member`, if it is another.
    [[nodiscard]] std::optional<ProcessId> instead_of(const Member& member) const;
    /// The daemon listed another at an address of this process, and hasn't listed this one since.
    [[nodiscard]] bool is_replaced(ProcessId pid) const { return replaced_.contains(pid); }
    void clear() { replaced_.clear(); }

  private:
    struct Entry {
        std::string address;
        ProcessId by;
    };
    std::map<ProcessId, Entry> replaced_;
};

/// Whether `listed` holds a process that `known` doesn't, at the address of one that it does, `own` aside: then only
/// the daemon can say which of them is there.
[[nodiscard]] bool contests_address(const Membership& listed, const Membership& known, ProcessId own);

}  // namespace bully::net
