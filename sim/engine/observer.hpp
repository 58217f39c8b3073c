// What an observer of a run is told. Observers that aren't attached cost nothing.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "core/view.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace bully {
class Election;
}  // namespace bully

namespace bully::sim {

/// A process begins: before its Start, or settled in a group. `process` is the state right after.
struct LifeNote {
    Time at{};
    Number number = 0;
    const Member* member = nullptr;  ///< With the address of this life.
    Round first_round = 0;
    bool settled = false;
    std::span<const Action> actions;
    const Election* process = nullptr;
};

/// One step of one process. Pointers hold during the call only.
struct StepNote {
    Time at{};
    Number number = 0;
    const Event* event = nullptr;
    Number from = 0;  ///< The process that sent the message which the event is; 0 where there is none.
    std::span<const Action> actions;
    View before;
    const Election* process = nullptr;  ///< After the step.
};

/// What became of a message. Of each that is sent there is first a `sent`, and later exactly one of the others, at the
/// time when it is known. What is lost or turned away at once, without being under way, is told right after its `sent`.
enum class Fate : std::uint8_t {
    sent,
    delivered,
    lost,       ///< by chance, by a script, behind a partition, or with the backlog of a process that was killed
    to_down,    ///< its receiver doesn't listen: refused or silence
    discarded,  ///< an answer to a process that has crashed, or whose feigned failure has closed the connection; or to
                ///< a request that has had its outcome
};

struct MessageNote {
    Time at{};
    Fate fate = Fate::sent;
    MessageType type = MessageType::ok;
    Number from = 0;  ///< 0: the coordinator daemon.
    Number to = 0;
    Round round = 0;
    Duration delay{};                ///< sent: that drawn for it, added delays included; zero if it is lost.
    bool disturbed = false;          ///< Lost, late, or delayed by anything but the network's own distribution.
    std::optional<Duration> copy{};  ///< sent: the delay of its second copy, if it comes twice. Each copy has a fate.
};

/// What happened around the processes.
struct WorldNote {
    enum class Kind : std::uint8_t {
        start,
        crash,
        restart,
        pause,
        resume,
        feign,    ///< a feigned failure begins
        recover,  ///< and ends
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
        daemon_restart,  ///< it has forgotten all members
        no_effect,       ///< a fault that hits nobody, or whose end changes nothing: no fault. `text` says why.
        stand_still,     ///< the replay of a live trace: all processes, until it `ends`. Its program was stopped.
    };
    Time at{};
    Kind kind = Kind::start;
    Number number = 0;     ///< The process, or 0.
    bool ends = false;     ///< partition, cut, slow, delay, loss, no_effect: the end of it, and `text` what then holds.
    bool host_up = false;  ///< crash: connections are refused.
    std::string text;      ///< For people: "partition {1,2} | {3,4}".
};

[[nodiscard]] std::string_view to_string(WorldNote::Kind kind);

class Observer {
  public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;

    /// Whether to be told of messages, of which there are far more than of anything else. Always the same.
    [[nodiscard]] virtual bool hears_messages() const { return true; }

    virtual void on_begin(const Scenario& scenario) { (void)scenario; }
    virtual void on_life(const LifeNote& note) { (void)note; }
    virtual void on_step(const StepNote& note) { (void)note; }
    virtual void on_message(const MessageNote& note) { (void)note; }
    virtual void on_world(const WorldNote& note) { (void)note; }
    /// This process will take a step soon: a hint, for whoever wants what it knows of it in the caches. Only where
    /// there are many processes, and not for each step.
    virtual void on_ahead(Number number) { (void)number; }
    virtual void on_end(Time at) { (void)at; }
};

}  // namespace bully::sim
