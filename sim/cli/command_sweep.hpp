// The commands `bully_sim sweep` and `bully_sim merge`, and their options.
#pragma once

#include "core/settings.hpp"
#include "sim/cli/command_run.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// The files for the results; "-" is stdout, empty is none.
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
    std::uint64_t jobs = 0;  ///< The number of threads; 0: one for each core.
    std::string shard;
    std::string precision;
    bool check = false;
    bool progress = false;
    bool reuse = false;  ///< Don't run a sweep whose results outputs.json already holds.
    SweepOutputs outputs;
};

struct MergeCommand {
    std::vector<std::string> files;
    SweepOutputs outputs;
};

CLI::App* add_sweep(CLI::App& app, SweepCommand& command);
CLI::App* add_merge(CLI::App& app, MergeCommand& command);

/// Runs a sweep. If mpirun has started a program that was built without MPI, it becomes bully_sim_mpi, with the
/// `arguments` of main.
[[nodiscard]] Exit sweep_command(const SweepCommand& command, char** arguments);
[[nodiscard]] Exit merge_command(const MergeCommand& command);

}  // namespace bully::sim
