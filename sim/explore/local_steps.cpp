#include "sim/explore/local_steps.hpp"

#include "core/names.hpp"
#include "sim/util/fingerprint.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace bully::sim::explore {
namespace {

Membership made_up_group(std::size_t processes) {
    std::vector<Member> members;
    for (const auto& process : made_up_processes(static_cast<Number>(processes))) {
        members.push_back({process.pid, process.endpoint});
    }
    return Membership{std::move(members)};
}

Window in_ticks(DurationRange range) {
    return {static_cast<std::uint8_t>(range.min.count()), static_cast<std::uint8_t>(range.max.count())};
}

}  // namespace

LocalSteps::LocalSteps(const Model& model)
    : model_(model), group_(made_up_group(model.processes)), packer_(group_), views_(1) {
    static_assert(ElectionPacker::most_members >= most_processes);
    assert(transitions().size() <= rows_.size());
}

std::size_t LocalSteps::Hash::operator()(const std::pair<PackedElection, std::uint8_t>& key) const {
    Fingerprint hash;
    hash.add(key.first.words[0], key.first.words[1]);
    hash.add(key.second, 0);
    return hash.value();
}

std::uint8_t LocalSteps::number_of(ProcessId pid) const { return static_cast<std::uint8_t>(*group_.find(pid) + 1); }

Local LocalSteps::intern(const Election& process, std::uint8_t self) {
    const auto packed = packer_.pack(process);
    const auto [place, is_new] = known_.try_emplace({packed, self}, static_cast<Local>(views_.size()));
    if (!is_new) return place->second;
    if (views_.size() >> local_bits != 0) throw std::runtime_error("too many states of single processes");
    LocalView view;
    view.phase = process.phase();
    view.watch = process.watch();
    view.self = self;
    view.leader = process.leader() ? number_of(*process.leader()) : std::uint8_t{0};
    view.members = static_cast<std::uint8_t>(packer_.bits(process.members()));
    view.answers = process.is_live();
    view.live = view.answers && view.phase != Phase::joining;
    view.discounts = packed.discounts_somebody();
    view.packed = packed;
    views_.push_back(view);
    const auto local = place->second;
    check_stale(local);
    return local;
}

// P7, for a state at a time: were a stale outcome to do something, those that the group's states leave out would
// matter.
void LocalSteps::check_stale(Local local) {
    const auto view = views_[local];
    if (view.phase == Phase::down) return;
    const auto& self = member(view.self).pid;
    const auto does_nothing = [&](const Event& event) {
        auto process = packer_.unpack(view.packed, self, model_.settings);
        Actions actions;
        process.step(event, actions);
        return actions.empty() && packer_.pack(process) == view.packed;
    };
    bool good = true;
    for (const auto& other : group_.members()) {
        if (other.pid == self) continue;
        good = good && does_nothing(AnswerReceived{other.pid, UnpackedRounds::earlier});
        good = good && does_nothing(Unreachable{other.pid, UnpackedRounds::earlier, Unreachable::Why::refused});
    }
    for (std::size_t timer = 0; timer < timer_count; ++timer) {
        good = good && does_nothing(TimerFired{static_cast<Timer>(timer), UnpackedRounds::earlier});
    }
    if (!good) stale_violation_ = "P7: what is of an earlier round has an effect on " + std::to_string(view.self);
}

Event LocalSteps::event_of(const Election& process, Input input) const {
    const auto round = input.present ? process.round() : UnpackedRounds::earlier;
    const auto from = [&] { return member(input.who).pid; };
    switch (input.kind) {
        case Input::Kind::start: return Start{};
        case Input::Kind::joined: return Joined{packer_.subset(input.members), round};
        case Input::Kind::election: return ElectionReceived{0, packer_.subset(input.members)};
        case Input::Kind::probe: return ProbeReceived{0};
        case Input::Kind::coordinator: return CoordinatorReceived{from()};
        case Input::Kind::answer: return AnswerReceived{from(), round};
        case Input::Kind::refused: return Unreachable{from(), round, Unreachable::Why::refused};
        case Input::Kind::feign: return Feign{{Duration{model_.feigned.earliest}, Duration{model_.feigned.latest}}};
        case Input::Kind::timer: break;
    }
    const auto timer = static_cast<Timer>(input.who);
    switch (slot(timer)) {
        case TimerSlot::hold_down: return TimerFired{timer, UnpackedRounds::hold_down};
        case TimerSlot::feign: return TimerFired{timer, UnpackedRounds::feign};
        case TimerSlot::refresh: return TimerFired{timer, UnpackedRounds::refresh};
        case TimerSlot::main: break;
    }
    return TimerFired{timer, process.round()};
}

const LocalStep& LocalSteps::step(Local from, Input input) {
    const auto key = std::uint64_t{from} << 32U | input.code();
    const auto known = steps_.find(key);
    if (known != steps_.end()) return known->second;
    auto taken = take(from, input);
    return steps_.emplace(key, std::move(taken)).first->second;
}

LocalStep LocalSteps::take(Local from, Input input) {
    const auto before_view = views_[from];
    const auto before = packer_.unpack(before_view.packed, member(before_view.self).pid, model_.settings);
    auto process = before;
    const auto event = event_of(process, input);
    if (const auto* row = find_transition(before, event)) {
        rows_.set(static_cast<std::size_t>(row - transitions().data()));
    }
    actions_.clear();
    process.step(event, actions_);
    LocalStep step;
    describe(before, process, actions_, step);
    step.next = intern(process, before_view.self);
    step.violation = violation(before_view, step, input);
    return step;
}

void LocalSteps::describe(const Election& before, const Election& after, const Actions& actions, LocalStep& step) {
    using Kind = Effect::Kind;
    const auto now = after.round();
    step.new_round = now != before.round();
    step.elects = after.elections() != before.elections();
    for (const auto& action : actions) {
        if (const auto* join = std::get_if<Join>(&action)) {
            step.effects.push_back({Kind::join, 0, join->round == now, {}});
        } else if (std::holds_alternative<SendElection>(action) || std::holds_alternative<AskHigher>(action)) {
            step.effects.push_back({Kind::ask, 0, std::holds_alternative<SendElection>(action), {}});
        } else if (const auto* announce = std::get_if<Announce>(&action)) {
            step.effects.push_back({Kind::announce, 0, false, {}});
            step.wins = step.wins || !announce->again;
        } else if (const auto* probe = std::get_if<SendProbe>(&action)) {
            step.effects.push_back({Kind::probe, number_of(probe->to), probe->round == now, {}});
        } else if (std::holds_alternative<Reply>(action)) {
            step.effects.push_back({Kind::reply, 0, false, {}});
        } else if (const auto* timer = std::get_if<StartTimer>(&action)) {
            const bool kept = slot(timer->timer) != TimerSlot::main || timer->round == now;
            if (!kept || slot(timer->timer) == TimerSlot::refresh) continue;
            step.effects.push_back(
                {Kind::timer, static_cast<std::uint8_t>(timer->timer), true, in_ticks(timer->range)});
        }
    }
}

std::string LocalSteps::violation(const LocalView& before, const LocalStep& step, Input input) const {
    const auto& after = views_[step.next];
    const auto who = std::to_string(before.self);
    const auto count = [&](Effect::Kind kind) {
        return std::count_if(step.effects.begin(), step.effects.end(),
                             [kind](const Effect& effect) { return effect.kind == kind; });
    };
    const bool request = input.kind == Input::Kind::election || input.kind == Input::Kind::probe;
    if (!stale_violation_.empty()) return stale_violation_;
    if (model_.settings.mode == Mode::robust && after.leader != 0 && after.leader < after.self) {
        return "P1: " + who + " follows a lower process, " + std::to_string(after.leader);
    }
    if (request && (count(Effect::Kind::reply) != (before.answers ? 1 : 0) ||
                    (before.answers && step.effects.front().kind != Effect::Kind::reply))) {
        return "P4: " + who + " doesn't answer with exactly one OK first";
    }
    const bool electing = before.phase == Phase::awaiting_answers || before.phase == Phase::awaiting_coordinator;
    if (electing && input.kind == Input::Kind::election &&
        (count(Effect::Kind::ask) != 0 || count(Effect::Kind::timer) != 0)) {
        return "P5: " + who + " is electing, and asks or waits anew since it was asked";
    }
    if ((after.members & before.members) != before.members) return "P11: " + who + " has forgotten a member";
    return {};
}

Local LocalSteps::unstarted(std::uint8_t process) { return intern({member(process), model_.settings}, process); }

LocalStep LocalSteps::settled(std::uint8_t process) {
    Actions actions;
    const auto begin =
        Election::settled(member(process).pid, group_, group_.members().back().pid, model_.settings, actions);
    LocalStep step;
    describe(begin, begin, actions, step);
    step.next = intern(begin, process);
    return step;
}

}  // namespace bully::sim::explore
