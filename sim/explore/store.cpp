#include "sim/explore/store.hpp"

#include "sim/util/fingerprint.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace bully::sim::explore {
namespace {

constexpr std::size_t first_slots = std::size_t{1} << 12U;
constexpr std::size_t most_states = std::size_t{1} << 31U;

std::uint64_t hash_of(std::span<const std::uint8_t> bytes) {
    Fingerprint hash;
    std::size_t at = 0;
    const auto word = [&](std::size_t length) {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes.data() + at, length);
        at += length;
        return value;
    };
    while (at + 16 <= bytes.size()) {
        const auto first = word(8);
        hash.add(first, word(8));
    }
    const auto first = word(std::min<std::size_t>(8, bytes.size() - at));
    hash.add(first, word(bytes.size() - at) + (std::uint64_t{bytes.size()} << 56U));
    return hash.value();
}

}  // namespace

Store::Store(Memory& memory) : memory_(&memory), words_(memory), starts_(memory) {
    memory_->take(first_slots * sizeof(Slot));
    slots_.resize(first_slots);
}

std::span<const std::uint8_t> Store::bytes(StateId id) const {
    const auto* start = &words_[starts_[id]];
    return {reinterpret_cast<const std::uint8_t*>(start + 1), *start};
}

Store::Found Store::insert(std::span<const std::uint8_t> bytes) {
    const auto hash = static_cast<std::uint32_t>(hash_of(bytes));
    const auto mask = slots_.size() - 1;
    auto at = hash & mask;
    for (; slots_[at].id != no_state; at = (at + 1) & mask) {
        if (slots_[at].hash != hash) continue;
        const auto known = this->bytes(slots_[at].id);
        if (std::ranges::equal(known, bytes)) return {slots_[at].id, false};
    }
    const auto id = static_cast<StateId>(size());
    const auto words = (bytes.size() + 3) / 4;
    const auto start = words_.reserve_together(words + 1);
    if (size() == most_states || start > UINT32_MAX) throw OutOfMemory("more states than can be numbered");
    words_[start] = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(&words_[start + 1], bytes.data(), bytes.size());
    starts_.push_back(static_cast<std::uint32_t>(start));
    slots_[at] = {hash, id};
    if (size() * 4 > slots_.size() * 3) grow();
    return {id, true};
}

void Store::grow() {
    const auto wanted = 2 * slots_.size();
    memory_->take(wanted * sizeof(Slot));
    std::vector<Slot> grown(wanted);
    const auto mask = wanted - 1;
    for (const auto& slot : slots_) {
        if (slot.id == no_state) continue;
        auto at = slot.hash & mask;
        while (grown[at].id != no_state) at = (at + 1) & mask;
        grown[at] = slot;
    }
    memory_->give(slots_.size() * sizeof(Slot));
    slots_ = std::move(grown);
}

}  // namespace bully::sim::explore
