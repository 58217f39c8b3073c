// The moves and acts of the state machine: joining, what others send, elections. What a process does unasked, to watch
// others, to refresh and to feign, is in watching.cpp; which act runs when stands in transitions.cpp.
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

bool Election::is_stale(const Event& event) const {
    if (const auto* answer = std::get_if<AnswerReceived>(&event)) return answer->round != round_;
    if (const auto* unreachable = std::get_if<Unreachable>(&event)) return unreachable->round != round_;
    if (const auto* fired = std::get_if<TimerFired>(&event)) {
        switch (slot(fired->timer)) {
            case TimerSlot::main: return fired->round != round_;
            case TimerSlot::hold_down: return fired->round != hold_down_round_;
            // No round: none is running, and `fail` would not know for how long to be down.
            case TimerSlot::feign: return fired->round != feign_round_ || feign_round_ == no_round;
            case TimerSlot::refresh: return fired->round != refresh_round_;
        }
    }
    return false;
}

// joining: rule 1, rows 15 and 16

void Election::join_group(const Event&, Actions& out) {
    phase_ = Phase::joining;
    join_failures_ = 0;  // a process that gave up may be started again
    // Row 10. What depends on the delays only the executor can check: see broken_conditions.
    const auto least = timing().answer_timeout + (robust() ? timing().hold_down : Duration::zero());
    if (timing().coordinator_timeout <= least) {
        out.emplace_back(Warn{Warn::What::coordinator_timeout_short, std::nullopt});
    }
    out.emplace_back(Join{new_round()});
}

void Election::enter_group(const Event& event, Actions& out) {
    const auto& answer = as<Joined>(event);
    if (answer.round != round_) return;
    join_failures_ = 0;
    merge_joined(answer.members, out);
    start_feign_timer(out);
    start_refresh_timer(out);
    elect_when_leader_is_known(out);
}

void Election::retry_join_later(const Event& event, Actions& out) {
    const auto& failure = as<JoinFailed>(event);
    if (failure.round != round_) return;
    ++join_failures_;
    if (failure.kind == JoinFailed::Kind::rejected || std::cmp_greater_equal(join_failures_, timing().join_attempts)) {
        phase_ = Phase::down;
        new_round();
        out.emplace_back(GiveUp{failure.kind});
        return;
    }
    new_round();
    out.emplace_back(main_timer(Timer::join_retry, exactly(join_pause(timing().join_retry_limit))));
}

Duration Election::join_pause(Duration limit) const {
    auto pause = timing().join_retry;
    for (std::uint32_t i = 1; i < join_failures_ && pause < limit; ++i) pause *= 2;
    return std::min(pause, limit);
}

void Election::join_again(const Event&, Actions& out) { out.emplace_back(Join{new_round()}); }

void Election::learn_members(const Event& event, Actions& out) { merge_joined(as<Joined>(event).members, out); }

void Election::rejoined(const Event& event, Actions& out) {
    const auto& answer = as<Joined>(event);
    const auto known = members_.size();
    const auto known_above = higher_count();
    merge_joined(answer.members, out);
    // R5: a leader that has announced itself meanwhile has taken the round away from this JOIN.
    const bool awaited = answer.round == round_;
    if (robust() && phase_ == Phase::leading) {
        const bool contradicts = awaited && watch_ == Watch::rejoin;  // R1: a lower stranger has claimed to lead
        if (contradicts) watch_ = Watch::nothing;
        // R8: strangers below haven't been told, and those above haven't been asked.
        const auto above = higher_count() - known_above;
        const auto below = members_.size() - known - above;
        if (contradicts || below > 0) {
            reassert(out);
        } else if (above > 0) {
            ask_higher(out);
        }
        watch_higher_members(out);
    } else if (awaited && watch_ == Watch::rejoin) {
        start_election(out);
    } else if (awaited && watch_ == Watch::lookup) {
        // Row 18: its PROBEs can begin. Where not even the daemon knows it, no PROBE would ever tell whether it lives.
        if (leader_is_a_stranger()) {
            start_election(out);
        } else {
            if (prober_is_misled_) ask_higher(out);
            start_gap(out);
        }
    }
}

void Election::rejoin_failed(const Event& event, Actions& out) {
    const auto& failure = as<JoinFailed>(event);
    out.emplace_back(
        Warn{failure.kind == JoinFailed::Kind::rejected ? Warn::What::join_rejected : Warn::What::join_unreachable,
             std::nullopt});
    if (failure.round == no_round) refresh_sooner(event, out);
    if (failure.round != round_ || (watch_ != Watch::rejoin && watch_ != Watch::lookup)) return;
    if (robust() && phase_ == Phase::leading) {
        watch_ = Watch::nothing;
        reassert(out);
        watch_higher_members(out);
    } else if (watch_ == Watch::lookup || (robust() && leader_is_a_stranger())) {
        // Row 18: that the daemon is down says nothing of the leader. Elected without it, a second one would lead
        // beside it.
        start_gap(out);
    } else {
        start_election(out);  // Rule 7: also when the daemon can't be reached, with the members known.
    }
}

// ELECTION and PROBE received: rules 3 and 7, R2, H

void Election::answer_only(const Event& event, Actions& out) {
    const auto& message = as<ElectionReceived>(event);
    const bool contradicted = merge(message.members);
    out.emplace_back(Reply{message.reply_to});
    // Row 12: only the daemon can say which address is right. Without asking it, a process that has come back at
    // another address would never hear from a leader that knows the old one.
    if (contradicted) out.emplace_back(Join{no_round});
}

void Election::answer_and_elect(const Event& event, Actions& out) {
    answer_only(event, out);  // Rule 3: OK goes out before any ELECTION of one's own.
    elect_when_leader_is_known(out);
}

void Election::answer_as_leader(const Event& event, Actions& out) {
    answer_only(event, out);
    if (hold_down_round_ != no_round) {
        // H: each ELECTION would cause a broadcast of its own, which is exponential in n at a cold start.
        announce_pending_ = true;
    } else if (robust()) {
        // An election would cost the group its leader for T_ok wherever a higher member is dead.
        reassert(out);
    } else {
        start_election(out);
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

void Election::answer_misled_prober(const Event& event, Actions& out) {
    answer_probe(event, out);
    if (!robust()) return;
    // R2: the prober takes this process for its leader, and nothing else would ever tell it otherwise. The true leader,
    // asked, announces itself to all. An election would do so too, at the price of T_ok without a leader wherever a
    // higher member is dead, and for each PROBE that is older than the COORDINATOR that is followed here.
    if (!leader_is_a_stranger()) return ask_higher(out);
    if (watch_ == Watch::rejoin) return;  // an election follows
    // Row 18: it can't be asked before its address is known.
    if (watch_ != Watch::lookup) look_up_leader(out);
    prober_is_misled_ = true;
}

// COORDINATOR received: rule 6, R1, R5, R6, rows 14, 18, 19

void Election::note_coordinator(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (!admits(leader, out)) return;
    set_leader(leader, out);
}

void Election::coordinator_while_idle(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (leader != self_ && leader < self_ && robust()) {
        // R1: followed, the true leader can be lost for ever. An unknown one would not hear the outcome either: ask
        // the daemon who it is first.
        if (!members_.contains(leader)) {
            if (watch_ != Watch::rejoin) rejoin(out);
        } else if (phase_ == Phase::leading) {
            reassert(out);
        } else {
            elect_when_leader_is_known(out);
        }
        return;
    }
    if (admits(leader, out)) become_follower(leader, out);
}

void Election::coordinator_while_electing(const Event& event, Actions& out) {
    const auto leader = as<CoordinatorReceived>(event).leader;
    if (admits(leader, out)) become_follower(leader, out);
}

bool Election::admits(ProcessId leader, Actions& out) {
    if (leader == self_) {
        out.emplace_back(Warn{Warn::What::duplicate_identity_claimed, leader});  // row 14
        return false;
    }
    // R6: it has announced once, and those below it were silent because it leads.
    std::erase_if(discounted_, [&](ProcessId pid) { return pid <= leader; });
    return leader > self_ || !robust();
}

void Election::become_follower(ProcessId leader, Actions& out) {
    assert(leader != self_);
    const bool was_watching = phase_ == Phase::following && watch_ != Watch::nothing && watch_ != Watch::gap;
    if (leader_ != leader) leader_answered_probe_ = false;
    suspect_rounds_ = 0;
    phase_ = Phase::following;
    set_leader(leader, out);
    note_return(leader, out);
    // R5: what is open about the old leader is void. Strict leaves it open, and lets it act on the new one.
    if (robust() || !was_watching) start_gap(out);
    if (!members_.contains(leader)) out.emplace_back(Join{no_round});  // Row 18: no election waits for the answer.
}

// an election of one's own: rules 2, 4, 5, R4, R6

void Election::elect_now(const Event&, Actions& out) { elect_when_leader_is_known(out); }

// Row 18: a higher leader known by its pid alone can't be asked, and to win without asking it is no victory (P2). Its
// address comes first, then the election.
void Election::elect_when_leader_is_known(Actions& out) {
    if (!leader_is_a_stranger()) {
        start_election(out);
    } else if (phase_ != Phase::following || watch_ != Watch::rejoin) {
        phase_ = Phase::following;
        rejoin(out);
    }
}

void Election::start_election(Actions& out) {
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

void Election::await_coordinator(const Event& event, Actions& out) {
    const auto& from = as<AnswerReceived>(event).from;  // of a copy here gcc 12 warns, wrongly, that it dangles
    if (from <= self_ || is_discounted(from)) return;
    greatest_answer_ = from;
    phase_ = Phase::awaiting_coordinator;
    out.emplace_back(main_timer(Timer::coordinator, exactly(timing().coordinator_timeout)));
}

void Election::note_late_answer(const Event& event, Actions&) {
    const auto from = as<AnswerReceived>(event).from;
    if (from > *greatest_answer_ && !is_discounted(from)) greatest_answer_ = from;
}

void Election::count_refusal(const Event& event, Actions& out) {
    // Row 9: given up is silence, and may be a slow live process.
    if (as<Unreachable>(event).why == Unreachable::Why::given_up) return;
    ++refused_;
    assert(refused_ <= asked_);
    if (refused_ == asked_) win_unless_more_to_ask(event, out);
}

void Election::win_unless_more_to_ask(const Event&, Actions& out) {
    if (robust() && higher_count() > asked_) {
        start_election(out);  // R4
    } else {
        become_leader(out);
    }
}

void Election::elect_again(const Event&, Actions& out) {
    if (robust()) suspect_silent_winner(out);
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

void Election::become_leader(Actions& out) {
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
    if (members_.size() == 1) return;  // row 17
    out.emplace_back(Announce{self_, won_round_, again});
    if (!robust()) return;
    hold_down_round_ = ++last_round_;
    out.emplace_back(StartTimer{Timer::hold_down, hold_down_round_, exactly(timing().hold_down)});
}

// The principle of R2, R3 and R8, and in a leader of R1 and H: who doubts asks those above, and keeps what it has until
// one of them announces itself. No T_ok runs, and no OK changes anything.
void Election::ask_higher(Actions& out) {
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

// True if the peer knows another address than this process does of some third one.
bool Election::merge(const Membership& from_peer) {
    if (members_.same_snapshot(from_peer)) return false;
    const bool contradicted = members_.contradicts(from_peer, self_);
    adopt(members_.with_unknown_of(from_peer));
    return contradicted;
}

void Election::merge_joined(const Membership& from_daemon, Actions& out) {
    const auto listed = from_daemon.find(self_);
    if (listed && from_daemon.members()[*listed] != members_.members()[own_position_]) {
        out.emplace_back(Warn{Warn::What::duplicate_identity_listed, self_});  // row 11
    }
    adopt(members_.updated_from(from_daemon, self_));
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
