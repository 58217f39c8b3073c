#include "sim/replay.hpp"

#include "core/transitions.hpp"
#include "sim/event_queue.hpp"
#include "sim/trace_reader.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

constexpr std::size_t max_line_bytes = 64U << 20U;  // a snapshot of 60,000 members is 2 MiB

std::string text_of(const TraceJson& json) { return json.dump(-1, ' ', false, TraceJson::error_handler_t::replace); }

class Replay {
  public:
    explicit Replay(const std::vector<Observer*>& observers) : observers_(observers) {}

    ReplayResult result;

    void line(std::size_t number, const TraceJson& json) {
        line_ = number;
        if (result.complete) throw TraceFault{"a line after the end", "none"};
        if (!begun_) {
            begin(json);
        } else if (json.is_object() && json.contains("snapshot")) {
            snapshots_[static_cast<std::uint64_t>(read_integer(json, "snapshot", 1, UINT32_MAX))] = read_snapshot(json);
        } else if (json.is_object() && json.contains("world")) {
            world(json);
        } else if (json.is_object() && json.contains("life")) {
            life(json);
        } else {
            step(json);
        }
    }
    [[nodiscard]] bool begun() const { return begun_; }
    void end() {
        for (auto* observer : observers_) observer->on_end(now_);
    }

  private:
    void begin(const TraceJson& json) {
        header_ = read_header(json);
        begun_ = true;
        result.program = header_.program;
        result.scenario = header_.scenario;
        result.seed = header_.seed;
        result.mode = header_.mode;
        scenario_.name = header_.scenario;
        scenario_.seed = header_.seed;
        scenario_.mode = header_.mode;
        for (const auto& process : header_.processes) {
            ProcessSpec spec;
            spec.pid = process.member.pid;
            spec.name = process.name;
            spec.endpoint = process.member.endpoint;
            spec.timing = process.settings.timing;
            spec.feign = process.settings.feign;
            scenario_.probing = scenario_.probing && process.settings.probing;
            scenario_.processes.push_back(std::move(spec));
        }
        elections_.resize(header_.processes.size());
        for (auto* observer : observers_) observer->on_begin(scenario_);
    }

    Number node_of(const TraceJson& json) {
        if (elections_.empty()) throw TraceFault{"a step of no process", "processes in the first line"};
        now_ = Time{read_integer(json, "t", now_.count(), max_trace_ns)};
        return static_cast<Number>(read_integer(json, "node", 1, static_cast<std::int64_t>(elections_.size())));
    }

    void life(const TraceJson& json) {
        const auto number = node_of(json);
        const auto& value = field(json, "life");
        const Member member{read_trace_pid(field(value, "pid")), read_trace_endpoint(field(value, "endpoint"))};
        const auto first_round = static_cast<Round>(read_integer(value, "first_round", 0, UINT32_MAX / 2));
        const auto& settings = header_.processes[number - 1].settings;
        actions_.clear();
        auto& election = elections_[number - 1];
        const bool settled = !field(value, "settled").is_null();
        if (settled) {
            const auto found =
                snapshots_.find(static_cast<std::uint64_t>(read_integer(value, "settled", 1, UINT32_MAX)));
            if (found == snapshots_.end()) throw TraceFault{"an unknown snapshot", "a line that defines it before"};
            const auto leader = read_optional_pid(field(field(json, "state"), "leader"));
            if (!leader || !found->second.contains(*leader) || !found->second.contains(member.pid)) {
                throw TraceFault{"a settled process without itself or its leader among the members", "both"};
            }
            election = Election::settled(member.pid, found->second, *leader, settings, actions_, first_round);
        } else {
            election = Election(member, settings, first_round);
        }
        ++result.lives;
        const LifeNote note{now_, number, &member, first_round, settled, actions_, &*election};
        for (auto* observer : observers_) observer->on_life(note);
        compare(json, number, "life");
    }

    void step(const TraceJson& json) {
        const auto number = node_of(json);
        auto& election = elections_[number - 1];
        if (!election) throw TraceFault{"a step of process " + std::to_string(number), "its `life` before"};
        ReadEvent read;
        read_event(field(json, "event"), snapshots_, read);
        actions_.clear();
        const auto before = election->view();
        election->step(read.event, actions_);
        ++result.steps;
        const StepNote note{now_, number, &read.event, sender_of(read.event), actions_, before, &*election};
        for (auto* observer : observers_) observer->on_step(note);
        compare(json, number, text_of(json["event"]));
    }

    void compare(const TraceJson& json, Number number, const std::string& event) {
        const auto differs = [&](std::string recorded, std::string replayed) {
            result.difference =
                TraceDifference{line_, now_.count(), number, event, std::move(recorded), std::move(replayed)};
        };
        const auto& recorded = field(json, "actions");
        if (!recorded.is_array()) throw TraceFault{"`actions` is no list", "one"};
        for (std::size_t i = 0; i < std::max(recorded.size(), actions_.size()); ++i) {
            const auto replayed = i < actions_.size() ? TraceJson::parse(to_json(actions_[i])) : TraceJson();
            const auto was = i < recorded.size() ? recorded[i] : TraceJson();
            if (replayed == was) continue;
            differs(was.is_null() ? "nothing" : text_of(was), replayed.is_null() ? "nothing" : text_of(replayed));
            return;
        }
        const auto state = TraceJson::parse(to_json(elections_[number - 1]->view()));
        if (state != field(json, "state")) differs(text_of(json["state"]), text_of(state));
    }

    void world(const TraceJson& json) {
        const auto kind = read_string(json, "world");
        if (kind == "message") {
            message(json);
            return;
        }
        if (kind == "end") {
            now_ = Time{read_integer(json, "t", now_.count(), max_trace_ns)};
            result.complete = true;
            return;
        }
        auto note = read_world(json);
        if (note.number > elections_.size()) throw TraceFault{"an unknown node", "one of the first line"};
        now_ = note.at;
        for (auto* observer : observers_) observer->on_world(note);
    }

    void message(const TraceJson& json) {
        MessageNote note;
        note.at = Time{read_integer(json, "t", 0, max_trace_ns)};
        const auto fate = read_string(json, "fate");
        note.fate = fate == "lost"      ? Fate::lost
                    : fate == "to_down" ? Fate::to_down
                    : fate == "sent"    ? Fate::sent
                                        : Fate::void_;
        const auto type = read_string(json, "type");
        for (std::size_t i = 0; i < message_type_count; ++i) {
            if (to_string(static_cast<MessageType>(i)) == type) note.type = static_cast<MessageType>(i);
        }
        const auto most = static_cast<std::int64_t>(elections_.size());
        note.from = static_cast<Number>(read_integer(json, "from", 0, most));
        note.to = static_cast<Number>(read_integer(json, "to", 0, most));
        note.delay = Duration{read_integer(json, "delay", 0, max_trace_ns)};
        note.disturbed = true;
        for (auto* observer : observers_) observer->on_message(note);
    }

    // Whom a message came from, as far as the trace tells.
    Number sender_of(const Event& event) const {
        std::optional<ProcessId> pid;
        if (const auto* e = std::get_if<CoordinatorReceived>(&event)) pid = e->leader;
        if (const auto* e = std::get_if<AnswerReceived>(&event)) pid = e->from;
        if (const auto* e = std::get_if<Unreachable>(&event)) pid = e->peer;
        if (pid) {
            for (const auto& process : header_.processes) {
                if (process.member.pid == *pid) return process.node;
            }
            return 0;
        }
        std::optional<ReplyTo> reply_to;
        if (const auto* e = std::get_if<ElectionReceived>(&event)) reply_to = e->reply_to;
        if (const auto* e = std::get_if<ProbeReceived>(&event)) reply_to = e->reply_to;
        if (!reply_to || header_.program != "bully_sim") return 0;  // opaque, unless it is the simulator's
        const auto number = static_cast<Number>(*reply_to >> EventKey::number_bits & 0xFFFFU) + 1;
        return number <= elections_.size() ? number : 0;
    }

    const std::vector<Observer*>& observers_;
    std::size_t line_ = 1;
    bool begun_ = false;
    Time now_{};
    TraceHeader header_;
    Scenario scenario_;
    Snapshots snapshots_;
    std::vector<std::optional<Election>> elections_;
    Actions actions_;
};

}  // namespace

tl::expected<ReplayResult, TraceError> replay(std::istream& trace, const std::vector<Observer*>& observers) {
    Replay run(observers);
    std::string text;
    std::size_t number = 0;
    while (std::getline(trace, text)) {
        ++number;
        if (text.empty()) continue;
        if (text.size() > max_line_bytes) return tl::unexpected(TraceError{number, "a line too long", "a trace"});
        auto json = TraceJson::parse(text, nullptr, false);
        if (json.is_discarded()) {
            return tl::unexpected(TraceError{number, "no JSON", number == 1 ? "a trace" : "a complete line"});
        }
        try {
            run.line(number, json);
        } catch (const TraceFault& fault) {
            return tl::unexpected(TraceError{number, fault.what, fault.expected});
        }
        if (run.result.difference) break;
    }
    if (!run.begun()) return tl::unexpected(TraceError{1, "an empty file", "a trace"});
    run.end();
    return std::move(run.result);
}

}  // namespace bully::sim
