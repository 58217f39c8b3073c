// The coordinator daemon of a simulated group: whom it lists, whether it is down, and its answers under way.
#pragma once

#include "core/membership.hpp"

#include <cstdint>
#include <unordered_map>

namespace bully::sim {

class CoordinatorDaemon {
  public:
    /// The answer to a JOIN, on its way back.
    struct Answer {
        bool is_awaited = true;  ///< False: the life that it is for is over.
        bool joined = false;     ///< False: the daemon couldn't be reached.
        Membership members;
    };

    /// A run begins: it is up, and lists these.
    void reset(const Membership& listed);

    [[nodiscard]] const Membership& members() const { return members_; }
    /// Adds a member, as the real daemon does: a student id that comes with other days replaces its old pid, and so
    /// does another pid at the same address.
    void list(const Member& member);
    /// Forgets all members. False: it knows nobody.
    bool forget();

    [[nodiscard]] bool is_down() const { return down_ > 0; }
    /// One reason more, or less, to be down. False: another one keeps it down.
    bool begin_outage() { return down_++ == 0; }
    bool end_outage() { return --down_ == 0; }

    /// Keeps an answer to the process at this index until it is taken or dropped; returns its number among those.
    std::uint32_t keep(std::uint32_t asker, Answer answer);
    /// Requires: it is kept.
    [[nodiscard]] Answer take(std::uint32_t asker, std::uint32_t number);
    void drop(std::uint32_t asker, std::uint32_t number);
    /// A life of this process is over: the answers to it concern nobody any more.
    void forget_asker(std::uint32_t asker);

  private:
    Membership members_;
    int down_ = 0;  // faults that keep it down
    std::unordered_map<std::uint64_t, Answer> answers_;
};

}  // namespace bully::sim
