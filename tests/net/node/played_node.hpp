// One live node among peers that a test plays: they join, it starts, the course of the test runs, it crashes.
#pragma once

#include "tests/net/node/live_run.hpp"
#include "tests/net/node/peer.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bully::net {

class PlayedNode : public testing::Test {
  protected:
    /// Begins with the first use of it; `options` are set before.
    [[nodiscard]] LiveRun& run() {
        if (!run_) run_.emplace(options);
        return *run_;
    }
    [[nodiscard]] Node& node() { return run().node(0); }
    [[nodiscard]] asio::io_context& context() { return run().context(); }
    [[nodiscard]] Member own() { return {node().pid(), node().endpoint()}; }

    /// `members` join in this order, and the node starts, before the course.
    void play(std::initializer_list<Peer*> members, std::function<asio::awaitable<void>()> course) {
        run().play([&]() -> asio::awaitable<void> {
            for (auto* const member : members) co_await member->join(run());
            node().start();
            co_await course();
            node().crash();
        });
    }
    /// The daemon lists a process that the test plays itself, or that is dead.
    asio::awaitable<void> join(const Member& member) {
        Socket socket(context());
        const auto gcd = run().group().own_daemon()->endpoint();
        co_await join_group(socket, gcd, lab::Writer(member, 4), std::nullopt, patience);
    }
    /// Another life of the node.
    void restart() {
        node().crash();
        node().listen();
        node().start();
    }

    /// The next message to `peer` is of this kind; answered by these bytes, or by a close.
    static asio::awaitable<void> hears(Peer& peer, std::string_view kind, std::string answer = {}) {
        const auto message = co_await peer.hear(std::move(answer));
        EXPECT_TRUE(is_kind(message, kind)) << message << " instead of " << kind;
    }
    /// The node answers this message with OK.
    asio::awaitable<void> answers(Peer& peer, std::string message) {
        const auto answer = co_await peer.ask(node(), std::move(message));
        EXPECT_TRUE(is_kind(answer, "OK")) << answer;
    }
    asio::awaitable<void> until(std::string_view what, std::function<bool()> holds) {
        EXPECT_TRUE(co_await run().group().until(std::move(holds), patience)) << "not so: " << what;
    }

    GroupOptions options = one_node({10, 1'000'010});

  private:
    std::optional<LiveRun> run_;
};

}  // namespace bully::net
