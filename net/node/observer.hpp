// What an observer of live nodes is told. All of it happens in one thread.
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
    std::int64_t at_ns = 0;  ///< Since the program began.
    const Event* event = nullptr;
    std::string_view from;  ///< Who sent the message which the event is, as far as it is known; else empty.
    std::span<const Action> actions;
    View before;
};

/// How the life of a node ends.
enum class Gone : std::uint8_t {
    crashed,  ///< without a word
    left,     ///< as its user wished; on the wire the same
    gave_up,  ///< rows 15 and 16
};

class NodeObserver {
  public:
    NodeObserver() = default;
    NodeObserver(const NodeObserver&) = delete;
    NodeObserver& operator=(const NodeObserver&) = delete;
    virtual ~NodeObserver() = default;

    /// A life begins: before its Start. The node listens.
    virtual void on_life(const Node& node, std::int64_t at_ns, Round first_round) {
        (void)node, (void)at_ns, (void)first_round;
    }
    virtual void on_step(const Node& node, const LiveStep& step) { (void)node, (void)step; }
    /// COORDINATOR goes to `peers` members between steps: as the reminder of a victory, or since it had to wait.
    virtual void on_reminded(const Node& node, std::int64_t at_ns, std::size_t peers) {
        (void)node, (void)at_ns, (void)peers;
    }
    virtual void on_gone(const Node& node, std::int64_t at_ns, Gone why) { (void)node, (void)at_ns, (void)why; }
    /// Something in the network that isn't the algorithm's: garbage, a limit, a listener that can't be opened.
    virtual void on_trouble(const Node& node, std::int64_t at_ns, std::string_view what) {
        (void)node, (void)at_ns, (void)what;
    }
};

}  // namespace bully::net
