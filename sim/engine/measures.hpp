// What the engine measures in a run, as plain data.
#pragma once

#include "core/view.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/scenario.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

struct MessageCounts {
    std::uint64_t sent = 0;
    std::uint64_t to_down = 0;
    std::uint64_t lost = 0;
    std::uint64_t delivered = 0;

    friend bool operator==(const MessageCounts&, const MessageCounts&) = default;
};

struct ProcessResult {
    Number number = 0;
    std::string name;
    ProcessId pid;
    bool alive = false;  ///< Running, not feigning a failure, not paused.
    Number leader = 0;   ///< Whom it takes for the leader; 0: nobody.
    Phase phase = Phase::down;
};

/// One stretch during which every live process followed the same live leader, within its reach: the greatest of them,
/// unless the rules have let a lower one win (P14 is about that).
struct Agreement {
    Time since{};
    Number leader = 0;
};

/// Something planned that happened: a fault or its end, a start, a feigned failure or its end. What happens at the same
/// instant is one fault, named by the first.
struct TimedFault {
    Time at{};
    Time until{};                       ///< The next fault, or the end of the run.
    std::optional<Duration> agreement;  ///< The time to agreement; none if there was none when the next fault came.
    std::uint32_t more = 0;             ///< How many other things happened at the same instant.
    Number number = 0;                  ///< The process, or 0.
    WorldNote::Kind kind = WorldNote::Kind::start;
    bool ends = false;   ///< As in WorldNote.
    bool named = false;  ///< `kind`, `number` and `ends` are known.
};

struct Measures {
    /// More faults are only counted.
    static constexpr std::size_t most_faults = 100'000;

    std::array<MessageCounts, message_type_count> messages{};  ///< By MessageType.
    std::uint64_t elections = 0;
    std::uint64_t victories = 0;
    /// Elections though the leader was alive: begun when no other was under way (who is asked by one only follows its
    /// example), by a process that followed a leader which ran and didn't feign a failure. A paused leader is alive:
    /// that its followers take it for dead is their mistake. What a leader, or a process without one, begins is none.
    std::uint64_t false_elections = 0;
    std::uint64_t events = 0;  ///< Taken from the queue.
    std::uint64_t steps = 0;   ///< Given to a process.
    Duration leaderless{};     ///< No live process led.
    Duration multi_leader{};   ///< More than one did.
    /// At least one live process followed no live leader within its reach: its leader is dead or doesn't lead, a
    /// partition or a cut link is between them, or it takes nobody for its leader. A leader follows itself.
    Duration some_leaderless{};
    /// The last that the scenario has planned: a fault or its end, a start, a feigned failure or its end. Not what a
    /// lossy network does by itself: else the more were lost, the later the clock of agreement would begin.
    Time last_fault{};
    /// Since last_fault or later; losses may have ended it again. Older is only one that outlasts the run: that
    /// everybody still follows somebody just after a crash tells nothing.
    std::optional<Agreement> first_agreement;
    std::optional<Agreement> agreement;  ///< That which held at the end.
    std::vector<TimedFault> faults;      ///< In order, the last one among them.
    std::uint64_t untimed_faults = 0;    ///< Beyond most_faults.

    /// From the last fault to the first agreement: 0 if the fault disturbed none. None: the run ended without one. It
    /// may have come to one before, and lost it: a group that is wedged for good hasn't agreed within 0 s.
    [[nodiscard]] std::optional<Duration> time_to_agreement() const {
        if (!agreement) return std::nullopt;
        return first_agreement->since - last_fault;
    }
    /// Likewise, but the run had come to an agreement after the last fault.
    [[nodiscard]] bool lost_agreement() const { return first_agreement && !agreement; }
};

}  // namespace bully::sim
