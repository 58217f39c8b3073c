#include "tests/core/properties.hpp"

#include "core/record/trace.hpp"

#include <algorithm>

namespace bully::test {
namespace {

std::set<ProcessId> above(const Membership& members, ProcessId self) {
    std::set<ProcessId> higher;
    for (const auto& member : members.members()) {
        if (member.pid > self) higher.insert(member.pid);
    }
    return higher;
}

bool includes(const std::set<ProcessId>& all, const std::set<ProcessId>& some) {
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

bool is_probe_gap(const DurationRange& range, const Timing& timing) {
    // R7 doubles it, up to the limit.
    for (auto gap = timing.probe_gap; gap.min <= timing.probe_gap_limit; gap = {gap.min * 2, gap.max * 2}) {
        if (range == DurationRange{gap.min, std::min(gap.max, timing.probe_gap_limit)}) return true;
    }
    return range == DurationRange{timing.probe_gap_limit, timing.probe_gap_limit};
}

// A leader that hears of members who have neither been asked nor told, in whatever JOIN.
bool tells_new_members(const Observation& step) {
    return step.before.phase == Phase::leading && step.after.phase == Phase::leading &&
           step.members_after.size() > step.members_before.size() && step.elections_begun == 0 &&
           (!step.all<AskHigher>().empty() || !step.all<Announce>().empty());
}

bool is_main(const StartTimer& timer) { return slot(timer.timer) == TimerSlot::main; }

}  // namespace

std::vector<std::string> Properties::check(const Observation& step) {
    broken_.clear();
    p1_leader_is_none_or_higher(step);
    p2_victory_is_earned(step);
    p3_one_announcement_a_victory(step);
    p4_one_OK_an_election_before_the_own(step);
    p5_electing_moves_no_deadline(step);
    p6_waits_end(step);
    p7_the_past_is_past(step);
    p8_one_probe_at_a_time(step);
    p9_a_failed_probe_joins_and_elects_once(step);
    p10_the_failed_are_silent(step);
    p11_members_only_grow(step);
    remember(step);
    return broken_;
}

void Properties::p1_leader_is_none_or_higher(const Observation& step) {
    demand(!step.after.leader || *step.after.leader >= self_.pid, "P1: it follows a lower process");
    demand((step.after.phase == Phase::leading) <= (step.after.leader == self_.pid),
           "P1: it leads and names another leader");
}

void Properties::p2_victory_is_earned(const Observation& step) {
    if (const auto* answer = step.event_is<AnswerReceived>()) {
        const auto asked = elections_.find(answer->round);
        if (asked != elections_.end() && answer->from > self_.pid && !discounted_.contains(answer->from)) {
            asked->second.answered = asked->second.answered || !asked->second.won;
        }
    }
    if (const auto* none = step.event_is<Unreachable>(); none && none->why != Unreachable::Why::given_up) {
        const auto asked = elections_.find(none->round);
        if (asked != elections_.end()) asked->second.refused.insert(none->peer);
    }
    if (step.timer_fired(Timer::answer)) {
        const auto asked = elections_.find(step.event_is<TimerFired>()->round);
        if (asked != elections_.end()) asked->second.timed_out = true;
    }
    const auto higher = above(step.members_after, self_.pid);
    if (!step.all<AskHigher>().empty()) asked_since_ = higher;
    if (step.victories > 0) won_round_.reset();  // the only member of its group wins without a word
    for (const auto& announcement : step.all<Announce>()) {
        if (announcement.again) {
            demand(announcement.round == won_round_.value_or(announcement.round),
                   "P2: another election is announced again than the one won");
            demand(includes(asked_since_, higher), "P2: it announces again over a higher member that was never asked");
            continue;
        }
        won_round_ = announcement.round;
        asked_since_ = higher;
        const auto asked = elections_.find(announcement.round);
        if (asked == elections_.end()) {
            demand(higher.empty(), "P2: a victory over higher members that were never asked in this life");
            continue;
        }
        demand(includes(asked->second.members, higher), "P2: a higher member known at the victory wasn't asked");
        demand(!asked->second.answered, "P2: a victory although a higher process answered");
        demand(asked->second.timed_out || includes(asked->second.refused, asked->second.members),
               "P2: a victory before T_ok, and not all have refused");
        asked->second.won = true;
    }
    for (const auto& election : step.all<SendElection>()) elections_[election.round].members = higher;
}

void Properties::p3_one_announcement_a_victory(const Observation& step) {
    const auto announcements = step.all<Announce>();
    demand(announcements.size() <= 1, "P3: more than one announcement");
    for (const auto& announcement : announcements) {
        demand(announcement.leader == self_.pid, "P3: it announces another process");
        demand(announcement.again == (step.victories == 0), "P3: a victory is one announcement's, and the first's");
        const auto* claim = step.event_is<CoordinatorReceived>();
        const bool asked_for = step.event_is<ElectionReceived>() != nullptr || step.event_is<Joined>() != nullptr ||
                               step.event_is<JoinFailed>() != nullptr || step.timer_fired(Timer::hold_down) ||
                               step.timer_fired(Timer::refresh) || (claim != nullptr && claim->leader < self_.pid);
        demand(!announcement.again || (step.before.phase == Phase::leading && asked_for),
               "P3: an announcement that nobody has asked for");
    }
    const bool has_others = step.members_after.size() > 1;
    if (step.victories > 0) demand(announcements.empty() != has_others, "P3: a victory that isn't announced");
}

void Properties::p4_one_OK_an_election_before_the_own(const Observation& step) {
    std::size_t replies = 0;
    std::size_t elections_before_the_reply = 0;
    std::size_t elections = 0;
    for (const auto& action : step.actions) {
        if (std::holds_alternative<SendElection>(action) || std::holds_alternative<AskHigher>(action) ||
            std::holds_alternative<Announce>(action)) {
            ++elections;
        }
        const auto* reply = std::get_if<Reply>(&action);
        if (reply == nullptr) continue;
        ++replies;
        elections_before_the_reply = elections;
        const auto* election = step.event_is<ElectionReceived>();
        const auto* probe = step.event_is<ProbeReceived>();
        demand((election != nullptr && election->reply_to == reply->reply_to) ||
                   (probe != nullptr && probe->reply_to == reply->reply_to),
               "P4: an OK to nobody that asked");
    }
    const bool asked = step.event_is<ElectionReceived>() != nullptr || step.event_is<ProbeReceived>() != nullptr;
    demand(replies == (asked && step.was_live() ? 1U : 0U), "P4: not exactly one OK to what a live process got");
    demand(elections_before_the_reply == 0, "P4: an ELECTION of its own before the OK");
}

void Properties::p5_electing_moves_no_deadline(const Observation& step) {
    if (!step.was_electing()) return;
    if (step.event_is<ElectionReceived>() != nullptr) {
        // Row 12: the daemon may be asked for an address on which the sender disagrees; nothing waits for its
        // answer.
        const auto joins = step.all<Join>();
        const bool asks_daemon = joins.size() == 1 && joins.front().round == 0;
        demand(step.actions.size() == (asks_daemon ? 2U : 1U) && step.before == step.after,
               "P5: electing, it did more than answer OK");
    }
    if (step.before.phase == Phase::awaiting_coordinator && step.event_is<AnswerReceived>() != nullptr) {
        demand(step.nothing_happened(), "P5: a second OK did something");
    }
}

void Properties::p6_waits_end(const Observation& step) {
    const bool same_wait = step.before.round == step.after.round && step.before.phase == step.after.phase;
    const auto fixed = [&](Timer timer, Duration duration) {
        for (const auto& started : step.all<StartTimer>()) {
            if (started.timer == timer && started.round == step.after.round) {
                return started.range == DurationRange{duration, duration};
            }
        }
        return false;
    };
    if (step.after.phase == Phase::awaiting_answers) {
        demand(same_wait || fixed(Timer::answer, settings_.timing.answer_timeout), "P6: a wait for OKs without T_ok");
    }
    if (step.after.phase == Phase::awaiting_coordinator) {
        demand(same_wait || fixed(Timer::coordinator, settings_.timing.coordinator_timeout),
               "P6: a wait for the COORDINATOR without T_coord");
    }
    if (!step.was_electing()) return;
    const auto timers = step.all<StartTimer>();
    if (same_wait) {
        demand(std::none_of(timers.begin(), timers.end(), is_main), "P6: a deadline moved");
        const auto deadline = step.before.phase == Phase::awaiting_answers ? Timer::answer : Timer::coordinator;
        demand(!step.timer_fired(deadline) || !is_current(step), "P6: the deadline passed and nothing happened");
    }
}

bool Properties::is_current(const Observation& step) const {
    if (const auto* answer = step.event_is<AnswerReceived>()) return answer->round == wait_round_;
    if (const auto* none = step.event_is<Unreachable>()) return none->round == wait_round_;
    if (const auto* fired = step.event_is<TimerFired>()) {
        switch (slot(fired->timer)) {
            case TimerSlot::main: return fired->round == wait_round_;
            case TimerSlot::hold_down: return fired->round == hold_down_round_;
            case TimerSlot::feign: return fired->round == feign_round_;
            case TimerSlot::refresh: return fired->round == refresh_round_;
        }
    }
    return true;
}

void Properties::p7_the_past_is_past(const Observation& step) {
    demand(is_current(step) || step.nothing_happened(), "P7: something of an older round acted");
    for (const auto& ask : step.all<AskHigher>()) {
        demand(ask.round != step.before.round && ask.round != step.after.round,
               "P7: the answers of those asked outside of an election would act");
    }
    const auto* joined = step.event_is<Joined>();
    const auto* not_joined = step.event_is<JoinFailed>();
    const auto joined_round = joined != nullptr       ? joined->round
                              : not_joined != nullptr ? not_joined->round
                                                      : wait_round_;
    if (joined_round == wait_round_) return;
    // News of members are welcome at any time: a leader asks and tells them, or begins to watch them (R3).
    if (tells_new_members(step)) return;
    demand(step.before.phase == step.after.phase && step.before.leader == step.after.leader &&
               step.elections_begun == 0 && (step.before.watch == step.after.watch || step.after.watch == Watch::gap),
           "P7: a JOIN of an older round acted");
}

void Properties::p8_one_probe_at_a_time(const Observation& step) {
    const auto* answer = step.event_is<AnswerReceived>();
    const auto* none = step.event_is<Unreachable>();
    const bool over = (answer != nullptr && answer->round == open_probe_) ||
                      (none != nullptr && none->round == open_probe_) ||
                      (step.timer_fired(Timer::probe_timeout) && step.event_is<TimerFired>()->round == open_probe_);
    if (over) open_probe_.reset();
    for (const auto& action : step.actions) {
        if (const auto* probe = std::get_if<SendProbe>(&action)) {
            demand(!open_probe_, "P8: a second PROBE while one is open");
            demand(step.timer_fired(Timer::probe_gap), "P8: a PROBE before the end of the gap");
            demand(probe->to != self_.pid, "P8: it probes itself");
            demand(step.before.phase == Phase::following || step.before.phase == Phase::leading,
                   "P8: a PROBE of a process that isn't idle");
            if (step.before.phase == Phase::following) demand(probe->to == step.before.leader, "P8: not to the leader");
            if (step.before.phase == Phase::leading) demand(probe->to > self_.pid, "P8: a leader probes a lower one");
            open_probe_ = probe->round;
            continue;
        }
        const auto* timer = std::get_if<StartTimer>(&action);
        if (timer != nullptr && timer->timer == Timer::probe_gap) {
            demand(is_probe_gap(timer->range, settings_.timing), "P8: a gap out of its range");
        }
        const bool turned_away = (timer != nullptr && is_main(*timer) && timer->timer != Timer::probe_timeout) ||
                                 std::holds_alternative<Join>(action) || std::holds_alternative<SendElection>(action) ||
                                 std::holds_alternative<LeaderChanged>(action) ||
                                 std::holds_alternative<Announce>(action) ||
                                 std::holds_alternative<StopListening>(action);
        if (turned_away) open_probe_.reset();
    }
}

void Properties::p9_a_failed_probe_joins_and_elects_once(const Observation& step) {
    demand(step.elections_begun <= 1, "P9: two elections at once");
    const auto* none = step.event_is<Unreachable>();
    const bool failed = step.before.phase == Phase::following && step.before.watch == Watch::probe &&
                        is_current(step) && (none != nullptr || step.timer_fired(Timer::probe_timeout));
    const auto joins = step.all<Join>();
    if (step.timer_fired(Timer::refresh)) {
        for (const auto& join : joins) demand(join.round == no_round, "P9: something waits for a JOIN of R8");
    }
    if (failed) demand(joins.size() == 1 && step.elections_begun == 0, "P9: a failed PROBE isn't followed by a JOIN");

    const auto* joined = step.event_is<Joined>();
    const auto* not_joined = step.event_is<JoinFailed>();
    if (joined != nullptr || not_joined != nullptr) {
        const auto round = joined != nullptr ? joined->round : not_joined->round;
        const bool stranger_leads = settings_.mode == Mode::robust && step.before.phase == Phase::following &&
                                    step.before.leader && *step.before.leader > self_.pid &&
                                    !step.members_after.contains(*step.before.leader);
        if (open_rejoin_ == round && step.before.phase == Phase::leading) {
            demand(step.elections_begun == 0, "P9: a leader gives up its lead to contradict a lower stranger");
        } else if (open_rejoin_ == round && step.before.watch == Watch::lookup) {  // row 18
            demand(step.elections_begun == (stranger_leads && joined != nullptr ? 1U : 0U),
                   "P9: an election about a leader whose address wasn't known, or none about one that nobody knows");
        } else if (open_rejoin_ == round && stranger_leads && not_joined != nullptr) {
            demand(step.elections_begun == 0, "P9: an election beside a leader whose address isn't known");
        } else if (open_rejoin_ == round) {
            demand(step.elections_begun == 1, "P9: the JOIN after a failed PROBE isn't followed by an election");
        } else if (step.before.phase != Phase::joining && !tells_new_members(step)) {
            demand(step.elections_begun == 0, "P9: a JOIN that no election waits for is followed by one");
        }
    }
    const bool superseded = step.elections_begun > 0 || step.before.leader != step.after.leader ||
                            step.after.phase == Phase::failed ||
                            (step.event_is<CoordinatorReceived>() != nullptr && step.after.watch != Watch::rejoin &&
                             step.after.watch != Watch::lookup);
    if (superseded) open_rejoin_.reset();
    for (const auto& join : joins) {
        if (join.round != 0 && step.after.phase != Phase::joining) open_rejoin_ = join.round;
    }
}

void Properties::p10_the_failed_are_silent(const Observation& step) {
    if (step.was_live()) return;
    if (step.before.phase == Phase::failed && step.timer_fired(Timer::feign) && is_current(step)) {
        demand(!step.actions.empty() && std::holds_alternative<Listen>(step.actions.front()),
               "P10: it doesn't listen again");
        demand(step.elections_begun == 1, "P10: a recovery without an election");
        const auto changes = step.all<LeaderChanged>();
        demand(!step.before.leader || (!changes.empty() && !changes.front().leader), "P10: the leader isn't forgotten");
        return;
    }
    demand(step.event_is<Start>() != nullptr || step.nothing_happened(), "P10: a failed process acted");
}

void Properties::p11_members_only_grow(const Observation& step) {
    for (const auto& member : step.members_before.members()) {
        demand(step.members_after.contains(member.pid), "P11: a member was lost");
    }
    const auto own = step.members_after.find(self_.pid);
    demand(own && step.members_after.members()[*own] == self_, "P11: the own entry was overwritten");
}

void Properties::remember(const Observation& step) {
    if (const auto* coordinator = step.event_is<CoordinatorReceived>(); coordinator != nullptr && step.was_live()) {
        discounted_.erase(coordinator->leader);
    }
    for (const auto& action : step.actions) {
        if (const auto* join = std::get_if<Join>(&action); join != nullptr && join->round != 0)
            wait_round_ = join->round;
        if (const auto* election = std::get_if<SendElection>(&action)) wait_round_ = election->round;
        if (const auto* probe = std::get_if<SendProbe>(&action)) wait_round_ = probe->round;
        if (const auto* timer = std::get_if<StartTimer>(&action)) {
            switch (slot(timer->timer)) {
                case TimerSlot::main: wait_round_ = timer->round; break;
                case TimerSlot::hold_down: hold_down_round_ = timer->round; break;
                case TimerSlot::feign: feign_round_ = timer->round; break;
                case TimerSlot::refresh: refresh_round_ = timer->round; break;
            }
        }
        if (const auto* warning = std::get_if<Warn>(&action);
            warning != nullptr && warning->what == Warn::What::answer_discounted && warning->about) {
            discounted_.insert(*warning->about);
        }
        if (std::holds_alternative<StopListening>(action)) {
            elections_.clear();  // what was asked in another life
            refresh_round_ = 0;
        }
    }
}

}  // namespace bully::test
