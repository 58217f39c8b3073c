// Observers of a run, and the notes that they get.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "core/view.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bully {
class Election;
}  // namespace bully

namespace bully::sim {

/// A life of a process begins: before its Start, or settled in a group. Pointers and spans hold during the call only.
struct LifeNote {
    Time at{};
    Number number = 0;
    const Member* member = nullptr;  ///< The process, at the address of this life.
    Round first_round = 0;
    bool settled = false;
    std::span<const Action> actions;    ///< The timers that a settled process starts; otherwise none.
    const Election* process = nullptr;  ///< The state in which the life begins.
};

/// One step of one process. Pointers and spans hold during the call only.
struct StepNote {
    Time at{};
    Number number = 0;
    const Event* event = nullptr;
    Number from = 0;  ///< The sender of the message, if the event is one; otherwise 0.
    std::span<const Action> actions;
    View before;                        ///< The state before the step.
    const Election* process = nullptr;  ///< The state after the step.
};

/// What became of a message. Each message has a note `sent`, and later exactly one of the other fates, at the time when
/// it is known: right after its `sent` if it is lost or turned away at once. A second copy has only the latter.
enum class Fate : std::uint8_t {
    sent,
    delivered,
    lost,       ///< By chance, by a script, by a partition or cut, or with the backlog of a killed process.
    to_down,    ///< Its receiver doesn't listen: the host refuses, or is silent.
    discarded,  ///< An answer that nobody waits for: its receiver has crashed, has closed the connection by a feigned
                ///< failure, or has had an outcome of the request before.
};

/// The fate of one message.
struct MessageNote {
    Time at{};
    Fate fate = Fate::sent;
    MessageType type = MessageType::ok;
    Number from = 0;  ///< 0: the coordinator daemon.
    Number to = 0;    ///< 0: the coordinator daemon.
    Round round = 0;
    Duration delay{};        ///< With `sent`: how long it will take, added delays included; zero if it will be lost.
    bool disturbed = false;  ///< It is lost, or it or its copy takes longer than the scenario's own delay can.
    std::optional<Duration>
        copy{};  ///< With `sent`: the delay of its second copy, if it comes twice. Each copy has a fate.
};

/// An event around the processes.
struct WorldNote {
    enum class Kind : std::uint8_t {
        start,
        crash,
        restart,
        pause,
        resume,
        feign,    ///< A feigned failure begins.
        recover,  ///< A feigned failure ends.
        give_up,
        elect,
        partition,
        cut,
        heal,
        slow,
        delay,
        loss,
        daemon_down,
        daemon_up,
        daemon_restart,  ///< The coordinator daemon has forgotten all members.
        no_effect,    ///< A fault that hits nobody, or whose end changes nothing: it counts as none. `text` says why.
        stand_still,  ///< In the replay of a live trace: its program was stopped, until it `ends`.
    };
    Time at{};
    Kind kind = Kind::start;
    Number number = 0;  ///< The process; 0: the event concerns no single one.
    bool ends =
        false;  ///< The end of a partition, cut, slow link, delay, loss or no_effect: `text` is what then holds.
    bool host_up = false;  ///< With `crash`: the host refuses connections.
    std::string text;      ///< For people: "partition {1,2} | {3,4}".
};

[[nodiscard]] std::string_view to_string(WorldNote::Kind kind);

/// What a note does to the life of its process.
enum class LifeChange : std::uint8_t { none, ends, pauses, resumes };
[[nodiscard]] LifeChange life_change(WorldNote::Kind kind);

/// Whether messages on some link are slower, or lost without being told of one by one, from this note on.
[[nodiscard]] bool changes_links(WorldNote::Kind kind);

/// Hears what happens in a run, in order of time. Called from the thread of the run; may not change the run. An
/// observer of one simulator at a time.
class Observer {
  public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;

    /// Whether to hear of messages, which are far more than anything else. Asked once, when it is attached.
    [[nodiscard]] virtual bool hears_messages() const { return true; }

    virtual void on_begin(const Scenario& scenario) { (void)scenario; }
    virtual void on_life(const LifeNote& note) { (void)note; }
    virtual void on_step(const StepNote& note) { (void)note; }
    virtual void on_message(const MessageNote& note) { (void)note; }
    virtual void on_world(const WorldNote& note) { (void)note; }
    /// A hint that this process will take a step soon, for an observer that wants its data in the caches. It comes only
    /// in large groups, and not before each step.
    virtual void on_ahead(Number number) { (void)number; }
    virtual void on_end(Time at) { (void)at; }
};

}  // namespace bully::sim
