// bully_gcd: the group coordinator daemon. Says what gcd2.py says, and can't be stopped by a bad client.
#include "core/cli/options.hpp"
#include "core/cli/version.hpp"
#include "core/cli/words.hpp"
#include "core/record/narration.hpp"
#include "net/cli/program.hpp"
#include "net/cli/values.hpp"
#include "net/gcd/server.hpp"
#include "net/lab/message.hpp"
#include "net/log/json_line.hpp"
#include "net/log/line_output.hpp"
#include "net/tcp/descriptors.hpp"
#include "net/tcp/pace.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <unistd.h>
#include <utility>

namespace {

using namespace bully;
using namespace bully::net;

constexpr auto footer = R"(
Without a HOST and --allow-remote it listens at 127.0.0.1.

--json: each line has `time`, in seconds since 1970, and `event`:
  listening  address
  joined     pid, [days, student id]; address; members: size of the group; from: address of the connection; if there
             are any: before (its earlier address), warning (some members can't reach others), replaced (the members
             whose place it takes, [{pid, why: same student id, same address, or the group is full}, ...])
  refused    why: the answer; from; if known: pid, address (as it was announced), because (what the answer doesn't say)
  forgotten  pid; address; after: seconds since its latest JOIN (--forget-after)
  dropped    lines: number of lines that weren't read in time
A flood is shown in part: `unsaid` is the number of lines that were left out before a line.

Exit codes: 0 ended by Ctrl-C, SIGTERM or SIGHUP; 2 bad usage, or an address in use; 3 an internal error, or a log that
couldn't be written to its end.)";

JsonLine json_line(std::string_view event) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {event, std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
}

// Whoever asks causes a line, and anybody can ask.
constexpr int lines_at_once = 100;
constexpr auto line_interval = std::chrono::milliseconds(100);

constexpr auto mixed =
    "some members are at 127.0.0.1, where members at other hosts can't reach them: expected bully_live --advertise";

// As it was sent: anything.
std::string announced(const JoinRequest& asked) {
    constexpr std::size_t most_of_a_name = 60;
    return lab::printable(asked.host, most_of_a_name) + ":" + (asked.port ? std::to_string(*asked.port) : "?");
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string as_json(const Forgotten& forgotten) {
    const auto& [member, silent_for] = forgotten;
    auto line = json_line("forgotten");
    line.pid("pid", member.pid).text("address", to_string(member.endpoint));
    return line.raw("after", fmt::format("{:.3f}", seconds(silent_for))).finish();
}

std::string as_text(const Forgotten& forgotten) {
    return fmt::format("{} at {} is forgotten: it hasn't joined again for {:.1f} s", to_string(forgotten.member.pid),
                       to_string(forgotten.member.endpoint), seconds(forgotten.silent_for));
}

std::string as_json(const GcdExchange& exchange, std::uint64_t unsaid) {
    auto line = json_line(exchange.joined ? "joined" : "refused");
    if (exchange.joined) {
        line.pid("pid", exchange.joined->pid).text("address", to_string(exchange.joined->endpoint));
        line.number("members", exchange.members);
    } else {
        line.text("why", exchange.error);
        if (const auto& asked = exchange.asked) line.pid("pid", asked->pid).text("address", announced(*asked));
        if (!exchange.reason.empty()) line.text("because", exchange.reason);
    }
    line.text("from", to_string(exchange.from));
    if (const auto& before = exchange.entered.before) line.text("before", to_string(*before));
    if (const auto& replaced = exchange.entered.replaced; !replaced.empty()) {
        std::string list;
        for (const auto& [why, pid] : replaced) {
            list += fmt::format(R"({}{{"pid":{},"why":"{}"}})", list.empty() ? "" : ",", JsonLine::as_json(pid),
                                to_string(why));
        }
        line.raw("replaced", "[" + list + "]");
    }
    if (exchange.is_mixed) line.text("warning", mixed);
    if (unsaid > 0) line.number("unsaid", unsaid);
    return line.finish();
}

std::string as_text(const GcdExchange& exchange, std::uint64_t unsaid) {
    std::string line;
    if (exchange.joined) {
        line = fmt::format("{} at {} joins", to_string(exchange.joined->pid), to_string(exchange.joined->endpoint));
        const char* before_each = ", takes the place of ";
        for (const auto& [why, pid] : exchange.entered.replaced) {
            line += fmt::format("{}{}: {}", std::exchange(before_each, ", and of "), to_string(pid), to_string(why));
        }
        line += fmt::format("; {} in the group", exchange.members);
        if (const auto& before = exchange.entered.before) {
            line += fmt::format("; it was at {}: two processes with this pid, or one that was started again",
                                to_string(*before));
        }
        if (exchange.is_mixed) line += fmt::format("; WARNING: {}", mixed);
    } else {
        const auto& asked = exchange.asked;
        const auto who = asked ? fmt::format("refused: {} at {}", to_string(asked->pid), announced(*asked)) : "refused";
        line = fmt::format("{}, from {}: {}", who, to_string(exchange.from), lab::printable(exchange.error));
        if (!exchange.reason.empty()) line += "; " + exchange.reason;
    }
    if (unsaid > 0) line += fmt::format(" ({} more were not shown)", unsaid);
    return line;
}

void log(std::ostream& out, const GcdExchange& exchange, bool json, PacedLines& lines) {
    const auto unsaid = lines.take(Clock::now().time_since_epoch());
    if (!unsaid) return;
    for (const auto& forgotten : exchange.entered.forgotten) {
        out << (json ? as_json(forgotten) : as_text(forgotten)) << "\n";
    }
    out << (json ? as_json(exchange, *unsaid) : as_text(exchange, *unsaid)) << std::endl;
}

int run(const GcdOptions& options, bool json) {
    asio::io_context context(1);
    asio::signal_set signals(context);
    add_ends(signals);
    PacedLines lines(lines_at_once, line_interval);
    LineOutput errors(STDERR_FILENO, for_errors("bully_gcd"));
    LineOutput output(STDOUT_FILENO, for_log("bully_gcd", errors, json));
    auto& out = output.stream();
    GcdServer server(context, options, [&](const GcdExchange& exchange) { log(out, exchange, json, lines); });
    const auto address = to_string(server.endpoint());
    out << (json ? json_line("listening").text("address", address).finish()
                 : "the group coordinator daemon listens at " + address)
        << std::endl;
    signals.async_wait([&](error_code error, int) {
        if (error) return;
        server.stop();
        context.stop();
    });
    context.run();
    signals.cancel();  // a second Ctrl-C ends the program at once
    run_down(context);
    return finish_log("bully_gcd", output, errors) ? 0 : 3;
}

int dispatch(int argc, char** argv) {
    CLI::App app("The group coordinator daemon: tells who joins a group who else is in it.", "bully_gcd");
    app.set_version_flag("--version", bully::cli::version_of("bully_gcd"));
    cli::set_up(app, "");
    app.footer(footer);
    GcdOptions options;
    std::string port;
    bool json = false;
    app.add_option("PORT", port, "address to listen at: PORT, or HOST:PORT; 0 is any free port")
        ->required()
        ->option_text("(REQUIRED)");
    app.add_flag("--allow-remote", options.allow_remote,
                 "accept members on other hosts; listen at all addresses, unless HOST is given");
    cli::add(app, "--word", options.only_word,
             cli::one_of<std::string>({{"JOIN", "JOIN"}, {"BEGIN", "BEGIN"}, {"HOWDY", "HOWDY"}}),
             "answer only this name of a JOIN, as a course's own daemon does; members of BEGIN and HOWDY "
             "courses need it, as bully_live asks by JOIN first [all three]",
             "JOIN|BEGIN|HOWDY");
    cli::add(
        app, "--forget-after", options.forget_after, cli::duration(),
        "forget members that haven't joined again for this time, such as 10min, when another one joins; members JOIN "
        "every 30 to 60s [never]",
        "TIME");
    app.add_flag("--json", json, "one JSON object a line");
    const auto refuse = [&app](const std::string& why) {
        std::cerr << cli::usage_text(app, why);
        return 2;
    };
    if (const auto misread = cli::find_misread(app, argc, argv)) return refuse(*misread);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    const bool has_host = port.find(':') != std::string::npos;
    const auto address = read_address(has_host ? port : "localhost:" + port, true);
    if (!address) {
        return refuse("PORT: " + (has_host ? address.error() : cli::wrong(port, "0..65535, or HOST:PORT").value()));
    }
    const auto host = resolve_host(!has_host && options.allow_remote ? "0.0.0.0" : address->host);
    if (!host) return refuse("PORT: " + host.error());
    options.listen = {*host, address->port};
    try {
        return run(options, json);
    } catch (const boost::system::system_error& error) {
        std::cerr << "bully_gcd: can't listen at " << to_string(options.listen) << ": " << error.code().message()
                  << "\n";
        return 2;
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        prepare_program();
        allow_descriptors();
        return dispatch(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "bully_gcd: internal error: " << error.what() << "\n";
        return 3;
    }
}
