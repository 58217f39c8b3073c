#include "sim/trace/trace_reader.hpp"

#include "core/names.hpp"
#include "sim/scenario/strict_yaml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace bully::sim {
namespace {

constexpr std::size_t max_processes_in_trace = 60'000;

[[noreturn]] void refuse(std::string what, std::string expected) {
    throw TraceFault{std::move(what), std::move(expected)};
}

std::string in_ticks(std::string_view key) { return "`" + std::string(key) + "`"; }

template <typename Enum, std::size_t N>
Enum read_word(const TraceJson& object, std::string_view key, const std::array<Enum, N>& values) {
    const auto word = read_string(object, key);
    std::string expected;
    for (const auto value : values) {
        if (to_string(value) == word) return value;
        expected += (expected.empty() ? "one of " : ", ") + std::string(to_string(value));
    }
    refuse(in_ticks(key) + " is \"" + excerpt(word) + "\"", expected);
}

// As in a scenario: sums of a few of them, and of n gaps, don't overflow.
Duration read_duration(const TraceJson& object, std::string_view key) {
    return Duration{read_integer(object, key, 0, longest_time.count())};
}

DurationRange read_range(const TraceJson& value) {
    if (!value.is_array() || value.size() != 2 || !value[0].is_number_integer() || !value[1].is_number_integer()) {
        refuse("a range that is no pair of integers", "[least, most] in ns");
    }
    const auto min = value[0].get<std::int64_t>();
    const auto max = value[1].get<std::int64_t>();
    if (min < 0 || max < min || max > longest_time.count()) {
        refuse("a range out of bounds", "0 <= least <= most <= a year");
    }
    return {Duration{min}, Duration{max}};
}

// 0 names what nothing waits for: a JOIN on the side. No request or timer has it.
Round read_round(const TraceJson& object, Round least) {
    return static_cast<Round>(read_integer(object, "round", least, UINT32_MAX));
}

bool read_bool(const TraceJson& object, std::string_view key) {
    const auto& value = field(object, key);
    if (!value.is_boolean()) refuse(in_ticks(key) + " is no boolean", "true or false");
    return value.get<bool>();
}

bool read_flag(const TraceJson& object, std::string_view key) {
    return object.contains(std::string(key)) && read_bool(object, key);
}

// For people: it would reach the terminal.
std::string read_shown(const TraceJson& object, std::string_view key) {
    const auto text = read_string(object, key);
    return excerpt(text, text.size());
}

Settings read_settings(const TraceJson& value) {
    keep_to(value, {"mode", "probing", "answer_timeout", "coordinator_timeout", "probe_timeout", "probe_gap_limit",
                    "hold_down", "join_retry", "join_retry_limit", "refresh", "join_attempts", "probe_gap", "feign"});
    Settings settings;
    settings.mode = read_word(value, "mode", std::array{Mode::strict, Mode::robust});
    settings.probing = read_bool(value, "probing");
    auto& timing = settings.timing;
    timing.answer_timeout = read_duration(value, "answer_timeout");
    timing.coordinator_timeout = read_duration(value, "coordinator_timeout");
    timing.probe_timeout = read_duration(value, "probe_timeout");
    timing.probe_gap_limit = read_duration(value, "probe_gap_limit");
    timing.hold_down = read_duration(value, "hold_down");
    timing.join_retry = read_duration(value, "join_retry");
    timing.join_retry_limit = read_duration(value, "join_retry_limit");
    timing.refresh = read_duration(value, "refresh");
    timing.join_attempts = static_cast<int>(read_integer(value, "join_attempts", 1, 200));
    timing.probe_gap = read_range(field(value, "probe_gap"));
    if (value.contains("feign")) {
        const auto& feign = field(value, "feign");
        keep_to(feign, {"up", "down"});
        settings.feign = FeignPlan{read_range(field(feign, "up")), read_range(field(feign, "down"))};
    }
    return settings;
}

const Membership& find_snapshot(const TraceJson& object, const Snapshots& snapshots) {
    static const Membership empty;
    const auto number = static_cast<std::uint64_t>(read_integer(object, "members", 0, UINT32_MAX));
    if (number == 0) return empty;
    const auto found = snapshots.find(number);
    if (found == snapshots.end())
        refuse("snapshot " + std::to_string(number) + " isn't known", "a line that defines it before");
    return found->second;
}

JoinFailed::Kind read_join_kind(const TraceJson& object) {
    const auto word = read_string(object, "kind");
    if (word != "unreachable" && word != "rejected")
        refuse("`kind` is \"" + excerpt(word) + "\"", "unreachable or rejected");
    return word == "rejected" ? JoinFailed::Kind::rejected : JoinFailed::Kind::unreachable;
}

constexpr std::array timers{Timer::answer,     Timer::coordinator, Timer::probe_gap, Timer::probe_timeout,
                            Timer::join_retry, Timer::hold_down,   Timer::feign,     Timer::refresh};
constexpr std::array reasons{Unreachable::Why::refused, Unreachable::Why::reset, Unreachable::Why::given_up};

}  // namespace

TraceJson parse_line(const std::string& line) {
    std::vector<std::vector<std::string>> open;  // the keys of each object so far: few
    std::string twice;
    const auto look = [&](int, TraceJson::parse_event_t event, const TraceJson& parsed) {
        if (event == TraceJson::parse_event_t::object_start) open.emplace_back();
        if (event == TraceJson::parse_event_t::object_end) open.pop_back();
        if (event == TraceJson::parse_event_t::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            auto& keys = open.back();
            if (twice.empty() && std::find(keys.begin(), keys.end(), key) != keys.end()) twice = key;
            keys.push_back(key);
        }
        return true;
    };
    auto json = TraceJson::parse(line, look, false);
    if (json.is_discarded()) refuse("no JSON", "a complete line");
    if (!twice.empty()) refuse(in_ticks(excerpt(twice)) + " twice", "each key once");
    return json;
}

void keep_to(const TraceJson& object, std::initializer_list<std::string_view> keys) {
    if (!object.is_object()) refuse("no object", "one");
    for (const auto& [key, value] : object.items()) {
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
        std::string expected;
        for (const auto known : keys) expected += (expected.empty() ? "one of " : ", ") + std::string(known);
        refuse("an unknown key " + in_ticks(excerpt(key)), expected);
    }
}

const TraceJson& field(const TraceJson& object, std::string_view key) {
    if (!object.is_object()) refuse("no object", "one with " + in_ticks(key));
    const auto found = object.find(std::string(key));
    if (found == object.end()) refuse("no " + in_ticks(key), "it");
    return *found;
}

std::int64_t read_integer(const TraceJson& object, std::string_view key, std::int64_t min, std::int64_t max) {
    const auto& value = field(object, key);
    const bool fits = value.is_number_integer() &&
                      (!value.is_number_unsigned() || value.get<std::uint64_t>() <= static_cast<std::uint64_t>(max));
    if (!fits || value.get<std::int64_t>() < min || value.get<std::int64_t>() > max) {
        refuse(in_ticks(key) + " is " + value.dump(-1, ' ', true, TraceJson::error_handler_t::replace).substr(0, 40),
               "an integer from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return value.get<std::int64_t>();
}

std::string read_string(const TraceJson& object, std::string_view key) {
    const auto& value = field(object, key);
    if (!value.is_string()) refuse(in_ticks(key) + " is no text", "a text");
    return value.get<std::string>();
}

ProcessId read_trace_pid(const TraceJson& value) {
    const auto good = [](const TraceJson& part) {
        return part.is_number_integer() && part.get<std::int64_t>() >= INT32_MIN &&
               part.get<std::int64_t>() <= INT32_MAX &&
               (!part.is_number_unsigned() || part.get<std::uint64_t>() <= INT32_MAX);
    };
    if (!value.is_array() || value.size() != 2 || !good(value[0]) || !good(value[1])) {
        refuse("a pid that is no pair of 32-bit integers", "[days, student_id]");
    }
    return {value[0].get<std::int32_t>(), value[1].get<std::int32_t>()};
}

std::optional<ProcessId> read_optional_pid(const TraceJson& value) {
    return value.is_null() ? std::nullopt : std::optional(read_trace_pid(value));
}

Endpoint read_trace_endpoint(const TraceJson& value) {
    if (!value.is_string()) refuse("an address that is no text", "\"host:port\"");
    const auto text = value.get<std::string>();
    const auto colon = text.rfind(':');
    Endpoint endpoint{text.substr(0, colon), 0};
    const auto* end = text.data() + text.size();
    const auto* begin = colon == std::string::npos ? end : text.data() + colon + 1;
    const auto [stop, error] = std::from_chars(begin, end, endpoint.port);
    if (error != std::errc{} || stop != end)
        refuse("an address without a port: \"" + excerpt(text) + "\"", "\"host:port\"");
    return endpoint;
}

TraceHeader read_header(const TraceJson& line) {
    if (!line.is_object() || !line.contains("format") || line["format"] != std::string(trace_format)) {
        refuse("no trace", std::string("a first line with \"format\":\"") + std::string(trace_format) + "\"");
    }
    const auto version = read_integer(line, "version", 0, INT32_MAX);
    if (version != trace_version) {
        refuse("a trace of version " + std::to_string(version) +
                   (version < trace_version ? ", which is older than this program" : ""),
               "version " + std::to_string(trace_version));
    }
    keep_to(line, {"format", "version", "program", "program_version", "scenario", "seed", "mode", "processes", "bounds",
                   "expected_violations"});
    TraceHeader header;
    header.program = read_shown(line, "program");
    header.program_version = read_shown(line, "program_version");
    header.scenario = read_shown(line, "scenario");
    const auto& seed = field(line, "seed");
    if (!seed.is_number_unsigned()) refuse("`seed` is no whole number", "one below 2^64");
    header.seed = seed.get<std::uint64_t>();
    header.mode = read_word(line, "mode", std::array{Mode::strict, Mode::robust});
    const auto& processes = field(line, "processes");
    if (!processes.is_array() || processes.size() > max_processes_in_trace) refuse("`processes` is no list", "one");
    for (const auto& process : processes) {
        keep_to(process, {"node", "name", "pid", "endpoint", "settings"});
        header.processes.push_back(
            {static_cast<std::uint32_t>(read_integer(process, "node", 1, max_processes_in_trace)),
             read_shown(process, "name"),
             {read_trace_pid(field(process, "pid")), read_trace_endpoint(field(process, "endpoint"))},
             read_settings(field(process, "settings"))});
        if (header.processes.back().node != header.processes.size()) refuse("processes out of order", "1, 2, 3, ...");
    }
    if (line.contains("bounds")) {
        const auto& bounds = line["bounds"];
        keep_to(bounds, {"delay", "join"});
        // Each may be the sum of two times of a scenario.
        const auto most = 2 * longest_time.count();
        header.bounds = TraceBounds{read_integer(bounds, "delay", 0, most), read_integer(bounds, "join", 0, most)};
    }
    if (line.contains("expected_violations")) {
        const auto& listed = line["expected_violations"];
        if (!listed.is_array()) refuse("`expected_violations` is no list", "one");
        for (const auto& property : listed) {
            if (!property.is_string()) refuse("an expected violation that is no text", "\"P1\" to \"P18\"");
            header.expected_violations.push_back(property.get<std::string>());
        }
    }
    return header;
}

Membership read_snapshot(const TraceJson& line) {
    keep_to(line, {"snapshot", "members"});
    const auto& listed = field(line, "members");
    if (!listed.is_array()) refuse("`members` is no list", "one");
    std::vector<Member> members;
    for (const auto& member : listed) {
        if (!member.is_array() || member.size() != 3)
            refuse("a member that is no triple", "[days, student_id, \"host:port\"]");
        members.push_back({read_trace_pid({member[0], member[1]}), read_trace_endpoint(member[2])});
    }
    return Membership(std::move(members));
}

Event read_event(const TraceJson& value, const Snapshots& snapshots) {
    const auto type = read_string(value, "type");
    if (type == "start") {
        keep_to(value, {"type"});
        return Start{};
    }
    if (type == "joined") {
        keep_to(value, {"type", "round", "members"});
        return Joined{find_snapshot(value, snapshots), read_round(value, no_round)};
    }
    if (type == "join_failed") {
        keep_to(value, {"type", "round", "kind", "reason"});
        return JoinFailed{read_join_kind(value), read_string(value, "reason"), read_round(value, no_round)};
    }
    if (type == "election") {
        keep_to(value, {"type", "reply_to", "members"});
        return ElectionReceived{static_cast<ReplyTo>(read_integer(value, "reply_to", 0, INT64_MAX)),
                                find_snapshot(value, snapshots)};
    }
    if (type == "probe") {
        keep_to(value, {"type", "reply_to"});
        return ProbeReceived{static_cast<ReplyTo>(read_integer(value, "reply_to", 0, INT64_MAX))};
    }
    if (type == "coordinator") {
        keep_to(value, {"type", "leader"});
        return CoordinatorReceived{read_trace_pid(field(value, "leader"))};
    }
    if (type == "answer") {
        keep_to(value, {"type", "from", "round"});
        return AnswerReceived{read_trace_pid(field(value, "from")), read_round(value, 1)};
    }
    if (type == "unreachable") {
        keep_to(value, {"type", "peer", "round", "why"});
        return Unreachable{read_trace_pid(field(value, "peer")), read_round(value, 1),
                           read_word(value, "why", reasons)};
    }
    if (type == "timer") {
        keep_to(value, {"type", "timer", "round"});
        return TimerFired{read_word(value, "timer", timers), read_round(value, 1)};
    }
    if (type == "elect") {
        keep_to(value, {"type"});
        return Elect{};
    }
    if (type == "feign") {
        keep_to(value, {"type", "down"});
        return Feign{read_range(field(value, "down"))};
    }
    refuse("an event of type \"" + excerpt(type) + "\"", "one of core/event.hpp");
}

WorldNote read_world(const TraceJson& line) {
    WorldNote note;
    keep_to(line, {"t", "world", "node", "ends", "host_up", "text"});
    const auto word = read_string(line, "world");
    bool known = false;
    for (int i = 0; i <= static_cast<int>(WorldNote::Kind::no_effect) && !known; ++i) {
        note.kind = static_cast<WorldNote::Kind>(i);
        known = to_string(note.kind) == word;
    }
    if (!known) refuse("`world` is \"" + excerpt(word) + "\"", "a fault");
    note.at = Time{read_integer(line, "t", 0, max_trace_ns)};
    if (line.contains("node")) {
        note.number = static_cast<Number>(read_integer(line, "node", 0, max_processes_in_trace));
    }
    note.ends = read_flag(line, "ends");
    note.host_up = read_flag(line, "host_up");
    if (line.contains("text")) note.text = read_shown(line, "text");
    return note;
}

MessageNote read_message(const TraceJson& line, Number most) {
    keep_to(line, {"t", "world", "fate", "type", "from", "to", "delay"});
    MessageNote note;
    note.at = Time{read_integer(line, "t", 0, max_trace_ns)};
    const auto fate = read_string(line, "fate");
    static constexpr std::array<std::pair<std::string_view, Fate>, 4> fates{
        {{"sent", Fate::sent}, {"lost", Fate::lost}, {"to_down", Fate::to_down}, {"void", Fate::discarded}}};
    const auto* const found =
        std::find_if(fates.begin(), fates.end(), [&](const auto& row) { return row.first == fate; });
    if (found == fates.end()) refuse("`fate` is \"" + excerpt(fate) + "\"", "one of sent, lost, to_down, void");
    note.fate = found->second;
    note.type = read_word(line, "type",
                          std::array{MessageType::ok, MessageType::election, MessageType::probe,
                                     MessageType::coordinator, MessageType::join});
    note.from = static_cast<Number>(read_integer(line, "from", 0, most));
    note.to = static_cast<Number>(read_integer(line, "to", 0, most));
    note.delay = Duration{read_integer(line, "delay", 0, max_trace_ns)};
    return note;
}

}  // namespace bully::sim
