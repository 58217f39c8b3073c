// The command `bully_sim advise` and its options.
#pragma once

#include "sim/advise/advise.hpp"
#include "sim/cli/command_run.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bully::sim {

struct AdviseCommand {
    Environment environment;
    std::optional<Delay> delay;  ///< Instead of that of `environment`; required.
    std::uint64_t seed = 1;
    std::optional<std::uint64_t> seeds;
    std::optional<Duration> calm;
    unsigned jobs = 0;  ///< The number of threads; 0: one for each core.
    bool json = false;
    bool no_color = false;
};

/// Adds the subcommand. `command` must outlive the parsing.
CLI::App* add_advise(CLI::App& app, AdviseCommand& command);

[[nodiscard]] Exit advise_command(const AdviseCommand& command);

}  // namespace bully::sim
