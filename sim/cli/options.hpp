// Options that several commands of bully_sim share, and the values that they accept.
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

/// --quiet, --verbose, --no-color. The first two exclude `json`, whose output has one form.
void add_verbosity(CLI::App& app, Verbosity& verbosity, CLI::Option& json);
/// --mode strict|robust.
void add_mode(CLI::App& app, std::optional<Mode>& mode);
/// --set KEY=VALUE, any number of times.
void add_set(CLI::App& app, std::vector<std::string>& overrides);
/// --seed, --mode and --set: what is run instead of what the scenario says.
void add_chosen(CLI::App& app, ChosenRun& run);
/// The error if a --set repeats --seed or --mode; none otherwise.
[[nodiscard]] std::optional<std::string> said_twice(const std::vector<Override>& overrides, bool has_seed,
                                                    bool has_mode);
/// The error if an override has no effect: a timing of mode robust, though --mode or an override says strict, or a
/// timing of PROBEs beside probe=off. None otherwise. A scenario file may have such timings, for it serves both modes.
[[nodiscard]] std::optional<std::string> without_effect(const std::vector<Override>& overrides,
                                                        std::optional<Mode> mode);

}  // namespace bully::sim
