// The acts about JOINs: the first one (rule 1, rows 15 and 16), and those that follow.
#include "core/acts.hpp"
#include "core/election.hpp"

#include <algorithm>
#include <utility>

namespace bully {

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
    join_failures_ = 0;
    merge_joined(as<Joined>(event).members, out);
    start_feign_timer(out);
    start_refresh_timer(out);
    elect_when_leader_is_known(out);
}

// Row 15: without the daemon's list a process would lead a group of one. Row 16: a pid or address that is rejected once
// stays rejected.
void Election::retry_join_later(const Event& event, Actions& out) {
    const auto& failure = as<JoinFailed>(event);
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

// the outcome of a later JOIN: rule 7, R1, R8, rows 13, 16, 18

// Rule 7: the election follows the JOIN, for the list may tell of a higher member that nobody has asked yet.
void Election::rejoined(const Event& event, Actions& out) {
    learn_members(event, out);
    start_election(out);
}

// Row 18: the PROBEs of the leader can begin. Where not even the daemon knows it, no PROBE would ever tell whether it
// lives.
void Election::looked_up(const Event& event, Actions& out) {
    learn_members(event, out);
    if (leader_is_a_stranger()) {
        start_election(out);
    } else {
        if (prober_is_misled_) ask_higher(out);
        start_gap(out);
    }
}

// R8: strangers below haven't been told who leads, and those above haven't been asked.
void Election::greet_strangers(const Event& event, Actions& out) {
    const auto known = members_.size();
    const auto known_above = higher_count();
    learn_members(event, out);
    const auto above = higher_count() - known_above;
    const auto below = members_.size() - known - above;
    if (below > 0) {
        reassert(out);
    } else if (above > 0) {
        ask_higher(out);
    }
    watch_higher_members(out);
}

// R1: a lower stranger has claimed to lead. Now it can be told.
void Election::rejoined_as_leader(const Event& event, Actions& out) {
    learn_members(event, out);
    watch_ = Watch::nothing;
    reassert(out);
    watch_higher_members(out);
}

void Election::warn_of_failure(const JoinFailed& failure, Actions& out) {
    out.emplace_back(
        Warn{failure.kind == JoinFailed::Kind::rejected ? Warn::What::join_rejected : Warn::What::join_unreachable,
             std::nullopt});
}

void Election::warn_of_daemon(const Event& event, Actions& out) { warn_of_failure(as<JoinFailed>(event), out); }

void Election::warn_and_refresh_sooner(const Event& event, Actions& out) {
    warn_of_daemon(event, out);
    refresh_sooner(event, out);
}

// Rule 7: also when the daemon can't be reached, with the members known. The leader is gone, and waiting for the daemon
// would leave the group without one for as long.
void Election::rejoin_failed(const Event& event, Actions& out) {
    warn_of_daemon(event, out);
    start_election(out);
}

// Row 18: that the daemon is down says nothing of the leader. Elected without it, a second one would lead beside it.
void Election::rejoin_failed_robustly(const Event& event, Actions& out) {
    if (leader_is_a_stranger()) {
        lookup_failed(event, out);
    } else {
        rejoin_failed(event, out);
    }
}

void Election::lookup_failed(const Event& event, Actions& out) {
    warn_of_daemon(event, out);
    start_gap(out);
}

void Election::rejoin_failed_as_leader(const Event& event, Actions& out) {
    warn_of_daemon(event, out);
    watch_ = Watch::nothing;
    reassert(out);
    watch_higher_members(out);
}

}  // namespace bully
