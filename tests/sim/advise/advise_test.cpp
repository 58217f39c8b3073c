// The advisor: its front against brute force, its counts against known answers, its advice in further runs.
#include "sim/advise/advise.hpp"

#include "sim/advise/report.hpp"
#include "sim/engine/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;

// By the definition, without the ways out of the real one.
std::vector<std::size_t> reference_front(const std::vector<Cost>& costs) {
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < costs.size(); ++i) {
        int beaten = 0;
        for (std::size_t j = 0; j < costs.size(); ++j) {
            const auto a = costs[j].all();
            const auto b = costs[i].all();
            int better = 0;
            int worse = 0;
            for (std::size_t k = 0; k < a.size(); ++k) {
                better += a[k] < b[k] ? 1 : 0;
                worse += a[k] > b[k] ? 1 : 0;
            }
            if (worse == 0 && (better > 0 || j < i)) ++beaten;
        }
        if (beaten == 0) front.push_back(i);
    }
    return front;
}

TEST(Advise, FrontIsThatOfBruteForce) {
    for (std::uint32_t round = 0; round < 200; ++round) {
        const Random random(round);
        std::vector<Cost> costs(random.draw(1, 0, 0) % 60);
        for (std::uint32_t i = 0; i < costs.size(); ++i) {
            // Few values, so that there are ties and equals.
            const auto value = [&](std::uint32_t what) { return static_cast<double>(random.draw(2, i, what) % 6); };
            costs[i] = {value(0), value(1), value(2), value(3), value(4)};
        }
        EXPECT_EQ(pareto_front(costs), reference_front(costs)) << "round " << round;
    }
}

TEST(Advise, FrontKeepsTheFirstOfEquals) {
    EXPECT_EQ(pareto_front({{2, 2, 2, 2, 0}, {1, 1, 1, 1, 0}, {1, 1, 1, 1, 0}, {0, 9, 9, 9, 1}}),
              (std::vector<std::size_t>{1, 3}));
}

Timing lab_like(Duration probe_timeout, DurationRange gap) {
    Timing timing;
    timing.probe_timeout = probe_timeout;
    timing.probe_gap = gap;
    timing.answer_timeout = 50ms;
    timing.coordinator_timeout = 500ms;
    return timing;
}

std::vector<Measured> measured(const Environment& world, const Timing& timing, Duration calm, unsigned jobs = 1) {
    MeasureOptions options;
    options.seeds = 20;
    options.calm = calm;
    options.jobs = jobs;
    return measure(world, {timing}, options).value();
}

TEST(Advise, NoFalseElectionWhereNothingIsLateOrLost) {
    Environment world;
    world.delay = Delay::uniform(1ms, 10ms);
    const auto found = measured(world, lab_like(21ms, {100ms, 300ms}), 1h).front();
    EXPECT_EQ(found.false_elections, 0U);
    EXPECT_EQ(found.unsettled, 0U);
}

// R8: n JOINs and n - 1 COORDINATORs in 45 s, each of which begins a gap anew.
constexpr double refreshing = 9 / 45.0;

// Constant delays d and gaps g: a follower sends a PROBE every g + 2d, which with its OK makes 2 messages.
TEST(Advise, MessagesAndTimesOfAConstantWorld) {
    Environment world;
    world.processes = 5;
    world.delay = Delay::constant(5ms);
    const auto found = measured(world, lab_like(20ms, {190ms, 190ms}), 1h).front();
    EXPECT_NEAR(found.messages_a_second(), 2 * 4 / 0.2, refreshing);
    // V + T_p + J + T_ok and a delay: V is at most a gap and a round trip.
    const double least = 0.020 + 0.010 + 0.050;
    EXPECT_GT(found.new_leader.mean() / 1e9, least);
    EXPECT_LT(static_cast<double>(found.new_leader.max()) / 1e9, least + 0.2 + 0.02);
}

// A calm time that ends before the first PROBE would show no messages, and one of a few gaps too few: each begins anew.
TEST(Advise, MessagesOfAShortCalmAreThoseOfALongOne) {
    Environment world;
    world.delay = Delay::constant(5ms);
    const auto timing = lab_like(20ms, {500ms, 3s});
    const double expected = 2 * 4 / (1.75 + 0.01);
    EXPECT_NEAR(measured(world, timing, 1s).front().messages_a_second(), expected, 0.03 * expected);
    EXPECT_NEAR(measured(world, timing, 24h).front().messages_a_second(), expected, 0.003 * expected + refreshing);
}

// A PROBE or its OK is lost with probability q = 1 - (1 - p)², each follower sends one every g + 2d.
TEST(Advise, FalseElectionsOfALossyWorldAreWhatLossMakes) {
    Environment world;
    world.processes = 2;
    world.delay = Delay::constant(5ms);
    world.loss = (std::uint64_t{1} << 32U) / 1000;
    const auto found = measured(world, lab_like(20ms, {190ms, 190ms}), 24h).front();
    const double lost = 1 - 0.999 * 0.999;
    const double expected = 86'400 / 0.2 * lost;
    EXPECT_NEAR(found.false_elections_a_day(), expected, 0.15 * expected);
    const auto interval = found.false_elections_interval();
    EXPECT_LT(interval.low, found.false_elections_a_day());
    EXPECT_GT(interval.high, found.false_elections_a_day());
}

// Gaps of 190 ms: each second of the leader's is noticed; back again, it claims to lead once or twice. What T_p
// outlasts isn't noticed.
TEST(Advise, FalseElectionsOfStallsAreThoseThatOutlastTheTimeout) {
    Environment world;
    world.processes = 2;
    world.delay = Delay::constant(5ms);
    const auto a_day = [&](Stall stall) {
        world.stall = stall;
        return measured(world, lab_like(20ms, {190ms, 190ms}), 72h).front().false_elections_a_day();
    };
    const double stalls = 86'400 / 601.0;
    const auto each_ten_minutes = a_day({10min, 1s});
    EXPECT_GT(each_ten_minutes, 0.8 * stalls);
    EXPECT_LT(each_ten_minutes, 3.5 * stalls);
    EXPECT_NEAR(a_day({5min, 1s}), 2 * each_ten_minutes, 0.4 * each_ten_minutes);
    EXPECT_EQ(a_day({10min, 9ms}), 0);
}

std::string advice_text(const Environment& world, unsigned jobs, std::uint64_t seed) {
    MeasureOptions options;
    options.seed = seed;
    options.seeds = 20;
    options.calm = 1min;
    options.jobs = jobs;
    std::ostringstream out;
    write_advice_json(out, advise(world, options).value());
    return out.str();
}

TEST(Advise, SameWithAnyNumberOfJobsAndOtherWithAnotherSeed) {
    Environment world;
    const auto one = advice_text(world, 1, 1);
    EXPECT_EQ(advice_text(world, 3, 1), one);
    EXPECT_NE(advice_text(world, 1, 1'000), one);
}

// A check may take longer than all candidates: nobody is to think that it hangs.
TEST(Advise, ProgressCountsTheChecks) {
    MeasureOptions options;
    options.seeds = 2;
    options.calm = 1min;
    std::size_t tasks = 0;
    options.progress = [&](double) { ++tasks; };
    const Environment world;
    ASSERT_TRUE(measure(world, candidate_timings(world), options));
    std::vector<double> told;
    options.progress = [&](double part) { told.push_back(part); };
    ASSERT_TRUE(advise(world, options));
    EXPECT_GT(told.size(), tasks + calm_parts);
    EXPECT_LT(told[tasks - 1], 1);
    EXPECT_EQ(told.back(), 1);
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
}

TEST(Advise, MarginsThatAreNotEvenSayFromWhereToWhere) {
    Advice advice;
    advice.candidates.resize(1);
    auto& measured = advice.candidates[0].measured;
    measured.calm = 24h;
    measured.messages.add(100, calm_parts);
    measured.messages.add(101, calm_parts);
    // A few crashes took longer than the others: rare events.
    measured.new_leader.add(1'000'000'000, 990);
    for (std::int64_t i = 1; i <= 10; ++i) measured.new_leader.add(i * 10'000'000'000);
    advice.front = {0};
    std::ostringstream out;
    write_advice(out, advice, false);
    EXPECT_NE(out.str().find("  1.54s (1.23..2.25)  "), std::string::npos) << out.str();
    EXPECT_NE(out.str().find("0.0558 ±0.000"), std::string::npos) << out.str();
}

// Runs with seeds that the advice hasn't seen, of the chosen setting alone.
TEST(Advise, RecommendationKeepsItsPromiseInOtherRuns) {
    Environment world;
    world.delay = Delay::uniform(1ms, 10ms);
    MeasureOptions options;
    options.seeds = 200;
    options.calm = 10min;
    const auto advice = advise(world, options).value();
    const auto& chosen = advice.candidates[advice.recommended];
    EXPECT_TRUE(chosen.broken.empty());
    ASSERT_TRUE(chosen.check);
    // No false election was seen, but a short calm time proves little.
    EXPECT_EQ(chosen.check->false_elections, 0U);
    EXPECT_NE(advice.reason.find("This doesn't show that it has at most one false election a day."), std::string::npos)
        << advice.reason;
    EXPECT_NE(std::find(advice.front.begin(), advice.front.end(), advice.recommended), advice.front.end());
    options.seed = 1'000'000;
    options.seeds = 500;
    options.calm = 24h;
    const auto again = measure(world, {chosen.measured.timing}, options).value().front();
    EXPECT_EQ(again.unsettled, 0U);
    EXPECT_EQ(again.false_elections, 0U);
    EXPECT_NEAR(again.new_leader.mean() / 1e9, chosen.cost.mean_s, 0.15 * chosen.cost.mean_s);
    EXPECT_NEAR(again.messages_a_second(), chosen.cost.messages, 0.05 * chosen.cost.messages);
}

TEST(Advise, RisksAreThoseOfTheSetting) {
    Environment world;
    world.stall = Stall{1min, 800ms};
    MeasureOptions options;
    options.seeds = 20;
    options.calm = 30min;
    const auto advice = advise(world, options).value();
    const auto is_told = [&](std::string_view what) {
        return std::any_of(advice.risks.begin(), advice.risks.end(),
                           [&](const std::string& risk) { return risk.find(what) != std::string::npos; });
    };
    const auto& timing = advice.candidates[advice.recommended].measured.timing;
    EXPECT_GT(timing.probe_timeout, 800ms);
    EXPECT_FALSE(is_told("the leader may be deposed"));
    EXPECT_NE(advice.reason.find("is still the leader"), std::string::npos) << advice.reason;
    EXPECT_LT(timing.answer_timeout, 800ms);
    EXPECT_TRUE(is_told("a lower process may win"));
}

TEST(Advise, RecommendsTheBestBalanceOfThoseThatKeepTheConditions) {
    std::vector<Candidate> candidates(4);
    candidates[0].cost = {1, 2, 0, 10, 1};  // the best, but it breaks one
    candidates[0].broken.resize(1);
    candidates[1].cost = {2, 3, 0.5, 10, 0};  // 40
    candidates[2].cost = {3, 4, 0.0, 4, 0};   // 36
    candidates[3].cost = {1, 2, 5.0, 9, 0};   // 9, but five false elections a day
    EXPECT_EQ(recommend(candidates, {0, 1, 2, 3}), 2U);
    // Without any that has so few: the nearest to the best of each.
    candidates[1].cost.false_elections = 11;
    candidates[2].cost.false_elections = 20;
    EXPECT_EQ(recommend(candidates, {0, 1, 2, 3}), 3U);
}

// False elections that come with the PROBEs are fewest with the longest gap, wherever the grid ends.
TEST(Advise, WhereMessagesAreLostTheGridsEndDoesNotDecide) {
    std::vector<Candidate> candidates(4);
    candidates[0].cost = {9, 20, 40, 1, 0};    // the fewest false elections: 1 + 0 + 0
    candidates[1].cost = {2, 5, 150, 4, 0};    // 0.32² + 0.42² + 0.46²
    candidates[2].cost = {1.9, 5, 900, 4, 0};  // 0.29² + 1 + 0.46²
    candidates[3].cost = {1, 3, 600, 20, 0};   // the least time: 0 + 0.87² + 1
    EXPECT_EQ(recommend(candidates, {0, 1, 2, 3}), 1U);
}

TEST(Advise, ACheckOutweighsTheFirstMeasurement) {
    std::vector<Candidate> candidates(2);
    candidates[0].cost = {1, 2, 0, 10, 0};
    candidates[1].cost = {2, 3, 0, 10, 0};
    EXPECT_EQ(recommend(candidates, {0, 1}), 0U);
    candidates[0].check = Measured{};
    candidates[0].check->calm = 24h;
    candidates[0].check->false_elections = 2;
    EXPECT_EQ(recommend(candidates, {0, 1}), 1U);
}

TEST(Advise, SaysWhenTheBestIsTheLastThatWasTried) {
    std::vector<Candidate> candidates;
    for (const auto gap : {1s, 3s, 9s}) {
        for (const auto wait : {10ms, 20ms, 40ms}) {
            candidates.emplace_back().measured.timing = lab_like(wait, {gap / 6, gap});
            candidates.back().measured.timing.answer_timeout = wait;
        }
    }
    const auto told = [&](std::size_t i) {
        std::string all;
        for (const auto& edge : edges_of(candidates[i].measured.timing, candidates)) all += edge;
        return all;
    };
    EXPECT_EQ(told(4), "");
    candidates[1].measured.timing.coordinator_timeout = 250ms;
    EXPECT_NE(told(4).find("T_coord is the longest that was tried with its T_ok"), std::string::npos) << told(4);
    EXPECT_NE(told(1).find("gap is the shortest that was tried"), std::string::npos) << told(1);
    EXPECT_NE(told(7).find("gap is the longest that was tried"), std::string::npos) << told(7);
    EXPECT_NE(told(5).find("T_p is the longest that was tried"), std::string::npos) << told(5);
    EXPECT_NE(told(5).find("T_ok is the longest that was tried"), std::string::npos) << told(5);
}

TEST(Advise, TriesEachTimeoutBelowAndAboveWhatTheConditionsAllow) {
    for (const auto& delay : {Delay::uniform(1ms, 10ms), Delay::lognormal(5ms, 0.5)}) {
        Environment world;
        world.delay = delay;
        const auto longest = longest_counted_delay(delay);
        std::array<std::set<Duration>, 3> breaking;
        std::array<std::set<Duration>, 3> keeping;
        for (const auto& timing : candidate_timings(world)) {
            const auto broken = broken_conditions(timing, longest);
            const std::array values{timing.answer_timeout, timing.coordinator_timeout, timing.probe_timeout};
            for (std::size_t i = 0; i < values.size(); ++i) {
                const bool breaks = std::any_of(broken.begin(), broken.end(), [&](const BrokenCondition& condition) {
                    return condition.name == "C" + std::to_string(i + 1);
                });
                (breaks ? breaking : keeping)[i].insert(values[i]);
            }
        }
        for (std::size_t i = 0; i < keeping.size(); ++i) {
            EXPECT_FALSE(breaking[i].empty()) << "C" << i + 1;
            EXPECT_GE(keeping[i].size(), 2U) << "C" << i + 1;
        }
    }
}

// As a user's world has them too.
TEST(Advise, CrashesHaveStalls) {
    Environment world;
    world.delay = Delay::uniform(1ms, 10ms);
    const auto calm = measured(world, lab_like(21ms, {100ms, 300ms}), 1min).front();
    world.stall = Stall{2s, 900ms};
    const auto stalled = measured(world, lab_like(21ms, {100ms, 300ms}), 1min).front();
    EXPECT_LT(calm.new_leader.max(), Duration(500ms).count());
    EXPECT_GT(stalled.new_leader.max(), Duration(800ms).count());
    EXPECT_GT(stalled.new_leader.mean(), 1.2 * calm.new_leader.mean());
}

Advice quick_advice(const Environment& world) {
    MeasureOptions options;
    options.seeds = 20;
    options.calm = 1min;
    return advise(world, options).value();
}

TEST(Advise, TheRecommendedOneHasTheSeedsOfItsNeighbours) {
    Environment world;
    world.stall = Stall{1min, 800ms};
    const auto advice = quick_advice(world);
    const auto& chosen = advice.candidates[advice.recommended];
    const auto again = measured(world, chosen.measured.timing, 1min).front();
    EXPECT_EQ(again.new_leader, chosen.measured.new_leader);
    EXPECT_EQ(again.messages, chosen.measured.messages);
    ASSERT_TRUE(chosen.check);
    EXPECT_NE(chosen.check->new_leader, chosen.measured.new_leader) << "the check has others";
}

TEST(Advise, ShowsAFewRowsThatNothingDominates) {
    Environment world;
    world.delay = Delay::lognormal(5ms, 0.5);
    world.loss = (std::uint64_t{1} << 32U) / 1000;
    const auto advice = quick_advice(world);
    std::vector<Cost> all;
    for (const auto& candidate : advice.candidates) all.push_back(candidate.cost);
    const auto front = reference_front(all);
    const auto shown = shown_front(advice, 12);
    EXPECT_GT(advice.front.size(), 12U);
    EXPECT_EQ(shown.size(), 12U);
    EXPECT_NE(std::find(shown.begin(), shown.end(), advice.recommended), shown.end());
    for (const auto i : shown) EXPECT_NE(std::find(front.begin(), front.end(), i), front.end());
    EXPECT_EQ(std::set<std::size_t>(shown.begin(), shown.end()).size(), shown.size());
    std::ostringstream out;
    write_advice(out, advice, false);
    const auto text = out.str();
    std::size_t rows = 0;
    for (const std::string_view end : {"  kept\n", "  breaks C"}) {
        for (auto at = text.find(end); at != std::string::npos; at = text.find(end, at + 1)) ++rows;
    }
    EXPECT_EQ(rows, 12U) << text;
    EXPECT_NE(text.find("12 of " + std::to_string(advice.front.size())), std::string::npos) << text;
    EXPECT_NE(text.find("Chosen: Every setting that keeps C1 to C3"), std::string::npos) << text;
}

TEST(Advise, TextsArePastedAsTheyAre) {
    const auto timing = lab_like(21ms, {500ms, 3s});
    EXPECT_EQ(timing_block(timing),
              "timing:\n  answer_timeout: 50ms\n  coordinator_timeout: 500ms\n  probe_timeout: 21ms\n"
              "  probe_gap: [500ms, 3s]\n");
    EXPECT_EQ(live_options(timing),
              "--answer-timeout 50ms --coordinator-timeout 500ms --probe-timeout 21ms --probe-gap 500ms,3s");
}

}  // namespace
}  // namespace bully::sim
