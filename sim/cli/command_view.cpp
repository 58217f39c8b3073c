#include "sim/cli/command_view.hpp"

#include "sim/checks/checked_run.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/output_files.hpp"
#include "sim/report/summary.hpp"
#include "sim/view/json.hpp"
#include "sim/view/page.hpp"
#include "sim/view/recorder.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <unistd.h>

namespace bully::sim {
namespace {

constexpr auto usual_page = "run.html";

void tell(const std::string& what, const std::string& path) {
    if (!path.empty() && path != "-") std::cerr << what << ": " << path << "\n";
}

}  // namespace

const CLI::App* add_view(CLI::App& app, ViewCommand& command) {
    auto* view = app.add_subcommand("view", "a run as a page that shows it, for any browser");
    view->add_option("SCENARIO", command.chosen.scenario, "a scenario file")->required();
    view->add_option("-o,--output", command.page,
                     std::string("the page; without any output it is ") + usual_page + "; - for stdout")
        ->option_text("FILE");
    add_chosen(*view, command.chosen);
    view->add_option("--model", command.model, "what the page shows, as JSON; - for stdout")->option_text("FILE");
    return view;
}

Exit view_command(const ViewCommand& command) {
    const bool names_none = command.page.empty() && command.model.empty();
    const auto page = names_none ? std::string(usual_page) : command.page;
    if (!page.empty() && !has_page()) {
        std::cerr << "bully_sim: view: this program was built without esbuild, and so without the page: expected one "
                     "built with "
                     "it, or --model FILE\n";
        return Exit::usage;
    }
    const auto scenario = load(command.chosen);
    if (!scenario) return Exit::usage;
    if (const auto obstacle = output_obstacle(scenario_files(scenario->file, scenario->delay_files),
                                              {{"--output", page}, {"--model", command.model}})) {
        std::cerr << "bully_sim: " << *obstacle << "\n";
        return Exit::usage;
    }
    catch_interrupt();

    ViewRecorder recorder;
    RunOptions options;
    options.seed = command.chosen.seed;
    options.mode = command.chosen.mode;
    options.observers.push_back(&recorder);
    const auto result = run_with_progress(*scenario, options);
    const auto view = to_json(recorder.model(), *scenario, result);
    const bool written = write_output(page, [&](std::ostream& out) { write_page(out, view); }) &&
                         write_output(command.model, [&](std::ostream& out) { write_view_json(out, view); });
    if (!written) return Exit::internal;
    tell("the page, for any browser", page);
    tell("the model", command.model);
    // With an output on stdout nothing else may go there.
    const bool is_taken = is_stdout(page) || is_stdout(command.model);
    write_summary(is_taken ? std::cerr : std::cout, result,
                  {use_colour(is_taken ? STDERR_FILENO : STDOUT_FILENO, {}), true});
    return exit_of(result);
}

}  // namespace bully::sim
