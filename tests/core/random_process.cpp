#include "tests/core/random_process.hpp"

#include "tests/core/machine.hpp"

namespace bully::test {
namespace {

ProcessId some_pid(unsigned number) {
    const auto id = pid(1 + static_cast<int>(number % 8));
    // Now and then one that differs in the student id only.
    return number % 16 == 9 ? ProcessId{id.days, id.student_id + 1} : id;
}

// A subset of the group by its bits, now and then with another address of somebody.
Membership some_members(unsigned bits) {
    std::vector<Member> members;
    for (unsigned i = 0; i < 8; ++i) {
        if ((bits >> i & 1U) != 0) members.push_back(member(static_cast<int>(i) + 1));
    }
    if ((bits >> 8U & 3U) == 0) members.push_back({some_pid(bits >> 10U), {"elsewhere", 1}});
    return Membership{std::move(members)};
}

}  // namespace

RandomProcess::RandomProcess(int self, const Settings& settings, Observer observe)
    : self_(member(self)), process_(self_, settings), observe_(std::move(observe)) {
    step(Start{});
}

void RandomProcess::step(const Event& event) {
    const auto before = process_.view();
    const auto members_before = process_.members();
    const auto elections = process_.elections();
    const auto victories = process_.victories();
    actions_.clear();
    process_.step(event, actions_);
    for (const auto& action : actions_) {
        if (const auto* join = std::get_if<Join>(&action)) joins_.push_back(join->round);
        if (const auto* started = std::get_if<StartTimer>(&action)) {
            timers_.emplace_back(started->timer, started->round);
        }
        if (const auto* probe = std::get_if<SendProbe>(&action)) requests_.emplace_back(probe->to, probe->round);
        const auto* election = std::get_if<SendElection>(&action);
        const auto* ask = std::get_if<AskHigher>(&action);
        if (election == nullptr && ask == nullptr) continue;
        const auto round = election != nullptr ? election->round : ask->round;
        for (const auto& other : process_.members().members()) {
            if (other.pid > self_.pid) requests_.emplace_back(other.pid, round);
        }
    }
    observe_({event, actions_, before, process_.view(), members_before, process_.members(),
              process_.elections() - elections, process_.victories() - victories});
}

void RandomProcess::happen(Choice choice) {
    switch (choice.what % 12) {
        case 0:
        case 1:
        case 2: return timer(choice);
        case 3:
        case 4:
        case 5: return outcome(choice);
        case 6:
        case 7: return message(choice);
        case 8:
        case 9: return join_outcome(choice);
        case 10: return garbage(choice);
        default: break;
    }
    // Rare ones: they end what the others build up.
    if (choice.which % 8 == 0) return step(Elect{});
    if (choice.which % 8 == 1) return step(Feign{{Duration(1), Duration(2)}});
    if (choice.which % 8 == 2) return step(Start{});
    timer(choice);
}

void RandomProcess::message(Choice choice) {
    switch (choice.which % 4) {
        case 0: {
            const auto members = some_members(choice.detail);
            return step(ElectionReceived{choice.detail, members});
        }
        case 1: return step(ProbeReceived{choice.detail});
        default: return step(CoordinatorReceived{some_pid(choice.detail)});
    }
}

// Of one of the latest requests mostly, of any one ever sent now and then.
void RandomProcess::outcome(Choice choice) {
    if (requests_.empty()) return;
    const std::size_t back = (choice.which % 8 == 0 ? choice.detail : choice.detail % 5U) % requests_.size();
    const auto [peer, round] = requests_[requests_.size() - 1 - back];
    if (choice.which % 2 == 0) {
        settled_.emplace(peer, round);
        step(AnswerReceived{peer, round});
    } else {
        fail_request(peer, round, choice.detail);
    }
}

void RandomProcess::fail_request(ProcessId peer, Round round, std::uint16_t detail) {
    if (!settled_.emplace(peer, round).second) return;
    step(Unreachable{peer, round, static_cast<Unreachable::Why>(detail / 8 % 3)});
}

void RandomProcess::garbage(Choice choice) {
    const Round round = choice.detail % (process_.last_round() + 3);
    const auto from = some_pid(choice.which);
    switch (choice.which / 8 % 3) {
        case 0: return step(AnswerReceived{from, round});
        case 1: return step(TimerFired{static_cast<Timer>(choice.which % timer_count), round});
        default:
            if (round != process_.view().round) fail_request(from, round, choice.detail);
    }
}

void RandomProcess::timer(Choice choice) {
    if (timers_.empty()) return;
    const std::size_t back = (choice.which % 8 == 0 ? choice.detail : choice.detail % 3U) % timers_.size();
    const auto [timer, round] = timers_[timers_.size() - 1 - back];
    // Failing as often as other timers fire would leave little else.
    if (timer == Timer::feign && process_.phase() != Phase::failed && choice.which % 16 != 1) return;
    step(TimerFired{timer, round});
}

void RandomProcess::join_outcome(Choice choice) {
    if (joins_.empty()) return;
    const auto position = choice.which % 4 == 0 ? choice.detail % joins_.size() : joins_.size() - 1;
    const auto round = joins_[position];
    joins_.erase(joins_.begin() + static_cast<std::ptrdiff_t>(position));
    const std::string reason = "reason";
    const auto members = some_members(choice.detail);
    if (choice.which % 4 == 2) {
        const auto kind = choice.detail % 2 == 0 ? JoinFailed::Kind::rejected : JoinFailed::Kind::unreachable;
        return step(JoinFailed{kind, reason, round});
    }
    step(Joined{members, round});
}

}  // namespace bully::test
