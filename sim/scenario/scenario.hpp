// A scenario: what is simulated, as a plain struct. scenario_parser reads it from a file.
#pragma once

#include "core/membership.hpp"
#include "core/settings.hpp"
#include "core/timing.hpp"
#include "sim/scenario/delay.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bully::sim {

/// Virtual time since the start of the run. Integer nanoseconds, as all time in the simulator.
using Time = Duration;

/// Processes are numbered from 1, ascending by pid: 1 is the lowest.
using Number = std::uint32_t;

/// The most processes in a scenario: numbers have 16 bits in the event queue.
inline constexpr Number max_processes = 60'000;

/// Whom a fault or an expectation means. All but `number` are decided when the fault happens, among the live
/// processes (for a restart or a resume: `highest`, `lowest` and `random` among those that are down or paused).
struct ProcessRef {
    enum class Kind : std::uint8_t { number, highest, lowest, leader, random };
    Kind kind = Kind::number;
    Number number = 0;

    friend bool operator==(const ProcessRef&, const ProcessRef&) = default;
};

/// How a feigned failure looks from outside (rule 8).
enum class FeignStyle : std::uint8_t { close, ignore };

struct ProcessSpec {
    ProcessId pid;
    std::string name;  ///< Never empty: the number in decimal where the file gives none.
    Endpoint endpoint;
    std::optional<Time> start = Time::zero();  ///< None: never runs, but the daemon lists it (a stale entry).
    Timing timing;
    std::optional<FeignPlan> feign;
    FeignStyle feign_style = FeignStyle::close;
};

enum class MessageType : std::uint8_t { ok = 0, election = 1, probe = 2, coordinator = 3, join = 4 };
inline constexpr std::size_t message_type_count = 5;

/// A set of directed links: every pair of `from` x `to`, and with `both_ways` also the reverse.
struct Links {
    std::vector<Number> from;
    std::vector<Number> to;
    bool both_ways = false;
};

namespace fault {

struct Crash {
    ProcessRef process;
    bool host_up = false;  ///< True: connections are refused. False: silence.
};
struct Restart {
    ProcessRef process;
    bool new_address = false;
};
struct Pause {  ///< SIGSTOP: the backlog waits.
    ProcessRef process;
};
struct Resume {
    ProcessRef process;
};
struct Feign {
    ProcessRef process;
    DurationRange down;
};
struct Elect {
    ProcessRef process;
};
/// No message passes between different groups. Processes in no group form one more group together.
struct Partition {
    std::vector<std::vector<Number>> groups;
};
struct Cut {
    Links links;
};
/// Ends partitions, cuts and slow links.
struct Heal {};
struct Slow {
    Links links;
    Duration by{};  ///< Added to each delay.
};
struct ChangeDelay {
    Delay delay;
};
/// A probability in units of 2^-32.
struct ChangeLoss {
    std::uint64_t loss = 0;
};
struct CoordinatorDaemonDown {};
/// It is there again at once, and has forgotten all members.
struct CoordinatorDaemonRestart {};

}  // namespace fault

using FaultKind = std::variant<fault::Crash, fault::Restart, fault::Pause, fault::Resume, fault::Feign, fault::Elect,
                               fault::Partition, fault::Cut, fault::Heal, fault::Slow, fault::ChangeDelay,
                               fault::ChangeLoss, fault::CoordinatorDaemonDown, fault::CoordinatorDaemonRestart>;

struct Fault {
    Time at{};
    /// For partition, cut, slow, changed delay or loss, pause, daemon down: when it ends by itself, counted from
    /// `at`. Crash: when the process is restarted at the same address. None: never.
    std::optional<Duration> lasts;
    FaultKind what;
};

/// "The 2nd COORDINATOR from 4 to 2 comes 3 s late, never, or twice."
struct ScriptedMessage {
    MessageType type = MessageType::coordinator;
    std::optional<Number> from;  ///< None: any.
    std::optional<Number> to;
    std::optional<std::uint32_t> nth;  ///< From 1, counted over the messages that match the rest. None: each one.
    bool drop = false;
    bool duplicate = false;
    Duration delay{};      ///< Added.
    std::string text;      ///< As in the file, on one line.
    std::size_t line = 0;  ///< 0: it isn't from the file.
};

/// Whether a message is one of those that `script` counts.
[[nodiscard]] bool matches(const ScriptedMessage& script, MessageType type, Number from, Number to);

struct Comparison {
    enum class Operator : std::uint8_t { less, less_equal, equal, not_equal, greater_equal, greater };
    Operator op = Operator::equal;
    std::int64_t value = 0;

    [[nodiscard]] bool holds_for(std::int64_t actual) const;
};

namespace expectation {

/// At this time every live process follows this one.
struct LeaderAt {
    Time at{};
    ProcessRef leader;
};
/// From at most `within` after `after` on, up to the next fault, every live process follows the same live leader.
struct AgreementWithin {
    Duration within{};
    Time after{};
};
/// Number of messages sent, over the whole run.
struct Messages {
    std::vector<std::pair<MessageType, Comparison>> counts;
};
struct Elections {
    Comparison count;
};
/// No process starts an election in [from, to].
struct NoElection {
    Time from{};
    Time to{};
};
/// A property that is violated: a lesson.
struct Violated {
    std::string property;  ///< "P1".."P18"
};
/// A rare path that is taken at least once; the names are those of `path_names()`.
struct Reached {
    std::string path;
};

}  // namespace expectation

using ExpectationKind =
    std::variant<expectation::LeaderAt, expectation::AgreementWithin, expectation::Messages, expectation::Elections,
                 expectation::NoElection, expectation::Violated, expectation::Reached>;

struct Expectation {
    std::optional<Mode> mode;  ///< Only in this mode; none: in both.
    ExpectationKind what;
    std::string text;      ///< As written in the file, on one line: for the summary.
    std::size_t line = 0;  ///< 0: it isn't from the file, but from --set.
};

struct DaemonSpec {
    Delay delay = Delay::constant(std::chrono::milliseconds(1));  ///< One way; a JOIN takes two of them.
    bool host_up = true;  ///< When it is down: refuses, or is silent until the connect timeout.
};

struct NetworkSpec {
    Delay delay = Delay::uniform(std::chrono::milliseconds(1), std::chrono::milliseconds(10));
    std::uint64_t loss = 0;         ///< Probability in units of 2^-32, so 2^32 is certainty.
    std::uint64_t duplication = 0;  ///< Likewise.
    Duration connect_timeout = std::chrono::milliseconds(1500);
};

/// A file of measured delays, as it was when it was read.
struct DelayFile {
    std::string path;
    Delay delay;
    std::uint64_t digest = 0;  ///< Of its text.
};
using DelayFiles = std::vector<std::shared_ptr<const DelayFile>>;

struct Scenario {
    std::string file;                    ///< As given; empty if not from a file.
    std::vector<std::string> overrides;  ///< "KEY=VALUE": what the command line has put in place of the file's.
    DelayFiles delay_files;              ///< Of its `empirical` delays, each once.
    std::string name;
    std::string about;
    std::uint64_t seed = 1;
    Duration duration = std::chrono::seconds(30);
    Mode mode = Mode::robust;
    bool settled = false;  ///< `start: settled`: all running, all follow the highest, first probe gap drawn.
    bool probing = true;
    NetworkSpec network;
    DaemonSpec daemon;
    std::vector<ProcessSpec> processes;  ///< Ascending by pid; number n is at n - 1.
    std::vector<Fault> faults;           ///< Ascending by time, stable.
    std::vector<ScriptedMessage> scripted;
    std::vector<Expectation> expectations;
};

/// `count` processes with pids and addresses made up from their numbers.
[[nodiscard]] std::vector<ProcessSpec> made_up_processes(Number count, const Timing& timing = {});

[[nodiscard]] std::string_view to_string(MessageType type);

/// The names that `expect: [{reached: ...}]` may use.
[[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& path_names();

}  // namespace bully::sim
