// The states of single processes, each held once, and what each input does in each: the core's steps, taken once.
#pragma once

#include "core/packed.hpp"
#include "core/transitions.hpp"
#include "sim/explore/model.hpp"

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bully::sim::explore {

/// The number of a state of a process, with the process that is in it. 0: it doesn't run.
using Local = std::uint32_t;
inline constexpr Local not_running = 0;
/// As many bits as a state of the group has for it.
inline constexpr unsigned local_bits = 17;

/// What is often asked of a state. Processes are numbered from 1.
struct LocalView {
    Phase phase = Phase::down;
    Watch watch = Watch::nothing;
    std::uint8_t self = 0;
    std::uint8_t leader = 0;   ///< 0: none.
    std::uint8_t members = 0;  ///< Bits: bit 0 is process 1.
    bool live = false;         ///< Joined, and feigning no failure: whom P12 to P18 are about.
    bool answers = false;      ///< Live or joining.
    bool discounts = false;    ///< R6.
    PackedElection packed;

    /// Whether the table has a row for such an event.
    [[nodiscard]] bool takes(EventKind kind, Mode mode) const {
        return find_transition(mode, {phase, watch, std::nullopt, no_round}, kind, Outcome::awaited) != nullptr;
    }
};

/// What comes to a process, as small as it gets.
struct Input {
    enum class Kind : std::uint8_t { start, joined, election, probe, coordinator, answer, refused, timer, feign };
    Kind kind = Kind::start;
    std::uint8_t who = 0;      ///< The process that it is from, or the Timer.
    std::uint8_t members = 0;  ///< Of joined and election: bits.
    bool present = false;      ///< Of the receiver's present round.

    [[nodiscard]] std::uint32_t code() const {
        return static_cast<std::uint32_t>(kind) << 20U | std::uint32_t{who} << 12U | std::uint32_t{members} << 4U |
               (present ? 1U : 0U);
    }
};

/// What a step asks for. What it warns of is left out.
struct Effect {
    enum class Kind : std::uint8_t { join, ask, announce, probe, reply, timer };
    Kind kind = Kind::join;
    std::uint8_t who = 0;  ///< The process that is PROBEd, or the Timer.
    bool present = false;  ///< Of the sender's present round: what comes back can matter.
    Window window;         ///< Of a timer.
};

struct LocalStep {
    Local next = not_running;
    bool new_round = false;
    bool elects = false;  ///< A new election has begun.
    bool wins = false;
    std::vector<Effect> effects;
    std::string violation;  ///< "P4: ..."; empty: none.
};

class LocalSteps {
  public:
    explicit LocalSteps(const Model& model);

    /// What `input` does in `from`. The reference stays good.
    const LocalStep& step(Local from, Input input);

    /// A process that has just been started: it does `step(..., start)` next.
    [[nodiscard]] Local unstarted(std::uint8_t process);
    /// In the middle of a settled group; the step that brought it there.
    [[nodiscard]] LocalStep settled(std::uint8_t process);

    [[nodiscard]] const LocalView& view(Local local) const { return views_[local]; }
    [[nodiscard]] std::size_t size() const { return views_.size(); }
    /// Rows of the transition table that some step has run, by their place in it.
    [[nodiscard]] const std::bitset<128>& rows() const { return rows_; }
    [[nodiscard]] std::uint8_t everybody() const { return static_cast<std::uint8_t>((1U << model_.processes) - 1U); }

  private:
    struct Hash {
        std::size_t operator()(const std::pair<PackedElection, std::uint8_t>& key) const;
    };

    [[nodiscard]] Event event_of(const Election& process, Input input) const;
    [[nodiscard]] LocalStep take(Local from, Input input);
    void describe(const Election& before, const Election& after, const Actions& actions, LocalStep& step);
    [[nodiscard]] Local intern(const Election& process, std::uint8_t self);
    void check_stale(Local local);
    [[nodiscard]] std::string violation(const LocalView& before, const LocalStep& step, Input input) const;
    [[nodiscard]] std::uint8_t number_of(ProcessId pid) const;
    [[nodiscard]] const Member& member(std::uint8_t process) const { return group_.members()[process - 1U]; }

    Model model_;
    Membership group_;
    ElectionPacker packer_;
    std::vector<LocalView> views_;
    std::unordered_map<std::pair<PackedElection, std::uint8_t>, Local, Hash> known_;
    std::unordered_map<std::uint64_t, LocalStep> steps_;
    std::bitset<128> rows_;
    std::string stale_violation_;  // P7
    Actions actions_;
};

}  // namespace bully::sim::explore
