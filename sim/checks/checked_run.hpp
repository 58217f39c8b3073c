// One run of a scenario, checked: the simulator with the invariants and the expectations attached.
#pragma once

#include "sim/checks/result.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace bully::sim {

struct RunOptions {
    std::optional<std::uint64_t> seed;  ///< Instead of the scenario's.
    std::optional<Mode> mode;           ///< Likewise.
    bool check_properties = true;
    std::vector<Observer*> observers;  ///< Attached besides; must outlive the run.
    /// Called now and then with the virtual time reached; returning false ends the run there.
    std::function<bool(Time)> progress;
};

[[nodiscard]] RunResult run_scenario(const Scenario& scenario, const RunOptions& options = {});

}  // namespace bully::sim
