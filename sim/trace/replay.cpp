#include "sim/trace/replay.hpp"

#include "core/election.hpp"
#include "core/names.hpp"
#include "core/record/trace_digest.hpp"
#include "sim/engine/queue/event_queue.hpp"
#include "sim/scenario/strict_yaml.hpp"
#include "sim/trace/replay_checks.hpp"
#include "sim/trace/replay_scenario.hpp"
#include "sim/trace/replay_timers.hpp"
#include "sim/trace/stand_still.hpp"
#include "sim/trace/trace_reader.hpp"

#include <algorithm>
#include <utility>

namespace bully::sim {
namespace {

constexpr std::size_t max_line_bytes = 64U << 20U;  // a snapshot of 60,000 members is 2 MiB

std::string text_of(const TraceJson& json) { return json.dump(-1, ' ', true, TraceJson::error_handler_t::replace); }

// Whether the trace is as it was written.
void check_end(const TraceJson& json, const TraceDigest& before) {
    const auto lines = read_integer(json, "lines", 0, INT64_MAX);
    const auto digest = read_string(json, "digest");
    if (static_cast<std::uint64_t>(lines) != before.lines()) {
        throw TraceFault{std::to_string(before.lines()) +
                             " lines before the end: the trace was changed after it was "
                             "written",
                         std::to_string(lines) + ", as its end says"};
    }
    if (digest != before.text()) {
        throw TraceFault{"lines of digest " + before.text() + ": the trace was changed after it was written",
                         excerpt(digest) + ", as its end says"};
    }
}

class Replay {
  public:
    explicit Replay(const ReplayOptions& options) : options_(options), observers_(options.observers) {}

    ReplayResult result;

    void line(std::size_t number, TraceJson json) {
        stand_still_.add({number, std::move(json)});
        take_lines(false);
    }
    [[nodiscard]] std::size_t line_number() const { return line_; }
    [[nodiscard]] bool begun() const { return begun_; }
    void end() {
        take_lines(true);
        for (auto* observer : observers_) observer->on_end(now_);
        result.properties = checks_->results(tolerance_for(result.latest));
        result.violations = checks_->violations();
    }

  private:
    void take_lines(bool is_end) {
        while (!result.difference) {
            const auto next = stand_still_.next(now_, timers_, is_end);
            if (!next) return;
            if (next->woken_at) {
                result.stood_still.emplace_back(now_, *next->woken_at);
                tell({now_, WorldNote::Kind::stand_still, 0, false, false,
                      "until " + bully::to_string(*next->woken_at)});
                tell({*next->woken_at, WorldNote::Kind::stand_still, 0, true, false, {}});
            }
            take(next->line.number, next->line.json);
        }
    }

    void take(std::size_t number, const TraceJson& json) {
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

    void begin(const TraceJson& json) {
        header_ = read_header(json);
        begun_ = true;
        result.program = header_.program;
        result.scenario = header_.scenario;
        result.seed = header_.seed;
        result.mode = header_.mode;
        is_live_ = header_.program != simulator_name;
        result.tolerance = options_.tolerance.value_or(!is_live_ ? Duration::zero() : live_tolerance);
        if (is_live_) stand_still_.look_for(result.tolerance);
        auto bounds = header_.bounds;
        auto delta = options_.delta;
        if (!delta && !bounds && is_live_) delta = live_delay;
        if (delta) {
            const auto join = bounds ? bounds->join_ns : std::max(2 * *delta, live_join).count();
            bounds = TraceBounds{delta->count(), join};
        }
        if (bounds) result.delta = Duration{bounds->delay_ns};
        auto made = scenario_of(header_, bounds.value_or(TraceBounds{}));
        scenario_ = std::move(made.scenario);
        numbers_ = std::move(made.numbers);
        for (const auto& process : scenario_.processes) result.names.push_back(process.name);
        elections_.resize(header_.processes.size());
        runs_.resize(header_.processes.size());
        timers_ = ReplayTimers(header_.processes.size());
        checks_.emplace(header_, bounds, result.tolerance);
        observers_.insert(observers_.begin(), &*checks_);
        for (auto* observer : observers_) observer->on_begin(scenario_);
    }

    Number node_of(const TraceJson& json) {
        if (elections_.empty()) throw TraceFault{"a step of no process", "processes in the first line"};
        now_ = Time{read_integer(json, "t", now_.count(), max_trace_ns)};
        return static_cast<Number>(read_integer(json, "node", 1, static_cast<std::int64_t>(elections_.size())));
    }

    void tell(const WorldNote& note) {
        for (auto* observer : observers_) observer->on_world(note);
    }

    void life(const TraceJson& json) {
        keep_to(json, {"t", "node", "life", "actions", "state"});
        const auto node = node_of(json);
        const auto& value = field(json, "life");
        keep_to(value, {"pid", "endpoint", "first_round", "settled"});
        if (runs_[node - 1]) {
            throw TraceFault{"a life of process " + std::to_string(node) + ", which runs already", "its end before"};
        }
        runs_[node - 1] = true;
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
        timers_.begin_life(node);
        timers_.note(node, now_, nullptr, actions_);
        const LifeNote note{now_, numbers_[node], &member, first_round, settled, actions_, &*election};
        for (auto* observer : observers_) observer->on_life(note);
        compare(json, node, nullptr);
    }

    void step(const TraceJson& json) {
        keep_to(json, {"t", "node", "event", "actions", "state"});
        const auto node = node_of(json);
        auto& election = elections_[node - 1];
        if (!runs_[node - 1]) {
            throw TraceFault{"a step of process " + std::to_string(node) + (election ? ", which is down" : ""),
                             "its `life` before"};
        }
        const auto event = read_event(field(json, "event"), snapshots_);
        actions_.clear();
        const auto before = election->view();
        election->step(event, actions_);
        ++result.steps;
        if (is_live_) result.latest = std::max(result.latest, timers_.lateness(node, now_));
        timers_.note(node, now_, &event, actions_);
        const StepNote note{now_, numbers_[node], &event, sender_of(event), actions_, before, &*election};
        for (auto* observer : observers_) observer->on_step(note);
        compare(json, node, &event);
    }

    // `event` is null where a life begins.
    void compare(const TraceJson& json, Number node, const Event* event) {
        const auto differs = [&](std::string recorded, std::string replayed) {
            result.difference = TraceDifference{line_,
                                                now_.count(),
                                                node,
                                                event != nullptr ? text_of(json["event"]) : "life",
                                                std::move(recorded),
                                                std::move(replayed)};
        };
        const auto& recorded = field(json, "actions");
        if (!recorded.is_array()) throw TraceFault{"`actions` is no list", "one"};
        for (std::size_t i = 0; i < std::max(recorded.size(), actions_.size()); ++i) {
            const auto replayed = i < actions_.size() ? TraceJson::parse(to_json(actions_[i], event)) : TraceJson();
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
            keep_to(json, {"t", "world", "lines", "digest"});
            now_ = Time{read_integer(json, "t", now_.count(), max_trace_ns)};
            if (is_live_) result.latest = std::max(result.latest, timers_.lateness(now_));
            result.complete = true;
            return;
        }
        auto note = read_world(json);
        if (note.number > elections_.size()) throw TraceFault{"an unknown node", "one of the first line"};
        if (note.at < now_) throw TraceFault{"`t` goes back", "at least " + std::to_string(now_.count())};
        now_ = note.at;
        using enum WorldNote::Kind;
        if (note.number != 0 && (note.kind == crash || note.kind == give_up)) {
            timers_.end_life(note.number);
            runs_[note.number - 1] = false;
        }
        note.number = numbers_[note.number];
        tell(note);
    }

    void message(const TraceJson& json) {
        auto note = read_message(json, static_cast<Number>(elections_.size()));
        if (note.at < now_) throw TraceFault{"`t` goes back", "at least " + std::to_string(now_.count())};
        now_ = note.at;
        note.from = numbers_[note.from];
        note.to = numbers_[note.to];
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
    std::vector<Number> numbers_;  // as in ReplayScenario
    Snapshots snapshots_;
    std::vector<std::optional<Election>> elections_;
    std::vector<bool> runs_;
    ReplayTimers timers_{0};
    bool is_live_ = false;
    StandStill stand_still_;
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

Duration tolerance_for(Duration latest) {
    return std::chrono::ceil<std::chrono::milliseconds>(std::max(latest, Duration::zero()));
}

tl::expected<ReplayResult, TraceError> replay(std::istream& trace, const ReplayOptions& options) {
    Replay run(options);
    TraceDigest before;
    std::string text;
    std::size_t number = 0;
    const auto error = [](std::size_t line, const TraceFault& fault) {
        return tl::unexpected(TraceError{line, fault.what, fault.expected});
    };
    while (std::getline(trace, text)) {
        ++number;
        const bool has_end = !trace.eof();
        const auto fits = text.size() <= max_line_bytes;
        if (!fits) return error(number, {"a line too long", "a trace"});
        if (!text.empty()) {
            // Who is killed may have written only a part of the last line.
            if (!has_end && run.begun() && !TraceJson::accept(text)) {
                run.result.cut_line = number;
                break;
            }
            TraceJson json;
            try {
                json = parse_line(text);
                if (is_end(json)) check_end(json, before);
            } catch (const TraceFault& fault) {
                return error(number,
                             number == 1 && fault.what == "no JSON" ? TraceFault{fault.what, "a trace"} : fault);
            }
            try {
                run.line(number, std::move(json));
            } catch (const TraceFault& fault) {
                return error(run.line_number(), fault);
            }
            if (run.result.difference) break;
        }
        before.add(text);
        if (has_end) before.add("\n");
    }
    if (!run.begun()) return error(1, {"an empty file", "a trace"});
    try {
        run.end();
    } catch (const TraceFault& fault) {
        return error(run.line_number(), fault);
    }
    if (run.result.lives == 0 && !run.result.complete) {
        return error(number, {"the end of a trace in which no process lives", "more than its first line"});
    }
    return std::move(run.result);
}

}  // namespace bully::sim
