// A process to which anything may happen, in any order: what a network and peers can send, valid, late, twice
// or never asked for; timers, current and long replaced. It keeps only what every executor promises: at most
// one outcome a JOIN, and no failure of a request that had an outcome.
#pragma once

#include "core/election.hpp"
#include "tests/core/properties.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace bully::test {

/// Chooses what happens next; any values do, so that a sequence of them can be shrunk.
struct Choice {
    std::uint8_t what = 0;
    std::uint8_t which = 0;
    std::uint16_t detail = 0;
};

class RandomProcess {
  public:
    using Observer = std::function<void(const Observation&)>;

    /// Process `self` of 1 to 8.
    RandomProcess(int self, const Settings& settings, Observer observe);

    /// One event, or none if the choice is impossible now.
    void happen(Choice choice);

    [[nodiscard]] const Election& process() const { return process_; }
    [[nodiscard]] const Member& self() const { return self_; }

  private:
    void step(const Event& event);
    void message(Choice choice);
    void outcome(Choice choice);
    void garbage(Choice choice);
    void timer(Choice choice);
    void join_outcome(Choice choice);
    void fail_request(ProcessId peer, Round round, std::uint16_t detail);

    Member self_;
    Election process_;
    Actions actions_;
    Observer observe_;
    std::vector<std::pair<ProcessId, Round>> requests_;  // sent, the latest last
    std::set<std::pair<ProcessId, Round>> settled_;      // requests that had an outcome
    std::vector<Round> joins_;                           // without an outcome yet
    std::vector<std::pair<Timer, Round>> timers_;        // ever started
};

}  // namespace bully::test
