// The storm, W1: the workload for comparing this simulator with other engines. In C++17, which the headers of ns-3
// need.
//
// n processes follow the highest, which is dead. The lowest notices. Each process that is asked answers, and asks all
// higher processes, once. Delays are independent, uniform 1 to 10 ms; T_ok is 1 s and T_coord 4 s. This takes n(n-1)
// messages, an event that begins it, and one T_ok that runs out. In the end all survivors must follow n-1.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bully::bench {

inline constexpr std::int64_t shortest_delay_ns = 1'000'000;
inline constexpr std::int64_t longest_delay_ns = 10'000'000;
inline constexpr std::int64_t answer_timeout_ns = 1'000'000'000;
inline constexpr std::int64_t coordinator_timeout_ns = 4'000'000'000;

constexpr std::uint64_t storm_events(std::uint64_t n) { return n * (n - 1) + 2; }

/// A random generator that costs almost nothing: splitmix64.
class CheapRandom {
  public:
    explicit CheapRandom(std::uint64_t seed) : state_(seed) {}
    std::int64_t delay_ns() {
        state_ += 0x9E3779B97F4A7C15U;
        auto word = state_;
        word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
        word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
        constexpr auto width = static_cast<std::uint64_t>(longest_delay_ns - shortest_delay_ns + 1);
        return shortest_delay_ns + static_cast<std::int64_t>(((word >> 32U) * width) >> 32U);
    }

  private:
    std::uint64_t state_;
};

enum class PeerEvent : std::uint8_t { begin, election, ok, coordinator, answer_timeout, coordinator_timeout };

/// The minimal W1 for the other engines, the same for each: only the rules of the lab, no members, no metrics.
/// `Schedule` is called as (delay in ns, PeerEvent, to, from, round).
template <typename Schedule>
class PeerStorm {
  public:
    PeerStorm(std::uint32_t n, Schedule schedule) : processes_(n), schedule_(schedule) {}

    void begin(std::uint64_t seed) {
        random_ = CheapRandom(seed);
        const auto dead = static_cast<std::uint32_t>(processes_.size()) - 1;
        for (auto& process : processes_) process = {Phase::idle, 0, dead};
        schedule_(0, PeerEvent::begin, 0, 0, 0);
    }

    void handle(PeerEvent event, std::uint32_t to, std::uint32_t from, std::uint32_t round) {
        const auto dead = static_cast<std::uint32_t>(processes_.size()) - 1;
        if (to == dead) return;
        auto& process = processes_[to];
        switch (event) {
            case PeerEvent::begin: elect(to); break;
            case PeerEvent::election:
                schedule_(random_.delay_ns(), PeerEvent::ok, from, to, round);
                if (process.phase == Phase::idle) elect(to);
                break;
            case PeerEvent::ok:
                if (process.phase != Phase::awaiting_answers || round != process.round) break;
                process.phase = Phase::awaiting_coordinator;
                schedule_(coordinator_timeout_ns, PeerEvent::coordinator_timeout, to, to, process.round);
                break;
            case PeerEvent::coordinator:
                process.phase = Phase::idle;
                process.leader = from;
                break;
            case PeerEvent::answer_timeout:
                if (process.phase == Phase::awaiting_answers && round == process.round) win(to);
                break;
            case PeerEvent::coordinator_timeout:
                if (process.phase == Phase::awaiting_coordinator && round == process.round) elect(to);
                break;
        }
    }

    [[nodiscard]] bool agreed() const {
        const auto winner = static_cast<std::uint32_t>(processes_.size()) - 2;
        for (std::uint32_t i = 0; i <= winner; ++i) {
            if (processes_[i].leader != winner || processes_[i].phase != Phase::idle) return false;
        }
        return true;
    }

  private:
    enum class Phase : std::uint8_t { idle, awaiting_answers, awaiting_coordinator };
    struct Process {
        Phase phase = Phase::idle;
        std::uint32_t round = 0;
        std::uint32_t leader = 0;
    };

    void elect(std::uint32_t self) {
        auto& process = processes_[self];
        process.phase = Phase::awaiting_answers;
        ++process.round;
        for (auto to = self + 1; to < processes_.size(); ++to) {
            schedule_(random_.delay_ns(), PeerEvent::election, to, self, process.round);
        }
        schedule_(answer_timeout_ns, PeerEvent::answer_timeout, self, self, process.round);
    }

    void win(std::uint32_t self) {
        processes_[self].phase = Phase::idle;
        processes_[self].leader = self;
        for (std::uint32_t to = 0; to < processes_.size(); ++to) {
            if (to != self) schedule_(random_.delay_ns(), PeerEvent::coordinator, to, self, 0);
        }
    }

    std::vector<Process> processes_;
    Schedule schedule_;
    CheapRandom random_{0};
};

}  // namespace bully::bench
