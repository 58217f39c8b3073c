#include "sim/cli/progress.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace bully::sim {
namespace {

// "8s", "3min 20s", "2h 5min".
std::string time_text(double seconds) {
    const auto whole = std::llround(seconds);
    if (whole < 60) return fmt::format("{}s", whole);
    return whole < 3600 ? fmt::format("{}min {}s", whole / 60, whole % 60)
                        : fmt::format("{}h {}min", whole / 3600, whole % 3600 / 60);
}

}  // namespace

Progress::Progress(bool everywhere) : terminal_(isatty(STDERR_FILENO) == 1), shown_(terminal_ || everywhere) {}

Progress::~Progress() {
    if (dirty_) fmt::print(stderr, "\r\x1b[K");
}

double Progress::elapsed_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

// A short run shows nothing, and a log gets only few lines.
bool Progress::is_due(double elapsed) const {
    return shown_ && elapsed > 1.0 && elapsed - last_s_ > (terminal_ ? 0.2 : 10.0);
}

void Progress::write(const std::string& text) {
    last_s_ = elapsed_s();
    fmt::print(stderr, "{}{}{}", terminal_ ? "\r" : "", text, terminal_ ? " \x1b[K" : "\n");
    std::fflush(stderr);
    dirty_ = terminal_;
}

void Progress::at(double part) {
    const auto elapsed = elapsed_s();
    if (part <= 0 || !is_due(elapsed)) return;
    write(fmt::format("{:3.0f}%, {} left", part * 100, time_text(elapsed / part - elapsed)));
}

void Progress::say(const std::function<std::string(double)>& what) {
    const auto elapsed = elapsed_s();
    if (is_due(elapsed)) write(what(elapsed));
}

void Progress::done() {
    if (shown_ && !terminal_) fmt::print(stderr, "100%, took {:.1f}s\n", elapsed_s());
}

}  // namespace bully::sim
