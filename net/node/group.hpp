// Several nodes in one program, and the daemon for them if they have none: what bully_live runs, and tests and
// benchmarks use.
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

/// An address can't be listened at; says which and why.
struct ListenError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct GroupOptions {
    /// What all nodes have in common, but for pid and number.
    NodeOptions node;
    /// Pids of all nodes, ascending.
    std::vector<ProcessId> pids;
    /// Run a daemon inside, at this address, and have the nodes join that one.
    std::optional<GcdOptions> own_daemon;
    /// How many descriptors the program may have (descriptors.hpp).
    std::size_t descriptors = 1024;
};

/// Pids for `count` nodes that nobody was born for: (1, 1000001), (2, 1000002), ... Requires: count <= 365.
[[nodiscard]] std::vector<ProcessId> made_up_pids(std::size_t count);

class LiveGroup {
  public:
    /// All nodes listen, none has joined. Throws ListenError.
    LiveGroup(asio::io_context& context, const GroupOptions& options, const std::vector<NodeObserver*>& observers);
    ~LiveGroup();  // NOLINT(bugprone-exception-escape): see there
    LiveGroup(const LiveGroup&) = delete;
    LiveGroup& operator=(const LiveGroup&) = delete;

    /// All of them begin to live.
    void start();
    /// All of them leave, and the daemon stops.
    void leave();

    [[nodiscard]] std::span<const std::shared_ptr<Node>> nodes() const { return nodes_; }
    [[nodiscard]] GcdServer* own_daemon() { return daemon_ ? &*daemon_ : nullptr; }
    /// The greatest node that lives and doesn't feign; null if none does.
    [[nodiscard]] Node* highest() const;
    /// Whether each live node follows `highest()`, and that one leads.
    [[nodiscard]] bool agreed() const;
    [[nodiscard]] std::size_t live_count() const;

    /// leave() was called.
    [[nodiscard]] bool has_left() const { return has_left_; }

    /// Waits until `holds`, for `within` at most, or until all leave; looks every few milliseconds. Whether it came
    /// about.
    [[nodiscard]] asio::awaitable<bool> until(std::function<bool()> holds, Duration within) const;

  private:
    asio::io_context& context_;
    std::optional<GcdServer> daemon_;
    std::shared_ptr<Turns> turns_;
    std::vector<std::shared_ptr<Node>> nodes_;
    bool has_left_ = false;
};

}  // namespace bully::net
