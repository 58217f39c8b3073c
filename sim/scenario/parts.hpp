// The readers of the parts of a scenario file: processes, faults, expectations.
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

/// The state that the readers share while a file is read.
struct Reading {
    Diagnostics& diagnostics;
    ValueReader values;
    Scenario scenario;
    std::map<Number, std::string_view> starts;  ///< The key, `start` or `join`, that sets the start of a process.
};

/// In read_processes.cpp.
void read_timing(Reading& reading, const YamlNode& node, Timing& timing);
void read_feign(Reading& reading, const YamlNode& node, std::optional<FeignPlan>& plan, FeignStyle& style);
void read_processes(Reading& reading, const YamlNode& node);
/// The number of the process that the node names by its number or its name.
[[nodiscard]] std::optional<Number> read_number(Reading& reading, const YamlNode& node);
/// A process by number or name, or one of highest, lowest, leader, random.
[[nodiscard]] std::optional<ProcessRef> read_ref(Reading& reading, const YamlNode& node);
/// Whether a name is reserved: as a reference it means something else than a process of that name.
[[nodiscard]] bool is_reserved(std::string_view name);

/// In read_faults.cpp.
void read_faults(Reading& reading, const YamlNode& node);
/// The kinds that an entry has, for messages: "no kind", "2 kinds (crash, pause)".
[[nodiscard]] std::string kinds_text(const std::vector<std::string_view>& kinds);

/// In read_expectations.cpp.
void read_expectations(Reading& reading, const YamlNode& node);

}  // namespace bully::sim
