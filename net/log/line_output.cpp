#include "net/log/line_output.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace bully::net {
namespace {

// At the end: so long without a byte taken, and nobody reads any more.
constexpr auto longest_wait = std::chrono::seconds(1);
// Of a line that is being read slowly, progress is seen piece by piece.
constexpr std::size_t at_once = 4096;
constexpr auto not_read = "nobody reads it";

std::uint64_t lines_in(const std::string& text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// A disk takes what it is given, or says why not.
bool may_block(int descriptor) {
    struct stat status {};
    return fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode);
}

}  // namespace

// A thread of its own writes, as no other way is sure not to wait: to switch a terminal or a pipe to O_NONBLOCK
// switches it for all programs that share it. A thread that waits for ever is left behind, so it shares all that it
// uses, the descriptor included: the owner's number may name another file by the time a blocked write returns.
struct LineOutput::State : std::enable_shared_from_this<State> {
    State(int to, Options given)
        : duplicate(fcntl(to, F_DUPFD_CLOEXEC, 0)),
          descriptor(duplicate >= 0 ? duplicate : to),
          options(std::move(given)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (duplicate >= 0) close(duplicate);
    }

    const int duplicate;   // -1 without a free descriptor
    const int descriptor;  // that is written to: the owner's own then
    Options options;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> kept;
    std::size_t bytes = 0;       // of those
    std::uint64_t dropped = 0;   // lines, since the last that was kept
    std::uint64_t lost = 0;      // lines that no line tells of
    std::uint64_t progress = 0;  // pieces written
    bool has_thread = false;
    bool finishing = false;
    bool ended = false;
    std::string reason;  // for that

    // All of these with the mutex held.
    void end(const std::string& why) {
        if (std::exchange(ended, true)) return;
        reason = why;
        for (const auto& lines : kept) lost += lines_in(lines);
        lost += std::exchange(dropped, 0U);
        kept.clear();
        bytes = 0;
        changed.notify_all();
        if (const auto tell = std::exchange(options.on_end, nullptr)) tell(why);
    }
    void keep(std::string lines) {
        bytes += lines.size();
        kept.push_back(std::move(lines));
        changed.notify_all();
    }
    void tell_of_gap() { keep(options.gap(std::exchange(dropped, 0U)) + "\n"); }

    // Without the mutex. Stops when the output has ended. Returns an errno, or 0.
    int write_all(const std::string& lines) {
        for (std::size_t done = 0; done < lines.size() && !has_ended();) {
            const auto count = ::write(descriptor, lines.data() + done, std::min(at_once, lines.size() - done));
            if (count >= 0) {
                done += static_cast<std::size_t>(count);
                const std::scoped_lock lock(mutex);
                ++progress;
                changed.notify_all();
            } else if (errno == EAGAIN) {  // somebody else has switched it to O_NONBLOCK
                pollfd writable{descriptor, POLLOUT, 0};
                poll(&writable, 1, -1);
            } else if (errno != EINTR) {
                return errno;
            }
        }
        return 0;
    }

    [[nodiscard]] bool has_ended() {
        const std::scoped_lock lock(mutex);
        return ended;
    }

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return !kept.empty() || dropped > 0 || finishing || ended; });
            if (ended || (kept.empty() && dropped == 0)) return;
            if (kept.empty()) tell_of_gap();
            const auto lines = kept.front();
            lock.unlock();
            const int error = write_all(lines);
            lock.lock();
            if (ended) return;
            if (error != 0) return end(std::generic_category().message(error));
            bytes -= lines.size();
            kept.pop_front();
            changed.notify_all();
        }
    }
};

LineOutput::LineOutput(int descriptor, Options options)
    : state_(std::make_shared<State>(descriptor, std::move(options))), buffer_(*this), stream_(&buffer_) {
    if (!may_block(descriptor)) return;
    try {
        std::thread([state = state_] { state->run(); }).detach();
        state_->has_thread = true;
    } catch (const std::system_error&) {  // then it is written here, and may wait
    }
}

LineOutput::~LineOutput() { finish(); }

void LineOutput::write(std::string lines) {
    auto& state = *state_;
    std::unique_lock lock(state.mutex);
    if (state.ended) {
        state.lost += lines_in(lines);
        return;
    }
    if (!state.has_thread) {
        lock.unlock();
        const int error = state.write_all(lines);
        lock.lock();
        if (error == 0) return;
        state.lost += lines_in(lines);
        return state.end(std::generic_category().message(error));
    }
    // After a gap it goes on when there is room again for more than a line.
    const auto room = state.dropped > 0 ? state.options.kept / 2 : state.options.kept;
    if (state.bytes + lines.size() > room && !state.kept.empty()) {
        state.dropped += lines_in(lines);
        if (!state.options.gap) state.end(not_read);
        return;
    }
    if (state.dropped > 0) state.tell_of_gap();
    state.keep(std::move(lines));
}

LineOutput::Lost LineOutput::finish() {
    stream_.flush();
    auto& state = *state_;
    std::unique_lock lock(state.mutex);
    state.finishing = true;
    state.changed.notify_all();
    const auto is_done = [&] { return state.ended || (state.kept.empty() && state.dropped == 0); };
    while (state.has_thread && !is_done()) {
        const auto before = state.progress;
        const auto goes_on = [&] { return is_done() || state.progress != before; };
        if (!state.changed.wait_for(lock, longest_wait, goes_on)) break;
    }
    state.options.on_end = nullptr;  // what it uses may be gone
    state.end(not_read);
    return {state.lost, state.lost > 0 ? state.reason : std::string()};
}

LineOutput::Buffer::int_type LineOutput::Buffer::overflow(int_type c) {
    if (c != traits_type::eof()) text_ += traits_type::to_char_type(c);
    return traits_type::not_eof(c);
}

std::streamsize LineOutput::Buffer::xsputn(const char* text, std::streamsize count) {
    text_.append(text, static_cast<std::size_t>(count));
    return count;
}

int LineOutput::Buffer::sync() {
    if (!text_.empty()) output_.write(std::exchange(text_, {}));
    return 0;
}

}  // namespace bully::net
