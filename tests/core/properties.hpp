// P1 to P11 of core/README.md, in mode robust, as checks over what one process does. They know what
// was asked of the process and what it did, and nothing of how it decides.
#pragma once

#include "core/action.hpp"
#include "core/election.hpp"
#include "core/event.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bully::test {

/// One step of one process.
struct Observation {
    const Event& event;
    const Actions& actions;
    View before;
    View after;
    Membership members_before;
    Membership members_after;
    std::uint32_t elections_begun = 0;  ///< In this step.
    std::uint32_t victories = 0;        ///< In this step.

    template <typename Alternative>
    [[nodiscard]] const Alternative* event_is() const {
        return std::get_if<Alternative>(&event);
    }
    template <typename Alternative>
    [[nodiscard]] std::vector<Alternative> all() const {
        std::vector<Alternative> found;
        for (const auto& action : actions) {
            if (const auto* match = std::get_if<Alternative>(&action)) found.push_back(*match);
        }
        return found;
    }
    [[nodiscard]] bool timer_fired(Timer timer) const {
        const auto* fired = event_is<TimerFired>();
        return fired != nullptr && fired->timer == timer;
    }
    [[nodiscard]] bool nothing_happened() const {
        return actions.empty() && before == after && members_before == members_after;
    }
    [[nodiscard]] bool was_electing() const {
        return before.phase == Phase::awaiting_answers || before.phase == Phase::awaiting_coordinator;
    }
    [[nodiscard]] bool was_live() const { return before.phase != Phase::down && before.phase != Phase::failed; }
};

/// Watches one process from its Start on.
class Properties {
  public:
    explicit Properties(Member self, const Settings& settings) : self_(std::move(self)), settings_(settings) {}

    /// What the step broke, as "P5: ...".
    std::vector<std::string> check(const Observation& step);

  private:
    struct Asked {  ///< An election, and how those that it asked answered.
        std::set<ProcessId> members;
        std::set<ProcessId> refused;
        bool answered = false;
        bool timed_out = false;
        bool won = false;  ///< What comes after the victory doesn't unmake it (row 6).
    };

    void demand(bool holds, const std::string& what) {
        if (!holds) broken_.push_back(what);
    }

    void p1_leader_is_none_or_higher(const Observation& step);
    void p2_victory_is_earned(const Observation& step);
    void p3_one_announcement_a_victory(const Observation& step);
    void p4_one_OK_an_election_before_the_own(const Observation& step);
    void p5_electing_moves_no_deadline(const Observation& step);
    void p6_waits_end(const Observation& step);
    void p7_the_past_is_past(const Observation& step);
    void p8_one_probe_at_a_time(const Observation& step);
    void p9_a_failed_probe_joins_and_elects_once(const Observation& step);
    void p10_the_failed_are_silent(const Observation& step);
    void p11_members_only_grow(const Observation& step);
    void remember(const Observation& step);

    [[nodiscard]] bool is_current(const Observation& step) const;

    Member self_;
    const Settings& settings_;
    std::vector<std::string> broken_;

    std::map<Round, Asked> elections_;  // P2
    std::optional<Round> won_round_;    // P2: of the election won last; none if that said nothing
    std::set<ProcessId> asked_since_;   // P2: the higher members that have been asked since then, or in it
    std::set<ProcessId> discounted_;    // R6: those whose OK doesn't count
    Round wait_round_ = 0;              // P7: of the latest main timer or request
    Round hold_down_round_ = 0;         // P7
    Round feign_round_ = 0;             // P7
    Round refresh_round_ = 0;           // P7
    std::optional<Round> open_probe_;   // P8
    std::optional<Round> open_rejoin_;  // P9
};

}  // namespace bully::test
