// The addresses of the processes of a run, and the way from a snapshot of members to the processes behind it.
#pragma once

#include "core/membership.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bully::sim {

/// Where a message to a member goes.
struct Route {
    std::uint16_t index = 0;  ///< The process that has, or had, the member's address.
    bool current = true;      ///< False: the process has moved, and nobody listens at this address any more.
};

/// A process may restart at another address while others still hold snapshots with its old one. The routes of a
/// snapshot are looked up once and cached. Most runs need no look-up: until a process moves, the snapshot of all
/// members has each process at the position that is its index.
class Addresses {
  public:
    /// `processes` must outlive this.
    explicit Addresses(std::span<const ProcessSpec> processes);

    /// The snapshot of all processes at their first addresses; of processes with one pid it has the last.
    [[nodiscard]] const Membership& everybody() const { return everybody_; }

    /// A run begins: each process is at its first address.
    void reset();

    /// The routes of a snapshot by position, valid until the next call of any member. Null: each position is the
    /// index of a process at its current address. Requires: each member's address is or was one of a process.
    [[nodiscard]] const std::vector<Route>* routes(const Membership& members) {
        return members.identity() == direct_ ? nullptr : looked_up_routes(members);
    }
    [[nodiscard]] Route route_to(const Membership& members, std::size_t position);

    /// Moves a process from `endpoint`, its current address, to the next port of its host that no process has or had.
    void move(std::uint16_t index, Endpoint& endpoint);
    [[nodiscard]] bool has_moved() const { return moved_; }

  private:
    void look_up_owners();
    [[nodiscard]] const std::vector<Route>* looked_up_routes(const Membership& members);
    void follow_positions();

    std::span<const ProcessSpec> processes_;
    Membership everybody_;
    const void* direct_ = nullptr;  // identity of the snapshot whose positions are indexes, if there is one
    bool moved_ = false;
    std::unordered_map<std::string, Route> owners_;  // by address; empty until it is needed
    // The snapshot is kept with its routes, so that no other one gets its identity.
    std::unordered_map<const void*, std::pair<Membership, std::vector<Route>>> routes_;
};

}  // namespace bully::sim
