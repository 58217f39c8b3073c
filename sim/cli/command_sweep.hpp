// `bully_sim sweep` and `bully_sim merge`: their options, and what they do.
#pragma once

#include "core/settings.hpp"
#include "sim/cli/command_run.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// Where the results go besides the terminal; "-" is stdout.
struct SweepOutputs {
    std::string csv;
    std::string json;
    std::string plot;
    std::string charts;  ///< As parse_charts takes them; empty: all.
    Verbosity verbosity;
};

struct SweepCommand {
    std::string scenario;
    std::vector<std::string> over;
    std::vector<std::string> overrides;
    std::uint64_t seeds = 1000;
    std::optional<std::uint64_t> seed;
    std::optional<Mode> mode;
    std::uint64_t jobs = 0;  ///< 0: as many as there are cores.
    std::string shard;
    std::string precision;
    bool check = false;
    bool progress = false;
    bool reuse = false;  ///< What the file of outputs.json holds of this sweep already isn't run again.
    SweepOutputs outputs;
};

struct MergeCommand {
    std::vector<std::string> files;
    SweepOutputs outputs;
};

CLI::App* add_sweep(CLI::App& app, SweepCommand& command);
CLI::App* add_merge(CLI::App& app, MergeCommand& command);

/// `arguments`: of main, to start the program again with MPI if mpirun has started it and it was built without.
[[nodiscard]] Exit sweep_command(const SweepCommand& command, char** arguments);
[[nodiscard]] Exit merge_command(const MergeCommand& command);

}  // namespace bully::sim
