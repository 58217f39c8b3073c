// `bully_sim check`: its options, and what it does with them.
#pragma once

#include "sim/cli/command_run.hpp"
#include "sim/explore/budget.hpp"

#include <CLI/App.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace bully::sim {

struct CheckCommand {
    std::string scenario;  ///< Empty: none.
    std::optional<std::size_t> processes;
    std::optional<Mode> mode;
    std::optional<explore::Faults> faults;
    bool file_timing = false;
    std::optional<std::uint8_t> points;
    bool ties_free = true;
    std::size_t memory = std::size_t{4} << 30U;  ///< Bytes.
    bool json = false;
};

/// Adds the subcommand. `command` must outlive the parsing.
CLI::App* add_check(CLI::App& app, CheckCommand& command);

[[nodiscard]] Exit check_command(const CheckCommand& command);

}  // namespace bully::sim
