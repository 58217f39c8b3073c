#include "sim/sweep/cell.hpp"

#include "sim/checks/expectations.hpp"
#include "sim/checks/properties.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/util/threads.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>

namespace bully::sim {
namespace {

// The simulator and the statistics of one thread. Aligned, so that two workers don't share a cache line.
class alignas(64) Worker {
  public:
    Worker(const Scenario& scenario, const CellOptions& options)
        : scenario_(scenario), options_(options), simulator_(scenario) {
        if (!options.check) return;
        properties_ = std::make_unique<Properties>(options.mode);
        simulator_.attach(*properties_);
        if (scenario.expectations.empty()) return;
        expectations_ = std::make_unique<Expectations>(options.mode);
        simulator_.attach(*expectations_);
    }

    /// Returns false if it was stopped.
    bool run(std::uint64_t seed, const std::function<bool(Time)>& keep_going) {
        simulator_.run(seed, options_.mode, keep_going);
        if (simulator_.interrupted()) return false;
        const auto& measures = simulator_.measures();
        statistics.add(measures, simulator_.now());
        FailedSeed failure{seed, measures.agreement ? "" : "not agreed at the end"};
        if (options_.check) judge(failure);
        if (!failure.why.empty()) statistics.add_failure(std::move(failure));
        return true;
    }

    CellStatistics statistics;

  private:
    void judge(FailedSeed& failure) {
        if (properties_->violations().empty() && expectations_ == nullptr) return;
        const auto blame = [&](const std::string& what) {
            failure.why += (failure.why.empty() ? "" : ", ") + what;
            failure.violated = true;
        };
        auto results = properties_->results();
        mark_expected_violations(expected_violations(scenario_, options_.mode), results);
        for (const auto& property : results) {
            if (property.status != PropertyResult::Status::violated || property.expected_violation) continue;
            ++statistics.by_property[std::stoul(property.name.substr(1))];
            blame(property.name);
        }
        if (expectations_ != nullptr) {
            bool failed = false;
            for (const auto& expectation : expectations_->results(results)) {
                if (expectation.held || !expectation.applies) continue;
                failed = true;
                blame("expectation `" + expectation.text + "`");
            }
            if (failed) ++statistics.failed_expectations;
        }
        if (failure.violated) ++statistics.violated;
    }

    const Scenario& scenario_;
    const CellOptions& options_;
    std::unique_ptr<Properties> properties_;
    std::unique_ptr<Expectations> expectations_;
    Simulator simulator_;
};

// The threads of a cell: they take seeds in blocks, and add their statistics up.
class Crew {
  public:
    Crew(const Scenario& scenario, SeedRange seeds, const CellOptions& options)
        : scenario_(scenario),
          seeds_(seeds),
          options_(options),
          jobs_(std::clamp<std::uint64_t>(options.jobs, 1, std::max<std::uint64_t>(seeds.count, 1))),
          // Small enough that no thread waits long for the last one, large enough that they rarely compete for the
          // counter.
          block_(std::clamp<std::uint64_t>(seeds.count / (jobs_ * 16), 1, 256)) {}

    std::optional<CellStatistics> run() {
        if (!run_on_threads(jobs_, options_.stopped, [this](const GoingOn& going_on) { work(going_on); })) {
            return std::nullopt;
        }
        return std::move(total_);
    }

  private:
    void work(const GoingOn& going_on) {
        Worker worker(scenario_, options_);
        const std::function<bool(Time)> keep_going = [&](Time) { return going_on(); };
        for (std::uint64_t from = 0; going_on() && (from = next_.fetch_add(block_)) < seeds_.count;) {
            const auto to = std::min(from + block_, seeds_.count);
            for (auto i = from; i < to; ++i) {
                if (!worker.run(seeds_.first + i, keep_going)) return;
            }
            const std::lock_guard lock(mutex_);
            if (options_.progress) options_.progress(to - from);
        }
        const std::lock_guard lock(mutex_);
        total_.merge(worker.statistics);
    }

    const Scenario& scenario_;
    SeedRange seeds_;
    const CellOptions& options_;
    std::uint64_t jobs_;
    std::uint64_t block_;
    std::atomic<std::uint64_t> next_ = 0;
    std::mutex mutex_;  // guards total_, and calls of options_.progress
    CellStatistics total_;
};

}  // namespace

const Histogram* CellStatistics::censored(const Histogram& measure) const {
    if (&measure == &agreement) return &not_agreed_after;
    return &measure == &fault_agreement ? &fault_not_agreed_after : nullptr;
}

Histogram CellStatistics::least(const Histogram& measure) const {
    auto all = measure;
    if (const auto* others = censored(measure)) all.merge(*others);
    return all;
}

CellStatistics::Quantile CellStatistics::quantile(const Histogram& measure, double q) const {
    const auto* others = censored(measure);
    if (others == nullptr || others->empty()) return {measure.quantile(q)};
    const auto known = measure.quantile(q, others->count());
    if (known && others->min() >= known->high) return {*known};
    return {least(measure).quantile(q), true};
}

Histogram::QuantileInterval CellStatistics::quantile_interval(const Histogram& measure, double q) const {
    const auto* others = censored(measure);
    return {least(measure).quantile_interval(q).low,
            measure.quantile_interval(q, others == nullptr ? 0 : others->count()).high};
}

void CellStatistics::add(const Measures& measures, Time end) {
    ++runs;
    if (const auto time = measures.time_to_agreement()) {
        agreement.add(time->count());
    } else {
        not_agreed_after.add((end - measures.last_fault).count());
        if (measures.lost_agreement()) ++lost_agreement;
    }
    for (const auto& fault : measures.faults) {
        if (fault.agreement) {
            fault_agreement.add(fault.agreement->count());
        } else {
            fault_not_agreed_after.add((fault.until - fault.at).count());
        }
    }
    leaderless.add(measures.leaderless.count());
    some_leaderless.add(measures.some_leaderless.count());
    multi_leader.add(measures.multi_leader.count());
    const auto count = [&](MessageType type) { return measures.messages[static_cast<std::size_t>(type)]; };
    for (std::size_t type = 0; type < message_type_count; ++type) {
        messages[type].add(static_cast<std::int64_t>(measures.messages[type].sent));
    }
    // The OKs to ELECTIONs aren't counted by themselves, but each delivered ELECTION is answered once (P4).
    election_messages.add(static_cast<std::int64_t>(count(MessageType::election).sent +
                                                    count(MessageType::election).delivered +
                                                    count(MessageType::coordinator).sent));
    elections.add(static_cast<std::int64_t>(measures.elections));
    false_elections.add(static_cast<std::int64_t>(measures.false_elections));
}

void CellStatistics::add_failure(FailedSeed failure) {
    failures.push_back(std::move(failure));
    const auto by_seed = [](const FailedSeed& a, const FailedSeed& b) { return a.seed < b.seed; };
    std::sort(failures.begin(), failures.end(), by_seed);
    if (failures.size() <= kept_failures) return;
    const auto agreed_too = [](const FailedSeed& other) { return !other.violated; };
    const auto last = std::find_if(failures.rbegin(), failures.rend(), agreed_too);
    failures.erase(last == failures.rend() ? failures.end() - 1 : last.base() - 1);
}

void CellStatistics::merge(const CellStatistics& other) {
    runs += other.runs;
    agreement.merge(other.agreement);
    not_agreed_after.merge(other.not_agreed_after);
    lost_agreement += other.lost_agreement;
    fault_agreement.merge(other.fault_agreement);
    fault_not_agreed_after.merge(other.fault_not_agreed_after);
    leaderless.merge(other.leaderless);
    some_leaderless.merge(other.some_leaderless);
    multi_leader.merge(other.multi_leader);
    for (std::size_t type = 0; type < message_type_count; ++type) messages[type].merge(other.messages[type]);
    election_messages.merge(other.election_messages);
    elections.merge(other.elections);
    false_elections.merge(other.false_elections);
    violated += other.violated;
    for (std::size_t i = 0; i < property_limit; ++i) by_property[i] += other.by_property[i];
    failed_expectations += other.failed_expectations;
    for (const auto& failure : other.failures) add_failure(failure);
}

std::optional<CellStatistics> run_cell(const Scenario& scenario, SeedRange seeds, const CellOptions& options) {
    return Crew(scenario, seeds, options).run();
}

}  // namespace bully::sim
