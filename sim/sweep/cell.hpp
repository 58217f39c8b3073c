// A cell of a sweep: the exact statistics of many runs of one scenario, the same with any number of threads.
//
// All sums are integers. So the statistics of the seeds [a, b) and [b, c) merge into those of [a, c), bit for bit, and
// threads may take seeds in any order.
#pragma once

#include "sim/checks/result.hpp"
#include "sim/checks/violation_log.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/statistics/histogram.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bully::sim {

/// The seeds from `first` to `first + count - 1`.
struct SeedRange {
    std::uint64_t first = 1;
    std::uint64_t count = 0;

    friend bool operator==(const SeedRange&, const SeedRange&) = default;
};

/// A run to look at, and the reason: "not agreed at the end", "P14", "expectation `at 4s: leader 5`".
struct FailedSeed {
    std::uint64_t seed = 0;
    std::string why;
    bool violated = false;  ///< A property or an expectation was violated.

    friend bool operator==(const FailedSeed&, const FailedSeed&) = default;
};

/// The statistics of a cell. Histograms have one value per run, unless they say otherwise; times are in nanoseconds.
struct CellStatistics {
    enum class Unit : std::uint8_t { time, count };

    /// The 95 % confidence interval of the mean of a measure; none if all runs gave the same time.
    [[nodiscard]] static std::optional<Interval> mean_interval(const Histogram& histogram, Unit unit) {
        return histogram.mean_interval(unit == Unit::count ? 1 : 0);
    }

    /// The greatest number of failed seeds to keep: first seeds with a violation, then seeds without agreement, the
    /// lowest of each.
    static constexpr std::size_t kept_failures = 5;

    std::uint64_t runs = 0;
    Histogram agreement;  ///< Measures::time_to_agreement of the runs that agree at the end.
    /// The time from the last fault to the end in the runs that don't agree at the end. These runs are right-censored:
    /// their time to agreement is longer than this, and means leave them out.
    Histogram not_agreed_after;
    std::uint64_t lost_agreement = 0;  ///< Censored runs that had agreed after the last fault.
    Histogram leaderless;
    Histogram some_leaderless;
    Histogram multi_leader;
    /// TimedFault::agreement of each timed fault of each run; and, for faults without agreement, the time up to the
    /// next fault or the end, which censors them.
    Histogram fault_agreement;
    Histogram fault_not_agreed_after;
    std::array<Histogram, message_type_count> messages;  ///< The number of messages sent, by MessageType.
    /// The messages of elections: ELECTION, the OKs to it, and COORDINATOR, without PROBEs and their OKs.
    Histogram election_messages;
    Histogram elections;  ///< Elections started by any process.
    Histogram false_elections;
    // The number of runs with at least one violation; counted only with CellOptions::check.
    std::uint64_t violated = 0;                               ///< Of a property or an expectation.
    std::array<std::uint64_t, property_limit> by_property{};  ///< By Property, without expected violations.
    std::uint64_t failed_expectations = 0;
    std::vector<FailedSeed> failures;  ///< Ascending by seed.

    [[nodiscard]] std::uint64_t not_agreed() const { return not_agreed_after.count(); }
    [[nodiscard]] std::uint64_t faults() const { return fault_agreement.count() + fault_not_agreed_after.count(); }

    /// A quantile over all runs, or all faults. A quantile of the time to agreement is known if no run is censored
    /// before it. Otherwise `at_least` is set and the value is a lower bound: each censored run counts as if it had
    /// agreed when it was censored.
    struct Quantile : Histogram::Quantile {
        bool at_least = false;
    };
    /// The quantile of one of the histograms above. Requires: runs, or faults, > 0; 0 <= q <= 1.
    [[nodiscard]] Quantile quantile(const Histogram& measure, double q) const;
    /// The 95 % confidence interval of that quantile. Requires: as quantile(), and 0 < q < 1.
    [[nodiscard]] Histogram::QuantileInterval quantile_interval(const Histogram& measure, double q) const;

    /// The 95 % confidence interval of a part of all runs, of which `some` were seen. None without runs, as in a shard
    /// without seeds.
    [[nodiscard]] std::optional<Interval> part_interval(std::uint64_t some) const {
        return runs == 0 ? std::nullopt : std::optional(proportion_interval(some, runs));
    }

    /// Calls see(name, unit, histogram) for each measure, in the order of the reports.
    template <typename Self, typename See>
    static void for_each_measure(Self& self, See&& see) {
        see("agreement", Unit::time, self.agreement);
        see("leaderless", Unit::time, self.leaderless);
        see("some_leaderless", Unit::time, self.some_leaderless);
        see("multi_leader", Unit::time, self.multi_leader);
        see("election_messages", Unit::count, self.election_messages);
        for (const auto type : {MessageType::election, MessageType::ok, MessageType::coordinator, MessageType::probe,
                                MessageType::join}) {
            see(to_string(type), Unit::count, self.messages[static_cast<std::size_t>(type)]);
        }
        see("elections", Unit::count, self.elections);
        see("false_elections", Unit::count, self.false_elections);
    }

    /// Adds a run that ended at `end`.
    void add(const Measures& measures, Time end);
    void add_failure(FailedSeed failure);
    /// Adds the statistics of other seeds.
    void merge(const CellStatistics& other);

    friend bool operator==(const CellStatistics&, const CellStatistics&) = default;

  private:
    // The censored values of a measure; null if it can't have any.
    [[nodiscard]] const Histogram* censored(const Histogram& measure) const;
    // The measure in which each censored value counts as if agreement had come then.
    [[nodiscard]] Histogram least(const Histogram& measure) const;
};

/// The quantiles that reports show.
inline constexpr std::array<std::pair<std::string_view, double>, 4> shown_quantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}}};

struct CellOptions {
    Mode mode = Mode::robust;
    unsigned jobs = 1;
    bool check = false;  ///< Check properties and expectations: two to three times slower.
    /// Called now and then, from any thread; true stops the cell.
    std::function<bool()> stopped;
    /// Called with the number of further runs that are done, by one thread at a time.
    std::function<void(std::uint64_t runs)> progress;
};

/// Runs all seeds. None if it was stopped. Throws std::bad_alloc.
[[nodiscard]] std::optional<CellStatistics> run_cell(const Scenario& scenario, SeedRange seeds,
                                                     const CellOptions& options);

}  // namespace bully::sim
