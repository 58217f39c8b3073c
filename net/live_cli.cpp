#include "net/live_cli.hpp"

#include "core/quantities.hpp"
#include "net/cli_values.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <random>
#include <unistd.h>

namespace bully::net {
namespace {

constexpr std::size_t default_processes = 5;
constexpr std::size_t max_processes = 365;  // a made-up pid for each day

constexpr auto examples = R"(Examples:
  bully_live --demo                                   a group, its leader killed, another elected
  bully_live --processes 5                            a group with a daemon of its own, until Ctrl-C
  bully_live localhost:4000 --pid 12,1234567          join a real group, by its coordinator daemon
  bully_live localhost:4000 --birthday 1958-05-23 --student-id 1234567
  bully_live localhost:4000 --pid 12,1234567 --trace live.jsonl    record each step ...
  bully_sim replay live.jsonl                                      ... and run it through the core again
)";

constexpr auto exit_codes = R"(
A time has a unit: 1500ms, 4s. The defaults are the lab's.
Exit codes: 0 ended as asked: --for is over, Ctrl-C, SIGTERM, or the demo has shown an election; 1 it couldn't take
part: the daemon refuses or isn't there (the demo: no agreement in time); 2 bad usage, or the address is in use; 3 an
internal error, or the output couldn't be written. NO_COLOR is honoured.)";

class ExamplesFirst : public CLI::Formatter {
  public:
    // CLI11 shows a flag that can have a value as `--flag{default} TEXT`.
    std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
        auto name = CLI::Formatter::make_option_name(option, is_positional);
        if (!takes_value_after_equals(option)) return name;
        return name.erase(name.find('{')) + option->get_option_text();
    }
    std::string make_option_opts(const CLI::Option* option) const override {
        return takes_value_after_equals(option) ? "" : CLI::Formatter::make_option_opts(option);
    }
    std::string make_description(const CLI::App* app) const override {
        return std::string(examples) + "\n" + CLI::Formatter::make_description(app);
    }

  private:
    static bool takes_value_after_equals(const CLI::Option* option) {
        return option->get_option_text().starts_with("[=");
    }
};

// What isn't an option of a node by itself: these decide together who runs, and where.
struct Who {
    std::string gcd;
    std::optional<ProcessId> pid;
    std::string birthday;
    std::optional<std::int32_t> student_id;
    std::optional<std::size_t> processes;
    std::optional<std::uint64_t> seed;
};

template <typename Value, typename Target>
CLI::Option* add(CLI::App& app, const std::string& name, Target& target,
                 std::function<Read<Value>(const std::string&)> read, const std::string& what,
                 const std::string& type) {
    const auto store = [&target, name, read = std::move(read)](const std::string& text) {
        const auto value = read(text);
        if (!value) throw CLI::ValidationError(name, value.error());
        target = *value;
    };
    return app.add_option_function<std::string>(name, store, what)->option_text(type);
}

template <typename Value>
std::function<Read<Value>(const std::string&)> one_of(std::vector<std::pair<std::string, Value>> words) {
    return [words = std::move(words)](const std::string& text) -> Read<Value> {
        std::string known;
        for (const auto& [word, value] : words) {
            if (word == text) return value;
            known += (known.empty() ? "" : ", ") + word;
        }
        return tl::unexpected("`" + text + "`, expected one of " + known);
    };
}

template <typename Value>
std::function<Read<Value>(const std::string&)> whole_number(Value least, Value greatest) {
    return [=](const std::string& text) -> Read<Value> {
        Value value{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || value < least || value > greatest) {
            return tl::unexpected("`" + text + "`, expected a whole number from " + std::to_string(least) + " to " +
                                  std::to_string(greatest));
        }
        return value;
    };
}

void add_timing(CLI::App& app, NodeOptions& node) {
    auto& timing = node.settings.timing;
    const auto duration = [&](const std::string& name, Duration& target, const std::string& what) {
        add<Duration>(app, name, target, read_duration, what + " [" + bully::to_string(target) + "]", "TIME")
            ->group("Timing");
    };
    duration("--answer-timeout", timing.answer_timeout, "T_ok: wait for an OK");
    duration("--coordinator-timeout", timing.coordinator_timeout, "T_coord: wait for a COORDINATOR");
    duration("--probe-timeout", timing.probe_timeout, "T_p: wait for the answer to a PROBE");
    add<DurationRange>(app, "--probe-gap", timing.probe_gap, read_duration_range,
                       "between two PROBEs, drawn anew each time [500ms,3s]", "MIN,MAX")
        ->group("Timing");
    duration("--hold-down", timing.hold_down, "between two announcements of a leader, mode robust");
    duration("--join-retry", timing.join_retry, "first pause after a failed JOIN; it doubles, up to 8s");
    add<int>(app, "--join-attempts", timing.join_attempts, whole_number<int>(1, 1'000'000),
             "JOINs before the process gives up [8]", "N")
        ->group("Timing");
    duration("--join-timeout", node.join_timeout, "wait for the daemon's answer");
    duration("--connect-timeout", node.connect_timeout, "then a peer is silent");
}

void add_node(CLI::App& app, NodeOptions& node, bool& no_probe, std::string& feign, FeignPlan& plan) {
    add<Endpoint>(
        app, "--listen", node.listen, [](const std::string& text) { return read_address(text, true); },
        "where to listen, and what others are told [127.0.0.1:0, any free port]; 0.0.0.0:PORT: on all addresses",
        "HOST:PORT");
    add<std::optional<lab::Dialect>>(app, "--dialect", node.dialect,
                                     one_of<std::optional<lab::Dialect>>({{"auto", std::nullopt},
                                                                          {"join", lab::Dialect::join},
                                                                          {"begin", lab::Dialect::begin},
                                                                          {"howdy", lab::Dialect::howdy}}),
                                     "what the daemon calls a JOIN; auto: found by asking [auto]",
                                     "auto|join|begin|howdy");
    add<Mode>(app, "--mode", node.settings.mode, one_of<Mode>({{"strict", Mode::strict}, {"robust", Mode::robust}}),
              "the lab's rules alone, or with repairs R1 to R7 [robust]", "strict|robust");
    app.add_flag("--no-probe", no_probe, "don't look after the leader");
    app.add_flag("--feign-failure{close}", feign,
                 "feign failures: 0..10s up, 1..4s down; close the listener, or accept and ignore [close]")
        ->option_text("[=close|ignore]");
    add<DurationRange>(app, "--feign-up", plan.up, read_duration_range, "time between feigned failures [0s,10s]",
                       "MIN,MAX");
    add<DurationRange>(app, "--feign-down", plan.down, read_duration_range, "time they last [1s,4s]", "MIN,MAX");
    using Coordinator = std::optional<lab::Shape::Coordinator>;
    add<Coordinator>(app, "--coordinator-data", node.coordinator,
                     one_of<Coordinator>({{"auto", std::nullopt},
                                          {"pid", lab::Shape::Coordinator::pid},
                                          {"members", lab::Shape::Coordinator::members}}),
                     "what COORDINATOR carries; auto: as the dialect and the peer have it [auto]", "auto|pid|members");
    add<int>(app, "--pickle-protocol", node.pickle_protocol,
             whole_number<int>(pickle::Encoder::least_protocol, pickle::Encoder::greatest_protocol),
             "of what is sent [4]", "2|3|4");
}

void add_who(CLI::App& app, Who& who) {
    app.add_option("GCD", who.gcd, "the group coordinator daemon; without one a group with its own is started")
        ->option_text("HOST:PORT");
    add<ProcessId>(app, "--pid", who.pid, read_process_id, "days until the mother's next birthday, student id",
                   "DAYS,ID");
    app.add_option("--birthday", who.birthday, "the mother's, instead of the days")->option_text("YYYY-MM-DD");
    add<std::int32_t>(app, "--student-id", who.student_id, whole_number<std::int32_t>(1'000'000, 9'999'999),
                      "with --birthday", "ID");
    add<std::size_t>(app, "--processes", who.processes, whole_number<std::size_t>(1, max_processes),
                     "so many members in this program, with made-up pids [5 without a daemon, else 1]", "N");
    add<std::uint64_t>(app, "--seed", who.seed, whole_number<std::uint64_t>(0, UINT64_MAX),
                       "of the timers' lengths [random]", "N");
}

std::string today() {
    const auto now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%F", &local);
    return text.data();
}

Read<ProcessId> pid_of(const Who& who) {
    if (who.pid) return *who.pid;
    const auto days = read_birthday(who.birthday, today());
    if (!days) return tl::unexpected("--birthday: " + days.error());
    return ProcessId{*days, *who.student_id};
}

tl::expected<void, std::string> resolve_who(const Who& who, LiveCommand& command) {
    const auto refuse = [](const char* why) { return tl::unexpected(std::string(why)); };
    auto& group = command.group;
    const bool named = who.pid || !who.birthday.empty();
    if (who.pid && (!who.birthday.empty() || who.student_id)) {
        return refuse("both --pid and --birthday or --student-id, expected one of them");
    }
    if (who.birthday.empty() != !who.student_id) {
        return refuse("--birthday and --student-id belong together");
    }
    if (named && (who.processes || who.gcd.empty())) {
        return refuse(who.gcd.empty() ? "a pid without a daemon: expected GCD_HOST:PORT as well"
                                      : "--processes makes up its pids: expected no pid beside it");
    }
    if (!named && !who.gcd.empty() && !who.processes) {
        return refuse("who are you? Expected --pid DAYS,ID, or --birthday and --student-id, or --processes N");
    }
    if (named) {
        const auto pid = pid_of(who);
        if (!pid) return tl::unexpected(pid.error());
        group.pids = {*pid};
    } else {
        group.pids = made_up_pids(who.processes.value_or(default_processes));
    }
    auto& node = group.node;
    if (node.listen.port != 0 && group.pids.size() > 1) {
        return refuse("--listen: one port for many processes, expected HOST:0");
    }
    if (command.demo && (!who.gcd.empty() || group.pids.size() < 2)) {
        return refuse("--demo shows a group of its own: expected no daemon, and two processes or more");
    }
    if (who.gcd.empty()) {
        group.own_daemon.emplace();
    } else {
        const auto gcd = read_address(who.gcd, false);
        if (!gcd) return tl::unexpected("GCD: " + gcd.error());
        node.gcd = *gcd;
    }
    node.seed = who.seed ? *who.seed : std::random_device{}();
    return {};
}

tl::expected<void, std::string> resolve_addresses(LiveCommand& command) {
    auto& node = command.group.node;
    const auto host = resolve_host(node.listen.host);
    if (!host) return tl::unexpected("--listen: " + host.error());
    node.listen.host = *host;
    // Its members aren't at the daemon's own host then, as far as it can tell.
    if (auto& daemon = command.group.own_daemon) daemon->allow_remote = *host != "127.0.0.1" && *host != "0.0.0.0";
    if (*host != "0.0.0.0") return {};
    const auto told = command.group.own_daemon ? Read<std::string>("127.0.0.1") : local_host_towards(node.gcd);
    if (!told) return tl::unexpected("GCD: " + told.error());
    node.advertise = *told;
    return {};
}

bool use_colour(bool no_color) {
    const char* wish = std::getenv("NO_COLOR");
    return !no_color && (wish == nullptr || *wish == '\0') && isatty(STDOUT_FILENO) == 1;
}

}  // namespace

tl::expected<LiveCommand, LiveExit> parse_live_command(int argc, const char* const* argv) {
    CLI::App app("Elects a leader by the Bully algorithm in a real group, on TCP.", "bully_live");
    app.set_version_flag("--version", std::string("bully_live ") + BULLY_VERSION);
    app.formatter(std::make_shared<ExamplesFirst>());
    app.get_formatter()->column_width(36);
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("bully_live: ") + error.what() + "\nRun with --help for more information.\n";
    });
    app.footer(exit_codes);

    LiveCommand command;
    auto& node = command.group.node;
    Who who;
    bool no_probe = false;
    bool no_color = false;
    std::string feign;
    FeignPlan plan;
    app.add_flag("--demo", command.demo, "a group of its own; after a while its leader is killed; ends by itself");
    add_who(app, who);
    add_node(app, node, no_probe, feign, plan);
    add<std::optional<Duration>>(
        app, "--for", command.duration, [](const std::string& text) { return read_duration(text); },
        "leave after this time", "TIME");
    app.add_option("--trace", command.trace, "write each step to this file")->option_text("FILE");
    auto* json = app.add_flag("--json", command.style.json, "one JSON object a line on stdout");
    auto* quiet = app.add_flag("--quiet", command.style.quiet, "only leaders, failures and trouble")->excludes(json);
    app.add_flag("--verbose", command.style.verbose, "each PROBE and its answer, too")->excludes(quiet);
    app.add_flag("--no-color", no_color, "no colour, also on a terminal");
    add_timing(app, node);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // CLI11 has exit codes of its own; ours are documented.
        return tl::unexpected(app.exit(error) == 0 ? LiveExit::ended : LiveExit::usage);
    }
    const auto refuse = [](const std::string& why) {
        std::cerr << "bully_live: " << why << "\nRun with --help for more information.\n";
        return tl::unexpected(LiveExit::usage);
    };
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
    node.settings.probing = !no_probe;
    if (const auto good = resolve_who(who, command); !good) return refuse(good.error());
    if (const auto good = resolve_addresses(command); !good) return refuse(good.error());
    command.style.many = command.group.pids.size() > 1;
    command.style.colour = use_colour(no_color);
    return command;
}

}  // namespace bully::net
