// What is explored: a small group, its times in whole ticks, and what may go wrong.
#pragma once

#include "core/settings.hpp"
#include "sim/scenario/scenario.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bully::sim::explore {

/// The first 0 is nobody: processes are numbered from 1.
inline constexpr std::size_t most_processes = 6;
/// A time in a state has eight bits.
inline constexpr int most_ticks = 200;

enum class Disturbance : std::uint8_t {
    crash,    ///< A process dies.
    restart,  ///< One that is dead starts again.
    loss,     ///< A message is lost as it is sent.
    feign,    ///< A process feigns a failure, for any of the times in `feigned`.
    cut,      ///< A link between two processes carries nothing in either way, for any time.
    refresh,  ///< R8 acts. No fault: whatever holds has to hold through it.
};
inline constexpr std::size_t disturbance_count = 6;
inline constexpr std::array<std::string_view, disturbance_count> disturbance_names{"crash", "restart", "loss",
                                                                                   "feign", "cut",     "refresh"};

/// How often each may happen, in all.
using Budget = std::array<std::uint8_t, disturbance_count>;
inline constexpr std::uint8_t most_of_a_kind = 15;

[[nodiscard]] constexpr std::uint8_t& of(Budget& budget, Disturbance kind) {
    return budget[static_cast<std::size_t>(kind)];
}
[[nodiscard]] constexpr std::uint8_t of(const Budget& budget, Disturbance kind) {
    return budget[static_cast<std::size_t>(kind)];
}

/// From `earliest` to `latest` ticks from now; any whole number of them.
struct Window {
    std::uint8_t earliest = 0;
    std::uint8_t latest = 0;

    friend bool operator==(const Window&, const Window&) = default;
};

/// Times are closed intervals, and in whole ticks: runs of such a group come in every order that real-valued times
/// bring, if what falls on the same tick may come in either order.
struct Model {
    std::size_t processes = 3;
    bool settled = true;  ///< Else all start at once, and JOIN.
    /// A tick is a nanosecond of these. R8's timer is left out: it acts as often as the budget says, at any time.
    Settings settings;
    Window delay{1, 2};       ///< Of a message, at least one tick.
    std::uint8_t daemon = 1;  ///< One way to the coordinator daemon.
    Window feigned{1, 12};
    Budget budget{};
    bool refused = false;   ///< Hosts of dead processes, and those that feign a failure, refuse connections.
    bool ties_free = true;  ///< Else messages go before timers of the same tick (row 20).
    Duration tick{1};       ///< As long as this in the scenario.
};

/// Times of a group as the smallest whole numbers that keep C1 to C3 and the order of the timeouts: the lab's gap lies
/// around T_ok, and R7's limit is one doubling away. `points` delays are told apart.
[[nodiscard]] Model tight_model(std::size_t processes, Mode mode, std::uint8_t points);

/// The scenario's own times, in ticks of the greatest length that divides them all. Its faults are left aside. Error:
/// why it can't be explored.
[[nodiscard]] tl::expected<Model, std::string> model_of(const Scenario& scenario, Mode mode);

/// S of core/README.md, in ticks: within which the group has to agree, R3's and R8's bounds aside.
[[nodiscard]] int settle_bound(const Model& model);

}  // namespace bully::sim::explore
