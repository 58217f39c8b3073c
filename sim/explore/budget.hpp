// How often what may go wrong: from the command line, or as many as a scenario's faults.
#pragma once

#include "sim/explore/model.hpp"
#include "sim/scenario/scenario.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace bully::sim::explore {

struct Faults {
    Budget budget{};
    bool refused = false;  ///< Hosts of the dead refuse connections.
};

/// "crash=1,restart=1,refused". Error: what is wrong, and what was expected.
[[nodiscard]] tl::expected<Faults, std::string> parse_faults(std::string_view text);

/// The kinds and the number of a scenario's faults; their times, and whom they hit, are left aside. Error: a fault that
/// can't be explored.
[[nodiscard]] tl::expected<Faults, std::string> faults_of(const Scenario& scenario);

}  // namespace bully::sim::explore
