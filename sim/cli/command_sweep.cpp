#include "sim/cli/command_sweep.hpp"

#include "sim/cli/options.hpp"
#include "sim/cli/output_files.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/ranks.hpp"
#include "sim/cli/sweep_options.hpp"
#include "sim/sweep/charts.hpp"
#include "sim/sweep/file.hpp"
#include "sim/sweep/report.hpp"
#include "sim/sweep/sweep.hpp"
#include "sim/util/counted.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

using Error = std::string;

Exit fail(const std::string& error, Exit exit = Exit::usage) {
    std::cerr << "bully_sim: " << error << "\n";
    return exit;
}

std::vector<NamedFile> files(const SweepOutputs& outputs) {
    return {{"--csv", outputs.csv}, {"--json", outputs.json}, {"--plot", outputs.plot}};
}

Exit report(const Sweep& sweep, const SweepOutputs& outputs) {
    // mpirun gives its processes a pseudo-terminal even if its own output isn't one.
    const bool colour = !launch().by_launcher && use_colour(STDOUT_FILENO, outputs.verbosity);
    using Output = std::pair<std::string, std::function<void(std::ostream&)>>;
    std::vector<Output> all{
        {outputs.csv, [&](std::ostream& out) { write_csv(out, sweep); }},
        {outputs.json, [&](std::ostream& out) { write_sweep(out, sweep); }},
        {outputs.plot,
         [&](std::ostream& out) {
             write_plot(out, sweep, parse_charts(outputs.charts).value_or(std::vector<SweepChart>()));
         }},
    };
    // The results may have taken hours, so each output is written even if another one fails; stdout comes last, for
    // `| head` ends the program.
    const auto to_stdout =
        std::stable_partition(all.begin(), all.end(), [](const Output& output) { return !is_stdout(output.first); });
    bool written = true;
    for (const auto& [path, write] : all) written = write_output(path, write) && written;
    if (!outputs.verbosity.quiet && to_stdout == all.end()) {
        write_tables(std::cout, sweep, {colour, outputs.verbosity.verbose});
    }
    // A sweep measures, so runs without agreement aren't a failure; but a cell without any is no measurement.
    const auto unknown = std::count_if(sweep.cells.begin(), sweep.cells.end(), [](const SweepCell& cell) {
        return cell.statistics.runs > 0 && cell.statistics.agreement.empty();
    });
    if (unknown > 0) {
        std::cerr << "bully_sim: in " << unknown << " of " << counted(sweep.cells.size(), "cell")
                  << " no run agreed at its end: is the scenario's duration too short, or the group wedged?\n";
    }
    if (!written) return Exit::internal;
    for (const auto& cell : sweep.cells) {
        if (cell.statistics.violated > 0) return Exit::violated;
    }
    return Exit::held;
}

// The sweep, ready to run; none if it can't run, with the reasons in `mistakes`, one a line.
std::optional<PreparedSweep> prepared_for(const SweepCommand& command, std::string& mistakes) {
    const auto wrong = [&](const Error& error) {
        mistakes = "bully_sim: " + error + "\n";
        return std::nullopt;
    };
    auto plan = plan_of(command);
    if (!plan) return wrong(plan.error());
    if (const auto obstacle = table_obstacle(command.outputs)) return wrong(*obstacle);
    if (const auto obstacle = chart_obstacle(command.outputs, plan->axes)) return wrong(*obstacle);
    auto prepared = prepare_sweep(*plan);
    if (!prepared) {
        // Mistakes in a file begin with its name, as in the other commands.
        for (const auto& line : prepared.error()) mistakes += line + "\n";
        if (std::exchange(plan->check, false) && prepare_sweep(*plan)) {
            mistakes +=
                "bully_sim: --check also checks the scenario's expectations, which don't fit every cell; --set "
                "expect=[] leaves them out\n";
        }
        return std::nullopt;
    }
    const auto inputs = scenario_files(command.scenario, prepared->delay_files);
    if (launch().own == 0) {
        if (const auto obstacle = output_obstacle(inputs, files(command.outputs))) return wrong(*obstacle);
    }
    return std::move(*prepared);
}

// Reports the mistakes of all ranks, each once, for ranks usually find the same ones. This happens before any rank
// ends, for then mpirun ends the others. Returns whether there are any.
bool tell_mistakes(const std::optional<Ranks>& ranks, const std::string& own) {
    const auto all = ranks ? ranks->gather(own) : std::vector<std::string>{own};
    for (auto mistakes = all.begin(); mistakes != all.end(); ++mistakes) {
        if (std::find(all.begin(), mistakes, *mistakes) == mistakes) std::cerr << *mistakes;
    }
    return ranks ? ranks->is_true_on_any(!own.empty()) : !own.empty();
}

// Runs the sweep, and shows its progress meanwhile. Returns false if it was interrupted.
bool run_shown(PreparedSweep& prepared, const SweepCommand& command, unsigned cores) {
    Progress progress(command.progress);
    SweepOptions options;
    options.jobs = command.jobs == 0 ? cores : static_cast<unsigned>(std::min<std::uint64_t>(command.jobs, max_jobs));
    options.stopped = was_interrupted;
    const bool shown = progress.shown() && launch().own == 0;
    if (shown) options.progress = [&](double part) { progress.at(part); };
    const bool done = run_sweep(prepared, options);
    if (done && shown) progress.done();
    return done;
}

// The sweep in a file, if it is this one; none if the file is missing or empty. Error: the file has other contents,
// which would be lost.
tl::expected<std::optional<Sweep>, Error> found_in(const std::string& path, const Sweep& wanted) {
    std::error_code none;
    if (std::filesystem::file_size(path, none) == 0 || none) return std::nullopt;
    auto found = load_sweep(path);
    if (!found) return tl::unexpected(found.error() + "; --reuse leaves it as it is");
    auto differs = difference(wanted, *found);
    if (!differs && wanted.plan.shard != found->plan.shard) differs = "it is " + to_string(found->plan.shard);
    if (!differs) return std::optional(std::move(*found));
    return tl::unexpected(path + " has another sweep: " + *differs +
                          "; expected another file, or --json without --reuse, which overwrites it");
}

// The whole sweep on rank 0; none on other ranks.
std::optional<Sweep> gather(const Ranks& ranks, const Sweep& own) {
    std::ostringstream text;
    write_sweep(text, own);
    const auto texts = ranks.gather(text.str());
    if (texts.empty()) return std::nullopt;
    std::vector<std::pair<std::string, Sweep>> shards;
    for (const auto& part : texts) {
        auto shard = parse_sweep(part);
        if (!shard) throw std::runtime_error("from another rank: " + shard.error());
        shards.emplace_back("rank " + std::to_string(shards.size()), std::move(*shard));
    }
    auto whole = merge_shards(std::move(shards));
    if (!whole) throw std::runtime_error(whole.error());
    return std::move(*whole);
}

}  // namespace

Exit sweep_command(const SweepCommand& command, char** arguments) {
    const auto launched = launch();
    if (launched.parallel() && !Ranks::built_in) return fail(become_mpi_twin(arguments));
    std::optional<Ranks> ranks;
    if (launched.parallel()) {
        ranks.emplace();
        if (launched.count && *launched.count != ranks->count()) {
            return fail("started as one of " + std::to_string(*launched.count) + " ranks, but MPI has " +
                        std::to_string(ranks->count()) + ", expected mpirun of OpenMPI");
        }
    }
    std::string mistakes;
    auto prepared = prepared_for(command, mistakes);
    if (tell_mistakes(ranks, mistakes)) return Exit::usage;
    if (command.reuse) {
        const auto found = found_in(command.outputs.json, prepared->sweep);
        if (!found) return fail(found.error());
        if (*found) {
            std::cerr << "bully_sim: " << command.outputs.json << " already has this sweep, so it isn't run again\n";
            auto others = command.outputs;
            others.json.clear();
            return report(**found, others);
        }
    }
    if (ranks) prepared->sweep.plan.shard = {ranks->own() + 1, ranks->count()};
    if (!ranks) catch_interrupt();

    const auto cores = ranks ? 1U : std::max(1U, std::thread::hardware_concurrency());
    if (!run_shown(*prepared, command, cores)) return fail("interrupted: nothing was written", Exit::interrupted);
    if (!ranks) return report(prepared->sweep, command.outputs);
    const auto whole = gather(*ranks, prepared->sweep);
    return whole ? report(*whole, command.outputs) : Exit::held;
}

Exit merge_command(const MergeCommand& command) {
    std::vector<NamedFile> inputs;
    for (const auto& path : command.files) inputs.push_back({"the shard", path});
    if (const auto obstacle = table_obstacle(command.outputs)) return fail(*obstacle);
    if (const auto obstacle = output_obstacle(inputs, files(command.outputs))) return fail(*obstacle);
    std::vector<std::pair<std::string, Sweep>> shards;
    for (const auto& path : command.files) {
        auto shard = load_sweep(path);
        if (!shard) return fail(shard.error());
        if (shards.empty()) {
            // All shards have the same axes; reading the rest may take long.
            if (const auto obstacle = chart_obstacle(command.outputs, shard->plan.axes)) return fail(*obstacle);
        }
        shards.emplace_back(path, std::move(*shard));
    }
    const auto whole = merge_shards(std::move(shards));
    if (!whole) return fail(whole.error());
    return report(*whole, command.outputs);
}

}  // namespace bully::sim
