// P1 to P11 of core/README.md: the properties of each process in any world, checked step by step.
//
// Mode robust promises them. Mode strict is checked as well: what it leaves open shows up as a violation, which a
// lesson expects. The checks keep a model of each process, made from its events and actions; of its state they use only
// what it shows: phase, watch, leader and round.
#pragma once

#include "core/membership.hpp"
#include "sim/checks/property_observer.hpp"
#include "sim/checks/step_digest.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace bully::sim {

class ProcessProperties final : public PropertyObserver {
  public:
    /// `log` must outlive this, and be reset by its owner.
    ProcessProperties(Mode mode, ViolationLog& log, Observability observability = {})
        : PropertyObserver(mode, log, observability) {}

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override { check(note, StepDigest(note.actions)); }
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_end(Time at) override;

    /// Prefetches what check() will look at first.
    void fetch(Number number) const { __builtin_prefetch(&models_[number - 1], 1); }
    /// The same as on_step(), with a digest that the caller has already. True: the step merely went on with an
    /// election, as nearly all steps of a large group do. Phase, leader, round and members are as they were, and at
    /// most an OK went out.
    bool check(const StepNote& note, const StepDigest& digest);

    /// The members that a process knew after its last step.
    [[nodiscard]] const Membership& members_of(Number number) const { return models_[number - 1].members; }

  private:
    /// A process as its events and actions tell it.
    struct alignas(64) Model {
        // First, in one cache line, what `is_routine` looks at.
        Phase phase = Phase::down;
        bool answered = false;    // the election, by a higher process whose OK counts
        bool probe_open = false;  // watching the leader or, leading, higher members
        bool gap_open = false;
        Round election = 0;    // that was started last
        Time waiting_until{};  // for answers, or for the coordinator
        Membership members;
        // Messages that the last step has promised.
        std::int64_t elections_due = 0;
        std::int64_t coordinators_due = 0;
        bool failed = false;

        bool running = false;
        bool paused = false;
        const ProcessSpec* spec = nullptr;
        Time resumed_at{};  // a deadline that passed in a pause was missed blamelessly

        // The election that was started last.
        Time election_at{};
        std::uint32_t asked = 0;
        std::vector<ProcessId> refused;  // peers: two refusals of one don't stand for those of two
        bool open = false;               // neither won nor superseded
        bool timed_out = false;          // T_ok ran out
        bool held = false;               // H: an ELECTION waits for the end of the hold-down
        Time waiting_since{};
        Round answer_timer = 0;
        Round coordinator_timer = 0;
        Round hold_down_timer = 0;  // 0: it doesn't run
        Round feign_timer = 0;
        Round refresh_timer = 0;
        Time refresh_due{};               // R8: the latest at which it may fire
        std::uint32_t waits_in_vain = 0;  // R6: T_coord ran out so often in a row
        std::vector<ProcessId> discounted;

        Round probe = 0;
        Time probe_at{};
        Time gap_at{};
        DurationRange gap;
        bool leader_answered = false;            // R7: a PROBE, since it leads
        std::optional<ProcessId> silent_leader;  // R7: whose PROBEs have failed by silence
        std::uint32_t silent_failures = 0;       // so many, since it last answered one
        bool had_answered_before = false;        // a PROBE, before the first of these
        Round rejoin = 0;                        // the JOIN that exactly one election has to follow
        Round ended_rejoin = 0;                  // the latest of those
        Round void_rejoin = 0;                   // one that no election may follow any more
        Round lookup = 0;                        // row 18: one for the address of a stranger that leads

        Endpoint endpoint;
    };

    [[nodiscard]] static bool is_routine(const Model& model, const StepNote& note, const StepDigest& digest);

    void check_overdue(Model& model, Number number, Time at);

    // process_properties.cpp
    void check_sent(Model& model, Number number, Time at);
    void check_timeout(const Model& model, const StepNote& note);
    void check_waits(Model& model, Number number, Time at);
    void check_rounds(const Model& model, const StepNote& note, const StepDigest& digest);
    void check_failure(Model& model, const StepNote& note, const StepDigest& digest);
    void check_requests(Model& model, const StepNote& note, const StepDigest& digest);
    void check_members(Model& model, const StepNote& note);
    void record_timers(Model& model, Number number, Time at, std::span<const Action> actions, const View& after);

    // process_properties_elections.cpp
    void record_outcome(Model& model, const StepNote& note);
    void check_election(Model& model, const StepNote& note, const StepDigest& digest);
    void check_victory(Model& model, const StepNote& note, const StepDigest& digest);
    void check_repetition(Model& model, const StepNote& note, const Announce& announce);
    void check_leader(const Model& model, const StepNote& note);

    // process_properties_watch.cpp
    void check_watch(Model& model, const StepNote& note, const StepDigest& digest);
    void check_probe_outcome(Model& model, const StepNote& note, const StepDigest& digest);
    void check_rejoin(Model& model, const StepNote& note, const StepDigest& digest);
    void check_probe(Model& model, const StepNote& note, const SendProbe& probe);
    void check_watch_deadlines(Model& model, Number number, Time at);
    void check_refresh(const Model& model, const StepNote& note, const StepDigest& digest);
    void check_refresh_deadline(Model& model, Number number, Time at);
    void record_gap(Model& model, Number number, Time at, const StartTimer& timer, const View& after);

    /// The round that a timer has if it isn't stale.
    [[nodiscard]] static Round round_of_timer(const Model& model, const View& before, Timer timer);
    /// From `at` on it waits as this phase does.
    static void begin_wait(Model& model, Phase phase, Time at);
    /// Whether something that was to end by `limit` has been left to go on at `at`. A pause excuses it.
    [[nodiscard]] bool is_overdue(const Model& model, Time limit, Time at) const {
        return at > std::max(limit, model.resumed_at) + observability_.tolerance;
    }
    /// Whether the step's process follows one above it that is known by its pid alone (row 18).
    [[nodiscard]] bool follows_stranger(const StepNote& note) const;
    /// Whether the step has begun an election, of any outcome.
    [[nodiscard]] static bool began_election(const Model& model, const StepNote& note, const StepDigest& digest);
    void violated(Property property, Number number, Time at, std::string what) {
        PropertyObserver::violated(property, at, {number}, std::move(what));
    }

    std::vector<Model> models_;
};

}  // namespace bully::sim
