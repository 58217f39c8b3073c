// One message to many, and the draws of many made at once.
#include "sim/engine/engine.hpp"

#include <algorithm>
#include <array>

namespace bully::sim {

void Engine::multicast(Index from, MessageType type, std::size_t begin, std::size_t end, Round round) {
    auto& node = nodes_[from];
    const auto own = node.election.own_position();
    const auto* resolved = addresses_.routes(node.election.members());
    const Outgoing message{from, type, round, node.sent[static_cast<std::size_t>(type)]++};
    if (resolved == nullptr && network_.is_plain()) {
        if (small_group_draws_) {
            multicast_to_few(message, begin, end);
        } else {
            multicast_plainly(message, begin, std::min(own, end));
            multicast_plainly(message, std::max(own + 1, begin), end);
        }
        return;
    }
    const auto purpose = static_cast<std::uint32_t>(Purpose::message_delay) + static_cast<std::uint32_t>(type);
    Random::Block draws{};
    std::size_t block = SIZE_MAX;
    for (auto position = begin; position < end; ++position) {
        if (position == own) continue;
        const auto route =
            resolved == nullptr ? Route{static_cast<std::uint16_t>(position), true} : (*resolved)[position];
        // By receiver, not by position: a member more or less leaves the draws of the others alone.
        if (route.index / 4U != block) {
            block = route.index / 4U;
            draws = random_.block(purpose, from + 1, message.count, static_cast<std::uint32_t>(block));
        }
        send(message, route, draws[route.index % 4U]);
    }
}

// The same, to the processes from `begin` to before `end`, where nothing but the delay matters: the draws many at once.
void Engine::multicast_plainly(Outgoing message, std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    const auto purpose = static_cast<std::uint32_t>(Purpose::message_delay) + static_cast<std::uint32_t>(message.type);
    constexpr std::size_t batch = 256;
    std::array<std::uint32_t, batch> draws;  // NOLINT(*-member-init): written before it is read; likewise `delays`
    std::array<Duration, batch> delays;      // NOLINT(*-member-init)
    for (auto first = begin / 4 * 4; first < end; first += batch) {
        const auto batch_end = std::min(end, first + batch);
        random_.fill(purpose, message.from + 1, message.count, static_cast<std::uint32_t>(first / 4),
                     {draws.data(), (batch_end - first + 3) / 4 * 4});
        const auto to = std::max(begin, first);
        const auto receivers = batch_end - to;
        network_.delay().sample_each({draws.data() + (to - first), receivers}, {delays.data(), receivers});
        send_plainly(message, {delays.data(), receivers}, static_cast<Index>(to));
    }
}

// Likewise, in a small group, and not to the sender: what is made ready for many takes longer than a few receivers.
void Engine::multicast_to_few(Outgoing message, std::size_t begin, std::size_t end) {
    const auto from = message.from;
    constexpr auto most = (SmallGroupDraws::most_processes + 3) / 4 * 4;
    std::array<std::uint32_t, most> drawn;  // NOLINT(*-member-init): written before it is read; likewise `delays`
    std::array<Duration, most> delays;      // NOLINT(*-member-init)
    const auto* draws = message.count == 0 ? small_group_draws_->of(message.type, from, random_) : nullptr;
    if (draws == nullptr) {
        const auto purpose =
            static_cast<std::uint32_t>(Purpose::message_delay) + static_cast<std::uint32_t>(message.type);
        random_.fill(purpose, from + 1, message.count, 0, {drawn.data(), (end + 3) / 4 * 4});
        draws = drawn.data();
    }
    const auto& delay = network_.delay();
    for (auto to = begin; to < end; ++to) delays[to] = delay.sample(draws[to]);
    if (begin <= from) {
        send_plainly(message, {delays.data() + begin, from - begin}, static_cast<Index>(begin));
        begin = from + 1;
    }
    if (begin < end) send_plainly(message, {delays.data() + begin, end - begin}, static_cast<Index>(begin));
}

// To one receiver for each delay, from index `to` on, where nothing but the delay matters.
void Engine::send_plainly(Outgoing message, std::span<const Duration> delays, Index to) {
    metrics_.measures.messages[static_cast<std::size_t>(message.type)].sent += delays.size();
    if (!listeners_.empty()) {
        auto number = to;
        for (const auto delay : delays) {
            tell_message({now_, Fate::sent, message.type, message.from + 1, ++number, message.round, delay, false});
        }
    }
    pending_.push_each(now_, delays, message.arrival_at(to));
}

// A storm is half OKs, each alone: many of them share an evaluation, or each would wait for its own. Not the first
// ones, which may be all.
void Engine::draw_answer_delays(Index from, std::uint32_t count) {
    auto& drawn = nodes_[from].drawn;
    if (count == 0 && small_group_draws_) {
        if (const auto* draws = small_group_draws_->of(MessageType::ok, from, random_)) {
            std::copy_n(draws, 4, drawn.begin());
            return;
        }
    }
    const auto at = count % drawn_at_once;
    const auto draws = count < drawn_at_once ? 4 : drawn_at_once;
    random_.fill(static_cast<std::uint32_t>(Purpose::message_delay) + static_cast<std::uint32_t>(MessageType::ok),
                 from + 1, 0, count / 4, {drawn.data() + at, draws});
}

}  // namespace bully::sim
