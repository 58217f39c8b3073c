#include "sim/checks/calm_clock.hpp"

#include "sim/scenario/fault_span.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>

namespace bully::sim {

void CalmClock::reset(const Scenario& scenario, const Bounds& bounds) {
    *this = {};
    scenario_ = &scenario;
    bounds_ = bounds;
    longest_gap_ = bounds.gap;
    const bool has_copies =
        scenario.network.duplication != 0 || std::ranges::any_of(scenario.scripted, &ScriptedMessage::duplicate);
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
        const auto& fault = scenario.faults[i];
        const auto end = end_of(scenario, i);
        const auto blocks = [&](const char* what) { blocks_.push_back({fault.at, end, what}); };
        std::visit(Overloaded{
                       [&](const fault::Partition& partition) {
                           if (!separates_nobody(partition, scenario.processes.size())) blocks("a partition");
                       },
                       [&](const fault::Cut&) { blocks("a cut link"); },
                       [&](const fault::Slow&) {
                           if (end < scenario.duration) blocks("a slow link");  // one that stays is part of δ
                       },
                       [&](const fault::ChangeDelay& change) {
                           const auto longest = change.delay.longest();
                           if (has_copies) longest_duplicate_ = std::max(longest_duplicate_, longest);
                           if (end < scenario.duration && longest > bounds.longest_delay) blocks("a longer delay");
                       },
                       // Loss shows by each lost message; what concerns processes and the daemon, on_world tells.
                       [](const AnyOf<fault::Crash, fault::Restart, fault::Pause, fault::Resume, fault::Feign,
                                      fault::Elect, fault::Heal, fault::ChangeLoss, fault::CoordinatorDaemonDown,
                                      fault::CoordinatorDaemonRestart> auto&) {},
                   },
                   fault.what);
    }
    refresh();
}

const CalmClock::Block* CalmClock::active_block(Time at) const {
    const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                    [&](const Block& block) { return block.begin <= at && at < block.end; });
    return found == blocks_.end() ? nullptr : &*found;
}

void CalmClock::refresh() {
    if (block_ != nullptr || joining_ > 0 || forgotten_ > 0 || unnoticed_ || waits_for_daemon_) {
        due_ = Time::max();
        return;
    }
    due_ = last_fault_ + (put_off_ ? bounds_.settle_by_refresh(longest_gap_)
                          : calm_  ? bounds_.settle(longest_gap_)
                                   : bounds_.settle_after_cut(longest_gap_));
}

void CalmClock::fault(Time at, const char* what) {
    const bool is_first = !overtaken_;
    if (is_first) overtaken_ = Overtaken{last_fault_, last_what_, due_};
    put_off_ = false;
    awaits_probe_ = false;
    waits_for_daemon_ = false;
    if (at > last_fault_ || (at == last_fault_ && is_first)) {
        last_fault_ = at;
        last_what_ = what;
    }
    refresh();
}

void CalmClock::disturbance(Time at, const char* what) {
    calm_ = false;
    // Without PROBEs nobody looks for what was missed.
    if (!scenario_->probing) unnoticed_ = true;
    fault(at, what);
}

void CalmClock::joining(Time at, bool begins) {
    joining_ += begins ? 1U : ~0U;
    fault(at, begins ? "a process that joins" : "a process that has joined");
}

void CalmClock::remembers_one(Time at) {
    if (--forgotten_ == 0) disturbance(at, "the last JOIN after a restart of the coordinator daemon");
}

void CalmClock::record_gap(Time at, Duration longest) {
    if (longest <= longest_gap_) return;
    longest_gap_ = longest;
    if (at > due_) return;
    const auto before = due_;
    refresh();
    due_ = std::max(due_, before);
}

bool CalmClock::put_off() {
    if (put_off_ || (calm_ && scenario_->probing)) return false;
    put_off_ = true;
    refresh();
    return true;
}

bool CalmClock::put_off_until(Time later) {
    if (awaits_probe_ || later <= due_) return false;
    awaits_probe_ = true;
    due_ = later;
    return true;
}

void CalmClock::wait_for_daemon() {
    waits_for_daemon_ = true;
    refresh();
}

void CalmClock::settled(Time at) {
    if (calm_) return;
    calm_ = true;
    calm_since_ = at;
    // What is due stays: it has been reached.
}

void CalmClock::on_world(const WorldNote& note) {
    using enum WorldNote::Kind;
    const bool was_blocked = block_ != nullptr;
    block_ = active_block(note.at);
    switch (note.kind) {
        case start:
        case restart: fault(note.at, "a start"); break;
        case crash:
        case feign:
        case give_up:
            if (!scenario_->probing) unnoticed_ = true;
            fault(note.at, note.kind == crash   ? "a crash"
                           : note.kind == feign ? "a feigned failure"
                                                : "a process that gave up");
            break;
        case recover:
        case elect:
            election_begun();
            fault(note.at, note.kind == recover ? "a recovery" : "an election on demand");
            break;
        case pause: disturbance(note.at, "a pause"); break;
        case resume: disturbance(note.at, "the end of a pause"); break;
        case partition: disturbance(note.at, note.ends ? "the end of a partition" : "a partition"); break;
        case cut: disturbance(note.at, note.ends ? "the end of a cut link" : "a cut link"); break;
        case heal: disturbance(note.at, "the healing of links"); break;
        case slow: disturbance(note.at, note.ends ? "the end of a slow link" : "a slow link"); break;
        case daemon_down:
            daemon_is_down_ = true;
            disturbance(note.at, "the failure of the coordinator daemon");
            break;
        case daemon_restart: disturbance(note.at, "a restart of the coordinator daemon"); break;
        case daemon_up:
            daemon_is_down_ = false;
            disturbance(note.at, "the return of the coordinator daemon");
            break;
        case delay:
            // Within δ it is as the network is; what is still on its way from before is told of by its messages.
            if (block_ != nullptr || was_blocked || note.ends) disturbance(note.at, "a changed delay");
            break;
        case no_effect:  // of several delays the one that was too long may be over all the same
        case loss:       // each lost message tells of itself
            if (was_blocked && block_ == nullptr) disturbance(note.at, "a changed delay");
            break;
        case stand_still: break;  // told as pauses
    }
}

void CalmClock::on_message(const MessageNote& note) {
    if (!note.disturbed) return;
    if (note.fate == Fate::lost) {
        disturbance(note.at, "a lost message");
        return;
    }
    if (note.fate != Fate::sent) return;
    // When a copy of it comes isn't told.
    const auto latest = std::max(note.delay, longest_duplicate_);
    if (latest > bounds_.longest_delay) {
        disturbance(note.at + latest, latest == note.delay ? "a late message" : "a late duplicate");
    }
}

std::string CalmClock::why_not_due(Time end) const {
    if (block_ != nullptr) return std::string(block_->what) + " lasts to the end";
    if (joining_ > 0) return "a process is still joining";
    if (forgotten_ > 0) return "the coordinator daemon has forgotten a process that hasn't JOINed again yet";
    if (waits_for_daemon_) return "the daemon is down, and a process knows its leader by its pid alone";
    if (unnoticed_) return "probing is off, and after the last failure nobody was told to elect";
    return "the run ends at " + bully::to_string(end) + ", too soon after the last fault: " + last_what_ + " at " +
           bully::to_string(last_fault_) + ", after which agreement is due at " + bully::to_string(due_);
}

}  // namespace bully::sim
