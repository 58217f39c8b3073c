#include "core/packed.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <type_traits>

namespace bully {
namespace {

// Whose turn it is to be PROBEd counts modulo the number of higher members, which may be any up to 7: this is a
// multiple of all.
constexpr std::uint32_t turns = 420;
// More failed JOINs in a row change nothing: the pause is at its limit, and a process that starts has given up.
constexpr std::uint32_t most_join_failures = 255;

class Bits {
  public:
    explicit Bits(std::uint64_t word = 0) : word_(word) {}

    template <typename Value>
    void put(Value value, unsigned width) {
        const auto bits = static_cast<std::uint64_t>(value);
        assert(used_ + width <= 64 && bits >> width == 0);
        word_ |= bits << used_;
        used_ += width;
    }
    template <typename Value = std::uint64_t>
    Value take(unsigned width) {
        const auto bits = word_ >> used_ & ((std::uint64_t{1} << width) - 1U);
        used_ += width;
        return static_cast<Value>(bits);
    }
    [[nodiscard]] std::uint64_t word() const { return word_; }

  private:
    std::uint64_t word_;
    unsigned used_ = 0;
};

}  // namespace

ElectionPacker::ElectionPacker(const Membership& group) {
    const auto all = group.members();
    assert(!all.empty() && all.size() <= most_members);
    for (std::size_t bits = 0; bits < std::size_t{1} << all.size(); ++bits) {
        std::vector<Member> members;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if ((bits >> i & 1U) != 0) members.push_back(all[i]);
        }
        subsets_.emplace_back(std::move(members));
    }
}

std::size_t ElectionPacker::bits(const Membership& members) const {
    std::size_t bits = 0;
    for (const auto& member : members.members()) bits |= std::size_t{1} << (place(member.pid) - 1U);
    return bits;
}

// From 1; 0 is nobody.
std::uint64_t ElectionPacker::place(std::optional<ProcessId> pid) const {
    if (!pid) return 0;
    const auto position = subsets_.back().find(*pid);
    assert(position.has_value());
    return *position + 1;
}

std::optional<ProcessId> ElectionPacker::at_place(std::uint64_t place) const {
    if (place == 0) return std::nullopt;
    return subsets_.back().members()[place - 1].pid;
}

// R3: whose turn it is to be PROBEd counts modulo the number of higher members, which may grow to all there are.
std::uint32_t ElectionPacker::turns(const Election& process) const {
    const auto now = static_cast<std::uint32_t>(process.higher_count());
    const auto at_last = static_cast<std::uint32_t>(subsets_.back().size() - place(process.self_));
    std::uint32_t multiple = 1;
    for (auto count = std::max(now, 1U); count <= at_last; ++count) multiple = std::lcm(multiple, count);
    return multiple;
}

// R7: one more, where the gap is at its limit and the warning is out, changes nothing.
std::uint8_t ElectionPacker::told_apart_returns(const Election& process) {
    constexpr std::uint8_t warned = 4;
    auto gap = process.timing().probe_gap.max;
    std::uint8_t most = 1;  // the first may be forgiven
    for (; most < UINT8_MAX && gap < process.timing().probe_gap_limit && gap > Duration::zero(); gap *= 2) ++most;
    return std::min(process.silent_returns_, std::max(most, warned));
}

PackedElection ElectionPacker::pack(const Election& process) const {
    const auto phase = process.phase_;
    const bool leads = phase == Phase::leading;
    const bool asks = phase == Phase::awaiting_answers;
    const bool follows = process.leader_ && process.leader_ != process.self_;
    const auto if_any = [](bool is, const auto& value) { return is ? value : std::decay_t<decltype(value)>{}; };
    // A victory begins these anew.
    const auto higher_answered = if_any(leads, process.higher_answered_);
    const auto silent = if_any(process.robust(), process.silent_leader_);

    Bits who;
    who.put(true, 1);  // in the place of TimerSlot::main
    who.put(leads && process.hold_down_round_ != 0, 1);
    who.put(process.feign_round_ != 0, 1);
    who.put(process.refresh_round_ != 0, 1);
    who.put(phase, 3);
    who.put(process.watch_, 3);
    who.put(leads && process.announce_pending_, 1);
    who.put(follows && process.leader_answered_probe_, 1);
    who.put(process.watch_ == Watch::lookup && process.prober_is_misled_, 1);
    who.put(bits(process.members_), 8);
    who.put(place(if_any(phase == Phase::awaiting_coordinator, process.greatest_answer_)), 4);
    who.put(place(process.leader_), 4);
    who.put(place(silent), 4);
    who.put(place(higher_answered), 4);
    who.put(place(if_any(process.suspect_rounds_ > 0, process.suspect_)), 4);
    who.put(if_any(leads || asks, process.asked_), 4);
    who.put(if_any(asks, process.refused_), 4);
    who.put(silent && process.silence_lasts_, 1);
    who.put(silent && process.had_answered_before_, 1);
    who.put(process.suspect_rounds_, 2);
    who.put(silent ? told_apart_returns(process) : std::uint8_t{0}, 5);
    who.put(if_any(higher_answered.has_value(), process.higher_asked_), 5);

    Bits counts;
    std::uint64_t discounted = 0;
    for (const auto pid : process.discounted_) discounted |= std::uint64_t{1} << (place(pid) - 1U);
    counts.put(discounted, 8);
    counts.put(if_any(higher_answered.has_value(), process.answers_to_skip_), 16);
    counts.put(std::min(process.join_failures_, most_join_failures), 8);
    counts.put(process.probe_turn_ % turns(process), 9);
    return {{who.word(), counts.word()}};
}

Election ElectionPacker::unpack(const PackedElection& packed, ProcessId self, const Settings& settings) const {
    Election process(self, settings, UnpackedRounds::present);
    process.hold_down_round_ = packed.heeds(TimerSlot::hold_down) ? UnpackedRounds::hold_down : 0;
    process.feign_round_ = packed.heeds(TimerSlot::feign) ? UnpackedRounds::feign : 0;
    process.refresh_round_ = packed.heeds(TimerSlot::refresh) ? UnpackedRounds::refresh : 0;
    Bits who(packed.words[0] >> timer_slot_count);
    process.phase_ = who.take<Phase>(3);
    process.watch_ = who.take<Watch>(3);
    process.announce_pending_ = who.take<bool>(1);
    process.leader_answered_probe_ = who.take<bool>(1);
    process.prober_is_misled_ = who.take<bool>(1);
    process.members_ = subset(who.take(8));
    process.own_position_ = static_cast<std::uint32_t>(*process.members_.find(self));
    for (auto* pid : {&process.greatest_answer_, &process.leader_, &process.silent_leader_, &process.higher_answered_,
                      &process.suspect_}) {
        *pid = at_place(who.take(4));
    }
    process.asked_ = who.take<std::uint32_t>(4);
    process.refused_ = who.take<std::uint32_t>(4);
    process.silence_lasts_ = who.take<bool>(1);
    process.had_answered_before_ = who.take<bool>(1);
    process.suspect_rounds_ = who.take<std::uint8_t>(2);
    process.silent_returns_ = who.take<std::uint8_t>(5);
    process.higher_asked_ = who.take<std::uint8_t>(5);
    process.won_round_ = UnpackedRounds::earlier;
    process.last_round_ = UnpackedRounds::refresh;

    Bits counts(packed.words[1]);
    const auto discounted = counts.take(8);
    for (std::uint64_t i = 0; i < most_members; ++i) {
        if ((discounted >> i & 1U) != 0) process.discounted_.push_back(*at_place(i + 1));
    }
    process.answers_to_skip_ = counts.take<std::uint16_t>(16);
    process.join_failures_ = counts.take<std::uint32_t>(8);
    process.probe_turn_ = counts.take<std::uint32_t>(9);
    return process;
}

}  // namespace bully
