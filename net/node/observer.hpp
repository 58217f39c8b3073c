// The interface of observers of live nodes. All calls come from the thread of the nodes.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "core/view.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bully::net {

class Node;

struct LiveStep {
    std::int64_t at_ns = 0;        ///< Since the node's epoch (NodeOptions).
    const Event* event = nullptr;  ///< Never null.
    std::string_view from;         ///< Sender of the message, if the event is one and its sender is known; else empty.
    std::span<const Action> actions;
    View before;
};

/// How the life of a node ends.
enum class Gone : std::uint8_t {
    crashed,  ///< By Node::crash().
    left,     ///< By Node::leave(): the same on the wire.
    gave_up,  ///< Rows 15 and 16.
};

class NodeObserver {
  public:
    NodeObserver() = default;
    NodeObserver(const NodeObserver&) = delete;
    NodeObserver& operator=(const NodeObserver&) = delete;
    virtual ~NodeObserver() = default;

    /// Called when a life begins, before its Start. The node listens.
    virtual void on_life(const Node& node, std::int64_t at_ns, Round first_round) {
        (void)node, (void)at_ns, (void)first_round;
    }
    virtual void on_step(const Node& node, const LiveStep& step) { (void)node, (void)step; }
    /// Called when COORDINATOR goes to `peers` members between steps: the reminder of a victory, or an announcement
    /// that had to wait.
    virtual void on_reminded(const Node& node, std::int64_t at_ns, std::size_t peers) {
        (void)node, (void)at_ns, (void)peers;
    }
    virtual void on_gone(const Node& node, std::int64_t at_ns, Gone why) { (void)node, (void)at_ns, (void)why; }
    /// Called for trouble in the network that the algorithm doesn't know: garbage, a limit, a listener that can't be
    /// opened.
    virtual void on_trouble(const Node& node, std::int64_t at_ns, std::string_view what) {
        (void)node, (void)at_ns, (void)what;
    }
};

}  // namespace bully::net
