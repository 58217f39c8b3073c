// A group of live nodes for a test: on loopback, in this process, traced; at its end the trace is run through the core
// again, with the simulator's checks.
#pragma once

#include "net/log/trace.hpp"
#include "net/node/group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bully::net {

/// Long enough for a busy machine with sanitizers: tests wait for events, and this is when they give them up.
inline constexpr auto patience = std::chrono::seconds(60);

/// What went wrong in the network, and who was reminded, as the nodes tell it.
class Troubles : public NodeObserver {
  public:
    void on_reminded(const Node&, std::int64_t, std::size_t peers) override { reminded_ += peers; }
    void on_trouble(const Node&, std::int64_t, std::string_view what) override { all_.append(what).append("\n"); }
    /// A line each.
    [[nodiscard]] const std::string& all() const { return all_; }
    /// COORDINATORs between steps, of all nodes.
    [[nodiscard]] std::size_t reminded() const { return reminded_; }

  private:
    std::string all_;
    std::size_t reminded_ = 0;
};

/// A group of one node, which PROBEs whomever it watches at once.
[[nodiscard]] inline GroupOptions one_node(ProcessId pid) {
    GroupOptions options;
    options.pids = {pid};
    options.node.settings.timing.probe_gap = exactly(std::chrono::milliseconds(1));
    return options;
}

class LiveRun {
  public:
    explicit LiveRun(const GroupOptions& options)
        : trace_(text_), group_(context_, with_defaults(options), {&trace_, &troubles_}) {
        trace_.begin(group_.nodes(), options.node.seed);
    }

    [[nodiscard]] static GroupOptions of(std::size_t members) {
        GroupOptions options;
        options.pids = made_up_pids(members);
        return options;
    }

    [[nodiscard]] LiveGroup& group() { return group_; }
    [[nodiscard]] Node& node(std::size_t position) { return *group_.nodes()[position]; }
    [[nodiscard]] asio::io_context& context() { return context_; }
    [[nodiscard]] std::size_t size() const { return group_.nodes().size(); }

    /// Runs the test's course of events to its end, which is the trace's.
    void play(std::function<asio::awaitable<void>()> course) {
        co_spawn(context_, std::move(course), [this](const std::exception_ptr& error) {
            context_.stop();
            EXPECT_FALSE(error) << "the course of the test threw";
        });
        context_.run();
        trace_.end(Duration(Clock::now() - group_.nodes().front()->options().epoch).count());
    }

    /// Waits until all that live follow the highest of them, which leads.
    asio::awaitable<void> agreement(std::string what) {
        const bool agreed = co_await group_.until([this] { return group_.agreed(); }, patience);
        EXPECT_TRUE(agreed) << "no agreement after " << what;
    }

    [[nodiscard]] const std::string& troubles() const { return troubles_.all(); }
    [[nodiscard]] std::size_t reminded() const { return troubles_.reminded(); }
    /// The trace so far; after play(), the whole.
    [[nodiscard]] std::string trace() const { return text_.str(); }

  private:
    static GroupOptions with_defaults(GroupOptions options) {
        if (options.node.gcd.host.empty() && !options.own_daemon) options.own_daemon = GcdOptions{};
        return options;
    }

    std::ostringstream text_;
    asio::io_context context_{1};
    LiveTrace trace_;
    Troubles troubles_;
    LiveGroup group_;
};

}  // namespace bully::net
