// A sweep: many seeds of one scenario in each cell of a grid of settings. Its shards merge exactly into the whole.
//
// Every cell runs the same seeds, so cells differ by their settings and not by chance (common random numbers).
#pragma once

#include "sim/sweep/axes.hpp"
#include "sim/sweep/cell.hpp"
#include "sim/theory/leader_crash_theory.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

/// A part of the seeds. Indexes count from 1.
struct Shard {
    std::uint64_t index = 1;
    std::uint64_t count = 1;

    friend bool operator==(const Shard&, const Shard&) = default;
};
inline constexpr std::uint64_t max_shards = 1'000'000;
inline constexpr std::uint64_t max_seeds = 1'000'000'000'000;
inline constexpr unsigned max_jobs = 1024;

/// The order for a sweep: scenario, settings, seeds.
struct SweepPlan {
    std::string file;
    std::vector<Override> overrides;          ///< The values for every cell.
    std::vector<Axis> axes;                   ///< Empty: a single cell.
    std::optional<std::uint64_t> first_seed;  ///< None: prepare_sweep sets the scenario's seed.
    std::uint64_t seed_count = 1000;          ///< At least 1.
    std::optional<Mode> mode;                 ///< None: the scenario's.
    bool check = false;                       ///< Whether to check properties and expectations.
    std::uint64_t precision = 0;              ///< In millionths; ends a cell early, see run_sweep. 0: never.
    Shard shard;

    /// The seeds of all shards together. Requires: first_seed.
    [[nodiscard]] SeedRange seeds() const { return {*first_seed, seed_count}; }
    /// The seeds of this shard. Shards are consecutive and as equal as possible. Requires: first_seed.
    [[nodiscard]] SeedRange own_seeds() const;

    friend bool operator==(const SweepPlan&, const SweepPlan&) = default;
};

struct SweepCell {
    std::vector<std::string> values;  ///< One value for each axis.
    Mode mode = Mode::robust;
    std::uint64_t processes = 0;
    tl::expected<LeaderCrashTheory, std::string> theory;
    CellStatistics statistics;
};

struct Sweep {
    std::string program;       ///< Name and version: another version may run differently.
    std::string scenario;      ///< The name of the scenario.
    std::uint64_t digest = 0;  ///< A digest of the texts of the scenario and its files of delays.
    SweepPlan plan;
    std::vector<SweepCell> cells;  ///< In the order of cell_overrides.

    /// The overrides that make the scenario of a cell from the file.
    [[nodiscard]] std::vector<Override> overrides_of(std::size_t cell) const;
};

/// A sweep with the text of its scenario and its files of delays. It can run even if the files change afterwards.
struct PreparedSweep {
    Sweep sweep;
    std::string text;
    DelayFiles delay_files;  ///< The files of all cells.
};

/// Reads the scenario, and checks each cell. Without plan.check the expectations of the scenario are left out
/// (`expect=[]`), for they may not fit the settings of the cells. Requires: count_cells(plan.axes) is no error. Errors:
/// one line each, with the name of the file.
[[nodiscard]] tl::expected<PreparedSweep, std::vector<std::string>> prepare_sweep(SweepPlan plan);

struct SweepOptions {
    unsigned jobs = 1;
    std::function<bool()> stopped;  ///< As in CellOptions.
    std::function<void(double part)>
        progress;  ///< Called with the part of the work done, 0..1, by one thread at a time.
};

/// Whether the mean time to agreement is known to `precision` millionths: half of its 95 % confidence interval is at
/// most that part of the mean. False if some runs never agreed.
[[nodiscard]] bool is_precise(const CellStatistics& statistics, std::uint64_t precision);

/// Runs the sweep and fills in its statistics. With a precision, a cell ends as soon as it is_precise(), which is
/// checked after 100, 200, 400, ... seeds, whatever the number of jobs. Such optional stopping favours samples with a
/// small variance, but with so few looks the coverage of the interval is still 93 to 95 % (1,000 sweeps of each
/// setting: tests/sim/sweep/precision_test.cpp). Returns false if it was stopped. Throws std::bad_alloc.
[[nodiscard]] bool run_sweep(PreparedSweep& prepared, const SweepOptions& options);

/// The reason why `b` isn't part of the same sweep as `a`: "its ..."; none if it is. The texts of the files count, not
/// their paths.
[[nodiscard]] std::optional<std::string> difference(const Sweep& a, const Sweep& b);
/// "shard 1/3".
[[nodiscard]] std::string to_string(const Shard& shard);

/// Merges all shards of one sweep, in any order, each with a name for messages. The result equals that of one process.
/// Errors, one line: shards of different sweeps, a shard twice, a missing shard.
[[nodiscard]] tl::expected<Sweep, std::string> merge_shards(std::vector<std::pair<std::string, Sweep>> shards);

}  // namespace bully::sim
