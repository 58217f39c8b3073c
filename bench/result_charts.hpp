// What bully_bench has measured, as charts: engines beside each other, and elections by the size of the group.
#pragma once

#include "sim/plot/chart.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bully::bench {

struct ResultCharts {
    std::vector<sim::Chart> charts;
    std::vector<std::string> left_out;  ///< Benchmarks that failed, and why: a line each.
};

/// `json` is what bully_bench --benchmark_format=json writes; of repetitions the median counts. A chart without a
/// benchmark to show is left out. Error: one line.
[[nodiscard]] tl::expected<ResultCharts, std::string> result_charts(std::string_view json);

}  // namespace bully::bench
