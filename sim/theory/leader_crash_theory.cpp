#include "sim/theory/leader_crash_theory.hpp"

#include "sim/checks/bounds.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

namespace bully::sim {
namespace {

Duration in_whole_ns(double ns) { return Duration{static_cast<std::int64_t>(ns)}; }

// The mean of the last of `count` delays, from the quantiles of their distribution.
double mean_of_last(const Delay& delay, std::size_t count) {
    constexpr int parts = 4096;
    constexpr double draws = 4294967296.0;
    double sum = 0;
    for (int i = 0; i < parts; ++i) {
        const auto q = std::pow((i + 0.5) / parts, 1 / static_cast<double>(count));
        sum += in_ns(delay.sample(static_cast<std::uint32_t>(q * draws)));
    }
    return sum / parts;
}

double mean_of(const Delay& delay) { return mean_of_last(delay, 1); }

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
    const auto& delay = scenario.network.delay;
    if (leader_crash(scenario)->host_up && delay.shortest() != delay.longest()) {
        return "connections are refused and delays vary: ELECTIONs and COORDINATORs race each other";
    }
    if (bounds.longest_delay > timing.answer_timeout / 100) {
        return "a delay may be more than a hundredth of T_ok: ELECTIONs and COORDINATORs race each other";
    }
    const auto at = scenario.faults.front().at;
    if (!NextProbe::can_follow(timing.probe_gap, at)) {
        return "the gaps between PROBEs scatter too little for them, which begin together, to be out of step";
    }
    if (at + bounds.settle() > scenario.duration) return "the run may end before the election does";
    return std::nullopt;
}

}  // namespace

double mean_square_of_higher(std::uint64_t n, const NextProbe& gap, Duration window) {
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
    const auto& delays = scenario.network.delay;
    const auto delay = mean_of(delays);
    const auto round_trip = 2 * delay;
    const bool refused = leader_crash(scenario)->host_up;
    // The first PROBE that the leader doesn't get is the first that is sent less than a delay before the crash.
    const auto age = std::max(scenario.faults.front().at - in_whole_ns(delay), Time::zero());
    const NextProbe gap(timing.probe_gap, in_whole_ns(round_trip), age);
    // A PROBE to a silent host ends when either its answer or its connection is given up.
    const auto probe = refused ? round_trip : in_ns(std::min(timing.probe_timeout, scenario.network.connect_timeout));
    const auto answer = refused ? round_trip : in_ns(timing.answer_timeout);
    // Unless it was the first to notice, the highest that is left has to be asked; and the last of the others to be
    // told.
    const auto others = n - 2;
    const auto asked = delay * static_cast<double>(others) / static_cast<double>(n - 1);
    const auto told = others == 0 ? 0 : mean_of_last(delays, others);

    LeaderCrashTheory theory;
    theory.latency = std::round(gap.mean_of_least(n - 1) - delay + probe + 2 * mean_of(scenario.daemon.delay) + asked +
                                answer + told);
    theory.latency_error = in_ns(bounds.longest_delay);
    if (refused) return theory;
    // Who notices before the COORDINATOR comes takes part; it comes two delays after the winner's wait.
    const auto mean =
        mean_square_of_higher(n, gap, in_whole_ns(answer + round_trip)) + static_cast<double>(coordinator_messages(n));
    theory.messages = {std::round(1000 * mean) / 1000, total_messages(n, 1), total_messages(n, n - 1)};
    return theory;
}

}  // namespace bully::sim
