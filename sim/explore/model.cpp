#include "sim/explore/model.hpp"

#include <algorithm>
#include <numeric>

namespace bully::sim::explore {
namespace {

std::uint8_t ticks(Duration duration) { return static_cast<std::uint8_t>(duration.count()); }

std::string too_many(const char* what, const std::string& found, const std::string& expected) {
    return std::string(what) + ": " + found + ", expected " + expected;
}

}  // namespace

Model tight_model(std::size_t processes, Mode mode, std::uint8_t points) {
    Model model;
    model.processes = processes;
    model.settings.mode = mode;
    model.delay = {1, points};
    auto& timing = model.settings.timing;
    const Duration longest{points};
    timing.answer_timeout = timing.probe_timeout = 2 * longest + Duration{1};
    timing.hold_down = Duration{1};
    timing.coordinator_timeout = timing.answer_timeout + 2 * longest + timing.hold_down + Duration{1};
    const auto gap = timing.answer_timeout + Duration{1};
    timing.probe_gap = {gap / 2, gap};
    timing.probe_gap_limit = 2 * gap;
    timing.join_retry = Duration{1};
    timing.join_retry_limit = timing.coordinator_timeout;
    timing.refresh = Duration{most_ticks};
    model.feigned = {1, static_cast<std::uint8_t>(ticks(timing.coordinator_timeout) + 1)};
    return model;
}

tl::expected<Model, std::string> model_of(const Scenario& scenario, Mode mode) {
    const auto n = scenario.processes.size();
    if (n == 0 || n > most_processes) {
        return tl::unexpected(
            too_many("too many processes to explore", std::to_string(n), "at most " + std::to_string(most_processes)));
    }
    const auto& delay = scenario.network.delay;
    const auto& daemon = scenario.daemon.delay;
    if (delay.kind() != Delay::Kind::constant && delay.kind() != Delay::Kind::uniform) {
        return tl::unexpected(too_many("the delay has no two ends", delay.describe(), "a constant or uniform one"));
    }
    if (daemon.kind() != Delay::Kind::constant) {
        return tl::unexpected(too_many("the delay to the daemon varies", daemon.describe(), "a constant one"));
    }
    Model model;
    model.processes = n;
    model.settled = scenario.settled;
    model.settings.mode = mode;
    model.settings.probing = scenario.probing;
    const auto timing = scenario.processes.front().timing;
    if (std::any_of(scenario.processes.begin(), scenario.processes.end(),
                    [&](const ProcessSpec& process) { return process.timing != timing; })) {
        return tl::unexpected<std::string>("processes with timings of their own, expected one timing for all");
    }
    auto& scaled = model.settings.timing;
    scaled = timing;
    // What limits a doubling gap divides no tick: it is rounded up below.
    auto tick = std::gcd(delay.shortest().count(), delay.longest().count());
    for (const auto time : {timing.answer_timeout, timing.coordinator_timeout, timing.probe_timeout,
                            timing.probe_gap.min, timing.probe_gap.max, timing.hold_down, daemon.longest()}) {
        tick = std::gcd(tick, time.count());
    }
    if (tick == 0 || delay.shortest() < Duration{tick}) {
        return tl::unexpected(too_many("no delay at all", delay.describe(), "at least one tick"));
    }
    const auto rounded = [&](Duration time) { return Duration{(time.count() + tick - 1) / tick}; };
    for (auto* time : {&scaled.answer_timeout, &scaled.coordinator_timeout, &scaled.probe_timeout,
                       &scaled.probe_gap.min, &scaled.probe_gap.max, &scaled.probe_gap_limit, &scaled.hold_down,
                       &scaled.join_retry, &scaled.join_retry_limit, &scaled.refresh}) {
        *time = rounded(*time);
    }
    const auto longest = std::max({scaled.answer_timeout, scaled.coordinator_timeout, scaled.probe_timeout,
                                   scaled.probe_gap.max, scaled.hold_down});
    if (longest > Duration{most_ticks}) {
        return tl::unexpected(
            too_many("too fine a timing to explore",
                     std::to_string(longest.count()) + " ticks of " + bully::to_string(Duration{tick}),
                     "at most " + std::to_string(most_ticks) + " (coarser times, or --timing tight)"));
    }
    scaled.probe_gap_limit = std::min(scaled.probe_gap_limit, Duration{most_ticks});
    model.delay = {ticks(rounded(delay.shortest())), ticks(rounded(delay.longest()))};
    model.daemon = ticks(rounded(daemon.longest()));
    model.feigned = {1,
                     static_cast<std::uint8_t>(
                         std::min<Duration>(scaled.coordinator_timeout + Duration{1}, Duration{most_ticks}).count())};
    model.tick = Duration{tick};
    return model;
}

int settle_bound(const Model& model) {
    const auto& timing = model.settings.timing;
    const Duration delay{model.delay.latest};
    const auto hold_down = model.settings.mode == Mode::robust ? timing.hold_down : Duration::zero();
    const auto noticed = timing.probe_gap.max +
                         std::max(timing.probe_timeout + Duration{2 * model.daemon}, timing.answer_timeout + delay);
    return static_cast<int>(
        (std::max(noticed, timing.coordinator_timeout) + timing.answer_timeout + 3 * delay + hold_down).count());
}

}  // namespace bully::sim::explore
