#include "sim/sweep/sweep.hpp"

#include "core/names.hpp"
#include "sim/scenario/parser.hpp"
#include "sim/util/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bully/version.hpp>
#include <cassert>

namespace bully::sim {
namespace {

std::vector<std::string> lines(const std::vector<Diagnostic>& diagnostics) {
    std::vector<std::string> all;
    all.reserve(diagnostics.size());
    for (const auto& diagnostic : diagnostics) all.push_back(to_string(diagnostic));
    return all;
}

// Whether the squares of times of up to the whole run, one a seed, add up to what a histogram can hold.
bool fits_exactly(Duration duration, std::uint64_t seeds) {
    const auto time = static_cast<Histogram::Sum>(duration.count());
    Histogram::Sum sum = 0;
    return !__builtin_mul_overflow(time * time, Histogram::Sum{seeds}, &sum);
}

// A guess at what one run costs, for the progress: messages grow with the square, PROBEs linearly.
double weight(const SweepCell& cell) {
    const auto n = static_cast<double>(cell.processes);
    return n * (n + 20);
}

// Runs the seeds of one cell up to the end, or until the mean is known well enough.
bool run_seeds(SweepCell& cell, const Scenario& scenario, SeedRange seeds, std::uint64_t precision,
               const CellOptions& options) {
    constexpr std::uint64_t first_look = 100;
    std::uint64_t done = 0;
    auto until = precision == 0 ? seeds.count : std::min(first_look, seeds.count);
    while (true) {
        const auto found = run_cell(scenario, {seeds.first + done, until - done}, options);
        if (!found) return false;
        cell.statistics.merge(*found);
        if (until == seeds.count || is_precise(cell.statistics, precision)) return true;
        done = until;
        until = until > seeds.count / 2 ? seeds.count : until * 2;
    }
}

std::string text_of(const std::vector<Override>& overrides) {
    std::string text;
    for (const auto& override : overrides) text += (text.empty() ? "" : " ") + to_string(override);
    return text.empty() ? "none" : text;
}

std::string text_of(const std::vector<Axis>& axes) {
    std::string text;
    for (const auto& axis : axes) {
        text += (text.empty() ? "" : " ") + axis.path;
        for (const auto& value : axis.values) text += (&value == &axis.values.front() ? "=" : ",") + value;
    }
    return text.empty() ? "none" : text;
}

struct OptionPair {
    std::string what;
    std::string own;
    std::string other;
};

// The options that make two plans for the same scenario and seeds different sweeps.
std::vector<OptionPair> options_of(const SweepPlan& a, const SweepPlan& b) {
    const auto mode = [](const SweepPlan& plan) {
        return plan.mode ? std::string(to_string(*plan.mode)) : "that of the scenario";
    };
    const auto check = [](const SweepPlan& plan) { return std::string(plan.check ? "on" : "off"); };
    const auto precision = [](const SweepPlan& plan) {
        return plan.precision == 0 ? "none" : fmt::format("{}%", static_cast<double>(plan.precision) / 1e4);
    };
    // Before the values: without --check the sweep itself adds expect=[].
    return {{"its --check", check(a), check(b)},
            {"its axes (--over)", text_of(a.axes), text_of(b.axes)},
            {"its values (--set)", text_of(a.overrides), text_of(b.overrides)},
            {"its mode", mode(a), mode(b)},
            {"its precision", precision(a), precision(b)}};
}

}  // namespace

bool is_precise(const CellStatistics& statistics, std::uint64_t precision) {
    // Runs that never agreed would have taken longest, and the mean leaves them out: it can't be known well. Runs that
    // agreed and lost it again say nothing about how long agreement takes.
    if (statistics.not_agreed() > statistics.lost_agreement) return false;
    const auto& times = statistics.agreement;
    const auto interval = times.mean_interval(0);
    if (!interval) return times.count() > 1;  // all values are equal
    return (interval->high - interval->low) / 2 * 1e6 <= times.mean() * static_cast<double>(precision);
}

SeedRange SweepPlan::own_seeds() const {
    __extension__ using Wide = unsigned __int128;
    const auto until = [&](std::uint64_t index) {
        return static_cast<std::uint64_t>(static_cast<Wide>(seed_count) * index / shard.count);
    };
    return {*first_seed + until(shard.index - 1), until(shard.index) - until(shard.index - 1)};
}

std::string to_string(const Shard& shard) {
    return "shard " + std::to_string(shard.index) + "/" + std::to_string(shard.count);
}

std::optional<std::string> difference(const Sweep& a, const Sweep& b) {
    if (a.program != b.program) return "it is from " + b.program + ", not " + a.program;
    if (a.digest != b.digest) {
        return "its scenario " + b.plan.file + ", or a file of delays of that scenario, had a different text";
    }
    if (a.plan.seeds() != b.plan.seeds()) {
        const auto range = [](const SeedRange& seeds) { return fmt::format("{} from {}", seeds.count, seeds.first); };
        return "its seeds are " + range(b.plan.seeds()) + ", not " + range(a.plan.seeds());
    }
    if (a.plan.shard.count != b.plan.shard.count) {
        const auto part = [](std::uint64_t shards) {
            return shards == 1 ? std::string("a whole sweep") : fmt::format("one of {} shards", shards);
        };
        return "it is " + part(b.plan.shard.count) + ", not " + part(a.plan.shard.count);
    }
    for (const auto& [what, own, other] : options_of(a.plan, b.plan)) {
        if (own != other) return fmt::format("{}: {}, not {}", what, excerpt(other, 80), excerpt(own, 80));
    }
    const bool same_cells = std::equal(
        a.cells.begin(), a.cells.end(), b.cells.begin(), b.cells.end(), [](const SweepCell& x, const SweepCell& y) {
            return x.values == y.values && x.mode == y.mode && x.processes == y.processes && x.theory == y.theory;
        });
    return same_cells ? std::nullopt
                      : std::optional<std::string>("its cells have other values, modes, processes or theory");
}

std::vector<Override> Sweep::overrides_of(std::size_t cell) const {
    auto overrides = plan.overrides;
    const auto own = cell_overrides(plan.axes, cell);
    overrides.insert(overrides.end(), own.begin(), own.end());
    return overrides;
}

tl::expected<PreparedSweep, std::vector<std::string>> prepare_sweep(SweepPlan plan) {
    PreparedSweep prepared;
    auto& sweep = prepared.sweep;
    auto scenario = load_scenario(plan.file, plan.overrides);
    const bool own_expectations =
        std::any_of(plan.overrides.begin(), plan.overrides.end(), [](const auto& o) { return o.path == "expect"; }) ||
        std::any_of(plan.axes.begin(), plan.axes.end(), [](const auto& a) { return a.path == "expect"; });
    // A scenario may be wrong only in its expectations: --set may have removed a process that they name.
    if (!plan.check && !own_expectations && (!scenario || !scenario->expectations.empty())) {
        auto overrides = plan.overrides;
        overrides.push_back({"expect", "[]"});
        if (auto without = load_scenario(plan.file, overrides)) {
            scenario = std::move(without);
            plan.overrides = std::move(overrides);
        }
    }
    if (!scenario) return tl::unexpected(lines(scenario.error()));
    const auto count = count_cells(plan.axes);
    assert(count);
    if (!plan.first_seed) plan.first_seed = scenario->seed;
    if (plan.seed_count - 1 > UINT64_MAX - *plan.first_seed) {
        return tl::unexpected(std::vector{plan.file + ": " + std::to_string(plan.seed_count) + " seeds from " +
                                          std::to_string(*plan.first_seed) +
                                          " on end beyond 2^64, expected fewer or lower seeds"});
    }
    sweep.program = "bully_sim " BULLY_VERSION;
    prepared.text = read_scenario_file(plan.file).value_or("");
    sweep.scenario = scenario->name;
    Fingerprint digest;
    digest.add_text(prepared.text);
    sweep.plan = std::move(plan);
    sweep.cells.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i) {
        const auto cell =
            parse_with_overrides(prepared.text, sweep.plan.file, sweep.overrides_of(i), prepared.delay_files);
        if (!cell) return tl::unexpected(lines(cell.error()));
        if (!fits_exactly(cell->duration, sweep.plan.seed_count)) {
            return tl::unexpected(std::vector{sweep.plan.file + ": " + std::to_string(sweep.plan.seed_count) +
                                              " runs of " + bully::to_string(cell->duration) +
                                              " are too many to add up exactly, expected fewer or shorter runs"});
        }
        for (const auto& file : cell->delay_files) {
            auto& all = prepared.delay_files;
            if (std::find(all.begin(), all.end(), file) != all.end()) continue;
            all.push_back(file);
            digest.add(file->digest, all.size());
        }
        const auto mode = sweep.plan.mode.value_or(cell->mode);
        std::vector<std::string> values;
        for (auto& own : cell_overrides(sweep.plan.axes, i)) values.push_back(std::move(own.value));
        sweep.cells.push_back(
            {std::move(values), mode, cell->processes.size(), leader_crash_theory(*cell, mode), CellStatistics{}});
    }
    sweep.digest = digest.value();
    return prepared;
}

bool run_sweep(PreparedSweep& prepared, const SweepOptions& options) {
    auto& sweep = prepared.sweep;
    const auto seeds = sweep.plan.own_seeds();
    double all = 0;
    for (const auto& cell : sweep.cells) all += weight(cell) * static_cast<double>(seeds.count);
    double done = 0;
    for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
        auto& cell = sweep.cells[i];
        const auto scenario =
            parse_with_overrides(prepared.text, sweep.plan.file, sweep.overrides_of(i), prepared.delay_files);
        assert(scenario);  // it was valid in prepare_sweep, and no file is read again
        double runs = 0;
        CellOptions cell_options{cell.mode, options.jobs, sweep.plan.check, options.stopped, {}};
        if (options.progress) {
            cell_options.progress = [&](std::uint64_t more) {
                runs += static_cast<double>(more);
                options.progress((done + runs * weight(cell)) / all);
            };
        }
        if (!run_seeds(cell, *scenario, seeds, sweep.plan.precision, cell_options)) return false;
        done += weight(cell) * static_cast<double>(seeds.count);
    }
    return true;
}

tl::expected<Sweep, std::string> merge_shards(std::vector<std::pair<std::string, Sweep>> shards) {
    assert(!shards.empty());
    const auto& [first_name, first] = shards.front();
    for (const auto& [name, shard] : shards) {
        if (const auto differs = difference(first, shard)) {
            return tl::unexpected(fmt::format("{} isn't part of the same sweep as {}: {}", name, first_name, *differs));
        }
    }
    std::stable_sort(shards.begin(), shards.end(), [](const auto& a, const auto& b) {
        return a.second.plan.shard.index < b.second.plan.shard.index;
    });
    const auto count = shards.front().second.plan.shard.count;
    const auto missing = [&](std::uint64_t index) {
        return tl::unexpected(fmt::format("{} is missing, expected all {}", to_string(Shard{index, count}), count));
    };
    for (std::size_t i = 0; i < shards.size(); ++i) {
        const auto index = shards[i].second.plan.shard.index;
        if (i > 0 && index == shards[i - 1].second.plan.shard.index) {
            return tl::unexpected(fmt::format("{} is given twice, in {} and {}, expected each shard once",
                                              to_string(Shard{index, count}), shards[i - 1].first, shards[i].first));
        }
        if (index != i + 1) return missing(i + 1);
    }
    if (shards.size() != count) return missing(shards.size() + 1);
    auto whole = std::move(shards.front().second);
    whole.plan.shard = {};
    for (std::size_t i = 1; i < shards.size(); ++i) {
        for (std::size_t c = 0; c < whole.cells.size(); ++c) {
            whole.cells[c].statistics.merge(shards[i].second.cells[c].statistics);
        }
    }
    return whole;
}

}  // namespace bully::sim
