// Delays and the values of a scenario file, as figures: the same with every compiler.
#include "sim/scenario/values.hpp"

#include "sim/engine/random.hpp"
#include "sim/scenario/delay.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;

struct Case {
    const char* name;
    Delay delay;
    double mean_ms;
};

constexpr std::array<std::uint32_t, 5> draws{0, 1'000'000'000, 0x8000'0000, 4'000'000'000, 0xFFFF'FFFF};

std::vector<Case> cases() {
    return {
        {"constant", Delay::constant(5ms), 5},
        {"uniform", Delay::uniform(1ms, 10ms), 5.5},
        {"exponential", Delay::exponential(5ms, 1ms), 6},
        {"normal", Delay::normal(5ms, 1ms), 5},
        {"lognormal", Delay::lognormal(4ms, 0.5), 4 * std::exp(0.125)},
        {"pareto", Delay::pareto(1ms, 3.0), 1.5},
        {"empirical", Delay::empirical({1ms, 2ms, 6ms}), 3},
    };
}

std::string shown(const Delay& delay) {
    std::string text;
    for (const auto draw : draws) text += (text.empty() ? "" : " ") + std::to_string(delay.sample(draw).count());
    return text;
}

TEST(Delay, samples_are_the_same_everywhere) {
    std::string text;
    for (const auto& one : cases()) text += std::string(one.name) + " " + shown(one.delay) + "\n";
    EXPECT_EQ(text, R"(constant 5000000 5000000 5000000 5000000 5000000
uniform 1000000 3095476 5500000 9381904 10000000
exponential 1000000 2325238 4465736 14391674 115369285
normal 0 4270443 5000000 6485714 11337958
lognormal 168186 2777402 4000000 8407728 95132746
pareto 1000000 1092370 1259921 2441904 2048000000
empirical 1000000 1000000 2000000 6000000 6000000
)");
}

TEST(Delay, has_its_mean_and_its_bounds) {
    constexpr int count = 200'000;
    const Random random(7);
    for (const auto& one : cases()) {
        double sum = 0;
        double squares = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto sample = one.delay.sample(random.draw(0, 1, i));
            ASSERT_GE(sample, one.delay.shortest()) << one.name;
            ASSERT_LE(sample, one.delay.longest()) << one.name;
            const auto ms = std::chrono::duration<double, std::milli>(sample).count();
            sum += ms;
            squares += ms * ms;
        }
        const auto mean = sum / count;
        const auto error = std::sqrt(std::max(0.0, squares / count - mean * mean) / count);
        EXPECT_NEAR(mean, one.mean_ms, 4 * error + 1e-6) << one.name;
    }
}

TEST(Delay, is_capped) {
    const auto delay = Delay::exponential(5ms).capped(6ms);
    EXPECT_EQ(delay.longest(), 6ms);
    EXPECT_EQ(delay.sample(0xFFFF'FFFF), 6ms);
    EXPECT_EQ(delay.sample(0), Delay::exponential(5ms).sample(0));
}

TEST(Values, durations) {
    const std::vector<std::pair<const char*, std::optional<Duration>>> table{
        {"0s", 0ns},
        {"1ns", 1ns},
        {"1.5ms", 1500us},
        {"0.001us", 1ns},
        {"2min", 120s},
        {"0.5h", 1800s},
        {"1.000000001s", 1s + 1ns},
        {"0.5ns", {}},
        {"5", {}},
        {"ms", {}},
        {"-5ms", {}},
        {"+5ms", {}},
        {".5s", {}},
        {"5.s", {}},
        {"1.2.3s", {}},
        {"5 ms", {}},
        {"5MS", {}},
        {"", {}},
        {"99999999999999999999s", {}},
    };
    for (const auto& [text, expected] : table) EXPECT_EQ(parse_duration(text), expected) << text;
}

TEST(Values, days_until_the_next_birthday) {
    const std::vector<std::tuple<const char*, const char*, std::optional<int>>> table{
        {"1970-11-25", "2026-11-24", 1},   {"1970-11-24", "2026-11-24", 365},  // today: the next one
        {"1970-11-23", "2026-11-24", 364}, {"11-25", "2026-11-24", 1},        {"1970-01-01", "2026-12-31", 1},
        {"1972-02-29", "2026-02-27", 2},                                       // no leap year: on 1 March
        {"1972-02-29", "2028-02-28", 1},   {"1972-02-29", "2028-02-29", 365},  // 366 don't exist in the lab: cut
        {"1970-03-01", "2027-03-01", 365}, {"1970-02-30", "2026-11-24", {}},  {"1970-13-01", "2026-11-24", {}},
        {"70-01-01", "2026-11-24", {}},    {"1970-01-01", "24.11.2026", {}},
    };
    for (const auto& [birthday, today, expected] : table) {
        EXPECT_EQ(days_until_birthday(birthday, today), expected) << birthday << " on " << today;
    }
}

}  // namespace
}  // namespace bully::sim
