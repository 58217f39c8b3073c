// The clock by which agreement is demanded: when the last fault was, and whether the world is calm.
#pragma once

#include "sim/checks/bounds.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

/// Faults are of two kinds. After a plain fault (a crash, a start, a recovery, ...) agreement is due within S. After a
/// disturbance (loss, a partition, a late message, a pause, ...) agreement is due within S_cut, and P12 and P13 don't
/// hold until it is reached; until then each fault counts as a disturbance.
class CalmClock {
  public:
    void reset(const Scenario& scenario, const Bounds& bounds);

    void on_world(const WorldNote& note);
    void on_message(const MessageNote& note);
    void fault(Time at, const char* what);
    void disturbance(Time at, const char* what);
    /// The daemon restarts, as the next note will tell, and forgets `count` running processes. Until each has JOINed
    /// again, a newcomer can't hear of it, and nothing is due.
    void forgets(std::uint32_t count) { forgotten_ = count; }
    /// One of the forgotten processes has JOINed again, or won't.
    void remembers_one(Time at);
    /// A process begins to join, or has joined or given up. While any joins, nothing is due.
    void joining(Time at, bool begins);
    /// A process has started an election. With probing off, the group finds out about a failure in no other way.
    void election_begun() { unnoticed_ = false; }
    /// A gap between PROBEs was drawn from a range up to `longest`, which R7 may have made longer than b. Agreement
    /// that is due already stays due: it has been demanded.
    void record_gap(Time at, Duration longest);
    /// Agreement was due, and only R8 can bring it: it is due again after R8's period. False: it has been put off for
    /// that already, or a PROBE comes before.
    [[nodiscard]] bool put_off();
    /// Agreement was due, and a PROBE will bring it by `later`: it is due again then. False: it has been put off for
    /// that already.
    [[nodiscard]] bool put_off_until(Time later);
    /// Agreement was due, and a process that knows its leader by its pid alone can't find out that the leader is dead.
    /// Agreement is due again after the return of the daemon. Requires: daemon_is_down().
    void wait_for_daemon();
    [[nodiscard]] bool daemon_is_down() const { return daemon_is_down_; }
    /// Agreement was due and reached: the world is calm again.
    void settled(Time at);

    /// The time from which on agreement is demanded; Time::max() while something makes agreement impossible.
    [[nodiscard]] Time due() const { return due_; }
    [[nodiscard]] bool is_calm() const { return calm_; }
    [[nodiscard]] Time calm_since() const { return calm_since_; }
    [[nodiscard]] Time last_fault() const { return last_fault_; }
    /// The last fault, for people: "a crash".
    [[nodiscard]] const char* last_what() const { return last_what_; }
    /// A fault that a later one has overtaken, and when agreement after it was due, or would have been.
    struct Overtaken {
        Time fault{};
        const char* what = "";
        Time due{};
    };
    /// Whether there was a fault since take_overtaken() was called last.
    [[nodiscard]] bool is_overtaken() const { return overtaken_.has_value(); }
    /// The fault that was overtaken, once. To be called between two events: all faults of one event count as one, named
    /// by the first.
    [[nodiscard]] std::optional<Overtaken> take_overtaken() { return std::exchange(overtaken_, std::nullopt); }
    [[nodiscard]] Duration longest_gap() const { return longest_gap_; }
    /// The reason why agreement isn't due by `end`; one sentence.
    [[nodiscard]] std::string why_not_due(Time end) const;

  private:
    struct Block {
        Time begin{};
        Time end{};
        const char* what = "";
    };

    [[nodiscard]] const Block* active_block(Time at) const;
    void refresh();

    const Scenario* scenario_ = nullptr;
    Bounds bounds_;
    std::vector<Block> blocks_;
    Duration longest_duplicate_{};
    Duration longest_gap_{};
    Time last_fault_{};
    const char* last_what_ = "the start";
    Time due_{};
    std::optional<Overtaken> overtaken_;
    Time calm_since_{};
    std::uint32_t joining_ = 0;
    std::uint32_t forgotten_ = 0;
    bool calm_ = true;
    bool unnoticed_ = false;
    bool put_off_ = false;
    bool awaits_probe_ = false;
    bool daemon_is_down_ = false;
    bool waits_for_daemon_ = false;
    const Block* block_ = nullptr;  // one that is active
};

}  // namespace bully::sim
