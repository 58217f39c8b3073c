#include "sim/scenario/parts.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace bully::sim {
namespace {

std::vector<Number> read_numbers(Reading& reading, const YamlNode& node) {
    std::vector<Number> numbers;
    const auto read = [&](const YamlNode& item) {
        if (const auto number = read_number(reading, item)) numbers.push_back(*number);
    };
    if (node.is_sequence()) {
        if (node.items.empty()) reading.diagnostics.add(node, "an empty list", "at least one process");
        for (const auto& item : node.items) read(item);
    } else {
        read(node);
    }
    return numbers;
}

std::optional<Links> read_links(Reading& reading, const Fields& fields) {
    Links links;
    if (const auto* between = fields.get("between")) {
        if (fields.has("from") || fields.has("to")) {
            reading.diagnostics.add(fields.node(), "`between` beside `from` or `to`",
                                    "either `between`, or `from` and `to`");
            return std::nullopt;
        }
        if (!between->is_sequence() || between->items.size() != 2) {
            reading.diagnostics.add(*between, "`between` isn't a pair",
                                    "[X, Y], each a process or a list of processes");
            return std::nullopt;
        }
        links.from = read_numbers(reading, between->items[0]);
        links.to = read_numbers(reading, between->items[1]);
        links.both_ways = true;
    } else {
        const auto* from = fields.need("from");
        const auto* to = fields.need("to");
        if (from == nullptr || to == nullptr) return std::nullopt;
        links.from = read_numbers(reading, *from);
        links.to = read_numbers(reading, *to);
    }
    if (links.from.empty() || links.to.empty()) return std::nullopt;
    const auto first = links.from.front();
    const auto is_first = [&](Number number) { return number == first; };
    if (std::ranges::all_of(links.from, is_first) && std::ranges::all_of(links.to, is_first)) {
        reading.diagnostics.add(fields.node(), "a link from process " + std::to_string(first) + " to itself",
                                "two different processes");
        return std::nullopt;
    }
    return links;
}

std::optional<FaultKind> read_partition(Reading& reading, const YamlNode& node, const Fields& /*fields*/) {
    fault::Partition partition;
    if (!node.is_sequence() || node.items.empty()) {
        reading.diagnostics.add(node, "`partition` isn't a list of groups", "one such as [[1, 2], [3, 4, 5]]");
        return std::nullopt;
    }
    std::set<Number> seen;
    for (const auto& group : node.items) {
        if (!group.is_sequence()) {
            reading.diagnostics.add(group, "a group of `partition` isn't a list", "a list of processes such as [1, 2]");
            continue;
        }
        auto numbers = read_numbers(reading, group);
        for (const auto number : numbers) {
            if (!seen.insert(number).second) {
                reading.diagnostics.add(group, "process " + std::to_string(number) + " is in two groups",
                                        "it in one group at most");
            }
        }
        partition.groups.push_back(std::move(numbers));
    }
    const auto is_whole = [&](const auto& group) { return group.size() == reading.scenario.processes.size(); };
    if (!seen.empty() && std::ranges::any_of(partition.groups, is_whole)) {
        reading.diagnostics.add(node, "`partition` has all processes in one group", "two groups or more");
    }
    return partition;
}

std::optional<FaultKind> read_feign_once(Reading& reading, const YamlNode& node, const Fields& fields) {
    const auto ref = read_ref(reading, node);
    const auto* down = fields.need("for");
    if (down == nullptr) return std::nullopt;
    const auto range = reading.values.range(*down);
    if (!ref || !range) return std::nullopt;
    return fault::Feign{*ref, *range};
}

template <typename Kind>
std::optional<FaultKind> about_process(Reading& reading, const YamlNode& node, const Fields& /*fields*/) {
    const auto ref = read_ref(reading, node);
    return ref ? std::optional<FaultKind>(Kind{*ref}) : std::nullopt;
}

std::optional<FaultKind> read_crash(Reading& reading, const YamlNode& node, const Fields& fields) {
    const auto ref = read_ref(reading, node);
    const auto* host = fields.get("host");
    const bool up = host != nullptr && reading.values.choice(*host, {"down", "up"}) == 1U;
    return ref ? std::optional<FaultKind>(fault::Crash{*ref, up}) : std::nullopt;
}

std::optional<FaultKind> read_restart(Reading& reading, const YamlNode& node, const Fields& fields) {
    const auto ref = read_ref(reading, node);
    const auto* address = fields.get("address");
    const bool fresh = address != nullptr && reading.values.choice(*address, {"same", "new"}) == 1U;
    return ref ? std::optional<FaultKind>(fault::Restart{*ref, fresh}) : std::nullopt;
}

std::optional<FaultKind> read_heal(Reading& reading, const YamlNode& node, const Fields& /*fields*/) {
    if (!reading.values.choice(node, {"all"})) return std::nullopt;
    return fault::Heal{};
}

std::optional<FaultKind> read_cut(Reading& reading, const YamlNode& node, const Fields& /*fields*/) {
    auto links = read_links(reading, Fields(node, "`cut`", {"from", "to", "between"}, reading.diagnostics));
    return links ? std::optional<FaultKind>(fault::Cut{std::move(*links)}) : std::nullopt;
}

std::optional<FaultKind> read_slow(Reading& reading, const YamlNode& node, const Fields& /*fields*/) {
    const Fields inner(node, "`slow`", {"from", "to", "between", "by"}, reading.diagnostics);
    auto links = read_links(reading, inner);
    const auto* by = inner.need("by");
    const auto added = by != nullptr ? reading.values.duration(*by, false) : std::nullopt;
    if (!links || !added) return std::nullopt;
    return fault::Slow{std::move(*links), *added};
}

std::optional<FaultKind> read_delay(Reading& reading, const YamlNode& node, const Fields& /*fields*/) {
    auto delay = reading.values.delay(node);
    return delay ? std::optional<FaultKind>(fault::ChangeDelay{std::move(*delay)}) : std::nullopt;
}

std::optional<FaultKind> read_loss(Reading& reading, const YamlNode& node, const Fields& /*fields*/) {
    const auto loss = reading.values.probability(node);
    return loss ? std::optional<FaultKind>(fault::ChangeLoss{*loss}) : std::nullopt;
}

std::optional<FaultKind> read_daemon(Reading& reading, const YamlNode& node, const Fields& fields) {
    const auto which = reading.values.choice(node, {"down", "restart"});
    if (!which) return std::nullopt;
    if (*which == 0) return fault::CoordinatorDaemonDown{};
    if (const auto* lasts = fields.get("for")) {
        reading.diagnostics.add(*lasts, "`for` doesn't apply to `gcd: restart`",
                                "no `for`: the daemon is up again at once");
    }
    return fault::CoordinatorDaemonRestart{};
}

// How the file writes each kind of fault: by a key of its own, whose value `read` understands.
struct FaultForm {
    std::string_view key;
    bool may_last;  // it may have a `for`
    std::optional<FaultKind> (*read)(Reading&, const YamlNode&, const Fields&);
};
constexpr std::string_view join_key = "join";
constexpr std::array fault_forms{
    FaultForm{"crash", true, read_crash},
    FaultForm{"restart", false, read_restart},
    FaultForm{"pause", true, about_process<fault::Pause>},
    FaultForm{"resume", false, about_process<fault::Resume>},
    FaultForm{"feign", true, read_feign_once},
    FaultForm{"elect", false, about_process<fault::Elect>},
    FaultForm{join_key, false, nullptr},  // the start of a process, and no fault
    FaultForm{"partition", true, read_partition},
    FaultForm{"cut", true, read_cut},
    FaultForm{"heal", false, read_heal},
    FaultForm{"slow", true, read_slow},
    FaultForm{"delay", true, read_delay},
    FaultForm{"loss", true, read_loss},
    FaultForm{"gcd", true, read_daemon},  // two kinds
};
// All but `join` make one kind of fault, and `gcd` two.
static_assert(fault_forms.size() == std::variant_size_v<FaultKind>, "a new kind of fault needs a form");

void read_join(Reading& reading, const YamlNode& node, std::optional<Time> at) {
    const auto number = read_number(reading, node);
    if (!number || !at) return;
    const auto [known, first] = reading.starts.emplace(*number, "join");
    if (!first) {
        const auto who = "process " + std::to_string(*number);
        if (known->second == "join") {
            reading.diagnostics.add(node, who + " joins twice", "one `join`; `crash` and `restart` start it again");
        } else {
            reading.diagnostics.add(node, who + " has both a `join` and a `start`", "one of the two");
        }
    }
    reading.scenario.processes[*number - 1].start = *at;
}

void read_scripted(Reading& reading, const YamlNode& node) {
    const Fields fields(node, "a scripted message", {"message", "from", "to", "nth", "delay", "drop", "duplicate"},
                        reading.diagnostics);
    ScriptedMessage script;
    script.text = to_flow(node);
    script.line = node.line;
    if (const auto* type = fields.get("message")) {
        script.type = reading.values.message_type(*type).value_or(MessageType::ok);
        if (script.type == MessageType::join) {
            reading.diagnostics.add(*type, "JOIN can't be scripted",
                                    "OK, ELECTION, PROBE or COORDINATOR; `gcd: down` makes JOINs fail");
        }
    }
    if (const auto* from = fields.get("from")) script.from = read_number(reading, *from);
    if (const auto* to = fields.get("to")) script.to = read_number(reading, *to);
    if (script.from && script.from == script.to) {
        reading.diagnostics.add(node, "a scripted message from process " + std::to_string(*script.from) + " to itself",
                                "two different processes");
    }
    if (const auto* nth = fields.get("nth")) {
        const auto value = reading.values.integer(*nth, 1, UINT32_MAX, "a position");
        if (value) script.nth = static_cast<std::uint32_t>(*value);
    }
    int effects = 0;
    if (const auto* delay = fields.get("delay")) {
        script.delay = reading.values.duration(*delay, false).value_or(Duration::zero());
        ++effects;
    }
    const auto read_flag = [&](std::string_view key, bool& value) {
        const auto* found = fields.get(key);
        if (found == nullptr) return;
        const auto flag = reading.values.flag(*found);
        value = flag.value_or(false);
        ++effects;
        if (flag && !*flag) {
            reading.diagnostics.add(*found, "`" + std::string(key) + ": " + found->text + "` does nothing",
                                    "`" + std::string(key) + ": on`");
        }
    };
    read_flag("drop", script.drop);
    read_flag("duplicate", script.duplicate);
    if (effects != 1) {
        const auto count = effects == 0 ? "no effect" : std::to_string(effects) + " effects";
        reading.diagnostics.add(node, "a scripted message has " + count, "exactly one of delay, drop, duplicate");
    }
    reading.scenario.scripted.push_back(script);
}

void read_fault(Reading& reading, const YamlNode& node) {
    std::vector<std::string_view> known;
    known.reserve(fault_forms.size() + 5);
    for (const auto& form : fault_forms) known.push_back(form.key);
    known.insert(known.end(), {"at", "for", "host", "address", "message"});
    const Fields fields(node, "a fault", known, reading.diagnostics);
    if (!node.is_map()) return;
    std::vector<FaultForm> found;
    for (const auto& form : fault_forms) {
        if (fields.has(form.key)) found.push_back(form);
    }
    if (found.size() != 1) {
        std::string all;
        for (const auto& form : fault_forms) all += (all.empty() ? "one of " : ", ") + std::string(form.key);
        std::vector<std::string_view> kinds;
        kinds.reserve(found.size());
        for (const auto& form : found) kinds.push_back(form.key);
        reading.diagnostics.add(node, "a fault has " + kinds_text(kinds), all + ", or message");
        return;
    }
    const auto form = found.front();
    const auto kind = form.key;
    const auto refuse = [&](std::string_view key, bool allowed, std::string_view expected) {
        if (!fields.has(key) || allowed) return;
        reading.diagnostics.add(fields.key_node(key),
                                "`" + std::string(key) + "` doesn't apply to `" + std::string(kind) + "`",
                                std::string(expected));
    };
    refuse("host", kind == "crash", "it with `crash` only");
    refuse("address", kind == "restart", "it with `restart` only");
    refuse("for", form.may_last, "no `for`: it happens at one instant");

    std::optional<Time> at;
    if (const auto* node_at = fields.need("at")) {
        at = reading.values.duration(*node_at);
        if (at && *at > reading.scenario.duration) {
            reading.diagnostics.add(*node_at, node_at->text + " is after the end of the run",
                                    "at most " + bully::to_string(reading.scenario.duration));
        }
    }
    if (kind == join_key) {
        read_join(reading, *fields.get(kind), at);
        return;
    }
    Fault fault;
    fault.at = at.value_or(Time::zero());
    if (const auto* lasts = fields.get("for"); lasts != nullptr && kind != "feign") {
        fault.lasts = reading.values.duration(*lasts, false);
    }
    auto what = form.read(reading, *fields.get(kind), fields);
    if (!what) return;
    fault.what = std::move(*what);
    reading.scenario.faults.push_back(std::move(fault));
}

}  // namespace

std::string kinds_text(const std::vector<std::string_view>& kinds) {
    std::string text;
    for (const auto kind : kinds) text += (text.empty() ? "" : ", ") + std::string(kind);
    return kinds.empty() ? "no kind" : std::to_string(kinds.size()) + " kinds (" + text + ")";
}

void read_faults(Reading& reading, const YamlNode& node) {
    if (!node.is_sequence()) {
        reading.diagnostics.add(node, "`faults` isn't a list", "`- {at: 5s, crash: highest}`, ...");
        return;
    }
    for (const auto& item : node.items) {
        const bool scripted = item.find("message") != nullptr;
        if (scripted) {
            read_scripted(reading, item);
        } else {
            read_fault(reading, item);
        }
    }
    auto& faults = reading.scenario.faults;
    std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
}

}  // namespace bully::sim
