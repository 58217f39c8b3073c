#include "net/resolve.hpp"

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>

#include <array>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <thread>
#include <unistd.h>

namespace bully::net {
namespace {

constexpr int most_lookups = 32;  // a thread each; names come from anybody

std::atomic<int> lookups_under_way{0};

// What one thread finds out. Who waits for it may have gone meanwhile.
struct Lookup {
    Endpoint endpoint;
    Resolved result;
    std::atomic<bool> done{false};

    void run() {
        addrinfo wanted{};
        wanted.ai_family = AF_INET;
        wanted.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        result.error = getaddrinfo(endpoint.host.c_str(), nullptr, &wanted, &found);
        for (const auto* entry = found; entry != nullptr; entry = entry->ai_next) {
            sockaddr_in address{};
            std::memcpy(&address, entry->ai_addr, sizeof address);
            result.endpoints.emplace_back(asio::ip::address_v4(ntohl(address.sin_addr.s_addr)), endpoint.port);
        }
        if (found != nullptr) freeaddrinfo(found);
        if (result.error == 0 && result.endpoints.empty()) result.error = EAI_NONAME;
        done = true;
    }
};

// Asio's own resolver has one thread, which can't be left behind: a name that takes half a minute would hold up all
// others, and the program's end. This thread owns all that it touches. When it is done it closes `closed_at_end`.
bool start(const std::shared_ptr<Lookup>& lookup, int closed_at_end) {
    if (++lookups_under_way > most_lookups) {
        --lookups_under_way;
        return false;
    }
    try {
        std::thread([lookup, closed_at_end] {
            lookup->run();
            --lookups_under_way;
            close(closed_at_end);
        }).detach();
    } catch (const std::system_error&) {
        --lookups_under_way;
        return false;
    }
    return true;
}

}  // namespace

std::string Resolved::why() const {
    assert(error != 0);
    if (late) return "its name isn't resolved in time";
    return error == EAI_SYSTEM ? "the resolver fails" : gai_strerror(error);
}

asio::awaitable<Resolved> resolve(Endpoint endpoint, Clock::time_point until) {
    using namespace asio::experimental::awaitable_operators;
    // Nearly all hosts of a group are its own.
    error_code failed;
    const auto literal =
        asio::ip::make_address_v4(endpoint.host == "localhost" ? std::string("127.0.0.1") : endpoint.host, failed);
    if (!failed) co_return Resolved{0, false, {tcp::endpoint(literal, endpoint.port)}};

    const auto executor = co_await asio::this_coro::executor;
    asio::readable_pipe end(executor);
    asio::writable_pipe lookup_end(executor);
    asio::connect_pipe(end, lookup_end, failed);
    if (failed) co_return Resolved{EAI_AGAIN, false, {}};
    const auto lookup = std::make_shared<Lookup>();
    lookup->endpoint = std::move(endpoint);
    const int closed_at_end = lookup_end.release();
    if (!start(lookup, closed_at_end)) {
        close(closed_at_end);
        co_return Resolved{EAI_AGAIN, false, {}};
    }
    asio::steady_timer over(executor, until);
    std::array<char, 1> nothing{};
    co_await (end.async_read_some(asio::buffer(nothing), as_result) || over.async_wait(as_result));
    if (!lookup->done) co_return Resolved{EAI_AGAIN, true, {}};
    co_return lookup->result;
}

}  // namespace bully::net
