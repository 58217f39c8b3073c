// `bully_sim view`: a run as a page, and as what else a picture can be.
#pragma once

#include "sim/cli/command_run.hpp"
#include "sim/cli/load.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace bully::sim {

struct ViewCommand {
    ChosenRun chosen;
    std::string page;  ///< Files; "-" for stdout, empty for none.
    std::string model;
};

[[nodiscard]] const CLI::App* add_view(CLI::App& app, ViewCommand& command);
[[nodiscard]] Exit view_command(const ViewCommand& command);

}  // namespace bully::sim
