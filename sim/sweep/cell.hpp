// Many runs of one scenario: the exact statistics of a range of seeds, the same with any number of threads.
//
// All sums are integers, so that the statistics of [a, b) and of [b, c) merge into those of [a, c), bit for bit, and
// threads may take seeds in whatever order.
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

/// The seeds first, first + 1, ... first + count - 1.
struct SeedRange {
    std::uint64_t first = 1;
    std::uint64_t count = 0;

    friend bool operator==(const SeedRange&, const SeedRange&) = default;
};

/// A run worth a look, and why: "not agreed at the end", "P14", "expectation `at 4s: leader 5`".
struct FailedSeed {
    std::uint64_t seed = 0;
    std::string why;
    bool violated = false;  ///< A property or an expectation.

    friend bool operator==(const FailedSeed&, const FailedSeed&) = default;
};

/// Times are in nanoseconds, all else are counts; a value per run.
struct CellStatistics {
    enum class Unit : std::uint8_t { time, count };

    /// Of the mean of such a measure, 95 %; none if all runs gave the same time.
    [[nodiscard]] static std::optional<Interval> mean_interval(const Histogram& histogram, Unit unit) {
        return histogram.mean_interval(unit == Unit::count ? 1 : 0);
    }

    /// Not more failed seeds are kept: those that violate something before those that only don't agree, the lowest.
    static constexpr std::size_t kept_failures = 5;

    std::uint64_t runs = 0;
    Histogram agreement;  ///< Measures::time_to_agreement, of the runs that agreed at the end.
    /// The time from the last fault to the end, of the runs that didn't. They are right-censored: the time to agreement
    /// is longer than this, and means leave it out.
    Histogram not_agreed_after;
    std::uint64_t lost_agreement = 0;  ///< Of these, the runs that had agreed after the last fault.
    Histogram leaderless;
    Histogram some_leaderless;
    Histogram multi_leader;
    /// Of each timed fault of each run, TimedFault::agreement; likewise, the time up to the next fault or the end where
    /// there was none.
    Histogram fault_agreement;
    Histogram fault_not_agreed_after;
    std::array<Histogram, message_type_count> messages;  ///< Sent, by MessageType.
    /// ELECTION, the OKs to it, and COORDINATOR: what elections cost, PROBEs aside.
    Histogram election_messages;
    Histogram elections;  ///< Started, by any process.
    Histogram false_elections;
    // Found only where it is looked for; runs with at least one.
    std::uint64_t violated = 0;                               ///< A property or an expectation.
    std::array<std::uint64_t, property_limit> by_property{};  ///< By Property; expected violations aside.
    std::uint64_t failed_expectations = 0;
    std::vector<FailedSeed> failures;  ///< Ascending by seed.

    [[nodiscard]] std::uint64_t not_agreed() const { return not_agreed_after.count(); }
    [[nodiscard]] std::uint64_t faults() const { return fault_agreement.count() + fault_not_agreed_after.count(); }

    /// A quantile of all runs, or of all faults: of a time to agreement known only where none was censored before it;
    /// else it is at least the value, that with each censored one counted as if it had agreed then.
    struct Quantile : Histogram::Quantile {
        bool at_least = false;
    };
    /// Of one of these measures. Requires: runs, or faults, > 0, 0 <= q <= 1.
    [[nodiscard]] Quantile quantile(const Histogram& measure, double q) const;
    /// 95 %, likewise. Requires: 0 < q < 1.
    [[nodiscard]] Histogram::QuantileInterval quantile_interval(const Histogram& measure, double q) const;

    /// Of the part of all runs, of which `some` were seen: 95 %. None without runs: of a shard without seeds.
    [[nodiscard]] std::optional<Interval> part_interval(std::uint64_t some) const {
        return runs == 0 ? std::nullopt : std::optional(proportion_interval(some, runs));
    }

    /// Calls see(name, unit, histogram) for each measure, in the order in which reports show them.
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

    /// Of a run that ended at `end`.
    void add(const Measures& measures, Time end);
    void add_failure(FailedSeed failure);
    /// Requires: of other seeds.
    void merge(const CellStatistics& other);

    friend bool operator==(const CellStatistics&, const CellStatistics&) = default;

  private:
    // Those of this measure; null if there can't be any.
    [[nodiscard]] const Histogram* censored(const Histogram& measure) const;
    // Of this measure; what is censored as if it had agreed then.
    [[nodiscard]] Histogram least(const Histogram& measure) const;
};

/// The quantiles that reports show.
inline constexpr std::array<std::pair<std::string_view, double>, 4> shown_quantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}}};

struct CellOptions {
    Mode mode = Mode::robust;
    unsigned jobs = 1;
    bool check = false;  ///< Properties and expectations: two to three times slower.
    /// Asked now and then, from any thread; true ends it all.
    std::function<bool()> stopped;
    /// Told how many more runs are done, by one thread at a time.
    std::function<void(std::uint64_t runs)> progress;
};

/// None if it was stopped. Throws what a run throws: std::bad_alloc.
[[nodiscard]] std::optional<CellStatistics> run_cell(const Scenario& scenario, SeedRange seeds,
                                                     const CellOptions& options);

}  // namespace bully::sim
