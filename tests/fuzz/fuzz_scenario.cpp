// Any bytes are a scenario or a list of errors with positions in them; a scenario can be run, and runs alike twice.
#include "sim/checks/checked_run.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/scenario/parser.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace bully::sim;

constexpr std::size_t most_processes = 12;
constexpr auto longest = std::chrono::seconds(20);

void demand(bool holds) {
    if (!holds) std::abort();
}

std::uint64_t fingerprint(const Scenario& scenario, QueueKind queue) {
    Simulator simulator(scenario, queue);
    simulator.run(scenario.seed, scenario.mode, [](Time) { return false; });
    return simulator.fingerprint();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.find("empirical") != std::string_view::npos) return 0;  // it may name any file
    auto scenario = parse_scenario(text, "fuzz.yaml");
    if (!scenario) {
        const auto& errors = scenario.error();
        demand(!errors.empty());
        for (const auto& error : errors) demand(error.line >= 1 && error.column >= 1 && !error.what.empty());
        return 0;
    }
    if (scenario->processes.size() > most_processes) return 0;
    scenario->duration = std::min<Time>(scenario->duration, longest);
    demand(fingerprint(*scenario, QueueKind::heap) == fingerprint(*scenario, QueueKind::sorted));
    RunOptions options;
    options.progress = [](Time) { return false; };  // called after 65,536 events
    static_cast<void>(run_scenario(*scenario, options));
    return 0;
}
