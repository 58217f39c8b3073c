// The parts of a scenario file, each read by a file of its own: processes, faults, expectations.
#pragma once

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/strict_yaml.hpp"
#include "sim/scenario/values.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// What the parts share while a file is read.
struct Reading {
    Diagnostics& diagnostics;
    ValueReader values;
    Scenario scenario;
    std::map<Number, std::string_view> starts;  ///< Of processes whose start the file gives: the key that does.
};

/// scenario_processes.cpp
void read_timing(Reading& reading, const YamlNode& node, Timing& timing);
void read_feign(Reading& reading, const YamlNode& node, std::optional<FeignPlan>& plan, FeignStyle& style);
void read_processes(Reading& reading, const YamlNode& node);
/// The number of the process that the node names, by number or name.
[[nodiscard]] std::optional<Number> read_number(Reading& reading, const YamlNode& node);
/// Likewise, or highest, lowest, leader, random.
[[nodiscard]] std::optional<ProcessRef> read_ref(Reading& reading, const YamlNode& node);
/// Whether a process may not be called so, because a reference means something else by it.
[[nodiscard]] bool is_reserved(std::string_view name);

/// scenario_faults.cpp
void read_faults(Reading& reading, const YamlNode& node);

/// scenario_expectations.cpp
void read_expectations(Reading& reading, const YamlNode& node);

}  // namespace bully::sim
