#include "net/cli/live_cli.hpp"

#include "core/cli/options.hpp"
#include "core/cli/version.hpp"
#include "core/cli/words.hpp"
#include "net/cli/values.hpp"
#include "net/cli/who.hpp"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace bully::net {
namespace {

constexpr std::size_t max_processes = 365;  // a made-up pid for each day

constexpr auto examples = R"(Examples:
  bully_live --demo                                   a group, its leader killed, another elected
  bully_live --processes 5                            a group with a daemon of its own, until Ctrl-C
  bully_live localhost:4000 --pid 12,1234567          join a real group, by its coordinator daemon
  bully_live localhost:4000 --birthday 1958-05-23 --student-id 1234567
  bully_live localhost:4000 --pid 12,1234567 --trace live.jsonl    record each step ...
  bully_sim replay live.jsonl                                      ... and run it through the core again
)";

constexpr auto footer = R"(
A time has a unit: 1500ms, 4s. The defaults are the lab's. NO_COLOR is honoured.

--json: each line has `time`, in seconds since 1970, `pid`, [days, student id] of the member, and `event`:
  listening       address
  joined          members: number of members that the daemon lists
  join_failed     reason; before the first success also try and of (the third try of 8), next (seconds to the next try)
  election        asked: number of higher members
  won             told: number of other members
  asked_higher    asked: number of higher members that it asks to lead; it keeps its leader until one does
  announced_again told: number of members that are told again that it leads; those told of late follow as `reminded`
  reminded        told: number of members that are told once more that it leads: after its victory, or in their turn
  leader_changed  leader: a pid, or null without a leader
  leader_failed   leader; why: refused, reset, given_up (accepts no connection), silent (no answer in time)
  message         message: ELECTION, OK, COORDINATOR or PROBE; from: an address. --verbose shows PROBEs and their OKs
  failed          a feigned failure begins
  recovered       a feigned failure ends
  warning         what; about: a pid, or null
  trouble         what
  gone            why: left, crashed, given up
  ended           connections, accepted, bytes_sent, bytes_received, evicted (connections), garbage (messages)
  dropped         lines: number of lines, of all members, that weren't read in time
A flood is shown in part: `unsaid` is the number of lines of that sort that were left out before a line.

Exit codes: 0 ended as asked: --for is over, Ctrl-C, SIGTERM, SIGHUP, or the demo has shown an election; 1 no part in
the group: the daemon refuses or can't be reached (the demo: no election in time); 2 bad usage, too few file
descriptors, an address in use, or a file of --trace that can't be opened; 3 an internal error, or a log or trace that
couldn't be written to its end.)";

void add_timing(CLI::App& app, NodeOptions& node) {
    auto& timing = node.settings.timing;
    const auto duration = [&](const std::string& name, Duration& target, const std::string& what) {
        cli::add(app, name, target, cli::duration(), what + " [" + bully::to_string(target) + "]", "TIME")
            ->group("Timing");
    };
    duration("--answer-timeout", timing.answer_timeout, "T_ok: wait for an OK");
    duration("--coordinator-timeout", timing.coordinator_timeout, "T_coord: wait for a COORDINATOR");
    duration("--probe-timeout", timing.probe_timeout, "T_p: wait for the answer to a PROBE");
    cli::add(app, "--probe-gap", timing.probe_gap, cli::read_duration_range,
             "between two PROBEs, drawn anew each time [500ms,3s]", "MIN,MAX")
        ->group("Timing");
    duration("--hold-down", timing.hold_down, "between two announcements of a leader, mode robust");
    duration("--join-retry", timing.join_retry, "first pause after a failed JOIN; it doubles, up to 8s");
    cli::add(app, "--join-attempts", timing.join_attempts, cli::whole_number<int>(1, 1'000'000),
             "JOINs before the process gives up [8]", "N")
        ->group("Timing");
    duration("--refresh", timing.refresh,
             "time after which, or after up to twice of it, a member JOINs again and a leader announces itself again, "
             "mode robust");
    duration("--join-timeout", node.join_timeout, "wait for the daemon's answer");
    duration("--connect-timeout", node.connect_timeout, "wait for a connection; then the peer counts as silent");
}

void add_addresses(CLI::App& app, Who& who) {
    cli::add(
        app, "--listen", who.listen, [](const std::string& text) { return read_address(text, true); },
        "address to listen at; port 0 is any free port, 0.0.0.0 is all addresses [the address from which the daemon is "
        "reached, 127.0.0.1 on its own host]",
        "HOST:PORT");
    cli::add(
        app, "--advertise", who.advertise, [](const std::string& text) { return read_host(text); },
        "address that others are told, such as a forwarded one [as --listen]", "HOST[:PORT]");
}

void add_node(CLI::App& app, NodeOptions& node, bool& no_probe, std::string& feign, FeignPlan& plan) {
    cli::add(app, "--dialect", node.dialect,
             cli::one_of<std::optional<lab::Dialect>>({{"auto", std::nullopt},
                                                       {"join", lab::Dialect::join},
                                                       {"begin", lab::Dialect::begin},
                                                       {"howdy", lab::Dialect::howdy}}),
             "what the daemon calls a JOIN; auto: found by asking [auto]", "auto|join|begin|howdy");
    cli::add(app, "--mode", node.settings.mode, cli::one_of<Mode>({{"strict", Mode::strict}, {"robust", Mode::robust}}),
             "the lab's rules alone, or with repairs R1 to R8 [robust]", "strict|robust");
    app.add_flag("--no-probe", no_probe, "don't PROBE the leader");
    app.add_flag("--feign-failure{close}", feign,
                 "feign failures: 0..10s up, 1..4s down; close the listener, or accept and ignore [close]")
        ->option_text("[=close|ignore]");
    cli::add(app, "--feign-up", plan.up, cli::read_duration_range, "time between feigned failures [0s,10s]", "MIN,MAX");
    cli::add(app, "--feign-down", plan.down, cli::read_duration_range, "time they last [1s,4s]", "MIN,MAX");
    using Coordinator = std::optional<lab::Shape::Coordinator>;
    cli::add(app, "--coordinator-data", node.coordinator,
             cli::one_of<Coordinator>({{"auto", std::nullopt},
                                       {"pid", lab::Shape::Coordinator::pid},
                                       {"members", lab::Shape::Coordinator::members}}),
             "what COORDINATOR carries; auto: as the dialect and the peer have it [auto]", "auto|pid|members");
    cli::add(app, "--pickle-protocol", node.pickle_protocol,
             cli::whole_number<int>(pickle::Encoder::least_protocol, pickle::Encoder::greatest_protocol),
             "protocol of the messages that it sends [4]", "2|3|4");
}

void add_who(CLI::App& app, Who& who) {
    app.add_option("GCD", who.gcd, "the group coordinator daemon; without one a group with its own is started")
        ->option_text("HOST:PORT");
    cli::add(app, "--pid", who.pid, cli::read_process_id, "days until the mother's next birthday, student id",
             "DAYS,ID");
    app.add_option("--birthday", who.birthday, "the mother's, instead of the days")->option_text("YYYY-MM-DD");
    cli::add(app, "--student-id", who.student_id, cli::whole_number<std::int32_t>(1'000'000, 9'999'999),
             "with --birthday", "ID");
    cli::add(app, "--processes", who.processes, cli::whole_number<std::size_t>(1, max_processes),
             "number of members in this program, with invented pids [5 without a daemon, else 1]", "N");
    cli::add(app, "--seed", who.seed, cli::whole_number<std::uint64_t>(0, UINT64_MAX),
             "seed of the timers' lengths [random]", "N");
}

bool use_colour(bool no_color) {
    const char* wish = std::getenv("NO_COLOR");
    return !no_color && (wish == nullptr || *wish == '\0') && isatty(STDOUT_FILENO) == 1;
}

}  // namespace

tl::expected<LiveCommand, LiveExit> parse_live_command(int argc, const char* const* argv) {
    CLI::App app("Elects a leader by the Bully algorithm in a real group, on TCP.", "bully_live");
    app.set_version_flag("--version", bully::cli::version_of("bully_live"));
    cli::set_up(app, examples);
    app.footer(footer);

    LiveCommand command;
    auto& node = command.group.node;
    Who who;
    bool no_probe = false;
    bool no_color = false;
    std::string feign;
    FeignPlan plan;
    app.add_flag("--demo", command.demo, "a group of its own; after a while its leader is killed; ends by itself");
    add_who(app, who);
    add_addresses(app, who);
    add_node(app, node, no_probe, feign, plan);
    cli::add(app, "--for", command.duration, cli::duration(), "leave after this time", "TIME");
    app.add_option("--trace", command.trace, "write each step to this file")->option_text("FILE");
    auto* json = app.add_flag("--json", command.style.json, "one JSON object a line on stdout");
    auto* quiet =
        app.add_flag("--quiet", command.style.quiet, "only leaders, feigned failures and trouble")->excludes(json);
    app.add_flag("--verbose", command.style.verbose, "each PROBE and its answer, too")->excludes(quiet);
    app.add_flag("--no-color", no_color, "no colour, also on a terminal");
    add_timing(app, node);
    const auto refuse = [&app](const std::string& why) {
        std::cerr << cli::usage_text(app, why);
        return tl::unexpected(LiveExit::usage);
    };
    if (const auto misread = cli::find_misread(app, argc, argv)) return refuse(*misread);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // CLI11 has exit codes of its own; ours are documented.
        return tl::unexpected(app.exit(error) == 0 ? LiveExit::ended : LiveExit::usage);
    }
    if (command.trace == "-") return refuse("--trace: `-`, expected a file: stdout has the log");
    if (who.gcd == "close" || who.gcd == "ignore") {
        return refuse("GCD: `" + who.gcd + "`, expected HOST:PORT; is --feign-failure=" + who.gcd + " meant?");
    }
    if (feign.empty() && (app.count("--feign-up") > 0 || app.count("--feign-down") > 0)) {
        return refuse("--feign-up and --feign-down say for how long: expected --feign-failure, too");
    }
    if (!feign.empty() && feign != "close" && feign != "ignore") {
        return refuse("--feign-failure: `" + feign + "`, expected close or ignore");
    }
    if (!feign.empty()) node.settings.feign = plan;
    if (feign == "ignore") node.feign_style = NodeOptions::FeignStyle::ignore;
    for (const auto* option : {"--probe-gap", "--probe-timeout"}) {
        if (no_probe && app.count(option) > 0) {
            return refuse("--no-probe beside " + std::string(option) + ", expected one of the two");
        }
    }
    for (const auto* option : {"--hold-down", "--refresh"}) {
        if (node.settings.mode == Mode::strict && app.count(option) > 0) {
            return refuse(std::string(option) + " in mode strict, which has none, expected mode robust");
        }
    }
    node.settings.probing = !no_probe;
    if (const auto good = resolve_who(who, command); !good) return refuse(good.error());
    if (command.demo && no_probe) {
        return refuse("--demo with --no-probe: nobody would see that the leader is gone, expected one of them");
    }
    if (const auto good = resolve_addresses(who, command); !good) return refuse(good.error());
    command.style.many = command.group.pids.size() > 1;
    command.style.colour = use_colour(no_color);
    return command;
}

}  // namespace bully::net
