// P1, P2 and P3, and the end of P6: how an election goes, who wins it, and what a leader announces.
#include "core/names.hpp"
#include "core/transitions.hpp"
#include "sim/checks/process_properties.hpp"
#include "sim/util/counted.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

constexpr std::uint32_t discount_after_rounds = 3;  // R6

std::size_t distinct(std::vector<ProcessId>& pids) {
    std::ranges::sort(pids);
    pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
    return pids.size();
}

}  // namespace

bool ProcessProperties::began_election(const Model& model, const StepNote& note, const StepDigest& digest) {
    if (digest.elections > 0) return true;
    if (digest.announce != nullptr) return !digest.announce->again && digest.announce->round != model.election;
    if (note.process->phase() != Phase::leading) return false;
    if (note.before.phase != Phase::leading) return !model.open;
    // The only member of its group wins again without a word (row 17).
    return note.process->members().size() == 1 && note.process->view().round != note.before.round;
}

void ProcessProperties::record_outcome(Model& model, const StepNote& note) {
    std::visit(Overloaded{
                   [&](const AnswerReceived& answer) {
                       const auto& discounted = model.discounted;
                       if (answer.round == model.election && answer.from > model.spec->pid &&
                           std::find(discounted.begin(), discounted.end(), answer.from) == discounted.end()) {
                           model.answered = model.answered || model.open;
                       }
                   },
                   [&](const Unreachable& unreachable) {
                       if (unreachable.round == model.election && unreachable.why != Unreachable::Why::given_up) {
                           model.refused.push_back(unreachable.peer);
                       }
                   },
                   [&](const CoordinatorReceived& claim) {
                       if (!answers_requests(note.before.phase) || claim.leader == model.spec->pid) return;
                       std::erase_if(model.discounted, [&](ProcessId pid) { return pid <= claim.leader; });
                   },
                   [&](const TimerFired& fired) {
                       const auto end = model.election_at + model.spec->timing.answer_timeout;
                       if (fired.timer == Timer::answer && fired.round == model.election && note.at >= end) {
                           model.timed_out = true;
                       }
                       if (fired.timer == Timer::coordinator && fired.round == model.coordinator_timer)
                           ++model.waits_in_vain;
                   },
                   // No outcome of an election.
                   [](const AnyOf<Start, Joined, JoinFailed, ElectionReceived, ProbeReceived, Elect, Feign> auto&) {},
               },
               *note.event);
}

// P6: how an election may end; R6: whose OK counts.
void ProcessProperties::check_election(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto after = note.process->view();
    for (const auto& action : note.actions) {
        const auto* warning = std::get_if<Warn>(&action);
        if (warning == nullptr || warning->what != Warn::What::answer_discounted) continue;
        if (model.waits_in_vain < discount_after_rounds) {
            violated(Property::p2, note.number, note.at,
                     "an OK was discounted before three rounds without a leader (R6)");
        }
        model.discounted.push_back(*warning->about);
    }
    if (is_electing(note.before.phase) && (after.phase != note.before.phase || after.round != note.before.round)) {
        const auto& event = *note.event;
        bool legal = false;
        switch (after.phase) {
            case Phase::leading: legal = true; break;  // P2
            case Phase::following: legal = std::holds_alternative<CoordinatorReceived>(event); break;
            case Phase::failed:
                legal = std::holds_alternative<Feign>(event) || as_timer(event, Timer::feign) != nullptr;
                break;
            case Phase::awaiting_coordinator: legal = std::holds_alternative<AnswerReceived>(event); break;
            case Phase::awaiting_answers:
                legal = as_timer(event, Timer::answer) != nullptr || as_timer(event, Timer::coordinator) != nullptr ||
                        std::holds_alternative<Unreachable>(event);
                break;
            case Phase::down:
            case Phase::joining: break;
        }
        if (!legal) {
            violated(Property::p6, note.number, note.at,
                     "an election ended as " + std::string(to_string(after.phase)) + " because of " +
                         std::string(to_string(kind_of(event))));
        }
    }
    if (digest.elections > 0) {
        model.election = digest.election->round;
        model.election_at = note.at;
        model.asked = higher_count(*note.process);
        model.refused.clear();
        model.answered = false;
        model.timed_out = false;
        model.open = true;
        model.elections_due += digest.elections * static_cast<std::int64_t>(model.asked);
    } else if (after.phase == Phase::following || after.phase == Phase::failed) {
        model.open = false;
        if (after.phase == Phase::following && note.before.phase != Phase::following) model.waits_in_vain = 0;
    }
    if (digest.ask != nullptr) {  // R2, R3, R8: those above are asked, and no election waits for them
        model.asked = higher_count(*note.process);
        model.elections_due += static_cast<std::int64_t>(model.asked);
    }
    const auto* hold_down = as_timer(*note.event, Timer::hold_down);
    if (hold_down != nullptr && hold_down->round == model.hold_down_timer) model.hold_down_timer = 0;
    if (digest.elections > 0 || after.phase == Phase::failed) {
        model.hold_down_timer = 0;
        model.held = false;
    }
    if (after.phase == Phase::failed || after.phase == Phase::down) model.refresh_timer = 0;
}

// P2: victories are earned. P3: each is announced once, to all.
void ProcessProperties::check_victory(Model& model, const StepNote& note, const StepDigest& digest) {
    const auto& process = *note.process;
    const bool entered = note.before.phase != Phase::leading && process.phase() == Phase::leading;
    if (digest.announces == 0 && !entered) {
        // The only member of its group wins again without a word (row 17).
        if (process.phase() == Phase::leading && process.members().size() == 1) model.election = process.won_round();
        return;
    }

    const auto members = process.members().size();
    const auto higher = higher_count(process);
    if (digest.announce != nullptr && digest.announce->again) {
        check_repetition(model, note, *digest.announce);
    } else if (higher > 0) {
        const auto earned = [&]() -> std::string {
            if (!model.open) return "without an election";
            if (digest.announce != nullptr && digest.announce->round != model.election) {
                return "in another round than that of its election";
            }
            if (model.asked != higher) {
                return "over " + std::to_string(higher) + " higher members, of which it asked only " +
                       std::to_string(model.asked);
            }
            if (model.answered) return "although a higher process answered OK";
            if (!model.timed_out && distinct(model.refused) < model.asked) return "before T_ok ran out, or all refused";
            return {};
        }();
        if (!earned.empty()) violated(Property::p2, note.number, note.at, "won " + earned + in_round(model.election));
    } else {
        model.election = process.won_round();  // the only member of its group says nothing
        model.asked = 0;
    }
    model.open = false;
    model.held = false;
    model.waits_in_vain = 0;

    const std::uint8_t due = members > 1 ? 1 : 0;
    if (digest.announces != due) {
        violated(
            Property::p3, note.number, note.at,
            "a victory made " + counted(digest.announces, "announcement") + " to " + counted(members - 1, "other"));
    } else if (digest.announce != nullptr && digest.announce->leader != model.spec->pid) {
        violated(Property::p3, note.number, note.at, "announced somebody else as the leader");
    }
    model.coordinators_due += digest.announces * static_cast<std::int64_t>(members - 1);
}

// P3: what a leader repeats, and why.
void ProcessProperties::check_repetition(Model& model, const StepNote& note, const Announce& announce) {
    const auto& event = *note.event;
    const auto* claim = std::get_if<CoordinatorReceived>(&event);
    const bool for_election =
        std::holds_alternative<ElectionReceived>(event) || (as_timer(event, Timer::hold_down) != nullptr && model.held);
    const bool for_strangers =
        (std::holds_alternative<Joined>(event) || std::holds_alternative<JoinFailed>(event)) &&
        (round_of(event) == model.ended_rejoin || note.process->members().size() > model.members.size());
    const bool for_claim = claim != nullptr && claim->leader < model.spec->pid;
    if (note.before.phase != Phase::leading || mode_ == Mode::strict ||
        (!for_election && !for_strangers && !for_claim && as_timer(event, Timer::refresh) == nullptr)) {
        violated(Property::p3, note.number, note.at, "an announcement that nobody has asked for");
    }
    if (announce.round != model.election) {
        violated(Property::p2, note.number, note.at, "announced an election other than the one that it won");
    }
    if (higher_count(*note.process) > model.asked) {
        violated(Property::p2, note.number, note.at, "announced over higher members that were never asked");
    }
}

// P1
void ProcessProperties::check_leader(const Model& model, const StepNote& note) {
    const auto leader = note.process->leader();
    if (leader == note.before.leader || !leader || *leader >= model.spec->pid) return;
    violated(Property::p1, note.number, note.at, "accepted a lower process as its leader");
}

}  // namespace bully::sim
