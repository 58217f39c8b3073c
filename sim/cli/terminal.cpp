// Terminals and signals.
#include "sim/cli/command_run.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace bully::sim {
namespace {

// Set by a signal, read by any thread.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int signal) {
    interrupted = true;
    std::signal(signal, SIG_DFL);
}

}  // namespace

bool use_colour(int descriptor, const Verbosity& verbosity) {
    const char* no_color = std::getenv("NO_COLOR");
    return !verbosity.no_color && (no_color == nullptr || *no_color == '\0') && isatty(descriptor) == 1;
}

std::size_t terminal_width() {
    winsize size{};
    if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return 100;
}

void catch_interrupt() { std::signal(SIGINT, on_interrupt); }
bool was_interrupted() { return interrupted; }

}  // namespace bully::sim
