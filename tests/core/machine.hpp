// Drives one Election by hand: the fixture of the tests of core. Events go in by calls named after them, and
// what the step did comes back as a line of text, so that a test reads like a transcript:
//     EXPECT_EQ(machine.probe(), "OK; ELECTION; timer answer 1.5s");
#pragma once

#include "core/election.hpp"
#include "core/names.hpp"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

namespace bully::test {

/// Process n of a test's group: the greater n, the higher the process.
constexpr ProcessId pid(int n) { return {n, 1'000'000 + n}; }
Member member(int n);
Membership group(std::initializer_list<int> members);

/// What a step that does nothing did.
inline const std::string nothing;

/// "OK; ELECTION; timer answer 1.5s; leader 3": the actions without their rounds, processes by number; and without R8's
/// timer, which nearly all lives begin with.
std::string text(const Actions& actions);

/// Calls `test(mode)` for both modes: for the rules in which they don't differ.
template <typename Test>
void in_both_modes(Test test) {
    for (const auto mode : {Mode::strict, Mode::robust}) {
        SCOPED_TRACE(std::string(to_string(mode)));
        test(mode);
    }
}

/// An Election with its Settings and a memory of what it asked for last.
class Machine {
  public:
    /// Not started.
    Machine(int self, const Settings& settings);
    /// Settled in a group: idle, with `leader`.
    Machine(int self, std::initializer_list<int> members, int leader, const Settings& settings);

    std::string step(const Event& event);

    std::string start() { return step(Start{}); }
    std::string joined(std::initializer_list<int> members) { return joined(group(members)); }
    std::string joined(const Membership& members) { return joined(members, join_round_); }
    std::string joined(const Membership& members, Round round) { return step(Joined{members, round}); }
    std::string join_failed(JoinFailed::Kind kind = JoinFailed::Kind::unreachable, const std::string& reason = "") {
        return step(JoinFailed{kind, reason, join_round_});
    }
    std::string election(std::initializer_list<int> members) { return election(group(members)); }
    std::string election(const Membership& members) { return step(ElectionReceived{++reply_to_, members}); }
    std::string probe() { return step(ProbeReceived{++reply_to_}); }
    std::string coordinator(int leader) { return step(CoordinatorReceived{pid(leader)}); }
    std::string elect() { return step(Elect{}); }
    std::string feign() { return step(Feign{{std::chrono::seconds(2), std::chrono::seconds(2)}}); }

    /// OK from `from`, and its like, in answer to the last request sent, or that of an earlier `round`.
    std::string ok(int from) { return ok(from, request_round_); }
    std::string ok(int from, Round round) { return step(AnswerReceived{pid(from), round}); }
    std::string refused(int peer) { return unreachable(peer, Unreachable::Why::refused); }
    std::string unreachable(int peer, Unreachable::Why why) { return unreachable(peer, why, request_round_); }
    std::string unreachable(int peer, Unreachable::Why why, Round round) {
        return step(Unreachable{pid(peer), round, why});
    }

    /// The timer of this kind that was started last fires, also if it is no longer the current one.
    std::string expire(Timer timer) { return expire(timer, timer_round(timer)); }
    std::string expire(Timer timer, Round round) { return step(TimerFired{timer, round}); }

    Round timer_round(Timer timer) const { return timer_rounds_.at(static_cast<std::size_t>(timer)); }
    /// That of the last ELECTION or PROBE sent.
    Round request_round() const { return request_round_; }
    Round join_round() const { return join_round_; }
    /// That of the last ELECTION outside of an election.
    Round asked_round() const { return asked_round_; }
    Round announced_round() const { return announced_round_; }

    const Actions& actions() const { return actions_; }  ///< Of the last step.
    const Election& core() const { return election_; }
    const Settings& settings() const { return *settings_; }
    Phase phase() const { return election_.phase(); }
    View view() const { return election_.view(); }
    Membership members() const { return election_.members(); }
    std::optional<ProcessId> leader() const { return election_.leader(); }

  private:
    void remember();

    std::shared_ptr<const Settings> settings_;
    Actions actions_;
    Election election_;
    ReplyTo reply_to_ = 0;
    Round request_round_ = 0;
    Round join_round_ = 0;
    Round asked_round_ = 0;
    Round announced_round_ = 0;
    std::array<Round, timer_count> timer_rounds_{};
};

/// Settings of this mode; the timing is the default one.
Settings mode_settings(Mode mode);

// Machines in each phase, brought there by events (the idle ones: settled).
Machine joining(int self, Mode mode = Mode::robust);
Machine following(int self, std::initializer_list<int> members, int leader, Mode mode = Mode::robust);
Machine leading(int self, std::initializer_list<int> members, Mode mode = Mode::robust);
Machine awaiting_answers(int self, std::initializer_list<int> members, Mode mode = Mode::robust);
Machine awaiting_coordinator(int self, std::initializer_list<int> members, int answered_by, Mode mode = Mode::robust);
Machine failed(int self, std::initializer_list<int> members, int leader, Mode mode = Mode::robust);
/// Following `leader`, with a PROBE of it open.
Machine probing(int self, std::initializer_list<int> members, int leader, Mode mode = Mode::robust);

}  // namespace bully::test
