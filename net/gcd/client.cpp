#include "net/gcd/client.hpp"

#include "net/lab/message.hpp"
#include "net/pickle/pickle.hpp"
#include "net/tcp/addresses.hpp"
#include "net/tcp/resolve.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace bully::net {
namespace {

constexpr std::string_view wrong_word = "Unexpected message";

struct Question {
    Endpoint gcd;
    std::string request;
    lab::Dialect dialect;
    Duration within;
    std::string loopback;  // which the request tells, and no daemon at another host may hear; empty: none
};

bool is_elsewhere(const Socket& socket) {
    error_code unknown;
    const auto from = socket.local_endpoint(unknown).address();
    if (unknown) return false;
    const auto to = socket.remote_endpoint(unknown).address();
    return !unknown && !from.is_loopback() && from != to;
}

// The caller keeps both.
asio::awaitable<JoinOutcome> ask(Socket& socket, const Question& question) {
    const auto& gcd = question.gcd;
    JoinOutcome outcome;
    outcome.dialect = question.dialect;
    const auto where = "the coordinator daemon at " + to_string(gcd);
    const auto unreachable = [&](const std::string& why) {
        outcome.reason = where + " " + why;
        return outcome;
    };
    const auto rejected = [&](std::string text) {
        outcome.kind = JoinFailed::Kind::rejected;
        outcome.reason = std::move(text);
        return outcome;
    };
    // At once: closed meanwhile, it says that nobody waits for the answer any more.
    error_code unopened;
    if (!socket.is_open()) socket.open(tcp::v4(), unopened);
    if (unopened) co_return unreachable("can't be reached: " + unopened.message());
    const auto until = Clock::now() + question.within;
    const auto within = " within " + bully::to_string(question.within);
    const auto found = co_await resolve(gcd, until, NamedBy::user);
    if (found.late) co_return unreachable("can't be found: its name isn't resolved" + within);
    if (found.error != 0) co_return unreachable("can't be found: " + found.why());
    if (!socket.is_open()) co_return unreachable("isn't asked any more: the member has ended");
    Deadline deadline(socket, until - Clock::now());
    const auto late = "hasn't answered" + within;
    outcome.connections = 1;
    const auto [failed, connected] = co_await asio::async_connect(socket, found.endpoints, as_result);
    if (failed) co_return unreachable(deadline.passed() ? late : "can't be reached: " + failed.message());
    if (!question.loopback.empty() && is_elsewhere(socket)) {
        co_return rejected(where + " is at another host, where nobody can connect to " + question.loopback +
                           ": expected --listen or --advertise with an address of this host");
    }
    const auto [unsent, count] = co_await asio::async_write(socket, asio::buffer(question.request), as_result);
    outcome.bytes_sent = count;
    if (unsent) co_return unreachable("has broken the connection: " + unsent.message());
    Deadline half_close(socket, half_close_after, Deadline::Then::stop_sending);

    pickle::Decoder decoder;
    const auto answered = co_await read_pickle(socket, decoder);
    outcome.bytes_received = decoder.received();
    switch (answered) {
        case ReadOutcome::message: break;
        case ReadOutcome::closed:
            if (decoder.received() == 0) co_return unreachable("has closed the connection without an answer");
            co_return unreachable("has broken off its answer: " + lab::printable(decoder.raw()));
        case ReadOutcome::garbage: co_return rejected(lab::printable(decoder.raw()));
        case ReadOutcome::reset: co_return unreachable("has broken the connection");
        case ReadOutcome::late: co_return unreachable(late);
    }
    auto members = lab::read_join_answer(decoder.document().root());
    if (!members) co_return rejected(members.error());
    outcome.members = std::move(*members);
    co_return outcome;
}

}  // namespace

asio::awaitable<JoinOutcome> join_group(Socket& socket, Endpoint gcd, lab::Writer writer,
                                        std::optional<lab::Dialect> dialect, Duration within, bool is_meant) {
    JoinOutcome sum;
    auto candidate = dialect.value_or(lab::Dialect::join);
    for (;;) {
        const auto& own = writer.self().endpoint.host;
        const Question question{gcd, writer.join(candidate), candidate, within,
                                is_meant || !is_loopback(own) ? std::string() : own};
        auto outcome = co_await ask(socket, question);
        error_code ignored;
        socket.close(ignored);
        outcome.connections += sum.connections;
        outcome.bytes_sent += sum.bytes_sent;
        outcome.bytes_received += sum.bytes_received;
        sum = std::move(outcome);
        const bool wrong = !sum.members && sum.reason.starts_with(wrong_word);
        if (dialect || !wrong || candidate == lab::Dialect::howdy) co_return sum;
        candidate = candidate == lab::Dialect::join ? lab::Dialect::begin : lab::Dialect::howdy;
    }
}

}  // namespace bully::net
