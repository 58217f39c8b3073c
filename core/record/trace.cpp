#include "core/record/trace.hpp"

#include "core/names.hpp"

#include <array>
#include <concepts>

namespace bully {
namespace {

template <std::integral Integer>
void append_number(std::string& out, Integer value) {
    out += std::to_string(value);
}

void append_pid(std::string& out, ProcessId pid) {
    out += '[';
    append_number(out, pid.days);
    out += ',';
    append_number(out, pid.student_id);
    out += ']';
}

void append_pid(std::string& out, const std::optional<ProcessId>& pid) {
    if (pid) {
        append_pid(out, *pid);
    } else {
        out += "null";
    }
}

void append_range(std::string& out, DurationRange range) {
    out += '[';
    append_number(out, range.min.count());
    out += ',';
    append_number(out, range.max.count());
    out += ']';
}

void append_endpoint(std::string& out, const Endpoint& endpoint) {
    append_json_string(out, endpoint.host + ":" + std::to_string(endpoint.port));
}

// Writes `{"type":"x","key":value,...}`.
class Object {
  public:
    Object(std::string& out, std::string_view type) : out_(out) {
        out_ += R"({"type":")";
        out_ += type;
        out_ += '"';
    }
    ~Object() { out_ += '}'; }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    std::string& key(std::string_view name) {
        out_ += ",\"";
        out_ += name;
        out_ += "\":";
        return out_;
    }
    void number(std::string_view name, std::uint64_t value) { append_number(key(name), value); }
    void text(std::string_view name, std::string_view value) { append_json_string(key(name), value); }

  private:
    std::string& out_;
};

std::string_view kind_name(JoinFailed::Kind kind) {
    return kind == JoinFailed::Kind::rejected ? "rejected" : "unreachable";
}

struct EventWriter {
    std::string& out;
    SnapshotNumber members;

    void operator()(const Start&) const { Object(out, "start"); }
    void operator()(const Joined& e) const {
        Object object(out, "joined");
        object.number("round", e.round);
        object.number("members", members);
    }
    void operator()(const JoinFailed& e) const {
        Object object(out, "join_failed");
        object.number("round", e.round);
        object.text("kind", kind_name(e.kind));
        object.text("reason", e.reason);
    }
    void operator()(const ElectionReceived& e) const {
        Object object(out, "election");
        object.number("reply_to", e.reply_to);
        object.number("members", members);
    }
    void operator()(const ProbeReceived& e) const { Object(out, "probe").number("reply_to", e.reply_to); }
    void operator()(const CoordinatorReceived& e) const {
        Object object(out, "coordinator");
        append_pid(object.key("leader"), e.leader);
    }
    void operator()(const AnswerReceived& e) const {
        Object object(out, "answer");
        append_pid(object.key("from"), e.from);
        object.number("round", e.round);
    }
    void operator()(const Unreachable& e) const {
        Object object(out, "unreachable");
        append_pid(object.key("peer"), e.peer);
        object.number("round", e.round);
        object.text("why", to_string(e.why));
    }
    void operator()(const TimerFired& e) const {
        Object object(out, "timer");
        object.text("timer", to_string(e.timer));
        object.number("round", e.round);
    }
    void operator()(const Elect&) const { Object(out, "elect"); }
    void operator()(const Feign& e) const {
        Object object(out, "feign");
        append_range(object.key("down"), e.down);
    }
};

struct ActionWriter {
    std::string& out;
    std::string_view reason;  // to give up

    void operator()(const Join& a) const { Object(out, "join").number("round", a.round); }
    void operator()(const SendElection& a) const { Object(out, "election").number("round", a.round); }
    void operator()(const AskHigher& a) const { Object(out, "ask_higher").number("round", a.round); }
    void operator()(const Announce& a) const {
        Object object(out, "coordinator");
        append_pid(object.key("leader"), a.leader);
        object.number("round", a.round);
        if (a.again) object.key("again") += "true";
    }
    void operator()(const SendProbe& a) const {
        Object object(out, "probe");
        append_pid(object.key("to"), a.to);
        object.number("round", a.round);
    }
    void operator()(const Reply& a) const { Object(out, "ok").number("reply_to", a.reply_to); }
    void operator()(const StartTimer& a) const {
        Object object(out, "timer");
        object.text("timer", to_string(a.timer));
        object.number("round", a.round);
        append_range(object.key("range"), a.range);
    }
    void operator()(const StopListening&) const { Object(out, "stop_listening"); }
    void operator()(const Listen&) const { Object(out, "listen"); }
    void operator()(const LeaderChanged& a) const {
        Object object(out, "leader_changed");
        append_pid(object.key("leader"), a.leader);
    }
    void operator()(const Warn& a) const {
        Object object(out, "warn");
        object.text("what", to_string(a.what));
        append_pid(object.key("about"), a.about);
    }
    void operator()(const GiveUp& a) const {
        Object object(out, "give_up");
        object.text("kind", kind_name(a.kind));
        object.text("reason", reason);
    }
};

std::string_view reason_to_give_up(const Event& event) {
    const auto* failure = std::get_if<JoinFailed>(&event);
    return failure != nullptr ? std::string_view(failure->reason) : std::string_view();
}

void append_view(std::string& out, const View& view) {
    out += R"({"phase":")";
    out += to_string(view.phase);
    out += R"(","watch":")";
    out += to_string(view.watch);
    out += R"(","leader":)";
    append_pid(out, view.leader);
    out += R"(,"round":)";
    append_number(out, view.round);
    out += '}';
}

void append_outcome(std::string& out, std::span<const Action> actions, std::string_view reason, const View& after) {
    out += R"(,"actions":[)";
    bool first = true;
    for (const auto& action : actions) {
        if (!first) out += ',';
        first = false;
        std::visit(ActionWriter{out, reason}, action);
    }
    out += R"(],"state":)";
    append_view(out, after);
    out += "}\n";
}

void append_settings(std::string& out, const Settings& settings) {
    const auto& timing = settings.timing;
    const auto duration = [&out](std::string_view name, Duration value) {
        out += '"';
        out += name;
        out += "\":";
        append_number(out, value.count());
        out += ',';
    };
    out += R"({"mode":")";
    out += to_string(settings.mode);
    out += R"(","probing":)";
    out += settings.probing ? "true," : "false,";
    duration("answer_timeout", timing.answer_timeout);
    duration("coordinator_timeout", timing.coordinator_timeout);
    duration("probe_timeout", timing.probe_timeout);
    duration("probe_gap_limit", timing.probe_gap_limit);
    duration("hold_down", timing.hold_down);
    duration("join_retry", timing.join_retry);
    duration("join_retry_limit", timing.join_retry_limit);
    duration("refresh", timing.refresh);
    out += R"("join_attempts":)";
    append_number(out, timing.join_attempts);
    out += R"(,"probe_gap":)";
    append_range(out, timing.probe_gap);
    if (settings.feign) {
        out += R"(,"feign":{"up":)";
        append_range(out, settings.feign->up);
        out += R"(,"down":)";
        append_range(out, settings.feign->down);
        out += '}';
    }
    out += '}';
}

// Length of the valid UTF-8 sequence at the start of `text`, or 0.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    const unsigned second = byte(1);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : length;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const auto c = text.front();
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += hex[static_cast<unsigned char>(c) >> 4U];
            out += hex[static_cast<unsigned char>(c) & 0xFU];
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

void append_header(std::string& out, const TraceHeader& header) {
    out += R"({"format":")";
    out += trace_format;
    out += R"(","version":)";
    append_number(out, trace_version);
    out += R"(,"program":)";
    append_json_string(out, header.program);
    out += R"(,"program_version":)";
    append_json_string(out, header.program_version);
    out += R"(,"scenario":)";
    append_json_string(out, header.scenario);
    out += R"(,"seed":)";
    append_number(out, header.seed);
    out += R"(,"mode":")";
    out += to_string(header.mode);
    out += R"(","processes":[)";
    bool first = true;
    for (const auto& process : header.processes) {
        if (!first) out += ',';
        first = false;
        out += R"({"node":)";
        append_number(out, process.node);
        out += R"(,"name":)";
        append_json_string(out, process.name);
        out += R"(,"pid":)";
        append_pid(out, process.member.pid);
        out += R"(,"endpoint":)";
        append_endpoint(out, process.member.endpoint);
        out += R"(,"settings":)";
        append_settings(out, process.settings);
        out += '}';
    }
    out += ']';
    if (header.bounds) {
        out += R"(,"bounds":{"delay":)";
        append_number(out, header.bounds->delay_ns);
        out += R"(,"join":)";
        append_number(out, header.bounds->join_ns);
        out += '}';
    }
    if (!header.expected_violations.empty()) {
        out += R"(,"expected_violations":[)";
        first = true;
        for (const auto& property : header.expected_violations) {
            if (!first) out += ',';
            first = false;
            append_json_string(out, property);
        }
        out += ']';
    }
    out += "}\n";
}

void append_snapshot(std::string& out, SnapshotNumber number, const Membership& members) {
    out += R"({"snapshot":)";
    append_number(out, number);
    out += R"(,"members":[)";
    bool first = true;
    for (const auto& member : members.members()) {
        if (!first) out += ',';
        first = false;
        out += '[';
        append_number(out, member.pid.days);
        out += ',';
        append_number(out, member.pid.student_id);
        out += ',';
        append_endpoint(out, member.endpoint);
        out += ']';
    }
    out += "]}\n";
}

namespace {

void append_stamp(std::string& out, std::int64_t time_ns, std::uint32_t node) {
    out += R"({"t":)";
    append_number(out, time_ns);
    out += R"(,"node":)";
    append_number(out, node);
}

}  // namespace

void append_life(std::string& out, const LifeRecord& record) {
    append_stamp(out, record.time_ns, record.node);
    out += R"(,"life":{"pid":)";
    append_pid(out, record.member.pid);
    out += R"(,"endpoint":)";
    append_endpoint(out, record.member.endpoint);
    out += R"(,"first_round":)";
    append_number(out, record.first_round);
    out += R"(,"settled":)";
    if (record.settled) {
        append_number(out, *record.settled);
    } else {
        out += "null";
    }
    out += '}';
    append_outcome(out, record.actions, {}, record.after);
}

void append_step(std::string& out, const StepRecord& record) {
    append_stamp(out, record.time_ns, record.node);
    out += R"(,"event":)";
    std::visit(EventWriter{out, record.members}, *record.event);
    append_outcome(out, record.actions, reason_to_give_up(*record.event), record.after);
}

std::string to_json(const Action& action, const Event* event) {
    std::string out;
    std::visit(ActionWriter{out, event != nullptr ? reason_to_give_up(*event) : std::string_view()}, action);
    return out;
}

std::string to_json(const View& view) {
    std::string out;
    append_view(out, view);
    return out;
}

}  // namespace bully
