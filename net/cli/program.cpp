#include "net/cli/program.hpp"

#include "net/log/json_line.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace bully::net {

void prepare_program() {
    std::signal(SIGPIPE, SIG_IGN);
    // Not writable: that what is said is lost is told.
    for (const int stdio : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(stdio, F_GETFD) == -1 && errno == EBADF) (void)open("/dev/null", O_RDONLY);
    }
}

LineOutput::Options for_errors(std::string program) {
    LineOutput::Options options;
    options.gap = [program = std::move(program)](std::uint64_t lines) {
        return program + ": " + std::to_string(lines) + " lines dropped: they weren't read in time";
    };
    return options;
}

LineOutput::Options for_log(std::string program, LineOutput& errors, bool json) {
    LineOutput::Options options;
    options.gap = [json](std::uint64_t lines) {
        if (!json) return "... " + std::to_string(lines) + " lines dropped: they weren't read in time";
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const auto unix_us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
        return JsonLine("dropped", unix_us).number("lines", lines).finish();
    };
    options.on_end = [program = std::move(program), &errors](const std::string& why) {
        errors.write(program + ": can't write to stdout: " + why + ": it goes on without its log\n");
    };
    return options;
}

bool finish_log(const std::string& program, LineOutput& log, LineOutput& errors) {
    const auto lost = log.finish();
    if (lost.lines > 0) {
        errors.write(program + ": the last " + std::to_string(lost.lines) +
                     " lines of its log are lost: can't write to stdout: " + lost.why + "\n");
    }
    return lost.lines == 0;
}

void add_ends(boost::asio::signal_set& signals) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    struct sigaction hangup {};
    if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) signals.add(SIGHUP);
}

}  // namespace bully::net
