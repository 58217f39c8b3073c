// bully_bench_plot RESULTS.json > PLOT.svg
#include "bench/result_charts.hpp"
#include "sim/util/files.hpp"

#include <fstream>
#include <iostream>
#include <string>

namespace {

int fail(const std::string& what) {
    std::cerr << "bully_bench_plot: " << what << "\n";
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string path = argc == 2 ? argv[1] : "";
    if (path.empty() || path.front() == '-') {
        const bool asked = path == "--help" || path == "-h";
        (asked ? std::cout : std::cerr) << "Usage: bully_bench_plot RESULTS.json > PLOT.svg\n"
                                           "Draws the results of bully_bench --benchmark_out=RESULTS.json.\n";
        return asked ? 0 : 2;
    }
    std::ifstream file(path, std::ios::binary);
    std::string text;
    std::getline(file, text, '\0');  // all of it: there is no NUL in JSON
    if (!file.is_open() || file.bad()) return fail(bully::sim::why_unreadable(path));
    const auto drawn = bully::bench::result_charts(text);
    if (!drawn) return fail(path + ": " + drawn.error());
    for (const auto& failed : drawn->left_out) std::cerr << "left out: " << failed << "\n";
    std::cout << bully::sim::to_svg(drawn->charts) << std::flush;
    return std::cout ? 0 : fail("can't write the plot");
}
