// The coordinator daemon of a simulated group: the members that it lists, its outages, and its answers under way.
#pragma once

#include "core/membership.hpp"

#include <cstdint>
#include <unordered_map>

namespace bully::sim {

/// Askers are indexes of processes, from 0.
class CoordinatorDaemon {
  public:
    /// The answer to a JOIN, on its way back.
    struct Answer {
        bool is_awaited = true;  ///< False: the life that asked is over.
        bool joined = false;     ///< False: the daemon couldn't be reached.
        Membership members;
    };

    /// A run begins: the daemon is up and lists `listed`.
    void reset(const Membership& listed);

    [[nodiscard]] const Membership& members() const { return members_; }
    /// Adds a member as the real daemon does: it replaces an entry with the same student id and other days, and an
    /// entry with another pid at the same address.
    void list(const Member& member);
    /// Forgets all members. False: there was none to forget.
    bool forget();

    [[nodiscard]] bool is_down() const { return down_ > 0; }
    /// An outage begins, or ends. False: another outage keeps the daemon down.
    bool begin_outage() { return down_++ == 0; }
    bool end_outage() { return --down_ == 0; }

    /// Keeps an answer until it is taken or dropped; returns its number among the kept answers to this asker.
    std::uint32_t keep(std::uint32_t asker, Answer answer);
    /// Requires: this answer is kept.
    [[nodiscard]] Answer take(std::uint32_t asker, std::uint32_t number);
    void drop(std::uint32_t asker, std::uint32_t number);
    /// A life of this process is over: nobody awaits the answers to it any more.
    void forget_asker(std::uint32_t asker);

  private:
    Membership members_;
    int down_ = 0;  // faults that keep it down
    std::unordered_map<std::uint64_t, Answer> answers_;
};

}  // namespace bully::sim
