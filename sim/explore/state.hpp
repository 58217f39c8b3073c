// A state of the whole group at one instant, and the few bytes that it is kept in. All times in it are counted from
// now.
#pragma once

#include "sim/explore/local_steps.hpp"
#include "sim/explore/model.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace bully::sim::explore {

/// What is under way, in the order of who must be told apart.
enum class Carried : std::uint8_t { ok, election, probe, coordinator, refusal, join, joined };
[[nodiscard]] constexpr bool is_request(Carried type) { return type == Carried::election || type == Carried::probe; }
/// Whether the network carries it from process to process: it may be lost, and no cut link lets it pass.
[[nodiscard]] constexpr bool is_message(Carried type) { return type <= Carried::coordinator; }

struct Message {
    Carried type = Carried::ok;
    std::uint8_t from = 0;
    std::uint8_t to = 0;       ///< 0: the daemon.
    bool present = false;      ///< It's of the present round of the process that asked.
    std::uint8_t members = 0;  ///< Of election and joined: bits.
    Window due;

    friend bool operator==(const Message&, const Message&) = default;
};

/// A message in four bytes, as which a state has it. They are compared and sorted; messages alike are equal.
using PackedMessage = std::uint32_t;
[[nodiscard]] constexpr PackedMessage pack(const Message& message) {
    return message.due.earliest | PackedMessage{message.due.latest} << 8U |
           static_cast<PackedMessage>(message.type) << 16U | PackedMessage{message.from} << 19U |
           PackedMessage{message.to} << 22U | (message.present ? 1U : 0U) << 25U |
           PackedMessage{message.members} << 26U;
}
[[nodiscard]] constexpr Message unpack(PackedMessage bits) {
    return {static_cast<Carried>(bits >> 16U & 7U),
            static_cast<std::uint8_t>(bits >> 19U & 7U),
            static_cast<std::uint8_t>(bits >> 22U & 7U),
            (bits >> 25U & 1U) != 0,
            static_cast<std::uint8_t>(bits >> 26U),
            {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8U)}};
}

struct ProcessState {
    Local local = not_running;
    bool main_runs = false;
    bool hold_down_runs = false;
    bool feign_runs = false;
    Timer main = Timer::answer;
    Window main_due;
    std::uint8_t hold_down_due = 0;
    Window feign_due;
    /// P13: of the higher ones that this one's election has asked, those that have had to answer. Bits.
    std::uint8_t had_to_answer = 0;
};

struct State {
    static constexpr std::size_t most_messages = 96;
    static constexpr std::size_t most_bytes = 16 + most_processes * 10 + 4 * most_messages;

    /// Whose turn it is: behind the last process the daemon has one, if there is any, and then time goes on.
    std::uint8_t turn = 1;
    bool timer_fired = false;  ///< In this turn: with `product` no message may follow.
    std::uint8_t overlap = 0;  ///< P12: ticks for which there have been two live leaders.
    std::uint8_t listed = 0;   ///< By the daemon: bits.
    std::uint16_t cuts = 0;    ///< Links that carry nothing, by `link_bit`.
    Budget left{};
    std::array<ProcessState, most_processes> processes{};
    std::array<PackedMessage, most_messages> messages{};  ///< Sorted only where packed.
    std::size_t message_count = 0;

    [[nodiscard]] ProcessState& process(std::uint8_t number) { return processes[number - 1U]; }
    [[nodiscard]] const ProcessState& process(std::uint8_t number) const { return processes[number - 1U]; }
    [[nodiscard]] std::span<PackedMessage> under_way() { return {messages.data(), message_count}; }
    [[nodiscard]] std::span<const PackedMessage> under_way() const { return {messages.data(), message_count}; }
    void add(const Message& message);
    void remove(std::size_t which) { messages[which] = messages[--message_count]; }
};

/// Of the link between two processes, in either order.
[[nodiscard]] constexpr std::uint16_t link_bit(std::uint8_t a, std::uint8_t b) {
    const auto low = a < b ? a : b;
    const auto high = a < b ? b : a;
    return static_cast<std::uint16_t>(1U << ((high - 1U) * (high - 2U) / 2U + low - 1U));
}

using Bytes = std::array<std::uint8_t, State::most_bytes>;

/// Writes `state` into `bytes`, and returns how many: equal for equal states, whatever the order of their messages.
[[nodiscard]] std::size_t encode(State& state, std::size_t processes, Bytes& bytes);
void decode(std::span<const std::uint8_t> bytes, std::size_t processes, State& state);

}  // namespace bully::sim::explore
