// P12 to P16 and P18 of core/README.md: the properties of the group, checked during the run.
//
// They hold under C1 to C3 in a calm world: messages between live processes arrive within δ, without loss and
// partitions. CalmClock says when the world is calm. A process is live if it runs, is in the group, isn't paused, and
// feigns no failure. A process whose JOIN isn't answered yet need not follow anybody, but it answers ELECTIONs.
#pragma once

#include "core/membership.hpp"
#include "sim/checks/bounds.hpp"
#include "sim/checks/calm_clock.hpp"
#include "sim/checks/demands.hpp"
#include "sim/checks/property_observer.hpp"
#include "sim/checks/step_digest.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

class GroupProperties final : public PropertyObserver {
  public:
    /// `log` must outlive this, and be reset by its owner.
    GroupProperties(Mode mode, ViolationLog& log, Observability observability = {})
        : PropertyObserver(mode, log, observability) {}

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override { check(note, StepDigest(note.actions)); }
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_end(Time at) override;

    /// Prefetches what check() will look at first.
    void fetch(Number number) const { __builtin_prefetch(&processes_[number - 1], 1); }
    /// The same as on_step(), with a digest that the caller has already.
    void check(const StepNote& note, const StepDigest& digest);
    /// Instead of check(), for a step that changed nothing that the group could notice.
    void pass(Time at) {
        if (demanding_) advance(at);
    }

    /// After the run: status, bound and detail of a property of the group.
    [[nodiscard]] PropertyResult result(Property property) const;
    /// After the run: when the property was demanded, and when not.
    [[nodiscard]] std::vector<PropertyDemand> demands_of(Property property) const;

    [[nodiscard]] const Bounds& bounds() const { return bounds_; }

  private:
    struct alignas(64) Process {
        Membership members;  // with what follows in one cache line, all that most steps touch
        bool running = false;
        bool paused = false;
        bool forgotten = false;  // by the daemon, since it JOINed last
        Phase phase = Phase::down;
        std::optional<ProcessId> leader_pid;
        Number leader = 0;  // 0: none, or a stranger
        bool live = false;
        bool answers = false;    // ELECTIONs: also while it joins
        bool discounts = false;  // R6: has ever, in this life
        std::uint8_t asks = 0;   // R3: of those above, by the present leader
        Time recovered_at{-1};
        Time following_since{};  // its present leader
        Time looked_up_at{-1};   // row 18: when the daemon has told it where its leader is
        Time answers_since{};
        Time answers_until{};   // while it doesn't
        Time answered_since{};  // the stretch before answers_until
        Time resumed_at{-1};
        Round election = 0;
        Time election_at{};
        Endpoint endpoint;

        /// Row 18: it can't PROBE its leader, which it knows by its pid alone.
        [[nodiscard]] bool follows_stranger() const {
            return live && phase == Phase::following && leader_pid && !members.contains(*leader_pid);
        }
    };
    struct Leader {
        Number number = 0;
        Time since{};
        Duration slack{};  // if it leads soon after a recovery: it may have missed who joined, which a JOIN tells
    };
    /// How the demand for agreement stands.
    using Demand = AgreementDemand::Outcome;

    void advance(Time at);
    void begin_epoch(const CalmClock::Overtaken& overtaken);
    void demand_agreement(Time at);
    void refresh(Number number, Time at);
    [[nodiscard]] bool needs_refresh(Time at) const;
    [[nodiscard]] bool told_lately(Time at) const;
    [[nodiscard]] Time next_probes() const;
    [[nodiscard]] Time last_lookup() const;
    void set_leader(Process& believer, std::optional<ProcessId> leader, Time at);
    void set_leading(Number number, bool leading, Time at);
    void refresh_overlap();
    void overlap_is_too_long();
    void check_orphan(Number number, Time at);
    void check_victory(const StepNote& note, const StepDigest& digest);
    void forget_all(Time at);
    void remember(Number number, Time at);
    [[nodiscard]] bool is_remembered_by(const StepNote& note) const;
    /// Its JOIN of then may be under way.
    [[nodiscard]] bool recovered_lately(const Process& process, Time at) const {
        return process.recovered_at >= Time::zero() && at <= process.recovered_at + bounds_.join;
    }
    void join_changes(Number number, bool was_joining, Time at);
    [[nodiscard]] bool agreed() const;
    [[nodiscard]] bool nobody_elects() const;
    [[nodiscard]] bool nobody_leads() const;
    [[nodiscard]] std::string why_not_agreed() const;
    /// All had agreed when it was due, and no fault has come since.
    [[nodiscard]] bool has_agreed() const {
        return (demand_ == Demand::reached || demand_ == Demand::nobody) && !clock_.is_overtaken();
    }
    [[nodiscard]] Process& process(Number number) { return processes_[number - 1]; }

    Bounds bounds_;
    std::vector<std::string> obstacles_;
    bool demanding_ = false;  // no obstacles
    CalmClock clock_;

    std::vector<Process> processes_;
    std::vector<std::uint32_t> believers_;  // of each number: live processes that take it for their leader
    std::uint32_t live_ = 0;
    Number highest_live_ = 0;

    std::vector<Leader> leaders_;     // live, idle, and believing in themselves; by `since`
    Time overlap_end_ = Time::max();  // P12: when the two that overlap longest may no longer

    Demand demand_ = Demand::pending;
    Time unasked_at_{-1};  // R8: the latest step that acted on its own, or on what its JOIN has brought
    Number unasked_ = 0;
    Time told_at_{-1};  // the latest of those that asked those above, or told others who leads
    Number told_by_ = 0;
    Time forgotten_at_{};
    std::string excuse_;
    Time advanced_to_{};
    Demands demands_;
    Time end_{};
};

}  // namespace bully::sim
