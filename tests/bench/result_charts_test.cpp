// Charts of what the benchmarks measured: each figure at its place, and mistakes told.
#include "bench/result_charts.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace bully::bench {
namespace {

// As the library writes a run; `more` begins with a comma.
std::string run(const std::string& name, const std::string& more) {
    return R"({"name": ")" + name + R"(", "run_name": ")" + name + R"(", "run_type": "iteration", "time_unit": "ms")" +
           more + "}";
}

std::string rate(const std::string& name, const std::string& items_per_second) {
    return run(name, R"(, "real_time": 1.0, "items_per_second": )" + items_per_second);
}

std::string median(const std::string& name, const std::string& more) {
    return R"({"name": ")" + name + R"(_median", "run_name": ")" + name +
           R"(", "run_type": "aggregate", "aggregate_name": "median")" + more + "}";
}

std::string document(const std::vector<std::string>& runs) {
    std::string all;
    for (const auto& each : runs) all += (all.empty() ? "" : ", ") + each;
    return R"({"context": {}, "benchmarks": [)" + all + "]}";
}

std::string points(const sim::PlotSeries& series) {
    std::string all = series.name + ":";
    for (const auto& point : series.points) {
        all += " " + std::to_string(std::lround(point.x)) + "," + std::to_string(std::lround(point.y));
    }
    return all;
}

std::string error_of(std::string_view json) {
    const auto charts = result_charts(json);
    return charts ? "" : charts.error();
}

TEST(ResultCharts, EnginesStandBesideEachOther) {
    const auto drawn = result_charts(
        document({rate("storm/1000", "4.0e+07"), rate("storm/100", "3e7"), rate("priority_queue/storm/100", "10000000"),
                  rate("storm_on_heap/100", "1"), rate("ns3/storm/MapScheduler/100", "3000"),
                  rate("ns3/storm/HeapScheduler/100", "5000"), rate("step/stale_OK", "7")}));
    ASSERT_TRUE(drawn) << drawn.error();
    ASSERT_EQ(drawn->charts.size(), 1U) << "of what wasn't measured there is no chart";
    const auto& chart = drawn->charts.front();
    EXPECT_EQ(chart.title, "Events per second");
    ASSERT_EQ(chart.series.size(), 3U);
    EXPECT_EQ(points(chart.series[0]), "bully: 100,30000000 1000,40000000");
    EXPECT_EQ(points(chart.series[1]), "std::priority_queue of plain structs: 100,10000000");
    EXPECT_EQ(points(chart.series[2]), "ns-3: 100,5000") << "its fastest scheduler";
    EXPECT_EQ(chart.x.ticks, (std::vector<double>{100, 1000}));
    EXPECT_EQ(chart.y.scale, sim::PlotAxis::Scale::logarithmic);
}

TEST(ResultCharts, MediansOfRepetitions) {
    const auto drawn =
        result_charts(document({rate("trials/5", "300"), rate("trials/5", "900"), rate("trials/5", "100"),
                                median("trials/5", R"(, "time_unit": "us", "items_per_second": 300)"),
                                R"({"run_name": "trials/5", "run_type": "aggregate", "aggregate_name": "mean",
                                    "items_per_second": 433})"}));
    ASSERT_TRUE(drawn) << drawn.error();
    EXPECT_EQ(points(drawn->charts.at(0).series.at(0)), "bully: 5,300");
}

TEST(ResultCharts, LiveTimesInTheirUnitBesideSimulatedOnes) {
    const auto drawn = result_charts(
        document({median("live/silent/3/iterations:1/repeats:5/manual_time", R"(, "time_unit": "s", "real_time": 3.5)"),
                  run("election/3", R"(, "real_time": 0.004, "latency_ms": 3762)")}));
    ASSERT_TRUE(drawn) << drawn.error();
    const auto& series = drawn->charts.at(0).series;
    ASSERT_EQ(series.size(), 2U);
    EXPECT_EQ(points(series[0]), "live, silent: 3,3500");
    EXPECT_EQ(points(series[1]), "simulated, silent: 3,3762");
}

TEST(ResultCharts, WhatFailedIsLeftOutAndTold) {
    const auto drawn = result_charts(document(
        {rate("storm/100", "3e7"),
         run("priority_queue/storm/10000", R"(, "error_occurred": true, "error_message": "needs 4.0 GB of memory")")}));
    ASSERT_TRUE(drawn) << drawn.error();
    EXPECT_EQ(drawn->charts.at(0).series.size(), 1U);
    EXPECT_EQ(drawn->left_out, std::vector<std::string>{"priority_queue/storm/10000: needs 4.0 GB of memory"});
}

TEST(ResultCharts, MistakesAreTold) {
    const std::string expected = ", expected the output of bully_bench --benchmark_format=json";
    EXPECT_EQ(error_of("{\"benchmarks\": "), "invalid JSON at byte 16" + expected);
    EXPECT_EQ(error_of("[]"), "`benchmarks` isn't a list" + expected);
    EXPECT_EQ(error_of(R"({"benchmarks": 3})"), "`benchmarks` isn't a list" + expected);
    EXPECT_EQ(error_of(document({rate("storm/100", "1"), "5"})), "benchmarks[1]: not an object" + expected);
    EXPECT_EQ(error_of(document({"{}"})), "benchmarks[0]: `run_type` isn't a text" + expected);
    EXPECT_EQ(error_of(document({median("live/silent/3", R"(, "time_unit": "h", "real_time": 1)")})),
              "benchmarks[0]: an unknown time_unit `h`" + expected);
    EXPECT_EQ(error_of(document({})), "no benchmark to draw, expected storm, trials, election or live");
}

}  // namespace
}  // namespace bully::bench
