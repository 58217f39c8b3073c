// What can happen next in a state of the group: what has to or may come by itself, and what is done to it.
#pragma once

#include "sim/explore/local_steps.hpp"
#include "sim/explore/state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim::explore {

/// One thing that happens.
struct Move {
    enum class Kind : std::uint8_t {
        begin,    ///< The first state.
        pass,     ///< Nothing more to a process at this instant.
        deliver,  ///< A message arrives; at a dead process it vanishes, or is refused.
        fire,     ///< A timer fires.
        refresh,  ///< R8 acts.
        recover,  ///< The end of a feigned failure.
        crash,
        restart,
        lose,
        feign,
        cut,
        heal,
    };
    Kind kind = Kind::pass;
    std::uint8_t process = 0;  ///< To which it happens.
    std::uint8_t other = 0;    ///< Of cut and heal.
    Timer timer = Timer::answer;
    Message message;     ///< Of deliver and lose.
    bool ticks = false;  ///< A pass after which time goes on by a tick.
};

struct Successor {
    Move move;
    State state;
    std::string violation;  ///< What this step violates; empty: nothing.
};

/// The successors of states. At each instant the processes take turns: at its turn one may take any message and timer
/// that is due, or pass if none must come now. Since a message takes at least a tick, what different processes do at
/// one instant doesn't depend on the order of their turns. One for which nothing is due has no turn: what is done to it
/// may be done at any other's.
class Moves {
  public:
    explicit Moves(const Model& model);

    /// A fresh start: whoever is settled, or has just been started.
    [[nodiscard]] State first();

    /// All that may come by itself, into `out`, which is cleared first. Not R8 beyond the budget, and no recovery: that
    /// is a disturbance's end.
    void successors(const State& state, std::vector<Successor>& out);

    /// What may be done to the group in this state, while the budget lasts; and what ends by itself what was done
    /// before.
    void disturbances(const State& state, std::vector<Successor>& out);

    /// All live processes follow the greatest live one.
    [[nodiscard]] bool agreed(const State& state) const;
    /// Whether agreement may be asked of it at all.
    [[nodiscard]] static bool is_whole(const State& state) { return state.cuts == 0; }

    [[nodiscard]] const LocalView& view(const State& state, std::uint8_t process) const {
        return locals_.view(state.process(process).local);
    }
    [[nodiscard]] const LocalSteps& locals() const { return locals_; }
    /// What a step asked for; for who shows it.
    [[nodiscard]] const LocalStep& step(Local from, Input input) { return locals_.step(from, input); }
    [[nodiscard]] Local unstarted(std::uint8_t process) { return locals_.unstarted(process); }
    [[nodiscard]] const Model& model() const { return model_; }
    /// The input that a move is to its process; a pass, for instance, is none.
    [[nodiscard]] static std::optional<Input> input_of(const Move& move);

  private:
    Successor& add(const State& state, std::vector<Successor>& out, Move move);
    void take_turn(const State& state, std::vector<Successor>& out);
    void refresh(const State& state, std::uint8_t process, std::vector<Successor>& out);
    void daemon_turn(const State& state, std::vector<Successor>& out);
    void pass(const State& state, std::vector<Successor>& out);
    void deliver(Successor& next, std::size_t which);
    void step(Successor& next, std::uint8_t process, Input input, const Message* request = nullptr);
    void carry_out(State& state, std::uint8_t process, const Effect& effect, const Message* request);
    void send(State& state, Carried type, std::uint8_t from, std::uint8_t to, bool present, std::uint8_t members = 0);
    void start(Successor& next, std::uint8_t process);
    void crash(State& state, std::uint8_t process);
    void note_round(State& state, std::uint8_t process);
    void note_silent(State& state, std::uint8_t process) const;
    void drop_useless(State& state) const;
    [[nodiscard]] bool is_due(const State& state, std::uint8_t turn) const;
    void to_next_turn(State& state) const;
    /// The daemon, where the order of JOINs matters to it.
    [[nodiscard]] std::uint8_t last_process() const { return static_cast<std::uint8_t>(model_.processes); }
    [[nodiscard]] bool has_daemon() const { return !model_.settled; }
    [[nodiscard]] std::uint8_t last_turn() const {
        return static_cast<std::uint8_t>(model_.processes + (has_daemon() ? 1 : 0));
    }
    /// Whether what is done to it now is done before anything else comes to it.
    [[nodiscard]] bool is_open(const State& state, std::uint8_t process) const {
        return state.turn == process || !is_due(state, process);
    }
    [[nodiscard]] bool is_calm(const State& state) const;
    [[nodiscard]] bool is_useless(const State& state, const Message& message) const;
    [[nodiscard]] int leaders(const State& state) const;
    [[nodiscard]] int longest_overlap(const State& state) const;

    Model model_;
    LocalSteps locals_;
};

}  // namespace bully::sim::explore
