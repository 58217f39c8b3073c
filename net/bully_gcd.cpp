// bully_gcd: the group coordinator daemon. Says what gcd2.py says, and can't be stopped by a bad client.
#include "core/narration.hpp"
#include "core/trace.hpp"
#include "net/cli_options.hpp"
#include "net/gcd_server.hpp"
#include "net/lab_message.hpp"
#include "net/pace.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <utility>

namespace {

using namespace bully;
using namespace bully::net;

constexpr auto footer = R"(
It answers at 127.0.0.1 unless told otherwise.
--json: {"event": "listening", "address"}, {"event": "joined", "pid", "address", "members", "from", and "before" where
it was at another address}, {"event": "refused", "why", "from"}, each with `time`, seconds since 1970, and `unsaid`
where so many lines before it were left out: a flood is shown in part.
Exit codes: 0 ended by Ctrl-C or SIGTERM; 2 bad usage, or the address is in use; 3 an internal error.)";

std::string time_text() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    return fmt::format("{}.{:06}", us / 1'000'000, us % 1'000'000);
}

std::string as_json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

// Whoever asks causes a line, and anybody can ask.
constexpr int lines_at_once = 100;
constexpr auto line_interval = std::chrono::milliseconds(100);

void log(const GcdExchange& exchange, bool json, PacedLines& lines) {
    const auto unsaid = lines.take(Clock::now().time_since_epoch());
    if (!unsaid) return;
    const auto from = to_string(exchange.from);
    std::string line;
    if (json && exchange.joined) {
        const auto& [pid, address] = *exchange.joined;
        const auto before = exchange.before ? ",\"before\":" + as_json(to_string(*exchange.before)) : "";
        line = fmt::format(R"({{"event":"joined","time":{},"pid":[{},{}],"address":{},"members":{},"from":{}{}}})",
                           time_text(), pid.days, pid.student_id, as_json(to_string(address)), exchange.members,
                           as_json(from), before);
    } else if (json) {
        line = fmt::format(R"({{"event":"refused","time":{},"why":{},"from":{}}})", time_text(),
                           as_json(exchange.error), as_json(from));
    } else if (exchange.joined) {
        line = fmt::format("{} at {} joins; {} in the group", to_string(exchange.joined->pid),
                           to_string(exchange.joined->endpoint), exchange.members);
        if (exchange.before) {
            line += fmt::format("; it was at {}: two processes with this pid, or one that was started again",
                                to_string(*exchange.before));
        }
    } else {
        line = fmt::format("refused, from {}: {}", from, lab::printable(exchange.error));
    }
    if (*unsaid > 0 && json) {
        line.insert(line.size() - 1, fmt::format(R"(,"unsaid":{})", *unsaid));
    } else if (*unsaid > 0) {
        line += fmt::format(" ({} more were not shown)", *unsaid);
    }
    std::cout << line << std::endl;
}

int run(const GcdOptions& options, bool json) {
    asio::io_context context(1);
    asio::signal_set signals(context, SIGINT, SIGTERM);
    PacedLines lines(lines_at_once, line_interval);
    GcdServer server(context, options, [&](const GcdExchange& exchange) { log(exchange, json, lines); });
    const auto address = to_string(server.endpoint());
    std::cout << (json ? fmt::format(R"({{"event":"listening","time":{},"address":{}}})", time_text(), as_json(address))
                       : "the group coordinator daemon listens at " + address)
              << std::endl;
    signals.async_wait([&](error_code error, int) {
        if (error) return;
        server.stop();
        context.stop();
    });
    context.run();
    run_down(context);
    return 0;
}

int dispatch(int argc, char** argv) {
    CLI::App app("The group coordinator daemon: tells who joins a group who else is in it.", "bully_gcd");
    app.set_version_flag("--version", std::string("bully_gcd ") + BULLY_VERSION);
    set_up(app, "");
    app.footer(footer);
    GcdOptions options;
    std::string port;
    bool json = false;
    app.add_option("PORT", port, "where to listen: PORT, or HOST:PORT; 0 is any free port")
        ->required()
        ->option_text("(REQUIRED)");
    app.add_flag("--allow-remote", options.allow_remote,
                 "members at other hosts, too; listens at all addresses, unless HOST is given");
    add<std::string>(app, "--word", options.only_word,
                     one_of<std::string>({{"JOIN", "JOIN"}, {"BEGIN", "BEGIN"}, {"HOWDY", "HOWDY"}}),
                     "answer only this name of a JOIN, as a course's own daemon does; members of BEGIN and HOWDY "
                     "courses need it, as bully_live asks by JOIN first [all three]",
                     "JOIN|BEGIN|HOWDY");
    add<Duration>(app, "--forget-after", options.forget_after, read_duration,
                  "forget who hasn't joined again for so long, e.g. 10min [never]", "TIME");
    app.add_flag("--json", json, "one JSON object a line");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    const auto refuse = [&app](const std::string& why) {
        std::cerr << usage_text(app, why);
        return 2;
    };
    const bool has_host = port.find(':') != std::string::npos;
    const auto address = read_address(has_host ? port : "localhost:" + port, true);
    if (!address) {
        return refuse("PORT: " + (has_host ? address.error()
                                           : "`" + lab::printable(port, 60) + "`, expected 0..65535, or HOST:PORT"));
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
        return dispatch(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "bully_gcd: internal error: " << error.what() << "\n";
        return 3;
    }
}
