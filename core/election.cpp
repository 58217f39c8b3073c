// The moves and acts of the state machine: what others send, elections, what is known. JOINs are in joining.cpp; what a
// process does unasked, to watch others, to refresh and to feign, in watching.cpp; which act runs when, in
// transitions.cpp.
#include "core/election.hpp"

#include "core/acts.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace bully {
namespace {

constexpr int discount_after_rounds = 3;  // R6

}  // namespace

// A simulation touches thousands of them in turn: the hot part in one cache line, all of it in four.
static_assert(sizeof(Election) <= 256);

Election::Election(Member self, const Settings& settings, Round first_round)
    : Election(self.pid, settings, first_round) {
    members_ = Membership{{std::move(self)}};
}

Election Election::settled(ProcessId self, Membership members, ProcessId leader, const Settings& settings, Actions& out,
                           Round first_round) {
    assert(members.contains(leader));
    const auto own_position = members.find(self);
    assert(own_position.has_value());
    Election process(self, settings, first_round);
    process.members_ = std::move(members);
    process.own_position_ = static_cast<std::uint32_t>(*own_position);
    process.leader_ = leader;
    process.phase_ = leader == self ? Phase::leading : Phase::following;
    process.asked_ = static_cast<std::uint32_t>(process.higher_count());
    process.won_round_ = process.new_round();
    if (process.phase_ == Phase::following) process.start_gap(out);
    process.watch_higher_members(out);
    process.start_feign_timer(out);
    process.start_refresh_timer(out);
    return process;
}

// Row 6. A late OK would end a wait that isn't about it, a late refusal would count in the next election, and a late
// timer would cut a wait short.
bool is_awaited(Phase phase, Watch watch, Round round, const Event& event) {
    if (const auto* answer = std::get_if<AnswerReceived>(&event)) return answer->round == round;
    if (const auto* unreachable = std::get_if<Unreachable>(&event)) return unreachable->round == round;
    if (const auto* fired = std::get_if<TimerFired>(&event)) {
        return slot(fired->timer) != TimerSlot::main || fired->round == round;
    }
    const bool waits_for_join = phase == Phase::joining || watch == Watch::rejoin || watch == Watch::lookup;
    if (const auto* joined = std::get_if<Joined>(&event)) return waits_for_join && joined->round == round;
    if (const auto* failure = std::get_if<JoinFailed>(&event)) return waits_for_join && failure->round == round;
    return true;
}

bool Election::is_awaited(const Event& event) const {
    if (const auto* fired = std::get_if<TimerFired>(&event)) {
        switch (slot(fired->timer)) {
            case TimerSlot::main: return fired->round == round_;
            case TimerSlot::hold_down: return fired->round == hold_down_round_;
            // No round: none is running, and nothing says for how long to be down.
            case TimerSlot::feign: return fired->round == feign_round_ && feign_round_ != no_round;
            case TimerSlot::refresh: return fired->round == refresh_round_;
        }
    }
    return bully::is_awaited(phase_, watch_, round_, event);
}

// ELECTION and PROBE received: rules 3 and 7, R2, H

// Rule 3: the OK keeps the asker from winning, and the list spreads what each process knows of the others.
void Election::answer_only(const Event& event, Actions& out) {
    const auto& message = as<ElectionReceived>(event);
    const bool contradicted = merge(message.members);
    out.emplace_back(Reply{message.reply_to});
    // Row 12: only the daemon can say which address is right. Without asking it, a process that has come back at
    // another address would never hear from a leader that knows the old one.
    if (contradicted) out.emplace_back(Join{no_round});
}

void Election::answer_and_elect(const Event& event, Actions& out) {
    answer_only(event, out);  // Rule 3: OK goes out before any ELECTION of one's own, for the asker's T_ok is running.
    elect_when_leader_is_known(out);
}

void Election::answer_and_elect_unless_rejoining(const Event& event, Actions& out) {
    answer_only(event, out);
    elect_if_leader_is_known(out);
}

void Election::answer_and_elect_as_leader(const Event& event, Actions& out) {
    answer_only(event, out);
    start_election(out);
}

void Election::answer_as_leader(const Event& event, Actions& out) {
    answer_only(event, out);
    if (hold_down_round_ != no_round) {
        // H: each ELECTION would cause a broadcast of its own, which is exponential in n at a cold start.
        announce_pending_ = true;
    } else {
        // An election would cost the group its leader for T_ok wherever a higher member is dead.
        reassert(out);
    }
}

void Election::end_hold_down(const Event&, Actions& out) {
    hold_down_round_ = no_round;
    if (!std::exchange(announce_pending_, false)) return;
    // A higher member learned of since the victory has to be asked before it is passed over (P2).
    if (higher_count() > asked_) ask_higher(out);
    announce(out, true);
}

void Election::answer_probe(const Event& event, Actions& out) {
    out.emplace_back(Reply{as<ProbeReceived>(event).reply_to});
}

// R2: the prober takes this process for its leader, and nothing else would ever tell it otherwise. The true leader,
// asked, announces itself to all. An election would do so too, at the price of T_ok without a leader wherever a higher
// member is dead, and for each PROBE that is older than the COORDINATOR that is followed here.
void Election::answer_misled_prober(const Event& event, Actions& out) {
    answer_probe(event, out);
    if (!leader_is_a_stranger()) return ask_higher(out);
    // Row 18: it can't be asked before its address is known.
    look_up_leader(out);
    prober_is_misled_ = true;
}

void Election::answer_misled_prober_looking(const Event& event, Actions& out) {
    answer_probe(event, out);
    if (!leader_is_a_stranger()) return ask_higher(out);
    prober_is_misled_ = true;
}

void Election::answer_misled_prober_rejoining(const Event& event, Actions& out) {
    answer_probe(event, out);
    if (!leader_is_a_stranger()) ask_higher(out);
}

// COORDINATOR received: rule 6, R1, R5, R6, rows 14, 18, 19

// Row 14: two processes with one pid can't be told apart by any rule. A person has to mend it.
bool Election::is_another(ProcessId leader, Actions& out) {
    if (leader == self_) {
        out.emplace_back(Warn{Warn::What::duplicate_identity_claimed, leader});
        return false;
    }
    // R6: it has announced once, and those below it were silent because it leads.
    std::erase_if(discounted_, [&](ProcessId pid) { return pid <= leader; });
    return true;
}

void Election::note_coordinator(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (is_another(leader, out)) set_leader(leader, out);
}

void Election::note_higher_coordinator(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (is_another(leader, out) && leader > self_) set_leader(leader, out);
}

void Election::follow_any(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (is_another(leader, out)) follow(leader, true, out);
}

// What is open about the old leader acts on the new one. R5 mends it.
void Election::follow_with_old_watch(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (is_another(leader, out)) follow(leader, false, out);
}

// R1: two winners whose COORDINATORs cross would follow each other, and nobody would lead.
void Election::follow_if_higher(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (is_another(leader, out) && leader > self_) follow(leader, true, out);
}

void Election::follow_or_elect(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (leader >= self_) return follow_if_higher(event, out);
    // R1: followed, the true leader can be lost for ever. An unknown one would not hear the outcome either: ask the
    // daemon who it is first.
    if (!members_.contains(leader)) return rejoin(out);
    elect_when_leader_is_known(out);
}

void Election::follow_or_elect_rejoining(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (leader >= self_) return follow_if_higher(event, out);
    if (members_.contains(leader)) elect_if_leader_is_known(out);
}

void Election::follow_or_reassert(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (leader >= self_) return follow_if_higher(event, out);
    // R1: an unknown one would not hear that this process leads.
    if (!members_.contains(leader)) return rejoin(out);
    reassert(out);
}

void Election::follow_or_reassert_rejoining(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (leader >= self_) return follow_if_higher(event, out);
    if (members_.contains(leader)) reassert(out);
}

void Election::follow(ProcessId leader, bool watch_anew, Actions& out) {
    assert(leader != self_);
    assert(!robust() || leader > self_);  // P1
    if (leader_ != leader) leader_answered_probe_ = false;
    suspect_rounds_ = 0;
    phase_ = Phase::following;
    set_leader(leader, out);
    note_return(leader, out);
    if (watch_anew) start_gap(out);                                    // R5: what is open about the old leader is void
    if (!members_.contains(leader)) out.emplace_back(Join{no_round});  // Row 18: no election waits for the answer.
}

// an election of one's own: rules 2, 4, 5, R4, R6

void Election::elect_now(const Event&, Actions& out) { elect_when_leader_is_known(out); }

void Election::elect_unless_rejoining(const Event&, Actions& out) { elect_if_leader_is_known(out); }

void Election::elect_again(const Event&, Actions& out) { start_election(out); }

// Row 18: a higher leader known by its pid alone can't be asked, and to win without asking it is no victory (P2). Its
// address comes first, then the election.
void Election::elect_when_leader_is_known(Actions& out) {
    if (!leader_is_a_stranger()) return start_election(out);
    phase_ = Phase::following;
    rejoin(out);
}

// While a JOIN is open that an election follows.
void Election::elect_if_leader_is_known(Actions& out) {
    assert(watch_ == Watch::rejoin);
    if (!leader_is_a_stranger()) start_election(out);
}

// H: an announcement that is held back is of a leadership that is over now.
void Election::start_election(Actions& out) {
    assert(phase_ != Phase::down);
    ++elections_;
    new_round();
    watch_ = Watch::nothing;
    hold_down_round_ = no_round;
    announce_pending_ = false;
    greatest_answer_.reset();
    asked_ = static_cast<std::uint32_t>(higher_count());
    refused_ = 0;
    if (asked_ == 0) {
        become_leader(out);
        return;
    }
    phase_ = Phase::awaiting_answers;
    out.emplace_back(SendElection{round_});
    out.emplace_back(main_timer(Timer::answer, exactly(timing().answer_timeout)));
}

// Rule 4: an OK is a promise that a higher process announces itself. It may die first, so the wait has an end. A lower
// one has nothing to announce.
void Election::await_coordinator(const Event& event, Actions& out) {
    const auto& from = as<AnswerReceived>(event).from;  // of a copy here gcc 12 warns, wrongly, that it dangles
    if (from <= self_) return;
    greatest_answer_ = from;
    phase_ = Phase::awaiting_coordinator;
    out.emplace_back(main_timer(Timer::coordinator, exactly(timing().coordinator_timeout)));
}

// R6: one that answers and never leads would keep the group without a leader for ever.
void Election::await_coordinator_unless_discounted(const Event& event, Actions& out) {
    if (!is_discounted(as<AnswerReceived>(event).from)) await_coordinator(event, out);
}

// Row 7: T_coord isn't begun anew, or processes that answer one after the other would put off the next election for
// ever. R6 wants to know the greatest of them.
void Election::note_late_answer(const Event& event, Actions&) {
    assert(greatest_answer_.has_value());
    const auto from = as<AnswerReceived>(event).from;
    if (from > *greatest_answer_ && !is_discounted(from)) greatest_answer_ = from;
}

// Rule 5: that all have refused is as good as T_ok, and much sooner known.
bool Election::all_have_refused(const Unreachable& unreachable) {
    // Row 9: given up is silence, and may be a slow live process.
    if (unreachable.why == Unreachable::Why::given_up) return false;
    ++refused_;
    assert(refused_ <= asked_);
    return refused_ == asked_;
}

void Election::count_refusal(const Event& event, Actions& out) {
    if (all_have_refused(as<Unreachable>(event))) win(event, out);
}

void Election::count_refusal_robustly(const Event& event, Actions& out) {
    if (all_have_refused(as<Unreachable>(event))) win_unless_more_to_ask(event, out);
}

void Election::win(const Event&, Actions& out) { become_leader(out); }

void Election::win_unless_more_to_ask(const Event&, Actions& out) {
    if (higher_count() > asked_) {
        start_election(out);  // R4: to win would pass over a higher process that was never asked
    } else {
        become_leader(out);
    }
}

void Election::elect_after_silence(const Event&, Actions& out) {
    suspect_silent_winner(out);
    start_election(out);
}

// R6. Only the greatest that answered can be to blame: those below it were waiting for it as this process was. Were
// all that answered counted, a group would end up with each member discounting all above it, and many victories.
void Election::suspect_silent_winner(Actions& out) {
    assert(greatest_answer_.has_value());
    if (suspect_ != greatest_answer_) {
        suspect_ = greatest_answer_;
        suspect_rounds_ = 0;
    }
    if (++suspect_rounds_ < discount_after_rounds) return;
    discounted_.insert(std::ranges::upper_bound(discounted_, *suspect_), *suspect_);
    out.emplace_back(Warn{Warn::What::answer_discounted, suspect_});
    suspect_rounds_ = 0;
}

// R3: those above are to hear of this victory, too, so they are asked as if they had never answered. R6: somebody
// leads, so nobody is to blame; likewise in `follow`.
void Election::become_leader(Actions& out) {
    assert(phase_ == Phase::awaiting_answers || asked_ == 0);  // P2
    assert(watch_ == Watch::nothing);
    ++victories_;
    won_round_ = round_;
    new_round();
    phase_ = Phase::leading;
    suspect_rounds_ = 0;
    higher_answered_.reset();
    set_leader(self_, out);
    announce(out, false);
    watch_higher_members(out);
}

void Election::announce(Actions& out, bool again) {
    assert(phase_ == Phase::leading && leader_ == self_);
    if (members_.size() == 1) return;  // row 17
    out.emplace_back(Announce{self_, won_round_, again});
    if (!robust()) return;
    hold_down_round_ = ++last_round_;
    out.emplace_back(StartTimer{Timer::hold_down, hold_down_round_, exactly(timing().hold_down)});
}

// The principle of R2, R3 and R8, and in a leader of R1 and H: who doubts asks those above, and keeps what it has until
// one of them announces itself. No T_ok runs, and no OK changes anything.
void Election::ask_higher(Actions& out) {
    assert(is_idle(phase_));
    asked_ = static_cast<std::uint32_t>(higher_count());
    if (asked_ == 0) return;
    out.emplace_back(AskHigher{++last_round_});
    watch_higher_members(out);  // there may have been nobody above before
}

// Somebody doubts that this process leads, or may not know it.
void Election::reassert(Actions& out) {
    announce_pending_ = false;
    ask_higher(out);
    announce(out, true);
}

// what is known

void Election::set_leader(std::optional<ProcessId> leader, Actions& out) {
    if (leader_ == leader) return;
    leader_ = leader;
    out.emplace_back(LeaderChanged{leader});
}

bool Election::merge(const Membership& from_peer) {
    if (members_.same_snapshot(from_peer)) return false;
    const bool contradicted = members_.contradicts(from_peer, self_);
    adopt(members_.with_unknown_of(from_peer));
    return contradicted;
}

void Election::merge_joined(const Membership& from_daemon, Actions& out) {
    const auto listed = from_daemon.find(self_);
    // Row 11: a process knows best where it listens, and a second one with its pid is a mistake that a person must
    // mend.
    if (listed && from_daemon.members()[*listed] != members_.members()[own_position_]) {
        out.emplace_back(Warn{Warn::What::duplicate_identity_listed, self_});
    }
    adopt(members_.updated_from(from_daemon, self_));
    // R8: the daemon is back, and needn't be asked every few seconds any more.
    if (std::exchange(join_failures_, 0) > 0) start_refresh_timer(out);
}

void Election::adopt(Membership members) {
    assert(members.size() >= members_.size());  // row 13: members only grow
    members_ = std::move(members);
    own_position_ = static_cast<std::uint32_t>(*members_.find(self_));
}

bool Election::is_discounted(ProcessId pid) const {
    return std::find(discounted_.begin(), discounted_.end(), pid) != discounted_.end();
}

}  // namespace bully
