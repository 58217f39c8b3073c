#include "sim/cli/command_advise.hpp"

#include "core/cli/options.hpp"
#include "core/record/quantities.hpp"
#include "sim/advise/report.hpp"
#include "sim/cli/progress.hpp"
#include "sim/scenario/overrides.hpp"
#include "sim/scenario/strict_yaml.hpp"
#include "sim/scenario/values.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;

constexpr Number most_processes = 200;  // the work grows with the square of the number
// Longer ones would need virtual times that overflow 64 bits of nanoseconds.
constexpr Duration longest_delay = 10min;
constexpr Duration longest_stall = 1h;
constexpr auto delay_expected =
    "a delay such as 5ms, uniform:1ms,10ms, lognormal:5ms,0.5, exponential:5ms, normal:5ms,1ms or pareto:1ms,3";

using cli::Read;
using cli::wrong;

// Reads `yaml`, a value as in a scenario file.
Read<Delay> delay_from_yaml(const std::string& yaml) {
    const auto node = read_value(yaml);
    if (!node) return tl::unexpected(node.error());
    Diagnostics diagnostics("");
    const auto delay = ValueReader(diagnostics, "").delay(*node);
    if (delay && longest_counted_delay(*delay) > longest_delay) {
        return tl::unexpected(fmt::format("one message in a million takes {} or more, expected at most {}; {}",
                                          bully::to_string(three_digits(longest_counted_delay(*delay))),
                                          bully::to_string(longest_delay), "max=TIME bounds a distribution"));
    }
    if (delay && delay->longest() > Duration::zero()) return *delay;
    const auto found = diagnostics.take();
    if (found.empty()) return tl::unexpected<std::string>("a delay of zero, expected a time above zero");
    return tl::unexpected(found.front().what +
                          (found.front().expected.empty() ? "" : ", expected " + found.front().expected));
}

// "lognormal:5ms,0.5" is {lognormal: {median: 5ms, sigma: 0.5}}; "max=80ms" may follow.
Read<Delay> read_delay(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos && !parse_duration(text)) {
        return wrong(text, delay_expected);
    }
    if (colon == std::string::npos || text.front() == '{') return delay_from_yaml(text);
    const auto kind = text.substr(0, colon);
    static const std::vector<std::pair<std::string, std::vector<std::string>>> parameters{
        {"uniform", {}},
        {"exponential", {"mean"}},
        {"normal", {"mean", "deviation"}},
        {"lognormal", {"median", "sigma"}},
        {"pareto", {"min", "shape"}}};
    const auto known =
        std::find_if(parameters.begin(), parameters.end(), [&](const auto& entry) { return entry.first == kind; });
    if (known == parameters.end()) return wrong(text, delay_expected);
    const auto& names = known->second;
    const auto values = CLI::detail::split(text.substr(colon + 1), ',');
    std::string fields;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) fields += ", ";
        if (const auto equals = values[i].find('='); equals != std::string::npos) {
            fields += values[i].substr(0, equals) + ": " + values[i].substr(equals + 1);
        } else if (kind == "uniform") {
            fields += values[i];
        } else if (i < names.size()) {
            fields += names[i] + ": " + values[i];
        } else {
            return tl::unexpected("`" + text + "` has too many values, expected " + delay_expected);
        }
    }
    const bool list = kind == "uniform";
    auto delay = delay_from_yaml("{" + kind + ": " + (list ? "[" : "{") + fields + (list ? "]" : "}") + "}");
    if (!delay) return tl::unexpected("`" + text + "`: " + delay.error());
    return delay;
}

Read<Delay> read_delay_file(const std::string& path) {
    std::string quoted;
    for (const char c : path) quoted += c == '\'' ? "''" : std::string(1, c);
    return delay_from_yaml("{empirical: '" + quoted + "'}");
}

Read<std::uint64_t> read_loss(const std::string& text) {
    Diagnostics diagnostics("");
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.text = text;
    const auto loss = ValueReader(diagnostics, "").probability(node);
    if (!loss || *loss > (std::uint64_t{1} << 31U)) {
        return wrong(text, "a percentage such as 0.1%, from 0% to 50%");
    }
    return *loss;
}

Read<Stall> read_stall(const std::string& text) {
    const auto comma = text.find(',');
    const auto every = parse_duration(text.substr(0, comma));
    const auto lasts = comma == std::string::npos ? std::nullopt : parse_duration(text.substr(comma + 1));
    if (!every || !lasts || *lasts <= 0s || *every < 1s || *every > longest_time || *lasts > *every / 10 ||
        *lasts > longest_stall) {
        return wrong(text,
                     "EVERY,FOR such as 1h,800ms: EVERY from 1s on, FOR at most a tenth of it, so that all processes "
                     "are live most of the time, and at most " +
                         bully::to_string(longest_stall));
    }
    return Stall{*every, *lasts};
}

// A number of seeds that takes some 10 s of one core for 5 processes, 6 min for 200.
std::uint64_t default_seeds(Number processes) {
    const auto n = std::uint64_t{processes};
    return std::clamp<std::uint64_t>(700'000 / (n * n + 40 * n), 100, 1'000);
}

}  // namespace

CLI::App* add_advise(CLI::App& app, AdviseCommand& command) {
    auto* advise = app.add_subcommand("advise", "find timeouts and a probe gap for given delays");
    advise->footer(
        "By default this takes some 10 s of one core for 5 processes, 30 s for 20, 6 min for 200, and up to twice as "
        "long with --stall; cores share the work.");
    auto& given = command.environment;
    auto* delay = cli::add(
        *advise, "--delay", command.delay, read_delay,
        "the one-way delay: 5ms, uniform:1ms,10ms, lognormal:MEDIAN,SIGMA, exponential:MEAN, normal:MEAN,DEVIATION "
        "or pareto:MIN,SHAPE; append ,max=TIME to bound it",
        "KIND:VALUES");
    cli::add(*advise, "--delay-from", command.delay, read_delay_file,
             "measured one-way delays: a file with one time per line", "FILE")
        ->excludes(delay);
    cli::add(*advise, "--processes", given.processes, cli::whole_number<Number>(2, most_processes),
             "the number of processes [5]", "N");
    cli::add(*advise, "--stall", given.stall, read_stall,
             "pause each process now and then: every EVERY on average, for FOR", "EVERY,FOR");
    cli::add(*advise, "--loss", given.loss, read_loss, "the part of the messages that is lost [0%]", "PERCENT");
    cli::add(*advise, "--seed", command.seed, cli::whole_number<std::uint64_t>(0, 1'000'000'000'000),
             "the seed; another one gives other random choices [1]", "N");
    cli::add(*advise, "--seeds", command.seeds, cli::whole_number<std::uint64_t>(2, 10'000'000),
             "the number of crashes per setting [1000, fewer from 14 processes on]", "N");
    cli::add(
        *advise, "--calm", command.calm, cli::duration(1min),
        "the virtual time in which false elections are counted, at least 480 times the longest gap [the time of some "
        "1,000,000 messages, up to 720h; at least as long again for the recommended setting]",
        "TIME");
    cli::add(*advise, "--jobs", command.jobs, cli::whole_number<unsigned>(1, 1'024),
             "the number of threads, which doesn't change the results [one for each core]", "N");
    advise->add_flag("--json", command.json, "the front and the advice as one JSON object on stdout");
    advise->add_flag("--no-color", command.no_color, "no colour, even on a terminal");
    return advise;
}

Exit advise_command(const AdviseCommand& command) {
    if (!command.delay) {
        std::cerr << "bully_sim advise: neither --delay nor --delay-from, expected one of the two, such as "
                     "--delay uniform:1ms,10ms\n";
        return Exit::usage;
    }
    auto environment = command.environment;
    environment.delay = *command.delay;
    catch_interrupt();
    std::optional<Advice> advice;
    {
        Progress progress;
        MeasureOptions options;
        options.seed = command.seed;
        options.seeds = command.seeds.value_or(default_seeds(environment.processes));
        options.calm = command.calm;
        options.jobs = command.jobs > 0 ? command.jobs : std::max(1U, std::thread::hardware_concurrency());
        options.stopped = was_interrupted;
        options.progress = [&](double part) { progress.at(part); };
        advice = advise(environment, options);
    }
    if (!advice) {
        std::cerr << "bully_sim advise: interrupted\n";
        return Exit::interrupted;
    }
    if (command.json) {
        write_advice_json(std::cout, *advice);
    } else {
        write_advice(std::cout, *advice, use_colour(STDOUT_FILENO, {.no_color = command.no_color}));
    }
    return Exit::held;
}

}  // namespace bully::sim
