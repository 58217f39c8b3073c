#include "net/tcp/resolve.hpp"

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace bully::net {
namespace {

constexpr int most_threads = 32;  // for what peers name

struct Lookup {
    explicit Lookup(std::string name) : host(std::move(name)) {}

    std::string host;
    std::vector<int> waiters;  // descriptors, to be closed when it is done
    bool done = false;
    int error = 0;
    std::vector<asio::ip::address_v4> addresses;
};

void run(Lookup& lookup) {
    addrinfo wanted{};
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    lookup.error = getaddrinfo(lookup.host.c_str(), nullptr, &wanted, &found);
    for (const auto* entry = found; entry != nullptr; entry = entry->ai_next) {
        sockaddr_in address{};
        std::memcpy(&address, entry->ai_addr, sizeof address);
        lookup.addresses.emplace_back(ntohl(address.sin_addr.s_addr));
    }
    if (found != nullptr) freeaddrinfo(found);
    if (lookup.error == 0 && lookup.addresses.empty()) lookup.error = EAI_NONAME;
}

// Asio's own resolver has one thread, which can't be left behind: a name that takes half a minute would hold up all
// others, and the program's end. These threads share the ownership of all that they touch. Each host is looked up once
// for all that ask meanwhile.
class Lookups : public std::enable_shared_from_this<Lookups> {
  public:
    /// Nothing if no thread can be had.
    std::shared_ptr<Lookup> join(const std::string& host, NamedBy by, int closed_at_end) {
        const std::scoped_lock lock(mutex_);
        auto& lookup = under_way_[host];
        const bool is_new = lookup == nullptr;
        if (is_new) lookup = std::make_shared<Lookup>(host);
        const bool waits = std::ranges::find(waiting_, lookup) != waiting_.end();
        if (is_new || (waits && by == NamedBy::user)) {
            const bool begun = (threads_ < most_threads || by == NamedBy::user) && begin(lookup);
            if (begun) {
                std::erase(waiting_, lookup);
            } else if (is_new && threads_ > 0) {
                waiting_.push_back(lookup);
            } else if (is_new) {
                under_way_.erase(host);
                return nullptr;
            }
        }
        lookup->waiters.push_back(closed_at_end);
        return lookup;
    }

    /// Who has joined leaves, whether it is done or not. True if it is.
    bool leave(const std::shared_ptr<Lookup>& lookup, int closed_at_end) {
        const std::scoped_lock lock(mutex_);
        if (lookup->done) return true;
        std::erase(lookup->waiters, closed_at_end);
        close(closed_at_end);
        if (lookup->waiters.empty() && std::erase(waiting_, lookup) > 0) under_way_.erase(lookup->host);
        return false;
    }

  private:
    bool begin(const std::shared_ptr<Lookup>& first) {
        try {
            std::thread([self = shared_from_this(), first] {
                for (auto lookup = first; lookup != nullptr; lookup = self->end(*lookup)) run(*lookup);
            }).detach();
        } catch (const std::system_error&) {
            return false;
        }
        ++threads_;
        return true;
    }

    // Gives the next one, if another waits.
    std::shared_ptr<Lookup> end(Lookup& lookup) {
        const std::scoped_lock lock(mutex_);
        lookup.done = true;
        under_way_.erase(lookup.host);
        for (const int waiter : lookup.waiters) close(waiter);
        if (waiting_.empty() || threads_ > most_threads) {
            --threads_;
            return nullptr;
        }
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        return next;
    }

    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Lookup>> under_way_;  // by host
    std::deque<std::shared_ptr<Lookup>> waiting_;               // of those, for a thread
    int threads_ = 0;
};

const std::shared_ptr<Lookups>& lookups() {
    static const auto all = std::make_shared<Lookups>();
    return all;
}

// One who waits for a look-up, until it is done or no longer wanted.
class Waiting {
  public:
    Waiting(const std::string& host, NamedBy by, int closed_at_end)
        : closed_at_end_(closed_at_end), lookup_(lookups()->join(host, by, closed_at_end)) {
        if (lookup_ == nullptr) close(closed_at_end);
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    Waiting(Waiting&&) = delete;
    Waiting& operator=(Waiting&&) = delete;
    ~Waiting() { end(); }

    [[nodiscard]] bool has_begun() const { return lookup_ != nullptr; }
    /// What was found, if it is done.
    std::shared_ptr<const Lookup> end() {
        const auto lookup = std::exchange(lookup_, nullptr);
        return lookup != nullptr && lookups()->leave(lookup, closed_at_end_) ? lookup : nullptr;
    }

  private:
    int closed_at_end_;
    std::shared_ptr<Lookup> lookup_;
};

}  // namespace

std::string Resolved::why() const {
    assert(error != 0);
    if (late) return "its name isn't resolved in time";
    return error == EAI_SYSTEM ? "the resolver fails" : gai_strerror(error);
}

asio::awaitable<Resolved> resolve(Endpoint endpoint, Clock::time_point until, NamedBy by) {
    using namespace asio::experimental::awaitable_operators;
    // Nearly all hosts of a group are its own.
    error_code failed;
    const auto literal =
        asio::ip::make_address_v4(endpoint.host == "localhost" ? std::string("127.0.0.1") : endpoint.host, failed);
    if (!failed) co_return Resolved{0, false, {tcp::endpoint(literal, endpoint.port)}};

    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    asio::readable_pipe end(executor);
    asio::writable_pipe lookup_end(executor);
    asio::connect_pipe(end, lookup_end, failed);
    if (failed) co_return Resolved{EAI_AGAIN, false, {}};
    Waiting waiting(endpoint.host, by, lookup_end.release());
    if (!waiting.has_begun()) co_return Resolved{EAI_AGAIN, false, {}};
    asio::steady_timer over(executor, until);
    std::array<char, 1> nothing{};
    co_await (end.async_read_some(asio::buffer(nothing), as_result) || over.async_wait(as_result));
    const auto lookup = waiting.end();
    if (lookup == nullptr) co_return Resolved{EAI_AGAIN, true, {}};
    Resolved found{lookup->error, false, {}};
    for (const auto& address : lookup->addresses) found.endpoints.emplace_back(address, endpoint.port);
    co_return found;
}

}  // namespace bully::net
