// The measurements of the advisor: simulated crashes and long calm times of each candidate.
#pragma once

#include "sim/advise/candidates.hpp"
#include "sim/statistics/histogram.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace bully::sim {

/// The results of one timing. They depend on the environment and the options, but not on the number of jobs.
struct Measured {
    Timing timing;

    /// The time from a silent crash of the leader until all others follow the next highest, in nanoseconds, one value
    /// per run; with stalls and losses. A run that doesn't get there counts with its whole time.
    Histogram new_leader;
    std::uint64_t unsettled = 0;  ///< The number of runs that don't get there.

    // The calm time: a group without crashes, with stalls and losses. T_ok and T_coord matter only in elections, so
    // `measure` simulates it once for neighbours that differ only in these two, with the values of the first.
    Duration calm{};
    std::uint64_t false_elections = 0;  ///< As in Measures, within the calm time.
    Histogram messages;                 ///< Messages sent in each of `calm_parts` equal parts.

    [[nodiscard]] double false_elections_a_day() const;
    /// The 95 % confidence interval if they are independent. For a count of 0 it ends at 3 divided by the days (rule of
    /// three).
    [[nodiscard]] Interval false_elections_interval() const;
    [[nodiscard]] double messages_a_second() const;
    [[nodiscard]] Interval messages_interval() const;
};

inline constexpr std::uint64_t calm_parts = 24;

struct MeasureOptions {
    std::uint64_t seed = 1;       ///< The first seed. All candidates have the same seeds.
    std::uint64_t seeds = 1'000;  ///< The number of crashes of each candidate, at least 2.
    std::optional<Duration>
        calm;  ///< The least calm time of each candidate. None: the time of a fixed number of messages.
    unsigned jobs = 1;
    std::function<bool()> stopped;  ///< Called now and then, from any thread; true stops the work.
    /// Called with the part of the work that is done, 0..1, by one thread at a time.
    std::function<void(double part)> progress;
};

/// The results, in the order of `timings`; none if it was stopped.
[[nodiscard]] std::optional<std::vector<Measured>> measure(const Environment& environment,
                                                           const std::vector<Timing>& timings,
                                                           const MeasureOptions& options);

/// An estimate of the work of `measure`, in messages, for the progress of several calls.
[[nodiscard]] double work_of(const Environment& environment, const std::vector<Timing>& timings,
                             const MeasureOptions& options);

/// The calm time of a second measurement: if that isn't too expensive, long enough that no false election means fewer
/// than one per day at 95 %.
[[nodiscard]] Duration check_calm(const Environment& environment, const Timing& timing);

}  // namespace bully::sim
