// A scenario: everything that decides a simulated run, as a plain struct. parser.hpp reads it from a file.
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

/// Virtual time since the start of the run, in integer nanoseconds.
using Time = Duration;

/// The number of a process: from 1, ascending by pid, so 1 is the lowest process.
using Number = std::uint32_t;

/// The greatest number of processes: numbers have 16 bits in the event queue.
inline constexpr Number max_processes = 60'000;

/// The process that a fault or an expectation refers to. All kinds but `number` are resolved when the fault happens,
/// among the live processes. For a restart, `highest`, `lowest` and `random` are among the processes that are down; for
/// a resume, among the paused ones.
struct ProcessRef {
    enum class Kind : std::uint8_t { number, highest, lowest, leader, random };
    Kind kind = Kind::number;
    Number number = 0;

    friend bool operator==(const ProcessRef&, const ProcessRef&) = default;
};

/// The behaviour of a process that feigns a failure (rule 8): it closes its socket, or ignores all messages.
enum class FeignStyle : std::uint8_t { close, ignore };

struct ProcessSpec {
    ProcessId pid;
    std::string name;  ///< Never empty: the number in decimal if the file gives no name.
    Endpoint endpoint;
    std::optional<Time> start = Time::zero();  ///< None: it never runs, but the daemon lists it, a stale entry.
    Timing timing;
    std::optional<FeignPlan> feign;
    FeignStyle feign_style = FeignStyle::close;
};

enum class MessageType : std::uint8_t { ok = 0, election = 1, probe = 2, coordinator = 3, join = 4 };
inline constexpr std::size_t message_type_count = 5;

/// A set of directed links: every pair of `from` x `to`; with `both_ways` also the reverse pairs.
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
/// SIGSTOP: the process does nothing, and its backlog waits.
struct Pause {
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
/// A partition: no message passes between two groups. All processes that are in no group form one more group.
struct Partition {
    std::vector<std::vector<Number>> groups;
};
struct Cut {
    Links links;
};
/// The end of all partitions, cuts and slow links.
struct Heal {};
struct Slow {
    Links links;
    Duration by{};  ///< Added to each delay.
};
struct ChangeDelay {
    Delay delay;
};
/// Another loss: a probability in units of 2^-32.
struct ChangeLoss {
    std::uint64_t loss = 0;
};
struct CoordinatorDaemonDown {};
/// The daemon is up again at once, and has forgotten all members.
struct CoordinatorDaemonRestart {};

}  // namespace fault

using FaultKind = std::variant<fault::Crash, fault::Restart, fault::Pause, fault::Resume, fault::Feign, fault::Elect,
                               fault::Partition, fault::Cut, fault::Heal, fault::Slow, fault::ChangeDelay,
                               fault::ChangeLoss, fault::CoordinatorDaemonDown, fault::CoordinatorDaemonRestart>;

struct Fault {
    Time at{};
    /// How long a partition, cut, slow link, changed delay or loss, pause or outage of the daemon lasts. After a crash:
    /// how long until the process is restarted at the same address. None: for good.
    std::optional<Duration> lasts;
    FaultKind what;
};

/// A message with an effect that the scenario scripts: "the 2nd COORDINATOR from 4 to 2 comes 3 s late", or never, or
/// twice.
struct ScriptedMessage {
    MessageType type = MessageType::coordinator;
    std::optional<Number> from;  ///< None: any sender. Likewise `to`.
    std::optional<Number> to;
    /// Counted from 1 over the messages that match the other fields. None: each of them.
    std::optional<std::uint32_t> nth;
    bool drop = false;
    bool duplicate = false;
    Duration delay{};      ///< Added to the delay of the network.
    std::string text;      ///< As in the file, on one line.
    std::size_t line = 0;  ///< In the file; 0 if it comes from an option.
};

/// Whether `script` counts this message.
[[nodiscard]] bool matches(const ScriptedMessage& script, MessageType type, Number from, Number to);

struct Comparison {
    enum class Operator : std::uint8_t { less, less_equal, equal, not_equal, greater_equal, greater };
    Operator op = Operator::equal;
    std::int64_t value = 0;

    [[nodiscard]] bool holds_for(std::int64_t actual) const;
};

namespace expectation {

/// Every live process follows `leader` at the time `at`.
struct LeaderAt {
    Time at{};
    ProcessRef leader;
};
/// Every live process follows the same live leader from at most `after` + `within` on, up to the next fault.
struct AgreementWithin {
    Duration within{};
    Time after{};
};
/// The number of messages sent in the whole run, by type.
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
/// A property that is violated, because the lesson of the scenario is that it is.
struct Violated {
    std::string property;  ///< "P1".."P18"
};
/// A rare path that is taken at least once. Its name is one of `path_names()`.
struct Reached {
    std::string path;
};

}  // namespace expectation

using ExpectationKind =
    std::variant<expectation::LeaderAt, expectation::AgreementWithin, expectation::Messages, expectation::Elections,
                 expectation::NoElection, expectation::Violated, expectation::Reached>;

struct Expectation {
    std::optional<Mode> mode;  ///< The only mode in which it is checked. None: both.
    ExpectationKind what;
    std::string text;      ///< As written in the file, on one line: for the summary.
    std::size_t line = 0;  ///< In the file; 0 if it comes from --set.
};

struct DaemonSpec {
    Delay delay = Delay::constant(std::chrono::milliseconds(1));  ///< One way; a JOIN takes two delays.
    bool host_up = true;  ///< While the daemon is down: true refuses JOINs, false is silent until the connect timeout.
};

struct NetworkSpec {
    Delay delay = Delay::uniform(std::chrono::milliseconds(1), std::chrono::milliseconds(10));
    std::uint64_t loss = 0;         ///< A probability in units of 2^-32: 2^32 is certainty.
    std::uint64_t duplication = 0;  ///< A probability, as `loss`.
    Duration connect_timeout = std::chrono::milliseconds(1500);
};

/// The contents of a file of measured delays.
struct DelayFile {
    std::string path;
    Delay delay;
    std::uint64_t digest = 0;  ///< A digest of its text.
};
using DelayFiles = std::vector<std::shared_ptr<const DelayFile>>;

struct Scenario {
    std::string file;                    ///< The path as given; empty if the scenario isn't from a file.
    std::vector<std::string> overrides;  ///< "KEY=VALUE": values from the command line.
    DelayFiles delay_files;              ///< The files of all `empirical` delays, each file once.
    std::string name;
    std::string about;
    std::uint64_t seed = 1;
    Duration duration = std::chrono::seconds(30);
    Mode mode = Mode::robust;
    bool settled = false;  ///< `start: settled`: all run and follow the highest, and the first probe gap is drawn.
    bool probing = true;
    NetworkSpec network;
    DaemonSpec daemon;
    std::vector<ProcessSpec> processes;  ///< Ascending by pid: process n is at index n - 1.
    std::vector<Fault> faults;           ///< Ascending by time; those of one instant as in the file.
    std::vector<ScriptedMessage> scripted;
    std::vector<Expectation> expectations;
};

/// `count` processes whose pids and addresses follow from their numbers.
[[nodiscard]] std::vector<ProcessSpec> made_up_processes(Number count, const Timing& timing = {});

[[nodiscard]] std::string_view to_string(MessageType type);

/// The names that `expect: [{reached: ...}]` takes, each with its meaning.
[[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& path_names();

}  // namespace bully::sim
