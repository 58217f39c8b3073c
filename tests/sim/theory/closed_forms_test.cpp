// Closed forms for the messages and the time of an election in which given processes notice the death of the leader.
// The simulator must reach the counts exactly, and the mean time within the sampling error.
#include "core/names.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/statistics/histogram.hpp"
#include "sim/theory/leader_crash_theory.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <variant>

namespace bully::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr auto one_way_delay = milliseconds(5);
constexpr auto crash_at = seconds(10);

// n settled processes; the host of the highest, the leader, becomes silent at `crash_at`.
Scenario leader_crash(Number n, Duration one_way = one_way_delay) {
    Scenario scenario;
    scenario.settled = true;
    scenario.duration = crash_at + seconds(20);
    scenario.network.delay = Delay::constant(one_way);
    scenario.daemon.delay = Delay::constant(one_way);
    scenario.processes = made_up_processes(n);
    scenario.faults.push_back({crash_at, {}, fault::Crash{{ProcessRef::Kind::number, n}, false}});
    return scenario;
}

// Tells when the winner was determined to be needed: the first ELECTION of all.
class FirstElection final : public Observer {
  public:
    void on_message(const MessageNote& note) override {
        if (note.type == MessageType::election && note.fate == Fate::sent && !at) at = note.at;
    }
    std::optional<Time> at;
};

// ELECTION, OK and COORDINATOR where k is the lowest of those that notice; m = n - k.
void expect_counts(const Measures& measures, std::uint64_t n, std::uint64_t k) {
    const auto m = n - k;
    const auto count = [&](MessageType type) { return measures.messages[static_cast<std::size_t>(type)]; };
    EXPECT_EQ(count(MessageType::election).sent, election_messages(m));
    EXPECT_EQ(count(MessageType::election).to_down, m);
    EXPECT_EQ(count(MessageType::coordinator).sent, coordinator_messages(n));
    EXPECT_EQ(count(MessageType::coordinator).to_down, 1U);
}

class ClosedForms : public testing::TestWithParam<std::tuple<Number, Mode>> {};

TEST_P(ClosedForms, one_that_probes_finds_out) {
    const auto [n, mode] = GetParam();
    for (Number k = 1; k < n; ++k) {
        SCOPED_TRACE("n = " + std::to_string(n) + ", k = " + std::to_string(k));
        auto scenario = leader_crash(n);
        scenario.duration = crash_at + seconds(8);
        for (auto& process : scenario.processes) process.timing.probe_gap = {seconds(100), seconds(100)};
        // One PROBE alone goes to the leader, 9 s before it dies, the next to the dead; then none until the
        // end.
        scenario.processes[k - 1].timing.probe_gap = {seconds(10), seconds(10)};
        Simulator simulator(scenario);
        FirstElection first;
        simulator.attach(first);
        simulator.run(1, mode);

        const auto& measures = simulator.measures();
        const auto m = std::uint64_t{n} - k;
        expect_counts(measures, n, k);
        const auto& probes = measures.messages[static_cast<std::size_t>(MessageType::probe)];
        EXPECT_EQ(probes.sent, 1U);
        EXPECT_EQ(probes.to_down, 1U);
        EXPECT_EQ(measures.messages[static_cast<std::size_t>(MessageType::join)].sent, 1U);
        EXPECT_EQ(measures.messages[static_cast<std::size_t>(MessageType::ok)].sent, answer_messages(m));

        const auto answer_timeout = scenario.processes[0].timing.answer_timeout;
        const auto announced = k == n - 1 ? 1 : 2;  // how many delays until the last one knows
        ASSERT_TRUE(measures.agreement.has_value());
        EXPECT_EQ(measures.agreement->leader, n - 1);
        ASSERT_TRUE(first.at.has_value());
        EXPECT_EQ(*first.at, crash_at + scenario.processes[0].timing.probe_timeout + 2 * one_way_delay);
        EXPECT_EQ(measures.agreement->since - *first.at, answer_timeout + (n == 2 ? 0 : announced) * one_way_delay);
    }
}

// Any set of processes that notice at once costs what its lowest member costs.
TEST_P(ClosedForms, a_set_costs_what_its_lowest_costs) {
    const auto [n, mode] = GetParam();
    const std::uint32_t sets = std::min(1U << (n - 1), 128U);
    for (std::uint32_t set = 1; set < sets; ++set) {
        SCOPED_TRACE("n = " + std::to_string(n) + ", set " + std::to_string(set));
        auto scenario = leader_crash(n);
        scenario.probing = false;
        Number lowest = 0;
        for (Number k = 1; k < n; ++k) {
            if ((set >> (k - 1) & 1U) == 0) continue;
            if (lowest == 0) lowest = k;
            scenario.faults.push_back({crash_at + seconds(1), {}, fault::Elect{{ProcessRef::Kind::number, k}}});
        }
        Simulator simulator(scenario);
        simulator.run(1, mode);
        expect_counts(simulator.measures(), n, lowest);
        const auto m = std::uint64_t{n} - lowest;
        EXPECT_EQ(simulator.measures().messages[static_cast<std::size_t>(MessageType::ok)].sent, answer_messages(m));
    }
}

INSTANTIATE_TEST_SUITE_P(Each, ClosedForms,
                         testing::Combine(testing::Range(Number{2}, Number{13}),
                                          testing::Values(Mode::strict, Mode::robust)),
                         [](const auto& test) {
                             return "n" + std::to_string(std::get<0>(test.param)) + "_" +
                                    std::string(to_string(std::get<1>(test.param)));
                         });

struct MeanCase {
    Number n = 0;
    bool refused = false;
    Delay delay;
};

class MeanTime : public testing::TestWithParam<MeanCase> {};

// What a sweep shows beside its mean, with delays as they are: within three standard errors. (For small groups; in
// general it is stated to be within a delay.)
TEST_P(MeanTime, is_that_of_the_theory_beside_it) {
    const auto& [n, refused, delay] = GetParam();
    auto scenario = leader_crash(n);
    scenario.network.delay = delay;
    // The PROBEs, which begin together at 0, aren't out of step yet.
    scenario.faults[0].at = seconds(5);
    std::get<fault::Crash>(scenario.faults[0].what).host_up = refused;
    const auto theory = leader_crash_theory(scenario, Mode::robust);
    ASSERT_TRUE(theory) << theory.error();
    Histogram times;
    Simulator simulator(scenario);
    for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
        simulator.run(seed, Mode::robust);
        const auto time = simulator.measures().time_to_agreement();
        ASSERT_TRUE(time) << "seed " << seed;
        times.add(time->count());
    }
    const auto standard_error = std::sqrt(times.variance() / static_cast<double>(times.count()));
    EXPECT_NEAR(times.mean(), theory->latency, 3 * standard_error);
    RecordProperty("mean_s", std::to_string(times.mean() / 1e9));
    RecordProperty("theory_s", std::to_string(theory->latency / 1e9));
    RecordProperty("standard_error_s", std::to_string(standard_error / 1e9));
}

const auto lab_delay = Delay::uniform(milliseconds(1), milliseconds(10));
const auto fixed_delay = Delay::constant(one_way_delay);

INSTANTIATE_TEST_SUITE_P(Each, MeanTime,
                         testing::Values(MeanCase{2, false, lab_delay}, MeanCase{3, false, lab_delay},
                                         MeanCase{5, false, lab_delay}, MeanCase{10, false, lab_delay},
                                         MeanCase{30, false, lab_delay}, MeanCase{2, true, fixed_delay},
                                         MeanCase{3, true, fixed_delay}, MeanCase{5, true, fixed_delay},
                                         MeanCase{10, true, fixed_delay}, MeanCase{30, true, fixed_delay}),
                         [](const auto& test) {
                             return (test.param.refused ? "refused_n" : "silent_n") + std::to_string(test.param.n);
                         });

class MeanLatency : public testing::TestWithParam<Number> {};

// From the crash to agreement: V + T_p + J + T_ok, with V the time to the first PROBE that the leader doesn't
// get.
TEST_P(MeanLatency, of_many_trials_is_that_of_the_formula) {
    const auto n = GetParam();
    constexpr std::uint64_t trials = 4000;
    auto scenario = leader_crash(n, nanoseconds(1));
    const auto& timing = scenario.processes[0].timing;
    const auto constant = timing.probe_timeout + nanoseconds(2) + timing.answer_timeout;
    Simulator simulator(scenario);
    double sum = 0;
    double squares = 0;
    for (std::uint64_t seed = 1; seed <= trials; ++seed) {
        simulator.run(seed, Mode::robust);
        const auto latency = simulator.measures().time_to_agreement();
        ASSERT_TRUE(latency.has_value()) << "seed " << seed;
        const auto first_probe = std::chrono::duration<double>(*latency - constant).count();
        sum += first_probe;
        squares += first_probe * first_probe;
    }
    const auto mean = sum / trials;
    const auto standard_error = std::sqrt((squares / trials - mean * mean) / trials);
    const auto expected = NextProbe(timing.probe_gap).mean_of_least(n - 1) / 1e9;
    EXPECT_NEAR(mean, expected, 3 * standard_error);
    RecordProperty("mean_s", std::to_string(mean));
    RecordProperty("formula_s", std::to_string(expected));
}

INSTANTIATE_TEST_SUITE_P(Each, MeanLatency, testing::Values(2U, 3U, 4U, 5U, 8U, 12U),
                         [](const auto& test) { return "n" + std::to_string(test.param); });

}  // namespace
}  // namespace bully::sim
