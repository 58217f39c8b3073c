#include "bench/result_charts.hpp"

#include "sim/sweep/scales.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

namespace bully::bench {
namespace {

using sim::Chart;
using sim::PlotAxis;
using sim::PlotPoint;
using sim::PlotSeries;
using Json = nlohmann::json;

// A mistake in the input. The text is for people.
struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The benchmark and its n: "ns3/storm/MapScheduler" and 100 for "ns3/storm/MapScheduler/100". Suffixes of the library
// are removed ("live/refused/3/iterations:1/repeats:5/manual_time"). None if there is no n.
std::optional<std::pair<std::string, std::uint64_t>> split(std::string_view name) {
    for (const std::string_view appended : {"/iterations:", "/repeats:", "/manual_time", "/real_time"}) {
        name = name.substr(0, name.find(appended));
    }
    const auto slash = name.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto digits = name.substr(slash + 1);
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return std::pair(std::string(name.substr(0, slash)), n);
}

std::string text_in(const Json& run, const char* key) {
    const auto found = run.find(key);
    if (found == run.end() || !found->is_string()) throw Wrong(std::string("`") + key + "` isn't a text");
    return found->get<std::string>();
}

double milliseconds_in(std::string_view unit) {
    if (unit == "ns") return 1e-6;
    if (unit == "us") return 1e-3;
    if (unit == "ms") return 1;
    if (unit == "s") return 1e3;
    throw Wrong("an unknown time_unit `" + std::string(unit) + "`");
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

class Results {
  public:
    explicit Results(const Json& document) {
        const auto runs = document.find("benchmarks");
        if (runs == document.end() || !runs->is_array()) throw Wrong("`benchmarks` isn't a list");
        for (std::size_t i = 0; i < runs->size(); ++i) {
            try {
                add((*runs)[i]);
            } catch (const Wrong& wrong) {
                throw Wrong("benchmarks[" + std::to_string(i) + "]: " + wrong.what());
            }
        }
    }

    /// The medians of the value `key` of a benchmark, by n; of several benchmarks the greatest.
    [[nodiscard]] std::vector<PlotPoint> points(const std::vector<std::string>& benchmarks, const std::string& key,
                                                double divisor) const {
        std::map<std::uint64_t, double> best;
        for (const auto& benchmark : benchmarks) {
            const auto found = samples_.find({benchmark, key});
            if (found == samples_.end()) continue;
            for (const auto& [n, values] : found->second) {
                auto& value = best.try_emplace(n, 0).first->second;
                value = std::max(value, median(values) / divisor);
            }
        }
        std::vector<PlotPoint> points;
        points.reserve(best.size());
        for (const auto& [n, value] : best) points.push_back({static_cast<double>(n), value});
        return points;
    }

    std::vector<std::string> left_out;

  private:
    void add(const Json& run) {
        if (!run.is_object()) throw Wrong("not an object");
        // The library's median counts as one more sample, which doesn't change the median.
        if (text_in(run, "run_type") == "aggregate" && text_in(run, "aggregate_name") != "median") return;
        const auto name = text_in(run, "run_name");
        if (run.contains("error_message")) {
            left_out.push_back(name + ": " + text_in(run, "error_message"));
            return;
        }
        const auto benchmark = split(name);
        if (!benchmark) return;
        const auto& [title, n] = *benchmark;
        for (const auto& [key, value] : run.items()) {
            if (!value.is_number()) continue;
            const auto scale = key == "real_time" ? milliseconds_in(text_in(run, "time_unit")) : 1.0;
            samples_[{title, key}][n].push_back(value.get<double>() * scale);
        }
    }

    std::map<std::pair<std::string, std::string>, std::map<std::uint64_t, std::vector<double>>> samples_;
};

// One line of a chart, and its source.
struct Line {
    std::string name;
    std::vector<std::string> benchmarks;
    std::string key;
    PlotSeries::Style style = PlotSeries::Style::line;
};

std::vector<Line> engines(const std::string& workload, const std::string& key) {
    const auto ns3 = "ns3/" + workload;
    return {{"bully", {workload}, key},
            {"std::priority_queue of plain structs", {"priority_queue/" + workload}, key},
            {"ns-3", {ns3 + "/MapScheduler", ns3 + "/HeapScheduler", ns3 + "/PriorityQueueScheduler"}, key}};
}

struct Subject {
    std::string title;
    std::string subtitle;
    std::string y_title;
    std::vector<Line> lines;
    double divisor = 1;
};

const std::vector<Subject>& subjects() {
    static const std::vector<Subject> all{
        {"Events per second", "a storm: the leader is dead, the lowest process notices; n(n − 1) messages, one core",
         "events per second", engines("storm", "items_per_second")},
        {"Memory of a storm", "at its worst moment", "memory (MB)", engines("storm", "memory"), 1e6},
        {"Elections per second", "storms of small groups, one after the other, one core", "elections per second",
         engines("trials", "items_per_second")},
        {"Time to agreement after a crash of the leader",
         "live: medians, TCP on loopback; simulated: means, delays of 1 to 10 ms",
         "time to agreement (ms)",
         {{"live, connections refused", {"live/refused"}, "real_time"},
          {"live, silent", {"live/silent"}, "real_time"},
          {"simulated, silent", {"election"}, "latency_ms", PlotSeries::Style::dashed}}}};
    return all;
}

std::optional<Chart> draw(const Subject& subject, const Results& results) {
    Chart chart;
    chart.title = subject.title;
    chart.subtitle = subject.subtitle;
    chart.x = {"processes", PlotAxis::Scale::logarithmic};
    chart.y.title = subject.y_title;
    std::vector<double> values;
    for (std::size_t i = 0; i < subject.lines.size(); ++i) {
        const auto& line = subject.lines[i];
        PlotSeries series{line.name, line.style, i, true, results.points(line.benchmarks, line.key, subject.divisor)};
        if (series.points.empty()) continue;
        for (const auto& point : series.points) {
            values.push_back(point.y);
            chart.x.ticks.push_back(point.x);
        }
        chart.series.push_back(std::move(series));
    }
    if (chart.series.empty()) return std::nullopt;
    chart.y.scale = sim::scale_for(values);
    auto& ticks = chart.x.ticks;
    std::sort(ticks.begin(), ticks.end());
    ticks.erase(std::unique(ticks.begin(), ticks.end()), ticks.end());
    return chart;
}

}  // namespace

tl::expected<ResultCharts, std::string> result_charts(std::string_view json) {
    const auto wrong = [](const std::string& what) {
        return tl::unexpected(what + ", expected the output of bully_bench --benchmark_format=json");
    };
    try {
        Results results(Json::parse(json));
        ResultCharts found;
        for (const auto& subject : subjects()) {
            if (auto chart = draw(subject, results)) found.charts.push_back(std::move(*chart));
        }
        found.left_out = std::move(results.left_out);
        if (found.charts.empty())
            return tl::unexpected(std::string("no benchmark to draw, expected storm, trials, election or live"));
        return found;
    } catch (const Json::parse_error& error) {
        return wrong("invalid JSON at byte " + std::to_string(error.byte));
    } catch (const Wrong& error) {
        return wrong(error.what());
    }
}

}  // namespace bully::bench
