#include "sim/replay.hpp"

#include "core/transitions.hpp"
#include "sim/event_queue.hpp"
#include "sim/replay_checks.hpp"
#include "sim/trace_reader.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

constexpr std::size_t max_line_bytes = 64U << 20U;  // a snapshot of 60,000 members is 2 MiB

std::string text_of(const TraceJson& json) { return json.dump(-1, ' ', false, TraceJson::error_handler_t::replace); }

class Replay {
  public:
    explicit Replay(const ReplayOptions& options) : options_(options), observers_(options.observers) {}

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
        result.properties = checks_->results();
        result.violations = checks_->violations();
    }

  private:
    void begin(const TraceJson& json) {
        header_ = read_header(json);
        begun_ = true;
        result.program = header_.program;
        result.scenario = header_.scenario;
        result.seed = header_.seed;
        result.mode = header_.mode;
        const bool virtual_time = header_.program == simulator_name;
        result.tolerance = options_.tolerance.value_or(virtual_time ? Duration::zero() : live_tolerance);
        auto bounds = header_.bounds;
        auto delta = options_.delta;
        if (!delta && !bounds && !virtual_time) delta = live_delay;
        if (delta) {
            const auto join = bounds ? bounds->join_ns : std::max(2 * *delta, live_join).count();
            bounds = TraceBounds{delta->count(), join};
        }
        if (bounds) result.delta = Duration{bounds->delay_ns};
        make_scenario(bounds.value_or(TraceBounds{}));
        elections_.resize(header_.processes.size());
        checks_.emplace(header_, bounds, result.tolerance);
        observers_.insert(observers_.begin(), &*checks_);
        for (auto* observer : observers_) observer->on_begin(scenario_);
    }

    // As much of a scenario as a trace tells. Its processes are in the order of their pids, which need not be that of
    // the nodes of a live run.
    void make_scenario(const TraceBounds& bounds) {
        scenario_.name = header_.scenario;
        scenario_.seed = header_.seed;
        scenario_.mode = header_.mode;
        scenario_.network.delay = Delay::constant(Duration{bounds.delay_ns});
        scenario_.daemon.delay = Delay::constant(Duration{(bounds.join_ns + 1) / 2});  // one way
        auto ascending = header_.processes;
        std::ranges::stable_sort(ascending, {}, [](const TraceProcess& process) { return process.member.pid; });
        numbers_.resize(ascending.size() + 1);
        for (auto& process : ascending) {
            ProcessSpec spec;
            spec.pid = process.member.pid;
            spec.name = process.name.empty() ? std::to_string(process.node) : std::move(process.name);
            spec.endpoint = std::move(process.member.endpoint);
            spec.timing = process.settings.timing;
            spec.feign = process.settings.feign;
            scenario_.probing = scenario_.probing && process.settings.probing;
            result.names.push_back(spec.name);
            scenario_.processes.push_back(std::move(spec));
            numbers_[process.node] = static_cast<Number>(scenario_.processes.size());
        }
    }

    Number node_of(const TraceJson& json) {
        if (elections_.empty()) throw TraceFault{"a step of no process", "processes in the first line"};
        now_ = Time{read_integer(json, "t", now_.count(), max_trace_ns)};
        return static_cast<Number>(read_integer(json, "node", 1, static_cast<std::int64_t>(elections_.size())));
    }

    void life(const TraceJson& json) {
        const auto node = node_of(json);
        const auto& value = field(json, "life");
        const Member member{read_trace_pid(field(value, "pid")), read_trace_endpoint(field(value, "endpoint"))};
        if (member.pid != header_.processes[node - 1].member.pid) {
            throw TraceFault{"a life of another pid than its process has in the first line", "the same"};
        }
        const auto first_round = static_cast<Round>(read_integer(value, "first_round", 0, UINT32_MAX / 2));
        const auto& settings = header_.processes[node - 1].settings;
        actions_.clear();
        auto& election = elections_[node - 1];
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
        const LifeNote note{now_, numbers_[node], &member, first_round, settled, actions_, &*election};
        for (auto* observer : observers_) observer->on_life(note);
        compare(json, node, "life");
    }

    void step(const TraceJson& json) {
        const auto node = node_of(json);
        auto& election = elections_[node - 1];
        if (!election) throw TraceFault{"a step of process " + std::to_string(node), "its `life` before"};
        ReadEvent read;
        read_event(field(json, "event"), snapshots_, read);
        actions_.clear();
        const auto before = election->view();
        election->step(read.event, actions_);
        ++result.steps;
        const StepNote note{now_, numbers_[node], &read.event, sender_of(read.event), actions_, before, &*election};
        for (auto* observer : observers_) observer->on_step(note);
        compare(json, node, text_of(json["event"]));
    }

    void compare(const TraceJson& json, Number node, const std::string& event) {
        const auto differs = [&](std::string recorded, std::string replayed) {
            result.difference =
                TraceDifference{line_, now_.count(), node, event, std::move(recorded), std::move(replayed)};
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
        const auto state = TraceJson::parse(to_json(elections_[node - 1]->view()));
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
        if (note.at < now_) throw TraceFault{"`t` goes back", "at least " + std::to_string(now_.count())};
        note.number = numbers_[note.number];
        now_ = note.at;
        for (auto* observer : observers_) observer->on_world(note);
    }

    void message(const TraceJson& json) {
        MessageNote note;
        note.at = now_ = Time{read_integer(json, "t", now_.count(), max_trace_ns)};
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
        note.from = numbers_[static_cast<std::size_t>(read_integer(json, "from", 0, most))];
        note.to = numbers_[static_cast<std::size_t>(read_integer(json, "to", 0, most))];
        note.delay = Duration{read_integer(json, "delay", 0, max_trace_ns)};
        // That nobody listens is as the network is; but it must not have sent the message to an old address.
        note.disturbed = note.fate == Fate::sent || note.fate == Fate::lost;
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
                if (process.member.pid == *pid) return numbers_[process.node];
            }
            return 0;
        }
        std::optional<ReplyTo> reply_to;
        if (const auto* e = std::get_if<ElectionReceived>(&event)) reply_to = e->reply_to;
        if (const auto* e = std::get_if<ProbeReceived>(&event)) reply_to = e->reply_to;
        if (!reply_to || header_.program != simulator_name) return 0;  // opaque, unless it is the simulator's
        const auto node = static_cast<Number>(*reply_to >> EventKey::number_bits & 0xFFFFU) + 1;
        return node <= elections_.size() ? numbers_[node] : 0;
    }

    const ReplayOptions& options_;
    std::vector<Observer*> observers_;
    std::optional<ReplayChecks> checks_;  // the first of them
    std::size_t line_ = 1;
    bool begun_ = false;
    Time now_{};
    TraceHeader header_;
    Scenario scenario_;
    std::vector<Number> numbers_;  // in `scenario_`, by node; of 0, which is nobody: 0
    Snapshots snapshots_;
    std::vector<std::optional<Election>> elections_;
    Actions actions_;
};

}  // namespace

std::vector<std::string> ReplayResult::violated() const {
    std::vector<std::string> all;
    for (const auto& property : properties) {
        const bool wrong = property.status == PropertyResult::Status::violated && !property.expected_violation;
        if (wrong) all.push_back(property.name);
    }
    return all;
}

tl::expected<ReplayResult, TraceError> replay(std::istream& trace, const ReplayOptions& options) {
    Replay run(options);
    std::string text;
    std::size_t number = 0;
    while (std::getline(trace, text)) {
        ++number;
        if (text.empty()) continue;
        if (text.size() > max_line_bytes) return tl::unexpected(TraceError{number, "a line too long", "a trace"});
        auto json = TraceJson::parse(text, nullptr, false);
        // Who is killed may have written only a part of the last line.
        if (json.is_discarded() && trace.eof() && run.begun()) {
            run.result.cut_line = number;
            break;
        }
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
