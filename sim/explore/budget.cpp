#include "sim/explore/budget.hpp"

#include "sim/util/overloaded.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace bully::sim::explore {
namespace {

std::string expected_faults() {
    std::string text = "expected some of ";
    for (const auto name : disturbance_names) text += std::string(name) + "=N, ";
    return text + "refused, with commas between them";
}

std::optional<Disturbance> find_kind(std::string_view name) {
    const auto* found = std::find(disturbance_names.begin(), disturbance_names.end(), name);
    if (found == disturbance_names.end()) return std::nullopt;
    return static_cast<Disturbance>(found - disturbance_names.begin());
}

std::size_t links_in(const Links& links) {
    std::set<std::uint16_t> bits;
    for (const auto from : links.from) {
        for (const auto to : links.to) {
            if (from != to) bits.insert(static_cast<std::uint16_t>(std::min(from, to) << 8U | std::max(from, to)));
        }
    }
    return bits.size();
}

}  // namespace

tl::expected<Faults, std::string> parse_faults(std::string_view text) {
    Faults faults;
    std::set<std::string_view> seen;
    while (!text.empty()) {
        const auto part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        const auto equals = part.find('=');
        const auto name = part.substr(0, equals);
        const auto wrong = [&](const std::string& why) {
            return tl::unexpected("`" + std::string(part) + "`, " + why);
        };
        if (!seen.insert(name).second) return wrong("expected each kind once");
        if (part == "refused") {
            faults.refused = true;
            continue;
        }
        const auto kind = find_kind(name);
        if (!kind || equals == std::string_view::npos) return wrong(expected_faults());
        const auto digits = part.substr(equals + 1);
        unsigned count = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
        if (error != std::errc{} || end != digits.data() + digits.size() || count > most_of_a_kind) {
            return wrong("expected a number up to " + std::to_string(most_of_a_kind));
        }
        of(faults.budget, *kind) = static_cast<std::uint8_t>(count);
    }
    if (seen.empty()) return tl::unexpected("no faults, " + expected_faults());
    return faults;
}

tl::expected<Faults, std::string> faults_of(const Scenario& scenario) {
    std::array<std::size_t, disturbance_count> counts{};
    const auto add = [&](Disturbance kind, std::size_t count = 1) { counts[static_cast<std::size_t>(kind)] += count; };
    std::size_t silent_hosts = 0;
    std::string unknown;
    for (const auto& fault : scenario.faults) {
        std::visit(Overloaded{
                       [&](const fault::Crash& crash) {
                           add(Disturbance::crash);
                           if (fault.lasts) add(Disturbance::restart);
                           silent_hosts += crash.host_up ? 0 : 1;
                       },
                       [&](const fault::Restart& restart) {
                           add(Disturbance::restart);
                           if (restart.new_address) unknown = "a restart at a new address";
                       },
                       [&](const fault::Feign&) { add(Disturbance::feign); },
                       [&](const fault::Cut& cut) { add(Disturbance::cut, links_in(cut.links)); },
                       [&](const fault::Heal&) {},
                       [&](const auto&) { unknown = "a pause, a partition, or a change of the network or the daemon"; },
                   },
                   fault.what);
    }
    for (const auto& script : scenario.scripted) {
        if (script.drop && script.nth) {
            add(Disturbance::loss);
        } else {
            unknown = "a message that comes late, twice, or never, each time";
        }
    }
    if (scenario.network.loss > 0 || scenario.network.duplication > 0)
        unknown = "a part of the messages lost, or twice";
    for (const auto& process : scenario.processes) {
        if (process.feign) unknown = "failures feigned again and again";
        if (process.start != Time::zero()) unknown = "a process that starts later, or never";
    }
    if (!unknown.empty()) {
        return tl::unexpected(unknown +
                              " can't be explored, expected crashes, restarts, feigned failures, cut links "
                              "and single lost messages (or --faults in their place)");
    }
    Faults faults;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > most_of_a_kind) {
            return tl::unexpected(std::to_string(counts[i]) + " times " + std::string(disturbance_names[i]) +
                                  ", expected at most " + std::to_string(most_of_a_kind));
        }
        faults.budget[i] = static_cast<std::uint8_t>(counts[i]);
    }
    faults.refused = silent_hosts == 0 && of(faults.budget, Disturbance::crash) > 0;
    return faults;
}

}  // namespace bully::sim::explore
