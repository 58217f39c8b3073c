// Whether the world is one in which the group's properties hold, and when the last fault was: the clock by which
// agreement is demanded.
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

/// Faults are of two kinds. After a mere one (a crash, a start, a recovery, ...) agreement is due within S. A
/// disturbance (loss, a partition, a late message, a pause, ...) leaves the calm world of P12 and P13, and agreement is
/// due within S_cut; until then, everything that happens counts as a disturbance.
class CalmClock {
  public:
    void reset(const Scenario& scenario, const Bounds& bounds);

    void on_world(const WorldNote& note);
    void on_message(const MessageNote& note);
    void fault(Time at, const char* what);
    void disturbance(Time at, const char* what);
    /// So many running processes the daemon forgets as it restarts, which the next note tells. Until each has JOINed
    /// again, a newcomer can't hear of it.
    void forgets(std::uint32_t count) { forgotten_ = count; }
    /// One of them has JOINed again, or won't.
    void remembers_one(Time at);
    /// A process joins, or has joined or given up: until then nothing is due.
    void joining(Time at, bool begins);
    /// Somebody has started an election: with probing off that is the only way in which the group finds out.
    void election_begun() { unnoticed_ = false; }
    /// A gap between PROBEs was drawn from a range up to `longest`: R7 may have made it longer than b. What was due
    /// before stays so: it has been asked for.
    void note_gap(Time at, Duration longest);
    /// Agreement was due, and only R8 can bring it: it is due again after R8's period. False if it has been put off for
    /// that already, or somebody will ask before.
    [[nodiscard]] bool put_off();
    /// Agreement was due, and a PROBE that is still to come will bring it: it is due again then. False if it has been
    /// put off for that already.
    [[nodiscard]] bool put_off_until(Time later);
    /// Agreement was due, and a process that knows its leader by its pid alone can't find out that it is dead: it is
    /// due again after the return of the daemon. Requires: daemon_is_down().
    void wait_for_daemon();
    [[nodiscard]] bool daemon_is_down() const { return daemon_is_down_; }
    /// Agreement was due and reached: the world is calm again.
    void settled(Time at);

    /// From this time on agreement is demanded; Time::max() while something goes on that makes it impossible.
    [[nodiscard]] Time due() const { return due_; }
    [[nodiscard]] bool is_calm() const { return calm_; }
    [[nodiscard]] Time calm_since() const { return calm_since_; }
    [[nodiscard]] Time last_fault() const { return last_fault_; }
    /// For people: "a crash".
    [[nodiscard]] const char* last_what() const { return last_what_; }
    /// A fault that others have come after, and when agreement was due, or would have been, after it.
    struct Overtaken {
        Time fault{};
        const char* what = "";
        Time due{};
    };
    /// There was a fault since `take_overtaken` was called last.
    [[nodiscard]] bool is_overtaken() const { return overtaken_.has_value(); }
    /// What it has overtaken. To be called between what happens and what happens next: of one event all faults are one,
    /// named by the first.
    [[nodiscard]] std::optional<Overtaken> take_overtaken() { return std::exchange(overtaken_, std::nullopt); }
    [[nodiscard]] Duration longest_gap() const { return longest_gap_; }
    /// Why agreement isn't due by `end`; a sentence.
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
