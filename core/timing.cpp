#include "core/timing.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace bully {
namespace {

// "n.ddd" of value/unit without trailing zeros; exact, because unit is a power of ten.
std::string decimal(std::uint64_t value, std::uint64_t unit) {
    std::string text = std::to_string(value / unit);
    std::string fraction;
    for (auto digit = unit / 10; digit > 0; digit /= 10) {
        fraction += static_cast<char>('0' + value / digit % 10);
    }
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace

std::string to_string(Duration duration) {
    const auto count = duration.count();
    const auto value = count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
    if (value == 0) return "0s";
    constexpr std::array<std::pair<std::uint64_t, std::string_view>, 4> units{
        {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}, {1, "ns"}}};
    for (const auto& [unit, suffix] : units) {
        if (value < unit) continue;
        std::string text = count < 0 ? "-" : "";
        text += decimal(value, unit);
        text += suffix;
        return text;
    }
    return "0s";
}

std::vector<BrokenCondition> broken_conditions(const Timing& timing, Duration longest_delay, bool probing) {
    std::vector<BrokenCondition> broken;
    const auto demand = [&](const char* name, const char* formula, Duration value, Duration bound) {
        if (value > bound) return;
        broken.push_back(
            {name, std::string(formula) + " is broken: " + to_string(value) + " is not more than " + to_string(bound)});
    };
    const auto round_trip = 2 * longest_delay;
    demand("C1", "answer_timeout > 2 x delay", timing.answer_timeout, round_trip);
    demand("C2", "coordinator_timeout > answer_timeout + 2 x delay + hold_down", timing.coordinator_timeout,
           timing.answer_timeout + round_trip + timing.hold_down);
    if (probing) demand("C3", "probe_timeout > 2 x delay", timing.probe_timeout, round_trip);
    return broken;
}

}  // namespace bully
