// What a process does unasked: it watches its leader, or those above it (rule 7, R3, R7), refreshes what it knows (R8),
// and feigns failures (rule 8).
#include "core/acts.hpp"
#include "core/election.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace bully {
namespace {

constexpr std::uint8_t gap_doublings_limit = 16;  // R3, R7: any gap is at its limit by then
constexpr std::uint8_t returns_worth_a_word = 3;  // R7

}  // namespace

// watching the leader: rule 7, R7, and higher members: R3

DurationRange Election::next_gap() const {
    auto gap = timing().probe_gap;
    if (leader_ != silent_leader_) return gap;
    // The first silence of one that has answered before may be a lost message.
    const int doublings = silent_returns_ - (had_answered_before_ ? 1 : 0);
    for (int i = 0; i < doublings && gap.max < timing().probe_gap_limit; ++i) gap = {gap.min * 2, gap.max * 2};
    const auto limit = std::max(timing().probe_gap_limit, timing().probe_gap.max);
    return {std::min(gap.min, limit), std::min(gap.max, limit)};
}

void Election::start_gap(Actions& out) {
    assert(is_idle(phase_));
    new_round();
    watch_ = Watch::nothing;
    if (!settings_->probing) return;
    watch_ = Watch::gap;
    out.emplace_back(main_timer(Timer::probe_gap, next_gap()));
}

// Rule 7: nothing else notices that a leader is gone.
void Election::probe_leader(const Event&, Actions& out) {
    assert(leader_.has_value());
    if (members_.contains(*leader_)) return send_probe(*leader_, out);
    look_up_leader(out);  // row 18, and the JOIN has brought nothing
}

void Election::probe_leader_or_rejoin(const Event&, Actions& out) {
    assert(leader_.has_value());
    if (members_.contains(*leader_)) return send_probe(*leader_, out);
    rejoin(out);
}

// T_p runs, for the kernel of a process that stands still accepts the connection (row 8).
void Election::send_probe(ProcessId to, Actions& out) {
    assert(is_idle(phase_) && to != self_ && members_.contains(to));
    new_round();
    watch_ = Watch::probe;
    out.emplace_back(SendProbe{to, round_});
    out.emplace_back(main_timer(Timer::probe_timeout, exactly(timing().probe_timeout)));
}

void Election::probe_answered(const Event&, Actions& out) {
    leader_answered_probe_ = true;
    if (leader_ == silent_leader_) silent_leader_.reset();
    start_gap(out);
}

void Election::leader_failed(const Event&, Actions& out) { rejoin(out); }

void Election::leader_is_silent(const Event&, Actions& out) {
    note_silence();
    rejoin(out);
}

void Election::leader_is_unreachable(const Event& event, Actions& out) {
    if (as<Unreachable>(event).why == Unreachable::Why::given_up) {
        note_silence();
    } else if (silent_leader_ == leader_) {
        silent_leader_.reset();  // it isn't slow but dead, and a next life owes nothing
    }
    rejoin(out);
}

void Election::note_silence() {
    if (silent_leader_ != leader_) {
        silent_leader_ = leader_;
        silent_returns_ = 0;
        had_answered_before_ = leader_answered_probe_;
    }
    silence_lasts_ = true;
}

// R7. There are leaders that elect and never answer a PROBE, or only too late, or that don't hear those who PROBE
// them: without longer and longer gaps they would be deposed every few seconds for ever. They may win at once, or have
// another lead meanwhile.
void Election::note_return(ProcessId leader, Actions& out) {
    if (silent_leader_ != leader || !std::exchange(silence_lasts_, false)) return;
    if (silent_returns_ < gap_doublings_limit) ++silent_returns_;
    if (silent_returns_ == returns_worth_a_word) {
        out.emplace_back(Warn{Warn::What::leader_unsteady, leader});
    }
}

void Election::rejoin(Actions& out) {
    assert(is_idle(phase_));
    watch_ = Watch::rejoin;
    out.emplace_back(Join{new_round()});
}

void Election::look_up_leader(Actions& out) {
    assert(phase_ == Phase::following && leader_is_a_stranger());
    watch_ = Watch::lookup;
    prober_is_misled_ = false;  // who was, before a lookup that has failed, comes again
    out.emplace_back(Join{new_round()});
}

void Election::watch_higher_members(Actions& out) {
    // R3: the only cure for a healed partition.
    if (robust() && phase_ == Phase::leading && watch_ == Watch::nothing && higher_count() > 0) start_gap(out);
}

void Election::probe_next_higher(const Event&, Actions& out) {
    const auto higher = members_.members().subspan(own_position_ + 1);
    for (std::size_t tried = 0; tried < higher.size(); ++tried) {
        const auto candidate = higher[probe_turn_++ % higher.size()].pid;
        if (is_discounted(candidate)) continue;  // R6: that it answers says nothing
        send_probe(candidate, out);
        return;
    }
    watch_ = Watch::nothing;
}

// R3. It may be on its way to announce itself, and it may be joining, wedged, or not allowed to lead: a leader that
// gave up for it at once could leave the group without any. So it is asked, and asked again at longer and longer
// intervals.
void Election::higher_is_alive(const Event& event, Actions& out) {
    const auto& from = as<AnswerReceived>(event).from;
    if (!higher_answered_ || *higher_answered_ < from) {
        higher_answered_ = from;
        higher_asked_ = 0;
        answers_to_skip_ = 0;
    }
    if (answers_to_skip_ > 0) {
        --answers_to_skip_;
    } else {
        ask_higher(out);
        answers_to_skip_ = static_cast<std::uint16_t>((1U << higher_asked_) - 1U);
        const bool at_limit = higher_asked_ + 1 == gap_doublings_limit ||
                              timing().probe_gap.max * (2U << higher_asked_) > timing().probe_gap_limit;
        if (!at_limit) ++higher_asked_;
    }
    start_gap(out);
}

// R3: one that is silent may come back, and is asked when its turn comes again.
void Election::higher_is_silent(const Event&, Actions& out) { start_gap(out); }

void Election::higher_is_unreachable(const Event& event, Actions& out) {
    const auto& unreachable = as<Unreachable>(event);
    if (unreachable.why != Unreachable::Why::given_up && higher_answered_ == unreachable.peer) {
        higher_answered_.reset();  // dead; a next life is asked at once
    }
    start_gap(out);
}

// refreshing what is known: R8

void Election::start_refresh_timer(Actions& out) {
    if (!robust()) return;
    refresh_round_ = ++last_round_;
    // While the daemon is away what a JOIN was sent for stays unknown: soon again, and less and less often.
    const auto pause = join_failures_ > 0 ? exactly(join_pause(timing().refresh))
                                          : DurationRange{timing().refresh, 2 * timing().refresh};
    out.emplace_back(StartTimer{Timer::refresh, refresh_round_, pause});
}

// A JOIN that no round waits for is sent where nothing else tells of strangers: after a recovery, to a leader that is
// one. If it fails since the daemon is away, its reason lasts, for up to 2 T_r if this were left to chance. A daemon
// that refuses will refuse again.
void Election::refresh_sooner(const Event& event, Actions& out) {
    const auto& failure = as<JoinFailed>(event);
    if (failure.round != no_round || failure.kind != JoinFailed::Kind::unreachable) return;
    ++join_failures_;
    start_refresh_timer(out);
}

// A highest member that has heard of nobody and that nobody has heard of, a daemon that has forgotten, a process that
// R6 discounts though it leads: nothing but this would ever tell. JOIN and announcement, for a JOIN alone leaves a
// lower leader beside one that has the dead above it for ever; and with a timer of its own, for one that elections
// restart starves.
void Election::refresh(const Event&, Actions& out) {
    start_refresh_timer(out);
    out.emplace_back(Join{no_round});
}

void Election::refresh_as_leader(const Event& event, Actions& out) {
    refresh(event, out);
    if (hold_down_round_ != no_round) return;  // within the hold-down all have just been told
    announce(out, true);
}

void Election::refresh_later(const Event&, Actions& out) { start_refresh_timer(out); }

// feigned failure: rule 8

void Election::start_feign_timer(Actions& out) {
    if (!settings_->feign) return;
    feign_round_ = ++last_round_;
    out.emplace_back(StartTimer{Timer::feign, feign_round_, settings_->feign->up});
}

void Election::fail_as_planned(const Event&, Actions& out) {
    assert(settings_->feign);
    fail(settings_->feign->down, out);
}

void Election::fail_on_demand(const Event& event, Actions& out) { fail(as<Feign>(event).down, out); }

void Election::fail(DurationRange down, Actions& out) {
    assert(is_live());
    phase_ = Phase::failed;
    watch_ = Watch::nothing;
    new_round();
    out.emplace_back(StopListening{});
    feign_round_ = ++last_round_;
    out.emplace_back(StartTimer{Timer::feign, feign_round_, down});
}

void Election::recover(Actions& out) {
    assert(phase_ == Phase::failed);
    silent_leader_.reset();
    suspect_rounds_ = 0;
    feign_round_ = no_round;
    out.emplace_back(Listen{});
    set_leader(std::nullopt, out);
    start_election(out);
}

void Election::recover_strictly(const Event&, Actions& out) {
    recover(out);
    start_feign_timer(out);
}

// Rule 8 keeps the members, but some may have joined meanwhile. Nothing else would ever tell a highest one of them and
// this process of each other: neither has a higher member to PROBE.
void Election::recover_and_join(const Event&, Actions& out) {
    recover(out);
    out.emplace_back(Join{no_round});
    start_refresh_timer(out);
    start_feign_timer(out);
}

}  // namespace bully
