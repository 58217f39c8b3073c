#include "sim/explore/state.hpp"

#include <algorithm>
#include <stdexcept>

namespace bully::sim::explore {
namespace {

constexpr unsigned timer_bits = 3;
static_assert(timer_count <= 1U << timer_bits);
static_assert(local_bits + 4 + timer_bits == 24);  // three bytes

// Behind them the times of the timers that run, in the order of the bits.
constexpr std::uint32_t main_runs = 1U << local_bits;
constexpr std::uint32_t hold_down_runs = main_runs << 1U;
constexpr std::uint32_t feign_runs = main_runs << 2U;
constexpr std::uint32_t had_to_answer = main_runs << 3U;
constexpr unsigned timer_shift = local_bits + 4;

class Writer {
  public:
    explicit Writer(Bytes& bytes) : bytes_(bytes) {}
    template <typename Value>
    void put(Value value, std::size_t width = 1) {
        for (std::size_t i = 0; i < width; ++i)
            bytes_[used_++] = static_cast<std::uint8_t>(std::uint32_t{value} >> 8U * i);
    }
    [[nodiscard]] std::size_t used() const { return used_; }

  private:
    Bytes& bytes_;
    std::size_t used_ = 0;
};

class Reader {
  public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    std::uint32_t take(std::size_t width) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < width; ++i) value |= std::uint32_t{bytes_[used_++]} << 8U * i;
        return value;
    }
    std::uint8_t take() { return bytes_[used_++]; }
    [[nodiscard]] std::size_t left() const { return bytes_.size() - used_; }

  private:
    std::span<const std::uint8_t> bytes_;
    std::size_t used_ = 0;
};

}  // namespace

void State::add(const Message& message) {
    if (message_count == most_messages) throw std::runtime_error("too many messages under way to explore");
    messages[message_count++] = pack(message);
}

std::size_t encode(State& state, std::size_t processes, Bytes& bytes) {
    const auto messages = state.under_way();
    std::sort(messages.begin(), messages.end());
    Writer out(bytes);
    out.put(std::uint32_t{state.turn} | (state.timer_fired ? 16U : 0U));
    out.put(state.overlap);
    out.put(state.listed);
    out.put(state.cuts, 2);
    for (std::size_t i = 0; i < disturbance_count; i += 2) {
        out.put(std::uint32_t{state.left[i]} | std::uint32_t{state.left[i + 1]} << 4U);
    }
    for (std::size_t i = 0; i < processes; ++i) {
        const auto& process = state.processes[i];
        out.put(process.local | (process.main_runs ? main_runs : 0U) | (process.hold_down_runs ? hold_down_runs : 0U) |
                    (process.feign_runs ? feign_runs : 0U) | (process.had_to_answer != 0 ? had_to_answer : 0U) |
                    (process.main_runs ? static_cast<std::uint32_t>(process.main) << timer_shift : 0U),
                3);
        if (process.main_runs) {
            out.put(process.main_due.earliest);
            out.put(process.main_due.latest);
        }
        if (process.hold_down_runs) out.put(process.hold_down_due);
        if (process.feign_runs) {
            out.put(process.feign_due.earliest);
            out.put(process.feign_due.latest);
        }
        if (process.had_to_answer != 0) out.put(process.had_to_answer);
    }
    for (const auto message : messages) out.put(message, 4);
    return out.used();
}

void decode(std::span<const std::uint8_t> bytes, std::size_t processes, State& state) {
    Reader in(bytes);
    const auto first = in.take();
    state.turn = first & 15U;
    state.timer_fired = (first & 16U) != 0;
    state.overlap = in.take();
    state.listed = in.take();
    state.cuts = static_cast<std::uint16_t>(in.take(2));
    for (std::size_t i = 0; i < disturbance_count; i += 2) {
        const auto both = in.take();
        state.left[i] = both & 15U;
        state.left[i + 1] = static_cast<std::uint8_t>(both >> 4U);
    }
    for (std::size_t i = 0; i < processes; ++i) {
        auto& process = state.processes[i];
        process = {};
        const auto bits = in.take(3);
        process.local = bits & (main_runs - 1U);
        process.main_runs = (bits & main_runs) != 0;
        process.hold_down_runs = (bits & hold_down_runs) != 0;
        process.feign_runs = (bits & feign_runs) != 0;
        if (process.main_runs) {
            process.main = static_cast<Timer>(bits >> timer_shift);
            process.main_due.earliest = in.take();
            process.main_due.latest = in.take();
        }
        if (process.hold_down_runs) process.hold_down_due = in.take();
        if (process.feign_runs) {
            process.feign_due.earliest = in.take();
            process.feign_due.latest = in.take();
        }
        if ((bits & had_to_answer) != 0) process.had_to_answer = in.take();
    }
    state.message_count = 0;
    while (in.left() > 0) state.messages[state.message_count++] = in.take(4);
}

}  // namespace bully::sim::explore
