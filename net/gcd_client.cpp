#include "net/gcd_client.hpp"

#include "net/lab_message.hpp"
#include "net/pickle.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace bully::net {
namespace {

constexpr std::string_view wrong_word = "Unexpected message";

asio::awaitable<JoinOutcome> ask(const Endpoint gcd, const std::string request, lab::Dialect dialect, Duration within) {
    JoinOutcome outcome;
    outcome.dialect = dialect;
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
    const auto executor = co_await asio::this_coro::executor;
    const auto [unresolved, endpoints] = co_await resolve(gcd);
    if (unresolved) co_return unreachable("can't be found: " + unresolved.message());
    Socket socket(executor);
    Deadline deadline(socket, within);
    const auto late = "hasn't answered within " + bully::to_string(within);
    const auto [failed, connected] = co_await asio::async_connect(socket, endpoints, as_result);
    if (failed) co_return unreachable(deadline.passed() ? late : "can't be reached: " + failed.message());
    const auto [unsent, count] = co_await asio::async_write(socket, asio::buffer(request), as_result);
    if (unsent) co_return unreachable("has broken the connection: " + unsent.message());

    pickle::Decoder decoder;
    switch (co_await read_pickle(socket, decoder)) {
        case ReadOutcome::message: break;
        case ReadOutcome::closed:
            if (decoder.received() == 0) co_return unreachable("has closed the connection without an answer");
            co_return rejected("half an answer: " + lab::printable(decoder.raw()));
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

asio::awaitable<JoinOutcome> join_group(Endpoint gcd, lab::Writer writer, std::optional<lab::Dialect> dialect,
                                        Duration within) {
    if (dialect) co_return co_await ask(gcd, writer.join(*dialect), *dialect, within);
    JoinOutcome outcome;
    for (const auto candidate : {lab::Dialect::join, lab::Dialect::begin, lab::Dialect::howdy}) {
        outcome = co_await ask(gcd, writer.join(candidate), candidate, within);
        const bool try_next = !outcome.members && outcome.reason.starts_with(wrong_word);
        if (!try_next) break;
    }
    co_return outcome;
}

}  // namespace bully::net
