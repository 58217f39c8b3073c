// Options that several commands of bully_sim have, and what they accept.
#pragma once

#include "core/settings.hpp"
#include "core/timing.hpp"
#include "sim/cli/command_run.hpp"
#include "sim/scenario/overrides.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// `json` shows neither more nor less.
void add_verbosity(CLI::App& app, Verbosity& verbosity, CLI::Option& json);
void add_mode(CLI::App& app, std::optional<Mode>& mode);
/// --set KEY=VALUE, any number of times.
void add_set(CLI::App& app, std::vector<std::string>& overrides);
/// --seed, --mode and --set: what is run instead of what the scenario says.
void add_chosen(CLI::App& app, ChosenRun& run);
/// Which of --seed and --mode, as far as given, a --set says too; nothing if none.
[[nodiscard]] std::optional<std::string> said_twice(const std::vector<Override>& overrides, bool has_seed,
                                                    bool has_mode);
/// Which of them says what only robust processes heed, though --mode, or another of them, says strict; nothing if none.
/// A file may say so, as it serves both modes.
[[nodiscard]] std::optional<std::string> without_effect(const std::vector<Override>& overrides,
                                                        std::optional<Mode> mode);

}  // namespace bully::sim
