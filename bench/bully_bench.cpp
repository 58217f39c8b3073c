// All benchmarks, as with benchmark_main, except for a huge one that runs only if the filter names it:
//
//   bully_bench --benchmark_filter=storm/30000
#include "bench/huge_storm.hpp"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    const auto filter = benchmark::GetBenchmarkFilter();
    if (filter.find("30000") != std::string::npos && filter.front() != '-') bully::bench::register_huge_storm();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
