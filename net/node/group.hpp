// A group of nodes in one program, with a coordinator daemon of its own if it needs one. bully_live, tests and
// benchmarks run it. Not thread-safe, as Node.
#pragma once

#include "net/gcd/server.hpp"
#include "net/node/node.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

namespace bully::net {

/// Says which address can't be listened at, and why.
struct ListenError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct GroupOptions {
    /// Options of each node, except pid and number.
    NodeOptions node;
    /// Pids of all nodes, ascending.
    std::vector<ProcessId> pids;
    /// The daemon to run in this program, which all nodes join. Nothing: they join `node.gcd`.
    std::optional<GcdOptions> own_daemon;
    /// File descriptors that the program may use (descriptors.hpp).
    std::size_t descriptors = 1024;
};

/// Invented pids for `count` nodes: (1, 1000001), (2, 1000002), ... Requires: count <= 365.
[[nodiscard]] std::vector<ProcessId> made_up_pids(std::size_t count);

class LiveGroup {
  public:
    /// Opens all listeners; no node joins yet. Throws ListenError.
    LiveGroup(asio::io_context& context, const GroupOptions& options, const std::vector<NodeObserver*>& observers);
    ~LiveGroup();  // NOLINT(bugprone-exception-escape): see there
    LiveGroup(const LiveGroup&) = delete;
    LiveGroup& operator=(const LiveGroup&) = delete;

    /// Starts all nodes.
    void start();
    /// Ends the lives of all nodes, and stops the daemon.
    void leave();

    [[nodiscard]] std::span<const std::shared_ptr<Node>> nodes() const { return nodes_; }
    [[nodiscard]] GcdServer* own_daemon() { return daemon_ ? &*daemon_ : nullptr; }
    /// The greatest node that is alive and doesn't feign a failure; null without one.
    [[nodiscard]] Node* highest() const;
    /// Whether `highest()` leads, and each other live node follows it.
    [[nodiscard]] bool agreed() const;
    [[nodiscard]] std::size_t live_count() const;

    /// Whether leave() was called.
    [[nodiscard]] bool has_left() const { return has_left_; }

    /// Waits until `holds`, and looks every few milliseconds. False if it doesn't hold within this time, or leave()
    /// comes first.
    [[nodiscard]] asio::awaitable<bool> until(std::function<bool()> holds, Duration within) const;

  private:
    asio::io_context& context_;
    std::optional<GcdServer> daemon_;
    std::shared_ptr<Turns> turns_;
    std::vector<std::shared_ptr<Node>> nodes_;
    bool has_left_ = false;
};

}  // namespace bully::net
