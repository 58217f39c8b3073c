// The closed forms against integrals and limits that are known otherwise, and the conditions under which they apply.
// (Against the simulator: closed_forms_test.cpp, and sweep_test.py for the means of whole sweeps.)
#include "sim/theory/leader_crash_theory.hpp"

#include "sim/engine/random.hpp"
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

namespace bully::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

const NextProbe gap({milliseconds(500), milliseconds(3000)});

TEST(Theory, survival_and_its_inverse) {
    EXPECT_DOUBLE_EQ(gap.survival(0), 1);
    EXPECT_DOUBLE_EQ(gap.survival(3e9), 0);
    EXPECT_DOUBLE_EQ(gap.survival(9e9), 0);
    for (int i = 0; i <= 30; ++i) {
        const auto x = i * 1e8;
        EXPECT_NEAR(gap.at_survival(gap.survival(x)), x, 1) << x;
    }
}

TEST(Theory, the_mean_of_the_least_is_the_integral_of_its_survival) {
    constexpr int steps = 30'000;
    constexpr double step = 3e9 / steps;
    for (const std::uint64_t count : {1U, 2U, 3U, 10U, 99U}) {
        double integral = 0;
        for (int i = 0; i < steps; ++i) {
            integral += std::pow(gap.survival((i + 0.5) * step), static_cast<double>(count)) * step;
        }
        EXPECT_NEAR(gap.mean_of_least(count), integral, 1e-5 * integral) << count;
    }
}

TEST(Theory, who_takes_part_between_the_limits) {
    for (const std::uint64_t n : {2U, 3U, 7U, 40U}) {
        const auto others = static_cast<double>(n - 1);
        EXPECT_NEAR(mean_square_of_higher(n, gap, hours(1)), others * others, 1e-6);
        // Only the one that notices first, each as likely as any other: the mean of 1, 4, ... (n-1)^2.
        const auto one = (others + 1) * (2 * others + 1) / 6;
        EXPECT_NEAR(mean_square_of_higher(n, gap, Duration::zero()), one, 1e-4 * one);
        double before = 0;
        for (const auto window : {1, 10, 100, 1000, 3000}) {
            const auto mean = mean_square_of_higher(n, gap, milliseconds(window));
            EXPECT_GE(mean, before) << window;
            before = mean;
        }
    }
}

// By simulating nothing but the PROBEs of one process.
TEST(Theory, the_beginning_is_forgotten_step_by_step) {
    const DurationRange range{milliseconds(500), milliseconds(3000)};
    constexpr Duration round_trip = milliseconds(400);
    constexpr double paths = 200'000;
    const Random random(1);
    for (const Duration age : {milliseconds(0), milliseconds(400), milliseconds(1700), milliseconds(5000)}) {
        const NextProbe young(range, round_trip, age);
        constexpr std::array limits{0.5e9, 1e9, 1.5e9, 2e9, 2.5e9, 3e9, 4e9};
        std::array<double, limits.size()> later{};
        double sum = 0;
        for (std::uint32_t path = 0; path < paths; ++path) {
            std::uint32_t count = 0;
            auto next = pick(range, random.draw(1, path, count));
            while (next <= age) next += round_trip + pick(range, random.draw(1, path, ++count));
            const auto residual = static_cast<double>((next - age).count());
            sum += residual;
            for (std::size_t i = 0; i < later.size(); ++i) later[i] += residual > limits[i] ? 1 : 0;
        }
        for (std::size_t i = 0; i < later.size(); ++i) {
            EXPECT_NEAR(young.survival(limits[i]), later[i] / paths, 3 * 0.5 / std::sqrt(paths))
                << bully::to_string(age) << ", " << i;
        }
        EXPECT_NEAR(young.mean_of_least(1), sum / paths, 3 * 1e9 / std::sqrt(paths)) << bully::to_string(age);
    }
}

TEST(Theory, what_is_forgotten_no_longer_matters) {
    for (const auto& [least, most] : {std::pair{0, 3000}, {500, 3000}, {1500, 3000}, {2500, 3000}}) {
        const DurationRange range{milliseconds(least), milliseconds(most)};
        // The last moment at which it isn't taken to be forgotten.
        auto age = std::chrono::duration_cast<Duration>(hours(1));
        const NextProbe old(range);
        for (Duration step = age / 2; step > milliseconds(1); step /= 2) {
            const bool known = NextProbe(range, Duration::zero(), age).is_closed_form();
            age += known ? -step : step;
        }
        age -= milliseconds(5);
        const NextProbe young(range, Duration::zero(), age);
        ASSERT_FALSE(young.is_closed_form());
        for (int tenths = 0; tenths <= 30; ++tenths) {
            EXPECT_NEAR(young.survival(tenths * 1e8), old.survival(tenths * 1e8), 2e-4) << least << ", " << tenths;
        }
        for (const std::uint64_t count : {1U, 4U, 99U}) {
            EXPECT_NEAR(young.mean_of_least(count), old.mean_of_least(count), 1e-3 * old.mean_of_least(count)) << least;
        }
    }
}

tl::expected<LeaderCrashTheory, std::string> theory_of(const std::vector<std::string>& settings) {
    constexpr auto text = R"(name: crash
duration: 30s
start: settled
processes: 5
network: {delay: 5ms}
faults:
- {at: 10s, crash: highest}
)";
    std::vector<Override> overrides;
    overrides.reserve(settings.size());
    for (const auto& setting : settings) overrides.push_back(parse_override(setting).value());
    const auto scenario = parse_with_overrides(text, "a.yaml", overrides);
    if (!scenario) return tl::unexpected("broken: " + to_string(scenario.error().front()));
    return leader_crash_theory(*scenario, scenario->mode);
}

TEST(Theory, silent_and_refused) {
    const auto silent = theory_of({});
    ASSERT_TRUE(silent) << silent.error();
    // Each PROBE begins a round trip later than it would; the first that fails may be sent a delay before the crash.
    const NextProbe at_crash({milliseconds(500), milliseconds(3000)}, milliseconds(10), milliseconds(9995));
    const auto first_probe = at_crash.mean_of_least(4) - 5e6;
    EXPECT_NEAR(first_probe, gap.mean_of_least(4), 5e6);
    // T_p = T_ok = 1.5 s, J = 2 ms; ELECTION, but from one of four, and COORDINATOR.
    EXPECT_NEAR(silent->latency, first_probe + 3.002e9 + 8.75e6, 1);
    EXPECT_EQ(silent->latency_error, 5e6);
    ASSERT_TRUE(silent->messages);
    EXPECT_EQ(silent->messages->least, 5U);
    EXPECT_EQ(silent->messages->most, 20U);
    const auto refused = theory_of({"faults=[{at: 10s, crash: highest, host: up}]"});
    ASSERT_TRUE(refused) << refused.error();
    // The round trips of the PROBE, of JOIN and of the ELECTION.
    EXPECT_NEAR(refused->latency, first_probe + 22e6 + 8.75e6, 1);
    EXPECT_FALSE(refused->messages);
}

// All begin their last PROBE of the dead leader before the COORDINATOR comes.
TEST(Theory, strict_where_nobody_notices_late) {
    EXPECT_TRUE(theory_of({"mode=strict", "timing.answer_timeout=3s", "timing.coordinator_timeout=6s"}));
    EXPECT_TRUE(theory_of({"mode=strict", "faults=[{at: 10s, crash: highest, host: up}]"}));
}

TEST(Theory, only_where_it_applies) {
    for (const auto& [setting, why] : std::vector<std::pair<std::string, std::string>>{
             {"processes=1", "a group of one"},
             {"faults=[]", "the faults aren't one crash of the leader"},
             {"faults=[{at: 10s, crash: lowest}]", "the faults aren't one crash of the leader"},
             {"faults=[{at: 10s, crash: highest}, {at: 20s, restart: 5}]", "the faults aren't one crash"},
             {"network.loss=1%", "messages are lost"},
             {"network.delay={exponential: {mean: 300ms}}", "the timeouts break C1"},
             {"timing.answer_timeout=8ms", "the timeouts break C1"},
             {"network.delay=400ms", "a hundredth of T_ok"},
             {"network.delay={uniform: [1ms, 16ms]}", "a hundredth of T_ok"},
             {"timing.probe_gap=[2s, 2s]", "out of step"},
             {"mode=strict", "a PROBE of the dead leader may be open"},
             {"duration=13s", "the run may end before"}}) {
        const auto theory = theory_of({setting});
        ASSERT_FALSE(theory) << setting;
        EXPECT_NE(theory.error().find(why), std::string::npos) << setting << ": " << theory.error();
    }
    const auto racing =
        theory_of({"faults=[{at: 10s, crash: highest, host: up}]", "network.delay={uniform: [4ms, 5ms]}"});
    ASSERT_FALSE(racing);
    EXPECT_NE(racing.error().find("delays vary"), std::string::npos) << racing.error();
}

}  // namespace
}  // namespace bully::sim
