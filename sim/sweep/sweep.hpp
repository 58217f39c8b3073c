// A sweep: many seeds of one scenario in each cell of a grid of settings. Shards of it merge into the whole, exactly.
//
// Every cell runs the same seeds, so that cells differ by their settings and not by luck (common random numbers).
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

/// Which part of the seeds. Indexes count from 1.
struct Shard {
    std::uint64_t index = 1;
    std::uint64_t count = 1;

    friend bool operator==(const Shard&, const Shard&) = default;
};
inline constexpr std::uint64_t max_shards = 1'000'000;
inline constexpr std::uint64_t max_seeds = 1'000'000'000'000;
inline constexpr unsigned max_jobs = 1024;

/// What is asked for.
struct SweepPlan {
    std::string file;
    std::vector<Override> overrides;          ///< Of every cell.
    std::vector<Axis> axes;                   ///< None: a single cell.
    std::optional<std::uint64_t> first_seed;  ///< None: prepare_sweep puts the scenario's here.
    std::uint64_t seed_count = 1000;          ///< At least 1.
    std::optional<Mode> mode;                 ///< None: the scenario's.
    bool check = false;                       ///< Properties and expectations.
    std::uint64_t precision = 0;              ///< Ends a cell early: see run_sweep. In millionths; 0: never.
    Shard shard;

    /// Of all shards together. Requires: first_seed.
    [[nodiscard]] SeedRange seeds() const { return {*first_seed, seed_count}; }
    /// Of this shard: as equal parts as can be, in order. Requires: first_seed.
    [[nodiscard]] SeedRange own_seeds() const;

    friend bool operator==(const SweepPlan&, const SweepPlan&) = default;
};

struct SweepCell {
    std::vector<std::string> values;  ///< One for each axis.
    Mode mode = Mode::robust;
    std::uint64_t processes = 0;
    tl::expected<LeaderCrashTheory, std::string> theory;
    CellStatistics statistics;
};

struct Sweep {
    std::string program;       ///< And its version: the engine of another one may run otherwise.
    std::string scenario;      ///< Its name.
    std::uint64_t digest = 0;  ///< Of the texts of the file, and of its files of delays: others are another sweep.
    SweepPlan plan;
    std::vector<SweepCell> cells;  ///< In the order of cell_overrides.

    /// What makes the scenario of this cell out of its file.
    [[nodiscard]] std::vector<Override> overrides_of(std::size_t cell) const;
};

/// The scenario's text beside its sweep, and its files of delays: ready to run, whatever becomes of the files.
struct PreparedSweep {
    Sweep sweep;
    std::string text;
    DelayFiles delay_files;  ///< Of any cell.
};

/// Reads the scenario and each cell of it. Without plan.check the scenario's expectations, which may be about other
/// settings than those of the cells, are left out (`expect=[]`). Requires: count_cells(plan.axes). Errors: a line each,
/// with the name of the file.
[[nodiscard]] tl::expected<PreparedSweep, std::vector<std::string>> prepare_sweep(SweepPlan plan);

struct SweepOptions {
    unsigned jobs = 1;
    std::function<bool()> stopped;              ///< As in CellOptions.
    std::function<void(double part)> progress;  ///< 0..1 of the work; called by one thread at a time.
};

/// Whether the mean time to agreement is known to so many millionths of it: half of its 95 % interval is less. Never
/// where runs never agreed.
[[nodiscard]] bool is_precise(const CellStatistics& statistics, std::uint64_t precision);

/// Fills in the statistics. With a precision, a cell ends when the 95 % confidence interval of its mean time to
/// agreement is within that part of the mean, looked at after 100, 200, 400, ... seeds: whatever the number of jobs. To
/// stop when the scatter seems small favours samples in which it is, but with that few looks the interval still catches
/// the mean in 93 to 95 of 100 sweeps (of 1,000 each: tests/sim/sweep/precision_test.cpp). False if it was stopped.
/// Throws std::bad_alloc.
[[nodiscard]] bool run_sweep(PreparedSweep& prepared, const SweepOptions& options);

/// What keeps `b` from being a part of the same sweep as `a`: "its ..."; nothing if it is one. Texts of files count,
/// and not where they are.
[[nodiscard]] std::optional<std::string> difference(const Sweep& a, const Sweep& b);
/// "shard 1/3".
[[nodiscard]] std::string to_string(const Shard& shard);

/// All shards of one sweep, each with a name for messages, in any order. The result is what one process would have
/// found. Error, one line: not of one sweep, one twice, one missing.
[[nodiscard]] tl::expected<Sweep, std::string> merge_shards(std::vector<std::pair<std::string, Sweep>> shards);

}  // namespace bully::sim
