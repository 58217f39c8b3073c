#include "net/gcd/server.hpp"

#include "net/lab/message.hpp"
#include "net/tcp/resolve.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstring>
#include <list>
#include <netdb.h>

namespace bully::net {
namespace {

// As Python's socket.gaierror.
std::string resolver_text(const Resolved& failed) {
    return "[Errno " + std::to_string(failed.error) + "] " + gai_strerror(failed.error);
}

}  // namespace

struct GcdServer::State : std::enable_shared_from_this<State> {
    State(asio::io_context& context, const GcdOptions& given, std::function<void(const GcdExchange&)> callback)
        : options(given), on_exchange(std::move(callback)), acceptor(context), registry(given.forget_after) {}

    GcdOptions options;
    std::function<void(const GcdExchange&)> on_exchange;
    tcp::acceptor acceptor;
    GcdRegistry registry;
    std::list<Socket> sockets;
    bool stopped = false;

    asio::awaitable<void> accept_all() {
        const auto self = shared_from_this();
        asio::steady_timer pause(acceptor.get_executor());
        while (!stopped) {
            auto [error, socket] = co_await acceptor.async_accept(as_result);
            if (stopped) co_return;
            if (error == asio::error::no_descriptors && make_room()) continue;
            if (error) {  // the other end is gone already, or nothing can be given back
                pause.expires_after(accept_pause);
                co_await pause.async_wait(as_result);
                continue;
            }
            const auto place = sockets.insert(sockets.end(), std::move(socket));
            if (sockets.size() > options.max_connections) make_room();
            co_spawn(acceptor.get_executor(), serve(place), rethrow);
        }
    }

    // Honest clients write at once and go: the oldest is the one that idles.
    bool make_room() {
        const auto oldest = std::ranges::find_if(sockets, &Socket::is_open);
        if (oldest == sockets.end()) return false;
        error_code ignored;
        oldest->close(ignored);
        return true;
    }

    asio::awaitable<void> serve(std::list<Socket>::iterator place) {
        const auto self = shared_from_this();
        auto& socket = *place;
        {
            Deadline deadline(socket, options.request_limit, Deadline::Then::stop_reading);
            co_await exchange(socket, deadline);
            co_await drain(socket);
        }
        sockets.erase(place);
    }

    asio::awaitable<void> exchange(Socket& socket, Deadline& deadline) {
        GcdExchange note;
        error_code ignored;
        note.from = endpoint_of(socket.remote_endpoint(ignored));
        pickle::Decoder decoder;
        const auto outcome = co_await read_pickle(socket, decoder);
        const bool in_time = !deadline.passed();
        deadline.extend(options.answer_limit);
        std::string reply;
        if (outcome == ReadOutcome::message) {
            const auto message = decoder.document().root();
            reply = co_await answer(message, socket, note);
        } else if (outcome == ReadOutcome::closed || outcome == ReadOutcome::garbage) {
            // gcd2.py takes what it gets at once for the whole. A part in time may be followed by the rest, here.
            reply = not_a_pickle(decoder.raw());
            note.error = in_time ? lab::printable(reply) : "the request isn't complete in time";
        } else {
            note.error = "the client has broken the connection";
        }
        note.members = registry.size();
        if (on_exchange) on_exchange(note);
        co_await asio::async_write(socket, asio::buffer(reply), as_result);
    }

    asio::awaitable<std::string> answer(const pickle::Value& message, const Socket& socket, GcdExchange& note) {
        const auto refuse = [&note](const std::string& text) {
            note.error = text;
            return pickled(text);
        };
        const auto request = read_join_request(message, options.only_word);
        if (!request) co_return refuse(request.error());
        note.asked = *request;
        // The order of these is gcd2.py's: the resolver, the port, and only then whether it is local.
        // A name of its own: gcc 12 copies the bytes of an aggregate that is made within a co_await.
        const Endpoint named{request->host, request->port.value_or(1)};
        // Python takes an empty name for 0.0.0.0, which isn't local.
        if (named.host.empty()) {
            note.reason = "the request names no host";
            co_return refuse(std::string(request->port ? only_local : invalid_port));
        }
        const auto found = co_await resolve(named, Clock::now() + options.resolve_limit);
        if (found.error != 0) co_return refuse(resolver_text(found));
        if (!request->port) co_return refuse(std::string(invalid_port));
        const auto address = found.endpoints.front().address();
        if (address.is_unspecified()) {
            // gcd2.py's answer too, and here even of --allow-remote: whoever connects to it finds itself.
            note.reason = "nobody can connect to " + address.to_string() + ", expected the member's own address";
            co_return refuse(std::string(only_local));
        }
        if (!options.allow_remote && address != asio::ip::make_address("127.0.0.1")) {
            note.reason = address.to_string() + " isn't 127.0.0.1; --allow-remote lets members at other addresses in";
            co_return refuse(std::string(only_local));
        }
        if (!socket.is_open()) co_return refuse("the host's name isn't resolved in time");
        note.joined = Member{request->pid, {address.to_string(), *request->port}};
        note.entered = registry.join(*note.joined, Clock::now().time_since_epoch());
        note.is_mixed = registry.is_mixed();
        co_return registry.answer();
    }
};

GcdServer::GcdServer(asio::io_context& context, const GcdOptions& options,
                     std::function<void(const GcdExchange&)> on_exchange)
    : state_(std::make_shared<State>(context, options, std::move(on_exchange))) {
    auto& acceptor = state_->acceptor;
    const tcp::endpoint endpoint(asio::ip::make_address_v4(options.listen.host), options.listen.port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
    co_spawn(context, state_->accept_all(), rethrow);
}

GcdServer::~GcdServer() { stop(); }

Endpoint GcdServer::endpoint() const { return endpoint_of(state_->acceptor.local_endpoint()); }

void GcdServer::stop() {
    state_->stopped = true;
    state_->on_exchange = nullptr;
    error_code ignored;
    state_->acceptor.close(ignored);
    for (auto& socket : state_->sockets) socket.close(ignored);
}

}  // namespace bully::net
