// The Bully algorithm as a pure state machine: the one place where elections are decided.
//
// An executor (the simulator, the TCP node) owns an Election per process and does three things, one at a time:
//   1. turns whatever happens into an Event and calls `step(event, actions)`;
//   2. carries out the actions, in order;
//   3. where a message and a timer are due at the same instant, also after a stall, gives the message first (row 20).
// In return: the same state and the same event always give the same new state and the same actions. There is no
// clock, chance, I/O or thread in here. A step never fails; asserts guard what can't happen, in release builds too.
//
// An Election is a value: it can be copied, compared and moved. Thread-safety: distinct ones may be used from distinct
// threads, also copies of each other; one of them by one thread at a time.
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
    /// A process that isn't started. Rounds are numbered from `first_round` + 1.
    /// Requires: `settings` outlives the process and its copies, and doesn't change.
    Election(Member self, const Settings& settings, Round first_round = no_round);
    Election(Member self, const Settings&& settings, Round first_round = no_round) = delete;

    /// A process in the middle of a settled group: idle, following `leader` (leading, if that is itself).
    /// The actions start its first probe gap.
    /// Requires: `members` holds `self` and `leader`; `settings` as above.
    static Election settled(ProcessId self, Membership members, ProcessId leader, const Settings& settings,
                            Actions& out, Round first_round = no_round);
    static Election settled(ProcessId self, Membership members, ProcessId leader, const Settings&& settings,
                            Actions& out, Round first_round = no_round) = delete;

    /// The one entry. Appends to `out`, which may hold the actions of other steps.
    /// Requires: a JOIN has at most one outcome, and a request no Unreachable after another outcome.
    void step(const Event& event, Actions& out);

    // What `step` would do where that is next to nothing, for an executor with millions of such events: inline, and
    // without an Event or Actions. False says nothing.

    /// `step` would change nothing, and do nothing.
    [[nodiscard]] bool ignores(const AnswerReceived& answer) const {
        if (answer.round != round_) return true;  // row 6
        return phase_ == Phase::awaiting_coordinator && answer.from <= *greatest_answer_;
    }
    /// The same.
    [[nodiscard]] bool ignores(const TimerFired& fired) const {
        return slot(fired.timer) == TimerSlot::main && fired.round != round_;  // row 6
    }
    /// `step` with an ElectionReceived of these members would change nothing, and give a Reply and nothing else.
    [[nodiscard]] bool only_answers(const Membership& members) const {
        return is_electing() && members_.same_snapshot(members);
    }
    /// `step` might do something about Unreachable::Why::given_up of a request of this round, `later` than now. Only a
    /// PROBE's matters, and only before T_p, which says the same.
    [[nodiscard]] bool heeds_silence(Round round, Duration later) const {
        return watch_ == Watch::probe && round == round_ && later < timing().probe_timeout;
    }

    /// The caller's, as they are now.
    [[nodiscard]] const Settings& settings() const { return *settings_.at; }
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

    /// Equal states behave alike from now on, whatever happens. The settings count by value.
    friend bool operator==(const Election&, const Election&) = default;
    /// Of the whole state, and the same on every machine: equal states have equal digests.
    [[nodiscard]] std::uint64_t digest() const;

  private:
    friend struct TransitionTable;
    friend class ElectionPacker;

    Election(ProcessId self, const Settings& settings, Round first_round)
        : self_(self), round_(first_round), settings_{&settings}, last_round_(first_round) {}

    // Acts: one for each thing that the table can say, in the table's order. An act relies on its row: on the phase, on
    // what is watched, on the mode, and on an event of that kind.
    void join_group(const Event& event, Actions& out);
    void enter_group(const Event& event, Actions& out);
    void retry_join_later(const Event& event, Actions& out);
    void join_again(const Event& event, Actions& out);
    void answer_only(const Event& event, Actions& out);
    void answer_probe(const Event& event, Actions& out);
    void note_coordinator(const Event& event, Actions& out);
    void note_higher_coordinator(const Event& event, Actions& out);
    void rejoined(const Event& event, Actions& out);
    void looked_up(const Event& event, Actions& out);
    void learn_members(const Event& event, Actions& out);
    void rejoin_failed(const Event& event, Actions& out);
    void rejoin_failed_robustly(const Event& event, Actions& out);
    void lookup_failed(const Event& event, Actions& out);
    void warn_of_daemon(const Event& event, Actions& out);
    void warn_and_refresh_sooner(const Event& event, Actions& out);
    void answer_and_elect(const Event& event, Actions& out);
    void answer_and_elect_unless_rejoining(const Event& event, Actions& out);
    void answer_misled_prober(const Event& event, Actions& out);
    void answer_misled_prober_rejoining(const Event& event, Actions& out);
    void answer_misled_prober_looking(const Event& event, Actions& out);
    void follow_any(const Event& event, Actions& out);
    void follow_with_old_watch(const Event& event, Actions& out);
    void follow_or_elect(const Event& event, Actions& out);
    void follow_or_elect_rejoining(const Event& event, Actions& out);
    void probe_answered(const Event& event, Actions& out);
    void leader_failed(const Event& event, Actions& out);
    void leader_is_unreachable(const Event& event, Actions& out);
    void probe_leader_or_rejoin(const Event& event, Actions& out);
    void probe_leader(const Event& event, Actions& out);
    void leader_is_silent(const Event& event, Actions& out);
    void refresh(const Event& event, Actions& out);
    void elect_now(const Event& event, Actions& out);
    void elect_unless_rejoining(const Event& event, Actions& out);
    void fail_as_planned(const Event& event, Actions& out);
    void fail_on_demand(const Event& event, Actions& out);
    void rejoined_as_leader(const Event& event, Actions& out);
    void greet_strangers(const Event& event, Actions& out);
    void rejoin_failed_as_leader(const Event& event, Actions& out);
    void answer_and_elect_as_leader(const Event& event, Actions& out);
    void answer_as_leader(const Event& event, Actions& out);
    void follow_or_reassert(const Event& event, Actions& out);
    void follow_or_reassert_rejoining(const Event& event, Actions& out);
    void higher_is_alive(const Event& event, Actions& out);
    void higher_is_unreachable(const Event& event, Actions& out);
    void probe_next_higher(const Event& event, Actions& out);
    void higher_is_silent(const Event& event, Actions& out);
    void end_hold_down(const Event& event, Actions& out);
    void refresh_as_leader(const Event& event, Actions& out);
    void elect_again(const Event& event, Actions& out);
    void refresh_sooner(const Event& event, Actions& out);
    void follow_if_higher(const Event& event, Actions& out);
    void await_coordinator(const Event& event, Actions& out);
    void await_coordinator_unless_discounted(const Event& event, Actions& out);
    void count_refusal(const Event& event, Actions& out);
    void count_refusal_robustly(const Event& event, Actions& out);
    void win(const Event& event, Actions& out);
    void win_unless_more_to_ask(const Event& event, Actions& out);
    void refresh_later(const Event& event, Actions& out);
    void note_late_answer(const Event& event, Actions& out);
    void elect_after_silence(const Event& event, Actions& out);
    void recover_strictly(const Event& event, Actions& out);
    void recover_and_join(const Event& event, Actions& out);

    // Moves: what several acts do.
    void start_election(Actions& out);
    void elect_when_leader_is_known(Actions& out);
    void elect_if_leader_is_known(Actions& out);
    void become_leader(Actions& out);
    /// `watch_anew`: what is open about the old leader is void (R5).
    void follow(ProcessId leader, bool watch_anew, Actions& out);
    void announce(Actions& out, bool again);
    void ask_higher(Actions& out);
    void reassert(Actions& out);
    void start_gap(Actions& out);
    void send_probe(ProcessId to, Actions& out);
    void rejoin(Actions& out);
    void look_up_leader(Actions& out);
    void note_return(ProcessId leader, Actions& out);
    void watch_higher_members(Actions& out);
    void fail(DurationRange down, Actions& out);
    void recover(Actions& out);
    void start_feign_timer(Actions& out);
    void start_refresh_timer(Actions& out);
    void suspect_silent_winner(Actions& out);
    void note_silence();
    void warn_of_failure(const JoinFailed& failure, Actions& out);

    // What is known.
    /// False, and a warning, if a COORDINATOR has the own pid. Ends R6's suspicion of others.
    [[nodiscard]] bool is_another(ProcessId leader, Actions& out);
    /// Counts the refusal.
    [[nodiscard]] bool all_have_refused(const Unreachable& unreachable);
    void set_leader(std::optional<ProcessId> leader, Actions& out);
    /// True if the peer knows another address than this process does of some third one.
    [[nodiscard]] bool merge(const Membership& from_peer);
    void merge_joined(const Membership& from_daemon, Actions& out);
    void adopt(Membership members);

    /// What the table calls Outcome::awaited.
    [[nodiscard]] bool is_awaited(const Event& event) const;
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

    // Of the caller, compared by value.
    struct SettingsOfCaller {
        const Settings* at;

        const Settings* operator->() const { return at; }
        friend bool operator==(const SettingsOfCaller& a, const SettingsOfCaller& b) { return *a.at == *b.at; }
    };

    // Hot: all that most steps touch, in one cache line.
    ProcessId self_;
    Phase phase_ = Phase::down;
    Watch watch_ = Watch::nothing;
    bool announce_pending_ = false;       // H: an ELECTION came within the hold-down
    bool leader_answered_probe_ = false;  // R7: the present leader has answered a PROBE
    bool prober_is_misled_ = false;       // R2: those above are asked once the lookup has brought the leader
    Round round_ = no_round;              // of the current wait: election, gap, PROBE, JOIN
    Membership members_;
    std::optional<ProcessId> greatest_answer_;  // R6: of this election, discounted ones aside
    std::optional<ProcessId> leader_;
    SettingsOfCaller settings_;

    // Warm: touched as elections begin and end.
    Round last_round_ = no_round;
    std::uint32_t asked_ = 0;    // higher members that the latest ELECTION went to
    std::uint32_t refused_ = 0;  // of those, how many refused
    std::uint32_t own_position_ = 0;
    Round won_round_ = no_round;  // the election that the present leadership was won in
    Round hold_down_round_ = no_round;
    std::uint32_t elections_ = 0;
    std::uint32_t victories_ = 0;

    // Cold.
    Round feign_round_ = no_round;
    Round refresh_round_ = no_round;
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
    std::vector<ProcessId> discounted_;  // R6: ascending, so that equal sets are equal
};

}  // namespace bully
