// Charts of the results of bully_bench: a comparison of engines, and elections by the size of the group.
#pragma once

#include "sim/plot/chart.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bully::bench {

struct ResultCharts {
    std::vector<sim::Chart> charts;
    std::vector<std::string> left_out;  ///< Failed benchmarks with the reason, one line each.
};

/// Makes the charts from the output of bully_bench --benchmark_format=json. With repetitions the median counts. A chart
/// without a benchmark is left out. Error: one line.
[[nodiscard]] tl::expected<ResultCharts, std::string> result_charts(std::string_view json);

}  // namespace bully::bench
