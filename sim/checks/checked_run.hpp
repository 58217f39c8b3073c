// One checked run of a scenario: the simulator with properties and expectations attached.
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
    std::optional<std::uint64_t> seed;  ///< None: the scenario's.
    std::optional<Mode> mode;           ///< None: the scenario's.
    bool check_properties = true;
    std::vector<Observer*> observers;  ///< Further observers, which must outlive the run.
    /// Called now and then with the virtual time reached; if it returns false, the run ends there.
    std::function<bool(Time)> progress;
};

[[nodiscard]] RunResult run_scenario(const Scenario& scenario, const RunOptions& options = {});

}  // namespace bully::sim
