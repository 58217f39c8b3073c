#include "net/tcp/tcp.hpp"

#include <array>

namespace bully::net {

Deadline::Deadline(Socket& socket, Duration within, Then then)
    : timer_(socket.get_executor()), state_(std::make_shared<State>(State{&socket})) {
    arm(within, then);
}

void Deadline::extend(Duration within) { arm(within, Then::close); }

void Deadline::arm(Duration within, Then then) {
    const auto armed = ++state_->armed;
    timer_.expires_after(within);
    timer_.async_wait([state = state_, armed, then](error_code error) {
        if (error || state->socket == nullptr || state->armed != armed) return;
        state->passed = true;
        error_code ignored;
        switch (then) {
            case Then::close: state->socket->close(ignored); return;
            case Then::stop_reading: state->socket->shutdown(Socket::shutdown_receive, ignored); return;
            case Then::stop_sending: state->socket->shutdown(Socket::shutdown_send, ignored); return;
        }
    });
}

namespace {

// One for all connections of a thread: those that wait need none.
auto& read_buffer() {
    thread_local std::array<char, 16384> buffer{};
    return buffer;
}

std::size_t read_now(Socket& socket, error_code& error) {
    socket.non_blocking(true, error);
    return error ? 0 : socket.read_some(asio::buffer(read_buffer()), error);
}

}  // namespace

asio::awaitable<ReadOutcome> read_pickle(Socket& socket, pickle::Decoder& decoder) {
    // What is there already is taken at once, so that in a burst whoever was accepted first is served first; after that
    // others have their turn.
    error_code error;
    for (bool waits = false;; waits = true) {
        if (waits) {
            const auto [ended] = co_await socket.async_wait(Socket::wait_read, as_result);
            error = ended;
        }
        const auto count = error ? 0 : read_now(socket, error);
        if (error == asio::error::would_block) {
            error = {};
            continue;
        }
        if (count > 0) {
            const auto progress = decoder.feed({read_buffer().data(), count});
            if (!progress) co_return ReadOutcome::garbage;
            if (*progress == pickle::Decoder::Progress::done) co_return ReadOutcome::message;
        }
        if (error == asio::error::eof) co_return ReadOutcome::closed;
        if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor)
            co_return ReadOutcome::late;
        if (error) co_return ReadOutcome::reset;
    }
}

asio::awaitable<void> drain(Socket& socket) {
    constexpr std::size_t enough = 1U << 20U;
    error_code ignored;
    socket.shutdown(Socket::shutdown_send, ignored);
    for (std::size_t total = 0; total < enough;) {
        auto [error] = co_await socket.async_wait(Socket::wait_read, as_result);
        const auto count = error ? 0 : read_now(socket, error);
        if (error && error != asio::error::would_block) co_return;
        total += count;
    }
}

void run_down(asio::io_context& context) {
    constexpr auto longest_goodbye = std::chrono::milliseconds(200);
    context.restart();
    context.run_for(longest_goodbye);
}

std::string to_string(const Endpoint& endpoint) { return endpoint.host + ":" + std::to_string(endpoint.port); }

Endpoint endpoint_of(const tcp::endpoint& endpoint) { return {endpoint.address().to_string(), endpoint.port()}; }

}  // namespace bully::net
