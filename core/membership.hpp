// Who is in the group, and where: an immutable, sorted, shared snapshot.
#pragma once

#include "core/process_id.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bully {

/// Where a process listens. Opaque to the state machine, which only stores and compares it.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct Member {
    ProcessId pid;
    Endpoint endpoint;

    friend bool operator==(const Member&, const Member&) = default;
};

/// A set of members, ascending by pid. Copying shares the snapshot; nothing ever changes one, so a message that
/// carries a membership never copies its entries. Members only grow (row 13).
/// Thread-safety: distinct objects may be used from distinct threads.
class Membership {
  public:
    Membership() = default;

    /// Sorts `members`. Of entries with the same pid the last one is kept.
    explicit Membership(std::vector<Member> members);

    [[nodiscard]] std::size_t size() const { return data_ ? data_->size() : 0; }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] std::span<const Member> members() const {
        return data_ ? std::span<const Member>{*data_} : std::span<const Member>{};
    }

    /// The position of `pid` in ascending order, or nothing.
    [[nodiscard]] std::optional<std::size_t> find(ProcessId pid) const {
        const auto at = last_up_to(pid);
        if (at >= size() || (*data_)[at].pid != pid) return std::nullopt;
        return at;
    }
    /// At once for the greatest, which is asked for most: it is whom a settled group follows.
    [[nodiscard]] bool contains(ProcessId pid) const {
        return data_ && (data_->back().pid == pid || find(pid).has_value());
    }

    /// True if both are the same shared snapshot: constant time, never wrong when true.
    [[nodiscard]] bool same_snapshot(const Membership& other) const { return data_ == other.data_; }

    /// An address of the snapshot, stable while any copy lives: a key for an executor's caches.
    [[nodiscard]] const void* identity() const { return data_.get(); }

    /// The union; an entry of this one wins over one of `other` with the same pid (rows 11 and 12, a peer's list).
    /// Shares a snapshot where nothing is new, so repeated merging makes a group converge on one snapshot.
    [[nodiscard]] Membership with_unknown_of(const Membership& other) const;

    /// The union; an entry of `other` wins, save that of `own` (row 12, the coordinator daemon's answer; row 11).
    [[nodiscard]] Membership updated_from(const Membership& other, ProcessId own) const;

    /// Whether `other` has another address for a pid that both hold, `own` aside.
    [[nodiscard]] bool contradicts(const Membership& other, ProcessId own) const;

    friend bool operator==(const Membership& a, const Membership& b);

  private:
    /// Position of the last member that isn't greater than `pid`; of the first if there is none.
    [[nodiscard]] std::size_t last_up_to(ProcessId pid) const;

    std::shared_ptr<const std::vector<Member>> data_;
};

}  // namespace bully
