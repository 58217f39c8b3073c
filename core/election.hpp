// The Bully algorithm as a pure state machine: the one place where elections are decided.
//
// An executor (the simulator, the TCP node) owns an Election per process and does three things, one at a time:
//   1. turns whatever happens into an Event and calls `step(event, actions)`;
//   2. carries out the actions, in order;
//   3. where a message and a timer are due at the same instant, also after a stall, gives the message first (row 20).
// In return: the same state and the same event always give the same new state and the same actions. There is no
// clock, chance, I/O or thread in here. A step never fails; asserts guard what can't happen, in release builds too.
//
// A process that crashes loses its Election. The executor makes a new one for the next life, and sees to it that
// nothing that was addressed to the earlier life reaches it, for instance by numbering on (`first_round`).
//
// The rules that comments cite (lab 1 to 8, rows 6 to 21, R1 to R8, H) stand in core/README.md.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "core/membership.hpp"
#include "core/process_id.hpp"
#include "core/settings.hpp"
#include "core/timing.hpp"
#include "core/view.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace bully {

class Election {
  public:
    /// A process that isn't started. `settings` must outlive it. Rounds are numbered from `first_round` + 1.
    Election(Member self, const Settings& settings, Round first_round = 0);
    Election(Member self, const Settings&& settings, Round first_round = 0) = delete;

    /// A process in the middle of a settled group: idle, following `leader` (leading, if that is itself).
    /// Requires: `members` holds `self` and `leader`. The actions start its first probe gap.
    static Election settled(ProcessId self, Membership members, ProcessId leader, const Settings& settings,
                            Actions& out, Round first_round = 0);
    static Election settled(ProcessId self, Membership members, ProcessId leader, const Settings&& settings,
                            Actions& out, Round first_round = 0) = delete;

    /// The one entry. Appends to `out`.
    void step(const Event& event, Actions& out);

    // What `step` would do where that is next to nothing, for an executor with millions of such events: inline, and
    // without an Event or Actions. False says nothing.

    /// `step` would change nothing, and do nothing.
    [[nodiscard]] bool ignores(const AnswerReceived& answer) const {
        if (answer.round != round_) return true;  // row 6
        return phase_ == Phase::awaiting_coordinator && answer.from <= *greatest_answer_;
    }
    /// `step` would change nothing, and give a Reply and nothing else.
    [[nodiscard]] bool only_answers(const ElectionReceived& election) const {
        return is_electing() && members_.same_snapshot(*election.members);
    }

    [[nodiscard]] ProcessId self() const { return self_; }
    [[nodiscard]] Phase phase() const { return phase_; }
    [[nodiscard]] const Membership& members() const { return members_; }
    /// The position of this process in `members()`; those behind it are the higher ones.
    [[nodiscard]] std::size_t own_position() const { return own_position_; }
    /// The last leader known. Stale, but shown, while an election runs (row 21).
    [[nodiscard]] std::optional<ProcessId> leader() const { return leader_; }
    [[nodiscard]] bool is_electing() const {
        return phase_ == Phase::awaiting_answers || phase_ == Phase::awaiting_coordinator;
    }
    [[nodiscard]] bool is_live() const { return phase_ != Phase::down && phase_ != Phase::failed; }
    [[nodiscard]] Watch watch() const { return watch_; }
    [[nodiscard]] Round round() const { return round_; }
    [[nodiscard]] View view() const { return {phase_, watch_, leader_, round_}; }
    /// Elections started, and elections won, in this life.
    [[nodiscard]] std::uint32_t elections() const { return elections_; }
    [[nodiscard]] std::uint32_t victories() const { return victories_; }
    /// The election that the present leadership was won in, or the latest one won; of a settled process, its first
    /// round.
    [[nodiscard]] Round won_round() const { return won_round_; }
    /// The greatest round used so far: where the next life numbers on from.
    [[nodiscard]] Round last_round() const { return last_round_; }

  private:
    friend struct TransitionTable;
    friend class ElectionPacker;

    Election(ProcessId self, const Settings& settings, Round first_round)
        : self_(self), round_(first_round), settings_(&settings), last_round_(first_round) {}

    // Acts: one for each thing the table can say. Named after what they do, not after what triggers them.
    void join_group(const Event& event, Actions& out);
    void enter_group(const Event& event, Actions& out);
    void retry_join_later(const Event& event, Actions& out);
    void join_again(const Event& event, Actions& out);
    void learn_members(const Event& event, Actions& out);
    void rejoined(const Event& event, Actions& out);
    void rejoin_failed(const Event& event, Actions& out);
    void answer_only(const Event& event, Actions& out);
    void answer_and_elect(const Event& event, Actions& out);
    void answer_as_leader(const Event& event, Actions& out);
    void answer_probe(const Event& event, Actions& out);
    void answer_misled_prober(const Event& event, Actions& out);
    void note_coordinator(const Event& event, Actions& out);
    void coordinator_while_idle(const Event& event, Actions& out);
    void coordinator_while_electing(const Event& event, Actions& out);
    void await_coordinator(const Event& event, Actions& out);
    void note_late_answer(const Event& event, Actions& out);
    void count_refusal(const Event& event, Actions& out);
    void win_unless_more_to_ask(const Event& event, Actions& out);
    void elect_again(const Event& event, Actions& out);
    void probe_leader(const Event& event, Actions& out);
    void probe_answered(const Event& event, Actions& out);
    void leader_failed(const Event& event, Actions& out);
    void probe_next_higher(const Event& event, Actions& out);
    void higher_is_alive(const Event& event, Actions& out);
    void higher_is_silent(const Event& event, Actions& out);
    void end_hold_down(const Event& event, Actions& out);
    void elect_now(const Event& event, Actions& out);
    void fail(const Event& event, Actions& out);
    void recover(const Event& event, Actions& out);
    void refresh(const Event& event, Actions& out);
    void refresh_later(const Event& event, Actions& out);
    void refresh_sooner(const Event& event, Actions& out);

    // Moves: the transitions themselves.
    void start_election(Actions& out);
    void elect_when_leader_is_known(Actions& out);
    void become_leader(Actions& out);
    void become_follower(ProcessId leader, Actions& out);
    void announce(Actions& out, bool again);
    void ask_higher(Actions& out);
    void reassert(Actions& out);
    void start_gap(Actions& out);
    void send_probe(ProcessId to, Actions& out);
    void rejoin(Actions& out);
    void look_up_leader(Actions& out);
    void note_return(ProcessId leader, Actions& out);
    void watch_higher_members(Actions& out);
    void start_feign_timer(Actions& out);
    void start_refresh_timer(Actions& out);
    void suspect_silent_winner(Actions& out);

    // What is known.
    [[nodiscard]] bool admits(ProcessId leader, Actions& out);
    void set_leader(std::optional<ProcessId> leader, Actions& out);
    [[nodiscard]] bool merge(const Membership& from_peer);
    void merge_joined(const Membership& from_daemon, Actions& out);
    void adopt(Membership members);

    [[nodiscard]] bool is_stale(const Event& event) const;
    /// The leader is above, and known by its pid alone (row 18).
    [[nodiscard]] bool leader_is_a_stranger() const {
        return leader_ && *leader_ > self_ && !members_.contains(*leader_);
    }
    [[nodiscard]] bool robust() const { return settings_->mode == Mode::robust; }
    [[nodiscard]] const Timing& timing() const { return settings_->timing; }
    [[nodiscard]] std::size_t higher_count() const { return members_.size() - own_position_ - 1; }
    [[nodiscard]] DurationRange next_gap() const;
    /// Doubles with each JOIN that has failed in a row.
    [[nodiscard]] Duration join_pause(Duration limit) const;
    [[nodiscard]] bool is_discounted(ProcessId pid) const;
    Round new_round() { return round_ = ++last_round_; }
    StartTimer main_timer(Timer timer, DurationRange range) const { return {timer, round_, range}; }

    // Hot: all that most steps touch, in one cache line.
    ProcessId self_;
    Phase phase_ = Phase::down;
    Watch watch_ = Watch::nothing;
    bool announce_pending_ = false;       // H: an ELECTION came within the hold-down
    bool leader_answered_probe_ = false;  // R7: the present leader has answered a PROBE
    bool prober_is_misled_ = false;       // R2: those above are asked once the lookup has brought the leader
    Round round_ = 0;                     // of the current wait: election, gap, PROBE, JOIN
    Membership members_;
    std::optional<ProcessId> greatest_answer_;  // R6: of this election, discounted ones aside
    std::optional<ProcessId> leader_;
    const Settings* settings_;

    // Warm: touched as elections begin and end.
    Round last_round_ = 0;
    std::uint32_t asked_ = 0;    // higher members that the latest ELECTION went to
    std::uint32_t refused_ = 0;  // of those, how many refused
    std::uint32_t own_position_ = 0;
    Round won_round_ = 0;  // the election that the present leadership was won in
    Round hold_down_round_ = 0;
    std::uint32_t elections_ = 0;
    std::uint32_t victories_ = 0;

    // Cold.
    Round feign_round_ = 0;
    Round refresh_round_ = 0;
    std::uint8_t silent_returns_ = 0;           // R7: so often has `silent_leader_` led again after a silence
    bool silence_lasts_ = false;                // R7: it hasn't led again since the latest one
    bool had_answered_before_ = false;          // R7: `silent_leader_` had answered PROBEs before the first one
    std::uint8_t suspect_rounds_ = 0;           // R6: elections in a row that `suspect_` left without a leader
    std::uint8_t higher_asked_ = 0;             // R3: how often, since `higher_answered_` first answered
    std::uint16_t answers_to_skip_ = 0;         // R3: until those above are asked again
    std::uint32_t join_failures_ = 0;           // row 15
    std::uint32_t probe_turn_ = 0;              // R3: whose turn it is among the higher members
    std::optional<ProcessId> silent_leader_;    // R7: whose PROBE has failed by silence
    std::optional<ProcessId> higher_answered_;  // R3: the greatest that has answered a PROBE, and hasn't announced
    std::optional<ProcessId> suspect_;
    std::vector<ProcessId> discounted_;
};

}  // namespace bully
