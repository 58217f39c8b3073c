#include "sim/advise/measure.hpp"

#include "sim/advise/worlds.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/util/threads.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace bully::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t crashes_at_once = 250;
constexpr double calm_messages = 1e6;  // of each pair of T_p and gap
constexpr double check_messages = 2e7;
constexpr Duration check_wanted = std::chrono::hours(24 * 4);
constexpr Duration longest_calm = std::chrono::hours(24 * 30);

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e9; }
double days(Duration duration) { return seconds(duration) / 86'400; }

// A PROBE and its OK of each follower, once per gap; and an election for each OK that comes too late.
double expected_messages_a_second(const Environment& environment, const Timing& timing) {
    const auto gap = (timing.probe_gap.min + timing.probe_gap.max) / 2 + 2 * delay_quantile(environment.delay, 0.5);
    const double n = environment.processes;
    const auto probes = (n - 1) / seconds(gap);
    return probes * (2 + late_part(environment.delay, timing.probe_timeout) * n * (n - 1));
}

Duration time_of(double messages, const Environment& environment, const Timing& timing) {
    const auto wanted = messages / expected_messages_a_second(environment, timing);
    return std::min(longest_calm, Duration{static_cast<std::int64_t>(wanted) * 1'000'000'000});
}

Duration calm_part(const Environment& environment, const Timing& timing, const MeasureOptions& options) {
    const auto all = options.calm.value_or(time_of(calm_messages, environment, timing));
    // So long that the position of its ends within a gap doesn't matter.
    return std::max<Duration>(all / calm_parts, 20 * timing.probe_gap.max);
}

bool same_calm(const Timing& a, const Timing& b) {
    return a.probe_timeout == b.probe_timeout && a.probe_gap == b.probe_gap;
}

// The work, split into tasks. Results are sums of integers, so the order of the tasks doesn't matter.
class Measurement {
  public:
    Measurement(const Environment& environment, const std::vector<Timing>& timings, const MeasureOptions& options)
        : surroundings_(environment), options_(options) {
        for (const auto& timing : timings) {
            const auto i = results_.size();
            results_.emplace_back().timing = timing;
            for (std::uint64_t first = 0; first < options.seeds; first += crashes_at_once) {
                tasks_.push_back({i, first, false});
            }
            const bool known = i > 0 && same_calm(timing, results_[i - 1].timing);
            calm_of_.push_back(known ? calm_of_[i - 1] : i);
            if (known) continue;
            for (std::uint64_t part = 0; part < calm_parts; ++part) tasks_.push_back({i, part, true});
        }
        // The long tasks come first, so that no thread begins one at the end.
        std::stable_partition(tasks_.begin(), tasks_.end(), [](const Task& task) { return task.calm; });
    }

    std::optional<std::vector<Measured>> run() {
        std::atomic<std::size_t> next = 0;
        const auto work = [&](const GoingOn& going_on) {
            const std::function<bool(Time)> keep_going = [&](Time) { return going_on(); };
            for (std::size_t i = 0; going_on() && (i = next++) < tasks_.size();) {
                if (tasks_[i].calm) {
                    run_calm(tasks_[i], keep_going);
                } else {
                    run_crashes(tasks_[i], keep_going);
                }
            }
        };
        if (!run_on_threads(options_.jobs, options_.stopped, work)) return std::nullopt;
        for (std::size_t i = 0; i < results_.size(); ++i) {
            const auto& calm = results_[calm_of_[i]];
            results_[i].calm = calm.calm;
            results_[i].false_elections = calm.false_elections;
            results_[i].messages = calm.messages;
        }
        return std::move(results_);
    }

  private:
    struct Task {
        std::size_t result = 0;
        std::uint64_t first = 0;  // seed, or part
        bool calm = false;
    };

    void run_crashes(const Task& task, const std::function<bool(Time)>& keep_going) {
        const auto& timing = results_[task.result].timing;
        CrashObserver observer;
        Histogram times;
        std::uint64_t unsettled = 0;
        // Runs without a stall have the same scenario, so they share a simulator.
        std::optional<Scenario> scenario;
        std::optional<Simulator> simulator;
        const auto end = std::min(options_.seeds, task.first + crashes_at_once);
        for (auto seed = options_.seed + task.first; seed < options_.seed + end; ++seed) {
            if (!scenario || surroundings_.stall) {
                auto wanted = crash_scenario(surroundings_, timing, seed);
                const bool crash_alone = scenario && scenario->faults.size() == 1 && wanted.faults.size() == 1;
                if (!crash_alone) {
                    simulator.reset();
                    scenario = std::move(wanted);
                    simulator.emplace(*scenario);
                    simulator->attach(observer);
                }
            }
            simulator->run(seed, surroundings_.mode, keep_going);
            const auto time = observer.time_to_new_leader();
            if (!time) ++unsettled;
            times.add(time.value_or(scenario->duration - warm_up(timing)).count());
        }
        const std::lock_guard lock(mutex_);
        results_[task.result].new_leader.merge(times);
        results_[task.result].unsettled += unsettled;
        count_done();
    }

    void run_calm(const Task& task, const std::function<bool(Time)>& keep_going) {
        const auto& timing = results_[task.result].timing;
        const auto duration = calm_part(surroundings_, timing, options_);
        const auto seed = options_.seed + task.first;
        const auto scenario = calm_scenario(surroundings_, timing, duration, seed);
        Simulator simulator(scenario);
        CalmObserver observer(simulator.measures(), warm_up(timing));
        simulator.attach(observer);
        simulator.run(seed, surroundings_.mode, keep_going);
        const std::lock_guard lock(mutex_);
        auto& result = results_[task.result];
        result.calm += duration;
        result.false_elections += observer.false_elections();
        result.messages.add(static_cast<std::int64_t>(observer.sent()));
        count_done();
    }

    void count_done() {
        ++done_;
        if (options_.progress) options_.progress(static_cast<double>(done_) / static_cast<double>(tasks_.size()));
    }

    const Environment& surroundings_;
    const MeasureOptions& options_;
    std::vector<Task> tasks_;
    std::vector<std::size_t> calm_of_;  // the result whose calm time each result uses
    std::mutex mutex_;                  // guards the members below, except the timings
    std::vector<Measured> results_;
    std::size_t done_ = 0;
};

}  // namespace

double Measured::false_elections_a_day() const { return static_cast<double>(false_elections) / days(calm); }

Interval Measured::false_elections_interval() const {
    const auto [low, high] = poisson_interval(false_elections);
    return {low / days(calm), high / days(calm)};
}

double Measured::messages_a_second() const {
    return messages.mean() * static_cast<double>(messages.count()) / seconds(calm);
}

Interval Measured::messages_interval() const {
    const auto interval = messages.mean_interval(1).value_or(Interval{messages.mean(), messages.mean()});
    const auto part = seconds(calm) / static_cast<double>(messages.count());
    return {interval.low / part, interval.high / part};
}

double work_of(const Environment& environment, const std::vector<Timing>& timings, const MeasureOptions& options) {
    const double n = environment.processes;
    double work = static_cast<double>(timings.size() * options.seeds) * n * n;
    for (std::size_t i = 0; i < timings.size(); ++i) {
        if (i > 0 && same_calm(timings[i], timings[i - 1])) continue;
        work += calm_parts * seconds(calm_part(environment, timings[i], options)) *
                expected_messages_a_second(environment, timings[i]);
    }
    return work;
}

Duration check_calm(const Environment& environment, const Timing& timing) {
    const auto affordable = time_of(check_messages, environment, timing);
    return std::max(time_of(calm_messages, environment, timing), std::min(affordable, check_wanted));
}

std::optional<std::vector<Measured>> measure(const Environment& environment, const std::vector<Timing>& timings,
                                             const MeasureOptions& options) {
    return Measurement(environment, timings, options).run();
}

}  // namespace bully::sim
