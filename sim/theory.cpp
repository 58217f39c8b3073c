#include "sim/theory.hpp"

#include "sim/bounds.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

namespace bully::sim {
namespace {

double in_ns(Duration duration) { return static_cast<double>(duration.count()); }

// The mean of a distribution, from its quantiles.
double mean_of(const Delay& delay) {
    constexpr std::uint32_t parts = 4096;
    constexpr std::uint32_t width = UINT32_MAX / parts + 1;
    double sum = 0;
    for (std::uint32_t i = 0; i < parts; ++i) sum += in_ns(delay.sample(i * width + width / 2));
    return sum / parts;
}

bool is_leader(ProcessRef ref, const Scenario& scenario) {
    return ref.kind == ProcessRef::Kind::highest || ref.kind == ProcessRef::Kind::leader ||
           (ref.kind == ProcessRef::Kind::number && ref.number == scenario.processes.size());
}

// The only fault, if it is the crash of the leader, for good.
const fault::Crash* leader_crash(const Scenario& scenario) {
    if (scenario.faults.size() != 1 || scenario.faults.front().lasts) return nullptr;
    const auto* crash = std::get_if<fault::Crash>(&scenario.faults.front().what);
    return crash != nullptr && is_leader(crash->process, scenario) ? crash : nullptr;
}

// How long it takes until the phases of the PROBEs are as good as independent: where gaps have mean and deviation, the
// memory of the start fades over mean^3 / deviation^2. By then the mean latency is within 0.3 % of the formula's.
Duration time_to_forget(DurationRange gap) {
    const auto mean = in_ns(gap.min + gap.max) / 2;
    const auto width = in_ns(gap.max - gap.min);
    const auto time = 5 * mean * mean * mean / (width * width);
    return time < in_ns(longest_time) ? Duration{static_cast<std::int64_t>(time)} : Duration::max();
}

// Why the closed forms don't apply; nothing if they do.
std::optional<std::string> obstacle(const Scenario& scenario, Mode mode, const Bounds& bounds) {
    const auto& all = scenario.processes;
    if (!scenario.settled) return "the group doesn't start settled";
    if (!scenario.probing) return "nobody PROBEs";
    if (all.size() < 2) return "a group of one has nobody to elect";
    if (leader_crash(scenario) == nullptr) return "the faults aren't one crash of the leader";
    if (std::any_of(all.begin(), all.end(), [](const auto& p) { return p.start != Time::zero(); })) {
        return "not all processes run from the start";
    }
    if (std::any_of(all.begin(), all.end(), [](const auto& p) { return p.feign.has_value(); })) {
        return "processes feign failures";
    }
    if (std::any_of(all.begin(), all.end(), [&](const auto& p) { return p.timing != all.front().timing; })) {
        return "processes have timings of their own";
    }
    if (scenario.network.loss != 0 || scenario.network.duplication != 0) return "messages are lost or doubled";
    if (!scenario.scripted.empty()) return "messages are scripted";
    if (!bounds.broken.empty()) return "the timeouts break " + bounds.broken.front().name;
    const auto& timing = all.front().timing;
    // Whose PROBE is open when the COORDINATOR comes: robust forgets it. If all begin theirs within T_ok, none is.
    if (mode == Mode::strict && !leader_crash(scenario)->host_up && timing.probe_gap.max > timing.answer_timeout) {
        return "a PROBE of the dead leader may be open when the election ends: in mode strict that begins another";
    }
    const auto at = scenario.faults.front().at;
    if (at < time_to_forget(timing.probe_gap)) {
        return "the leader crashes before the PROBEs, which begin together, are out of step";
    }
    if (at + bounds.settle() > scenario.duration) return "the run may end before the election does";
    return std::nullopt;
}

}  // namespace

ResidualGap::ResidualGap(DurationRange gap) : a_(in_ns(gap.min)), b_(in_ns(gap.max)), mean_((a_ + b_) / 2) {
    assert(gap.max > Duration::zero() && gap.min <= gap.max);
}

double ResidualGap::survival(double x) const {
    if (x <= a_) return 1 - x / mean_;
    return x >= b_ ? 0 : (b_ - x) * (b_ - x) / (2 * (b_ - a_) * mean_);
}

double ResidualGap::at_survival(double y) const {
    const auto x = (1 - y) * mean_;
    return x <= a_ ? x : b_ - std::sqrt(2 * (b_ - a_) * mean_ * y);
}

double ResidualGap::mean_of_least(std::uint64_t count) const {
    assert(count > 0);
    const auto m = static_cast<double>(count);
    const auto q = (b_ - a_) / (a_ + b_);
    return mean_ / (m + 1) * (1 - std::pow(q, m + 1)) + std::pow(q, m) * (b_ - a_) / (2 * m + 1);
}

double mean_square_of_higher(std::uint64_t n, const ResidualGap& gap, Duration window) {
    assert(n > 1);
    const auto others = n - 1;
    // P(K > j), that nobody among the lowest j notices: the first of the rest does, at v, and their next PROBEs come
    // after v + window. With s = survival(v)^(others - j), uniform over 0..1, that is the mean of
    // survival(v + window)^j.
    const auto none_below = [&](std::uint64_t j) {
        constexpr int points = 512;
        double sum = 0;
        for (int i = 0; i < points; ++i) {
            const auto s = (i + 0.5) / points;
            const auto v = gap.at_survival(std::pow(s, 1 / static_cast<double>(others - j)));
            sum += std::pow(gap.survival(v + in_ns(window)), static_cast<double>(j));
        }
        return sum / points;
    };
    constexpr double negligible = 1e-12;
    double mean = 0;
    double above = 1;
    for (std::uint64_t k = 1; k <= others && above > negligible; ++k) {
        const auto next = k == others ? 0 : none_below(k);
        const auto m = static_cast<double>(n - k);
        mean += (above - next) * m * m;
        above = next;
    }
    return mean;
}

tl::expected<LeaderCrashTheory, std::string> leader_crash_theory(const Scenario& scenario, Mode mode) {
    const auto bounds = bounds_of(scenario, mode);
    if (auto why = obstacle(scenario, mode, bounds)) return tl::unexpected(std::move(*why));
    const auto& timing = scenario.processes.front().timing;
    const auto n = scenario.processes.size();
    const ResidualGap gap(timing.probe_gap);
    const auto delay = mean_of(scenario.network.delay);
    const auto refusal = 2 * delay;
    const bool refused = leader_crash(scenario)->host_up;
    // A PROBE to a silent host ends when either its answer or its connection is given up.
    const auto probe = refused ? refusal : in_ns(std::min(timing.probe_timeout, scenario.network.connect_timeout));
    const auto answer = refused ? refusal : in_ns(timing.answer_timeout);

    LeaderCrashTheory theory;
    theory.latency = std::round(gap.mean_of_least(n - 1) + probe + 2 * mean_of(scenario.daemon.delay) + answer);
    theory.latency_slack = 3 * in_ns(bounds.longest_delay) + (refused ? in_ns(bounds.hold_down) : 0);
    if (refused) return theory;
    // Who notices before the COORDINATOR comes takes part; it comes two delays after the winner's wait.
    const Duration window{static_cast<std::int64_t>(answer + 2 * delay)};
    const auto mean = mean_square_of_higher(n, gap, window) + static_cast<double>(coordinator_messages(n));
    theory.messages = {std::round(1000 * mean) / 1000, total_messages(n, 1), total_messages(n, n - 1)};
    return theory;
}

}  // namespace bully::sim
