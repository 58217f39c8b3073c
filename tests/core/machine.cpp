#include "tests/core/machine.hpp"

#include <utility>
#include <vector>

namespace bully::test {
namespace {

std::string name(ProcessId id) {
    if (id == pid(id.days)) return std::to_string(id.days);
    return std::to_string(id.days) + "/" + std::to_string(id.student_id);
}

struct Texter {
    std::string operator()(const Join&) const { return "JOIN"; }
    std::string operator()(const SendElection&) const { return "ELECTION"; }
    std::string operator()(const AskHigher&) const { return "ask higher"; }
    std::string operator()(const Announce& a) const {
        return "COORDINATOR " + name(a.leader) + (a.again ? " again" : "");
    }
    std::string operator()(const SendProbe& a) const { return "PROBE " + name(a.to); }
    std::string operator()(const Reply&) const { return "OK"; }
    std::string operator()(const StartTimer& a) const {
        auto text = "timer " + std::string(to_string(a.timer)) + " " + to_string(a.range.min);
        return a.range.min == a.range.max ? text : text + ".." + to_string(a.range.max);
    }
    std::string operator()(const StopListening&) const { return "stop listening"; }
    std::string operator()(const Listen&) const { return "listen"; }
    std::string operator()(const LeaderChanged& a) const {
        return "leader " + (a.leader ? name(*a.leader) : std::string("none"));
    }
    std::string operator()(const Warn& a) const { return "warn " + std::string(to_string(a.what)); }
    std::string operator()(const GiveUp&) const { return "give up"; }
};

}  // namespace

Member member(int n) { return {pid(n), {"host" + std::to_string(n), static_cast<std::uint16_t>(5000 + n)}}; }

Membership group(std::initializer_list<int> members) {
    std::vector<Member> all;
    for (const int n : members) all.push_back(member(n));
    return Membership{std::move(all)};
}

std::string text(const Actions& actions) {
    std::string all;
    for (const auto& action : actions) {
        const auto* timer = std::get_if<StartTimer>(&action);
        if (timer != nullptr && timer->timer == Timer::refresh) continue;
        if (!all.empty()) all += "; ";
        all += std::visit(Texter{}, action);
    }
    return all;
}

Machine::Machine(int self, const Settings& settings)
    : settings_(std::make_shared<const Settings>(settings)), election_(member(self), *settings_) {}

Machine::Machine(int self, std::initializer_list<int> members, int leader, const Settings& settings)
    : settings_(std::make_shared<const Settings>(settings)),
      election_(Election::settled(pid(self), group(members), pid(leader), *settings_, actions_)) {
    remember();
}

std::string Machine::step(const Event& event) {
    actions_.clear();
    election_.step(event, actions_);
    remember();
    return text(actions_);
}

void Machine::remember() {
    for (const auto& action : actions_) {
        if (const auto* join = std::get_if<Join>(&action)) join_round_ = join->round;
        if (const auto* election = std::get_if<SendElection>(&action)) request_round_ = election->round;
        if (const auto* ask = std::get_if<AskHigher>(&action)) asked_round_ = ask->round;
        if (const auto* probe = std::get_if<SendProbe>(&action)) request_round_ = probe->round;
        if (const auto* announce = std::get_if<Announce>(&action)) announced_round_ = announce->round;
        if (const auto* timer = std::get_if<StartTimer>(&action)) {
            timer_rounds_.at(static_cast<std::size_t>(timer->timer)) = timer->round;
        }
    }
}

Settings mode_settings(Mode mode) {
    Settings settings;
    settings.mode = mode;
    return settings;
}

Machine joining(int self, Mode mode) {
    Machine machine(self, mode_settings(mode));
    machine.start();
    return machine;
}

Machine following(int self, std::initializer_list<int> members, int leader, Mode mode) {
    return {self, members, leader, mode_settings(mode)};
}

Machine leading(int self, std::initializer_list<int> members, Mode mode) {
    return {self, members, self, mode_settings(mode)};
}

Machine awaiting_answers(int self, std::initializer_list<int> members, Mode mode) {
    auto machine = joining(self, mode);
    machine.joined(members);
    return machine;
}

Machine awaiting_coordinator(int self, std::initializer_list<int> members, int answered_by, Mode mode) {
    auto machine = awaiting_answers(self, members, mode);
    machine.ok(answered_by);
    return machine;
}

Machine failed(int self, std::initializer_list<int> members, int leader, Mode mode) {
    auto machine = following(self, members, leader, mode);
    machine.feign();
    return machine;
}

Machine probing(int self, std::initializer_list<int> members, int leader, Mode mode) {
    auto machine = following(self, members, leader, mode);
    machine.expire(Timer::probe_gap);
    return machine;
}

}  // namespace bully::test
