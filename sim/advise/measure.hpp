// The advisor's measurements: crashes, and long calm stretches, simulated for each candidate.
#pragma once

#include "sim/advise/candidates.hpp"
#include "sim/statistics/histogram.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace bully::sim {

/// What one timing comes to. A function of the environment and the options, jobs aside.
struct Measured {
    Timing timing;

    /// From the silent crash of the leader until all others follow the next highest, in nanoseconds, one a run.
    /// With stalls and losses. A run that doesn't get there counts with all the time it was given.
    Histogram new_leader;
    std::uint64_t unsettled = 0;  ///< Those.

    // Of a group in which nobody crashes, with stalls and losses. Where no election begins T_ok and T_coord don't
    // matter, so `measure` does this once for neighbours that differ in these alone, with those of the first.
    Duration calm{};
    std::uint64_t false_elections = 0;  ///< As in Measures.
    Histogram messages;                 ///< Sent within each of `calm_parts` equal parts.

    [[nodiscard]] double false_elections_a_day() const;
    /// 95 %, if they are independent; for none, zero to the rule of three (3 divided by the days).
    [[nodiscard]] Interval false_elections_interval() const;
    [[nodiscard]] double messages_a_second() const;
    [[nodiscard]] Interval messages_interval() const;
};

inline constexpr std::uint64_t calm_parts = 24;

struct MeasureOptions {
    std::uint64_t seed = 1;        ///< The first one; every candidate has the same ones.
    std::uint64_t seeds = 1'000;   ///< Crashes of each candidate; at least 2.
    std::optional<Duration> calm;  ///< At least, of each candidate. None: as long as a set number of messages takes.
    unsigned jobs = 1;
    std::function<bool()> stopped;  ///< Asked now and then, from any thread; true ends it all.
    /// Told which part of the work is done, by one thread at a time.
    std::function<void(double part)> progress;
};

/// In the order of `timings`; none if it was stopped.
[[nodiscard]] std::optional<std::vector<Measured>> measure(const Environment& environment,
                                                           const std::vector<Timing>& timings,
                                                           const MeasureOptions& options);

/// About what `measure` has to do, in messages: to tell how far several of them have come.
[[nodiscard]] double work_of(const Environment& environment, const std::vector<Timing>& timings,
                             const MeasureOptions& options);

/// For a timing by itself: where it can be had at a reasonable price, long enough for none seen to mean, at 95 %, fewer
/// than one a day.
[[nodiscard]] Duration check_calm(const Environment& environment, const Timing& timing);

}  // namespace bully::sim
