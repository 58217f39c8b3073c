#include "sim/scenario/parts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace bully::sim {
namespace {

constexpr std::array<std::string_view, 5> reserved{"highest", "lowest", "leader", "random", "gcd"};

std::optional<ProcessId> read_pid(Reading& reading, const YamlNode& node) {
    if (!node.is_sequence() || node.items.size() != 2) {
        reading.diagnostics.add(node, "`pid` isn't a pair", "[days, student_id], such as [120, 1234567]");
        return std::nullopt;
    }
    const auto days = reading.values.integer(node.items[0], 1, 365, "a number of days");
    const auto id = reading.values.integer(node.items[1], 1'000'000, 9'999'999, "a student id");
    if (!days || !id) return std::nullopt;
    return ProcessId{static_cast<std::int32_t>(*days), static_cast<std::int32_t>(*id)};
}

std::optional<ProcessId> read_birthday(Reading& reading, const Fields& fields) {
    const auto* birthday = fields.get("birthday");
    const auto* id_node = fields.need("student_id");
    const auto* on = fields.need("on");
    if (id_node == nullptr || on == nullptr) return std::nullopt;
    const auto id = reading.values.integer(*id_node, 1'000'000, 9'999'999, "a student id");
    const auto day = birthday->is_scalar() ? birthday->text : "";
    const auto today = on->is_scalar() ? on->text : "";
    const auto days = days_until_birthday(day, today);
    if (!days) {
        const bool good_day = days_until_birthday("2000-01-01", today).has_value();
        reading.diagnostics.add(good_day ? *birthday : *on, value_text(good_day ? *birthday : *on),
                                good_day ? "a date, YYYY-MM-DD or MM-DD" : "a date, YYYY-MM-DD");
    }
    if (!id || !days) return std::nullopt;
    return ProcessId{*days, static_cast<std::int32_t>(*id)};
}

std::optional<Endpoint> read_endpoint(Reading& reading, const YamlNode& node) {
    const auto text = reading.values.text(node);
    if (!text) return std::nullopt;
    const auto colon = text->rfind(':');
    Endpoint endpoint{text->substr(0, colon), 5000};
    if (colon != std::string::npos) {
        YamlNode port = node;
        port.text = text->substr(colon + 1);
        const auto number = reading.values.integer(port, 1, 65'000, "a port");
        if (!number) return std::nullopt;
        endpoint.port = static_cast<std::uint16_t>(*number);
    }
    if (endpoint.host.empty()) {
        reading.diagnostics.add(node, "an address without a host", "HOST or HOST:PORT");
        return std::nullopt;
    }
    return endpoint;
}

struct Entry {
    ProcessSpec spec;
    const YamlNode* node = nullptr;
    bool has_endpoint = false;
    bool has_start = false;
};

std::optional<Entry> read_process(Reading& reading, const YamlNode& node, const ProcessSpec& common) {
    const Fields fields(node, "a process",
                        {"pid", "birthday", "student_id", "on", "name", "start", "timing", "host", "feign"},
                        reading.diagnostics);
    if (!node.is_map()) return std::nullopt;
    Entry entry{common, &node};
    auto& spec = entry.spec;
    std::optional<ProcessId> pid;
    if (fields.has("birthday")) {
        if (fields.has("pid")) reading.diagnostics.add(node, "both `pid` and `birthday`", "one of the two");
        pid = read_birthday(reading, fields);
    } else if (const auto* pid_node = fields.need("pid")) {
        pid = read_pid(reading, *pid_node);
        for (const auto* key : {"student_id", "on"}) {
            if (fields.has(key)) {
                reading.diagnostics.add(fields.key_node(key), std::string("`") + key + "` beside `pid`",
                                        "it with `birthday` only");
            }
        }
    }
    if (const auto* name = fields.get("name")) {
        spec.name = reading.values.text(*name).value_or("");
        const bool number = spec.name.find_first_not_of("0123456789") == std::string::npos;
        if (is_reserved(spec.name) || (number && !spec.name.empty())) {
            reading.diagnostics.add(*name, "the name `" + excerpt(spec.name) + "` means something else",
                                    "a name other than a number, highest, lowest, leader, random or gcd");
        }
    }
    if (const auto* start = fields.get("start")) {
        entry.has_start = true;
        if (start->is_scalar() && start->text == "never") {
            spec.start.reset();
        } else if (const auto at = reading.values.duration(*start)) {
            spec.start = *at;
            if (*at > reading.scenario.duration) {
                reading.diagnostics.add(*start, start->text + " is after the end of the run",
                                        "at most " + bully::to_string(reading.scenario.duration));
            }
        }
    }
    if (const auto* timing = fields.get("timing")) read_timing(reading, *timing, spec.timing);
    if (const auto* feign = fields.get("feign")) read_feign(reading, *feign, spec.feign, spec.feign_style);
    if (const auto* host = fields.get("host")) {
        if (auto endpoint = read_endpoint(reading, *host)) {
            spec.endpoint = *endpoint;
            entry.has_endpoint = true;
        }
    }
    if (!pid) return std::nullopt;
    spec.pid = *pid;
    return entry;
}

void check_distinct(Reading& reading, const std::vector<Entry>& entries) {
    std::map<std::string, const Entry*> names;
    std::map<std::pair<std::string, std::uint16_t>, const Entry*> addresses;
    for (const auto& entry : entries) {
        if (!entry.spec.name.empty() && !names.emplace(entry.spec.name, &entry).second) {
            reading.diagnostics.add(*entry.node, "two processes are named `" + excerpt(entry.spec.name) + "`",
                                    "different names");
        }
        const auto& endpoint = entry.spec.endpoint;
        if (!addresses.emplace(std::pair{endpoint.host, endpoint.port}, &entry).second) {
            reading.diagnostics.add(*entry.node,
                                    "two processes are at " + endpoint.host + ":" + std::to_string(endpoint.port),
                                    "different addresses");
        }
    }
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].spec.pid == entries[i - 1].spec.pid &&
            !(entries[i].has_endpoint && entries[i - 1].has_endpoint)) {
            reading.diagnostics.add(*entries[i].node,
                                    "two processes have the pid " + bully::to_string(entries[i].spec.pid),
                                    "different pids, or, to study duplicate identities, a `host` for each of the two");
        }
    }
}

}  // namespace

bool is_reserved(std::string_view name) { return std::find(reserved.begin(), reserved.end(), name) != reserved.end(); }

void read_timing(Reading& reading, const YamlNode& node, Timing& timing) {
    const Fields fields(node, "`timing`",
                        {"answer_timeout", "coordinator_timeout", "probe_timeout", "probe_gap", "probe_gap_limit",
                         "hold_down", "join_retry", "join_retry_limit", "join_attempts", "refresh"},
                        reading.diagnostics);
    const auto read = [&](std::string_view key, Duration& value, bool zero_allowed) {
        if (const auto* found = fields.get(key)) value = reading.values.duration(*found, zero_allowed).value_or(value);
    };
    read("answer_timeout", timing.answer_timeout, false);
    read("coordinator_timeout", timing.coordinator_timeout, false);
    read("probe_timeout", timing.probe_timeout, false);
    read("probe_gap_limit", timing.probe_gap_limit, false);
    read("hold_down", timing.hold_down, false);
    read("join_retry", timing.join_retry, false);
    read("join_retry_limit", timing.join_retry_limit, false);
    read("refresh", timing.refresh, false);
    if (const auto* gap = fields.get("probe_gap")) {
        const auto range = reading.values.range(*gap);
        if (range && range->min == Duration::zero()) {
            reading.diagnostics.add(*gap, "`probe_gap` begins at zero", "a time above zero");
        } else if (range) {
            timing.probe_gap = *range;
        }
    }
    if (const auto* attempts = fields.get("join_attempts")) {
        timing.join_attempts =
            static_cast<int>(reading.values.integer(*attempts, 1, 200, "a number of attempts").value_or(1));
    }
}

void read_feign(Reading& reading, const YamlNode& node, std::optional<FeignPlan>& plan, FeignStyle& style) {
    if (!node.is_map()) {
        const auto on = reading.values.flag(node);
        if (on) plan = *on ? std::optional(FeignPlan{}) : std::nullopt;
        return;
    }
    const Fields fields(node, "`feign`", {"up", "down", "by"}, reading.diagnostics);
    FeignPlan read;
    if (const auto* up = fields.get("up")) read.up = reading.values.range(*up).value_or(read.up);
    if (const auto* down = fields.get("down")) read.down = reading.values.range(*down).value_or(read.down);
    if (read.up.max == Duration::zero() && read.down.max == Duration::zero()) {
        reading.diagnostics.add(node, "`up` and `down` are both zero", "a time above zero for one of them");
    }
    if (const auto* by = fields.get("by")) {
        style = reading.values.choice(*by, {"close", "ignore"}) == 1U ? FeignStyle::ignore : FeignStyle::close;
    }
    plan = read;
}

void read_processes(Reading& reading, const YamlNode& node) {
    auto& processes = reading.scenario.processes;
    const auto common = processes.front();
    processes.clear();
    if (!node.is_sequence()) {
        const auto count = reading.values.integer(node, 1, max_processes, "a number of processes");
        if (!count) return;
        processes = made_up_processes(static_cast<Number>(*count), common.timing);
        for (auto& spec : processes) {
            spec.feign = common.feign;
            spec.feign_style = common.feign_style;
        }
        return;
    }
    if (node.items.empty() || node.items.size() > max_processes) {
        reading.diagnostics.add(node, std::to_string(node.items.size()) + " processes",
                                "from 1 to " + std::to_string(max_processes));
        return;
    }
    std::vector<Entry> entries;
    for (const auto& item : node.items) {
        if (auto entry = read_process(reading, item, common)) entries.push_back(std::move(*entry));
    }
    if (entries.size() != node.items.size()) return;
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.spec.pid < b.spec.pid; });
    const auto made_up = made_up_processes(static_cast<Number>(entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!entries[i].has_endpoint) entries[i].spec.endpoint = made_up[i].endpoint;
    }
    check_distinct(reading, entries);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].spec.name.empty()) entries[i].spec.name = std::to_string(i + 1);
        if (entries[i].has_start) reading.starts.emplace(static_cast<Number>(i + 1), "start");
        processes.push_back(std::move(entries[i].spec));
    }
}

std::optional<Number> read_number(Reading& reading, const YamlNode& node) {
    const auto& processes = reading.scenario.processes;
    if (processes.empty()) return std::nullopt;  // `processes` is wrong, and that is reported
    std::vector<std::string_view> names;
    for (Number i = 0; i < processes.size(); ++i) {
        const auto number = std::to_string(i + 1);
        if (node.is_scalar() && (processes[i].name == node.text || number == node.text)) return i + 1;
        if (processes[i].name != number && names.size() < 200) names.push_back(processes[i].name);
    }
    std::string expected = "a process from 1 to " + std::to_string(processes.size());
    if (const auto meant = node.is_scalar() ? nearest(node.text, names) : std::nullopt) {
        expected = "`" + std::string(*meant) + "` perhaps";
    }
    reading.diagnostics.add(node, (node.is_scalar() ? "no such process: " : "") + value_text(node), expected);
    return std::nullopt;
}

std::optional<ProcessRef> read_ref(Reading& reading, const YamlNode& node) {
    using Kind = ProcessRef::Kind;
    static constexpr std::array<std::pair<std::string_view, Kind>, 4> words{
        {{"highest", Kind::highest}, {"lowest", Kind::lowest}, {"leader", Kind::leader}, {"random", Kind::random}}};
    for (const auto& [word, kind] : words) {
        if (node.is_scalar() && node.text == word) return ProcessRef{kind, 0};
    }
    const auto number = read_number(reading, node);
    return number ? std::optional(ProcessRef{Kind::number, *number}) : std::nullopt;
}

}  // namespace bully::sim
