#include "sim/cli/sweep_options.hpp"

#include "core/cli/options.hpp"
#include "core/record/quantities.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/output_files.hpp"
#include "sim/cli/ranks.hpp"
#include "sim/sweep/charts.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace bully::sim {
namespace {

using Error = std::string;

tl::expected<Shard, Error> parse_shard(const std::string& text) {
    const auto slash = text.find('/');
    const auto whole = [&](const std::string& digits) -> std::uint64_t {
        const auto value = scaled_decimal(digits, 1);
        return value && digits.find('.') == std::string::npos ? static_cast<std::uint64_t>(*value) : 0;
    };
    Shard shard;
    shard.index = slash == std::string::npos ? 0 : whole(text.substr(0, slash));
    shard.count = slash == std::string::npos ? 0 : whole(text.substr(slash + 1));
    if (shard.index < 1 || shard.index > shard.count || shard.count > max_shards) {
        return tl::unexpected("--shard `" + text + "`, expected I/N with I from 1 to N, such as 1/4");
    }
    return shard;
}

tl::expected<std::uint64_t, Error> parse_precision(const std::string& text) {
    // In millionths: a percent is ten thousand of them.
    const auto value = text.ends_with('%') ? scaled_decimal(text.substr(0, text.size() - 1), 10'000) : std::nullopt;
    if (!value || *value == 0 || *value > 1'000'000) {
        return tl::unexpected("--stop-at-precision `" + text +
                              "`, expected a percentage above 0% and up to 100%, such as 2%");
    }
    return static_cast<std::uint64_t>(*value);
}

void add_outputs(CLI::App& app, SweepOutputs& outputs) {
    app.add_option("--csv", outputs.csv, "write a row per cell to this file; - for stdout")->option_text("FILE");
    app.add_option("--json", outputs.json, "write all results, exactly, to this file; - for stdout")
        ->option_text("FILE");
    app.add_option("--plot", outputs.plot,
                   "draw charts to this file; - for stdout: along the first axis, with a line for each setting of the "
                   "others (at most " +
                       std::to_string(most_curves()) +
                       "); and the distribution for 2 to 6 values of the first axis, or for all runs without an axis")
        ->option_text("FILE.svg");
    app.add_option("--charts", outputs.charts, "which charts: time,messages,false_elections,distribution [all]")
        ->option_text("LIST");
    auto* quiet = app.add_flag("--quiet", outputs.verbosity.quiet, "no tables on stdout");
    app.add_flag("--verbose", outputs.verbosity.verbose, "also the intervals of quantiles and of all means")
        ->excludes(quiet);
    app.add_flag("--no-color", outputs.verbosity.no_color, "no colour, even on a terminal");
}

}  // namespace

tl::expected<SweepPlan, Error> plan_of(const SweepCommand& command) {
    SweepPlan plan;
    plan.file = command.scenario;
    plan.first_seed = command.seed;
    plan.seed_count = command.seeds;
    plan.mode = command.mode;
    plan.check = command.check;
    if (command.seeds == 0 || command.seeds > max_seeds) {
        return tl::unexpected("--seeds `" + std::to_string(command.seeds) + "`, expected a number from 1 to " +
                              std::to_string(max_seeds));
    }
    for (const auto& text : command.overrides) {
        auto override = parse_override(text);
        if (!override) return tl::unexpected(override.error());
        plan.overrides.push_back(std::move(*override));
    }
    if (const auto twice = said_twice(plan.overrides, plan.first_seed.has_value(), plan.mode.has_value())) {
        return tl::unexpected(*twice);
    }
    for (const auto& text : command.over) {
        auto axis = parse_axis(text);
        if (!axis) return tl::unexpected(axis.error());
        plan.axes.push_back(std::move(*axis));
    }
    if (const auto cells = count_cells(plan.axes); !cells) return tl::unexpected("--over: " + cells.error());
    if (plan.mode && std::any_of(plan.axes.begin(), plan.axes.end(), [](const Axis& a) { return a.path == "mode"; })) {
        return tl::unexpected(Error("both --mode and --over mode, expected one of the two"));
    }
    // An axis may have no effect in any cell, too. The axes `mode` and `probe` differ from cell to cell.
    auto given = plan.overrides;
    auto first = cell_overrides(plan.axes, 0);
    std::erase_if(first, [](const Override& own) { return own.path == "mode" || own.path == "probe"; });
    given.insert(given.end(), first.begin(), first.end());
    if (const auto vain = without_effect(given, plan.mode)) return tl::unexpected(*vain);
    if (!command.precision.empty()) {
        const auto precision = parse_precision(command.precision);
        if (!precision) return tl::unexpected(precision.error());
        plan.precision = *precision;
    }
    if (!command.shard.empty()) {
        const auto shard = parse_shard(command.shard);
        if (!shard) return tl::unexpected(shard.error());
        plan.shard = *shard;
        if (command.outputs.json.empty()) {
            return tl::unexpected(Error("--shard without --json, expected --json FILE to keep the shard for `merge`"));
        }
    }
    if (command.reuse && (command.outputs.json.empty() || is_stdout(command.outputs.json))) {
        return tl::unexpected(
            Error("--reuse without a file of --json, expected --json FILE, which may have the sweep already"));
    }
    const bool parallel = launch().parallel();
    if (plan.precision > 0 && (plan.shard.count > 1 || parallel)) {
        return tl::unexpected(
            Error("--stop-at-precision for a part of the seeds, expected all seeds in one process: a part can't know "
                  "when the whole is precise enough"));
    }
    if (parallel && (plan.shard.count > 1 || command.reuse)) {
        return tl::unexpected(Error(command.reuse ? "--reuse" : "--shard") +
                              " together with mpirun, expected one of the two");
    }
    return plan;
}

std::optional<Error> table_obstacle(const SweepOutputs& outputs) {
    if (!outputs.verbosity.verbose) return std::nullopt;
    for (const auto& [option, path] :
         {std::pair{"--csv ", outputs.csv}, {"--json ", outputs.json}, {"--plot ", outputs.plot}}) {
        if (!is_stdout(path)) continue;
        return "both --verbose and " + (option + path) + " write to stdout, expected one of the two, or a file";
    }
    return std::nullopt;
}

std::optional<Error> chart_obstacle(const SweepOutputs& outputs, const std::vector<Axis>& axes) {
    if (outputs.plot.empty()) {
        return outputs.charts.empty() ? std::nullopt
                                      : std::optional<Error>("--charts without --plot, expected --plot FILE.svg");
    }
    if (is_named_file(outputs.plot) && !outputs.plot.ends_with(".svg")) {
        return "--plot `" + outputs.plot + "`, expected a file with the ending .svg";
    }
    if (!outputs.charts.empty()) {
        const auto charts = parse_charts(outputs.charts);
        if (!charts) return "--charts " + charts.error();
        for (const auto chart : *charts) {
            if (axes.empty() && chart != SweepChart::distribution) {
                return "--charts " + std::string(to_string(chart)) +
                       " without --over, expected an axis to draw the chart along";
            }
        }
    }
    const auto obstacle = plot_obstacle(axes);
    return obstacle ? std::optional("--plot: " + *obstacle) : std::nullopt;
}

CLI::App* add_sweep(CLI::App& app, SweepCommand& command) {
    auto* sweep = app.add_subcommand("sweep", "run many seeds over a grid of settings: times, messages, violations");
    sweep->add_option("SCENARIO", command.scenario, "a scenario file")->required();
    const auto any_number = cli::whole_number<std::uint64_t>(0, UINT64_MAX);
    cli::add(*sweep, "--seeds", command.seeds, any_number, "the number of runs per cell [1000]", "N");
    cli::add(*sweep, "--seed", command.seed, any_number, "the first seed, instead of the scenario's", "N");
    sweep
        ->add_option("--over", command.over,
                     "an axis: processes=3..1000:log, timing.answer_timeout=200ms..3s:8, network.loss=0%,1%, "
                     "network.delay=5ms,{uniform: [1ms, 10ms]},x2 (x2: the file's own delay, doubled)")
        ->option_text("KEY=VALUES")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    add_set(*sweep, command.overrides);
    add_mode(*sweep, command.mode);
    sweep->add_flag("--check", command.check, "also check properties and expectations: slower");
    sweep
        ->add_option(
            "--stop-at-precision", command.precision,
            "end a cell once its mean is known to this precision, such as 2%; checked after 100, 200, 400 ... runs. "
            "This optional stopping lowers the coverage of the interval from 95% to 93% at worst")
        ->option_text("P%");
    cli::add(*sweep, "--jobs", command.jobs, cli::whole_number<std::uint64_t>(1, UINT64_MAX),
             "the number of threads [one for each core]", "N");
    sweep->add_option("--shard", command.shard, "run only this part of the seeds, for `merge`")->option_text("I/N");
    sweep->add_flag("--reuse", command.reuse, "don't run a sweep whose results the file of --json already has");
    sweep->add_flag("--progress", command.progress, "show progress also if stderr isn't a terminal");
    add_outputs(*sweep, command.outputs);
    return sweep;
}

CLI::App* add_merge(CLI::App& app, MergeCommand& command) {
    auto* merge = app.add_subcommand("merge", "merge the shards of a sweep into the whole");
    merge->add_option("SHARD", command.files, "all N files of `sweep --shard I/N --json`")->required();
    add_outputs(*merge, command.outputs);
    return merge;
}

}  // namespace bully::sim
