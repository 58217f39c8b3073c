#include "tests/sim/checks/random_scenario.hpp"

#include "sim/checks/bounds.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace bully::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Maker {
  public:
    Maker(std::uint64_t seed, World world, Groups groups) : engine_(seed), world_(world), groups_(groups) {
        scenario_.seed = seed;
    }

    Scenario make() {
        make_network();
        make_processes();
        const auto faults = below(8);
        for (std::uint64_t i = 0; i < faults; ++i) make_fault();
        if (world_ == World::disturbed) make_scripts();
        std::stable_sort(scenario_.faults.begin(), scenario_.faults.end(),
                         [](const Fault& a, const Fault& b) { return a.at < b.at; });
        finish();
        return std::move(scenario_);
    }

  private:
    // Not a std:: distribution: those differ between libraries.
    std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
    bool chance(std::uint64_t percent) { return below(100) < percent; }
    Duration between(Duration low, Duration high) {
        const auto width = static_cast<std::uint64_t>((high - low).count()) + 1;
        return low + Duration{static_cast<std::int64_t>(below(width))};
    }
    Number any() { return static_cast<Number>(below(scenario_.processes.size())) + 1; }

    // Whole tenths of a second now and then: coincidences are where the mistakes are.
    Time moment() {
        const auto at = between(Time::zero(), seconds(25));
        return chance(50) ? at / milliseconds(100) * milliseconds(100) : at;
    }

    void make_network() {
        const auto longest =
            chance(30) ? between(milliseconds(1), milliseconds(200)) : between(milliseconds(1), milliseconds(20));
        scenario_.network.delay =
            chance(40) ? Delay::constant(longest) : Delay::uniform(chance(30) ? Duration{} : longest / 10, longest);
        const auto daemon = between(milliseconds(0), milliseconds(50));
        scenario_.daemon.delay = chance(50) ? Delay::constant(daemon) : Delay::uniform(Duration{}, daemon);
        scenario_.daemon.host_up = chance(50);
        if (chance(30)) scenario_.network.connect_timeout = between(milliseconds(200), seconds(3));
    }

    void make_processes() {
        const auto count =
            static_cast<Number>(chance(3) && groups_ == Groups::of_any_size ? 8 + below(33) : 2 + below(6));
        const auto delay = scenario_.network.delay.longest();
        Timing timing;
        if (chance(50)) {
            // Without a hold-down a cold start is exponential in n.
            timing.hold_down = count < 8 && chance(20) ? Duration{} : between(milliseconds(1), milliseconds(300));
            timing.answer_timeout = 2 * delay + between(milliseconds(1), milliseconds(2000));
            timing.coordinator_timeout =
                timing.answer_timeout + 2 * delay + timing.hold_down + between(milliseconds(1), milliseconds(3000));
            timing.probe_timeout = 2 * delay + between(milliseconds(1), milliseconds(2000));
            timing.probe_gap.min = between(milliseconds(100), milliseconds(1000));
            timing.probe_gap.max = timing.probe_gap.min + between(milliseconds(0), milliseconds(3000));
        }
        if (chance(70)) timing.refresh = between(milliseconds(500), seconds(20));
        if (chance(20)) timing.probe_gap_limit = between(milliseconds(500), seconds(10));
        scenario_.processes = made_up_processes(count, timing);
        scenario_.settled = chance(50);
        scenario_.probing = !chance(4);
        for (auto& process : scenario_.processes) {
            if (chance(20)) process.start = moment();
            if (chance(5)) process.start.reset();
            if (chance(10)) process.feign_style = FeignStyle::ignore;
            if (chance(4)) process.feign = FeignPlan{{seconds(0), seconds(20)}, {milliseconds(100), seconds(6)}};
        }
        if (chance(30) && !scenario_.settled) {
            // A cold start within a few round trips.
            for (auto& process : scenario_.processes) process.start = between(Duration{}, 4 * delay);
        }
    }

    ProcessRef somebody() {
        switch (below(6)) {
            case 0: return {ProcessRef::Kind::highest, 0};
            case 1: return {ProcessRef::Kind::leader, 0};
            case 2: return {ProcessRef::Kind::random, 0};
            default: return {ProcessRef::Kind::number, any()};
        }
    }

    Links some_links() {
        Links links;
        links.from.push_back(any());
        for (Number number = 1; number <= scenario_.processes.size(); ++number) {
            if (number != links.from[0] && chance(40)) links.to.push_back(number);
        }
        if (links.to.empty()) links.to.push_back(links.from[0] == 1 ? 2 : 1);
        links.both_ways = chance(50);
        return links;
    }

    fault::Partition some_partition() {
        fault::Partition partition;
        partition.groups.resize(2 + below(2));
        for (Number number = 1; number <= scenario_.processes.size(); ++number) {
            const auto group = below(partition.groups.size() + 1);
            if (group < partition.groups.size()) partition.groups[group].push_back(number);
        }
        return partition;
    }

    void make_fault() {
        Fault fault;
        fault.at = moment();
        if (world_ == World::disturbed && chance(60)) {
            fault.lasts = between(milliseconds(10), seconds(12));
            switch (below(9)) {
                case 8:
                    fault.what = fault::CoordinatorDaemonRestart{};
                    fault.lasts.reset();
                    break;
                case 0: fault.what = some_partition(); break;
                case 1: fault.what = fault::Cut{some_links()}; break;
                case 2: fault.what = fault::Slow{some_links(), between(milliseconds(1), seconds(4))}; break;
                case 3: fault.what = fault::ChangeLoss{(std::uint64_t{1} << 32U) / (1 + below(20))}; break;
                case 4:
                    fault.what = fault::ChangeDelay{Delay::uniform(Duration{}, between(milliseconds(1), seconds(3)))};
                    break;
                case 5: fault.what = fault::CoordinatorDaemonDown{}; break;
                default: fault.what = fault::Pause{somebody()}; break;
            }
            if (chance(10) && fault.what.index() != FaultKind(fault::ChangeLoss{}).index()) {
                scenario_.faults.push_back({fault.at + between(milliseconds(10), seconds(10)), {}, fault::Heal{}});
            }
        } else {
            switch (below(5)) {
                case 0:
                case 1:
                    fault.what = fault::Crash{somebody(), chance(50)};
                    if (chance(60)) fault.lasts = between(milliseconds(1), seconds(10));
                    break;
                case 2: fault.what = fault::Restart{{ProcessRef::Kind::random, 0}, chance(20)}; break;
                case 3:
                    fault.what = fault::Feign{somebody(), {milliseconds(1), between(milliseconds(1), seconds(6))}};
                    break;
                default: fault.what = fault::Elect{somebody()}; break;
            }
        }
        scenario_.faults.push_back(std::move(fault));
    }

    // R6's trouble: the highest answers, and so many of its COORDINATORs are lost that it is given up.
    void silence_highest() {
        const auto highest = static_cast<Number>(scenario_.processes.size());
        const auto lost = static_cast<std::uint32_t>(2 + below(20));
        const auto to = chance(50) ? std::optional(any()) : std::nullopt;
        for (std::uint32_t nth = 1; nth <= lost; ++nth) {
            ScriptedMessage script;
            script.type = MessageType::coordinator;
            script.from = highest;
            script.to = to;
            script.nth = nth;
            script.drop = true;
            scenario_.scripted.push_back(script);
        }
    }

    void make_scripts() {
        if (chance(8)) silence_highest();
        for (auto count = below(4); count > 0; --count) {
            ScriptedMessage script;
            constexpr std::array types{MessageType::ok, MessageType::election, MessageType::probe,
                                       MessageType::coordinator};
            script.type = types[below(types.size())];
            if (chance(70)) script.from = any();
            if (chance(70)) script.to = any();
            script.nth = static_cast<std::uint32_t>(1 + below(6));
            script.drop = chance(50);
            if (!script.drop) script.delay = between(milliseconds(1), seconds(5));
            script.duplicate = chance(30);
            scenario_.scripted.push_back(script);
        }
        if (chance(10)) scenario_.network.duplication = (std::uint64_t{1} << 32U) / (2 + below(50));
        if (chance(10)) scenario_.network.loss = (std::uint64_t{1} << 32U) / (5 + below(200));
    }

    void finish() {
        auto last = Time::zero();
        for (const auto& process : scenario_.processes) last = std::max(last, process.start.value_or(Time::zero()));
        for (const auto& fault : scenario_.faults) last = std::max(last, fault.at + fault.lasts.value_or(Duration{}));
        const auto bounds = bounds_of(scenario_, Mode::robust);
        scenario_.duration = last + bounds.settle_after_cut() + bounds.settle_by_refresh(bounds.gap) + bounds.quiet() +
                             (chance(50) ? seconds(10) : bounds.refresh);
        scenario_.name = "random " + std::to_string(scenario_.seed);
    }

    std::mt19937_64 engine_;
    World world_;
    Groups groups_;
    Scenario scenario_;
};

std::string text(const ProcessRef& ref) {
    switch (ref.kind) {
        case ProcessRef::Kind::number: return std::to_string(ref.number);
        case ProcessRef::Kind::highest: return "highest";
        case ProcessRef::Kind::lowest: return "lowest";
        case ProcessRef::Kind::leader: return "leader";
        case ProcessRef::Kind::random: return "random";
    }
    return "";
}

std::string text(const std::vector<Number>& numbers) {
    std::string all;
    for (const auto number : numbers) all += (all.empty() ? "" : ", ") + std::to_string(number);
    return "[" + all + "]";
}

std::string text(const Links& links) {
    return "{from: " + text(links.from) + ", to: " + text(links.to) + (links.both_ways ? ", both ways}" : "}");
}

std::string text(const FaultKind& what) {
    return std::visit(
        Overloaded{
            [](const fault::Crash& f) { return "crash: " + text(f.process) + (f.host_up ? ", host: up" : ""); },
            [](const fault::Restart& f) {
                return "restart: " + text(f.process) + (f.new_address ? ", address: new" : "");
            },
            [](const fault::Pause& f) { return "pause: " + text(f.process); },
            [](const fault::Resume& f) { return "resume: " + text(f.process); },
            [](const fault::Feign& f) {
                return "feign: " + text(f.process) + ", down: [" + bully::to_string(f.down.min) + ", " +
                       bully::to_string(f.down.max) + "]";
            },
            [](const fault::Elect& f) { return "elect: " + text(f.process); },
            [](const fault::Partition& f) {
                std::string all = "partition: [";
                for (const auto& group : f.groups) all += text(group);
                return all + "]";
            },
            [](const fault::Cut& f) { return "cut: " + text(f.links); },
            [](const fault::Heal&) { return std::string("heal: all"); },
            [](const fault::Slow& f) { return "slow: " + text(f.links) + ", by: " + bully::to_string(f.by); },
            [](const fault::ChangeDelay& f) { return "delay: " + f.delay.describe(); },
            [](const fault::ChangeLoss& f) { return "loss: " + std::to_string(f.loss) + "/2^32"; },
            [](const fault::CoordinatorDaemonDown&) { return std::string("gcd: down"); },
            [](const fault::CoordinatorDaemonRestart&) { return std::string("gcd: restart"); },
        },
        what);
}

}  // namespace

Scenario random_scenario(std::uint64_t seed, World world, Groups groups) { return Maker(seed, world, groups).make(); }

Scenario shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails) {
    const auto attempt = [&](auto change) {
        auto candidate = scenario;
        change(candidate);
        if (!fails(candidate)) return false;
        scenario = std::move(candidate);
        return true;
    };
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (std::size_t i = scenario.faults.size(); i-- > 0;) {
            smaller |= attempt([&](Scenario& s) { s.faults.erase(s.faults.begin() + static_cast<std::ptrdiff_t>(i)); });
        }
        for (std::size_t i = scenario.scripted.size(); i-- > 0;) {
            smaller |=
                attempt([&](Scenario& s) { s.scripted.erase(s.scripted.begin() + static_cast<std::ptrdiff_t>(i)); });
        }
        for (std::size_t i = 0; i < scenario.processes.size(); ++i) {
            if (scenario.processes[i].feign) smaller |= attempt([&](Scenario& s) { s.processes[i].feign.reset(); });
            if (scenario.processes[i].start && *scenario.processes[i].start != Time::zero()) {
                smaller |= attempt([&](Scenario& s) { s.processes[i].start = Time::zero(); });
                if (!smaller) smaller |= attempt([&](Scenario& s) { s.processes[i].start.reset(); });
            }
        }
        if (scenario.network.loss != 0) smaller |= attempt([](Scenario& s) { s.network.loss = 0; });
        if (scenario.network.duplication != 0) smaller |= attempt([](Scenario& s) { s.network.duplication = 0; });
        if (scenario.network.delay.kind() != Delay::Kind::constant) {
            smaller |= attempt([](Scenario& s) { s.network.delay = Delay::constant(s.network.delay.longest()); });
        }
        if (scenario.daemon.delay.kind() != Delay::Kind::constant) {
            smaller |= attempt([](Scenario& s) { s.daemon.delay = Delay::constant(s.daemon.delay.longest()); });
        }
        // The numbers of the others would change with a lower one gone.
        const bool numbers_matter = !scenario.faults.empty() || !scenario.scripted.empty();
        if (!numbers_matter && scenario.processes.size() > 1) {
            smaller |= attempt([](Scenario& s) { s.processes.erase(s.processes.begin()); });
        }
    }
    return scenario;
}

std::string describe(const Scenario& scenario) {
    const auto& timing = scenario.processes.front().timing;
    std::string all = "seed: " + std::to_string(scenario.seed) + "\nduration: " + bully::to_string(scenario.duration) +
                      "\nstart: " + (scenario.settled ? "settled" : "cold") +
                      "\nnetwork: {delay: " + scenario.network.delay.describe() +
                      ", loss: " + std::to_string(scenario.network.loss) +
                      "/2^32, duplication: " + std::to_string(scenario.network.duplication) +
                      "/2^32, connect_timeout: " + bully::to_string(scenario.network.connect_timeout) +
                      "}\ndaemon: {delay: " + scenario.daemon.delay.describe() +
                      ", host: " + (scenario.daemon.host_up ? "up" : "down") +
                      "}\ntiming: {answer_timeout: " + bully::to_string(timing.answer_timeout) +
                      ", coordinator_timeout: " + bully::to_string(timing.coordinator_timeout) +
                      ", probe_timeout: " + bully::to_string(timing.probe_timeout) + ", probe_gap: [" +
                      bully::to_string(timing.probe_gap.min) + ", " + bully::to_string(timing.probe_gap.max) +
                      "], hold_down: " + bully::to_string(timing.hold_down) +
                      ", probe_gap_limit: " + bully::to_string(timing.probe_gap_limit) +
                      ", refresh: " + bully::to_string(timing.refresh) +
                      "}\nprobe: " + (scenario.probing ? "on" : "off") + "\nprocesses:\n";
    for (const auto& process : scenario.processes) {
        all += "  - {name: " + process.name +
               ", start: " + (process.start ? bully::to_string(*process.start) : "never") +
               (process.feign ? ", feign: regularly" : "") +
               (process.feign_style == FeignStyle::ignore ? ", by: ignore" : "") + "}\n";
    }
    all += "faults:\n";
    for (const auto& fault : scenario.faults) {
        all += "  - {at: " + bully::to_string(fault.at) + ", " + text(fault.what) +
               (fault.lasts ? ", for: " + bully::to_string(*fault.lasts) : "") + "}\n";
    }
    for (const auto& script : scenario.scripted) {
        all += "  - {message: " + std::string(to_string(script.type)) +
               (script.from ? ", from: " + std::to_string(*script.from) : "") +
               (script.to ? ", to: " + std::to_string(*script.to) : "") +
               (script.nth ? ", nth: " + std::to_string(*script.nth) : "") + (script.drop ? ", drop" : "") +
               (script.duplicate ? ", duplicate" : "") + ", delay: " + bully::to_string(script.delay) + "}\n";
    }
    return all;
}

}  // namespace bully::sim
