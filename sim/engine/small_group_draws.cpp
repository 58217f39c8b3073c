#include "sim/engine/small_group_draws.hpp"

#include <algorithm>
#include <cassert>
#include <span>

namespace bully::sim {

SmallGroupDraws::SmallGroupDraws(std::size_t processes) {
    assert(processes <= most_processes);
    for (auto& places : places_) places.fill(none);
    const auto n = static_cast<std::uint32_t>(processes);
    const auto blocks = (processes + 3) / 4;
    for (std::uint32_t from = 0; from + 1 < n; ++from) add(MessageType::election, from, blocks);
    for (std::uint32_t from = 1; from < n; ++from) add(MessageType::ok, from, 1);
    if (n > 1) add(MessageType::coordinator, n - 2, blocks);
}

void SmallGroupDraws::add(MessageType type, std::uint32_t from, std::size_t blocks) {
    places_[static_cast<std::size_t>(type)][from] = static_cast<std::uint16_t>(draws_.size());
    for (std::uint32_t block = 0; block < blocks; ++block) {
        const auto lane = draws_.size() / 4 % Random::Counters::at_once;
        if (lane == 0) counters_.push_back({});
        auto& counters = counters_.back();
        counters.block[lane] = block;
        counters.owner[lane] = from + 1;
        counters.purpose[lane] = static_cast<std::uint32_t>(Purpose::message_delay) + static_cast<std::uint32_t>(type);
        draws_.resize(draws_.size() + 4);
    }
}

void SmallGroupDraws::draw(const Random& random) {
    auto out = std::span(draws_);
    for (const auto& counters : counters_) {
        const auto now = out.first(std::min(out.size(), 4 * Random::Counters::at_once));
        random.fill(counters, now);
        out = out.subspan(now.size());
    }
    drawn_ = true;
}

}  // namespace bully::sim
