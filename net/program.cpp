#include "net/program.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace bully::net {

void prepare_program() {
    std::signal(SIGPIPE, SIG_IGN);
    // Not writable: that what is said is lost is told.
    for (const int stdio : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(stdio, F_GETFD) == -1 && errno == EBADF) (void)open("/dev/null", O_RDONLY);
    }
}

void add_ends(boost::asio::signal_set& signals) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    struct sigaction hangup {};
    if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) signals.add(SIGHUP);
}

}  // namespace bully::net
