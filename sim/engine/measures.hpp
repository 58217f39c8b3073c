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

/// The fates of the messages of one type; see Fate.
struct MessageCounts {
    std::uint64_t sent = 0;
    std::uint64_t to_down = 0;
    std::uint64_t lost = 0;
    std::uint64_t delivered = 0;

    friend bool operator==(const MessageCounts&, const MessageCounts&) = default;
};

/// A process at the end of the run.
struct ProcessResult {
    Number number = 0;
    std::string name;
    ProcessId pid;
    bool alive = false;  ///< It runs, isn't paused, and feigns no failure.
    Number leader = 0;   ///< The process that it takes for its leader; 0: nobody.
    Phase phase = Phase::down;
};

/// A stretch in which every live process followed the same live leader within its reach. That is the greatest live
/// process, unless the rules have let a lower one win (P14).
struct Agreement {
    Time since{};
    Number leader = 0;
};

/// A planned fault that happened: one of the scenario or its end, a start, a feigned failure or its end. All faults at
/// one instant count as one, which is named by the first.
struct TimedFault {
    Time at{};
    Time until{};                       ///< The next fault, or the end of the run.
    std::optional<Duration> agreement;  ///< The time to agreement; none: the next fault came before any.
    std::uint32_t more = 0;             ///< How many other faults happened at the same instant.
    Number number = 0;                  ///< The process; 0: the fault concerns no single one.
    WorldNote::Kind kind = WorldNote::Kind::start;
    bool ends = false;   ///< As in WorldNote.
    bool named = false;  ///< `kind`, `number` and `ends` are known.
};

/// The measures of one run.
struct Measures {
    /// The limit on `faults`; later faults are only counted.
    static constexpr std::size_t most_faults = 100'000;

    std::array<MessageCounts, message_type_count> messages{};  ///< By MessageType.
    std::uint64_t elections = 0;
    std::uint64_t victories = 0;
    /// Elections begun by a process whose leader was alive: it ran and feigned no failure. A paused leader is alive;
    /// its followers are mistaken if they take it for dead. An election counts only if no other was under way, because
    /// a process that is asked by another merely follows its example. Elections that a leader begins, or a process
    /// without a leader, don't count.
    std::uint64_t false_elections = 0;
    std::uint64_t events = 0;  ///< Taken from the queue.
    std::uint64_t steps = 0;   ///< Given to a process.
    Duration leaderless{};     ///< The time in which no live process led.
    Duration multi_leader{};   ///< The time in which more than one led.
    /// The time in which at least one live process followed no live leader within its reach: its leader was dead or
    /// didn't lead, a partition or a cut link was between them, or it took nobody for its leader. A leader follows
    /// itself.
    Duration some_leaderless{};
    /// The last planned fault. Random loss doesn't count: otherwise the clock of agreement would begin the later, the
    /// more messages are lost.
    Time last_fault{};
    /// The first agreement that began at last_fault or later; losses may have ended it again. An agreement from before
    /// the fault counts only if it lasted to the end: that all still follow somebody just after a crash tells nothing.
    std::optional<Agreement> first_agreement;
    std::optional<Agreement> agreement;  ///< The agreement that held at the end.
    std::vector<TimedFault> faults;      ///< In order of time, the last fault included.
    std::uint64_t untimed_faults = 0;    ///< How many more there were than most_faults.

    /// The time from the last fault to the first agreement; 0 if the fault disturbed nothing. None: the run ended
    /// without an agreement, even if there was one before: a group that is wedged for good hasn't agreed within 0 s.
    [[nodiscard]] std::optional<Duration> time_to_agreement() const {
        if (!agreement) return std::nullopt;
        return first_agreement->since - last_fault;
    }
    /// Whether the run came to an agreement after the last fault, and ended without one.
    [[nodiscard]] bool lost_agreement() const { return first_agreement && !agreement; }
};

}  // namespace bully::sim
