// A step of a live node as lines of JSON.
#include "core/names.hpp"
#include "net/log/json_line.hpp"
#include "net/log/live_log.hpp"

#include <fmt/format.h>

#include <chrono>
#include <variant>
#include <vector>

namespace bully::net {

void LiveLog::write(const JsonLine& line) { out_ << line.finish() << std::endl; }

JsonLine LiveLog::object(const Node& node, std::int64_t at_ns, std::string_view event) const {
    JsonLine line(event, (unix_epoch_ns_ + at_ns) / 1000);
    line.pid("pid", node.pid());
    return line;
}

// The lines of one step.
struct LiveLog::JsonStep {
    LiveLog& log;
    const Node& node;
    const LiveStep& step;
    std::vector<JsonLine> lines;
    std::size_t telling = 0;  // which line says how many were left out

    JsonLine& line(std::string_view event) { return lines.emplace_back(log.object(node, step.at_ns, event)); }
    void message(std::string_view name) {
        if (!log.style_.verbose && is_chatter(step, node)) return;
        line("message").text("message", name).text("from", step.from);
    }
    [[nodiscard]] std::uint64_t higher() const {
        return node.election().members().size() - node.election().own_position() - 1;
    }

    // The event.
    void operator()(const Joined& joined) { line("joined").number("members", joined.members.size()); }
    void operator()(const JoinFailed& failure) {
        auto& failed = line("join_failed").text("reason", failure.reason);
        if (!is_failed_try(step)) return;
        failed.number("try", static_cast<std::uint64_t>(log.said_of(node).failed_joins))
            .number("of", static_cast<std::uint64_t>(node.options().settings.timing.join_attempts));
        if (const auto* pause = find_action<StartTimer>(step.actions)) {
            failed.raw("next", fmt::format("{}", std::chrono::duration<double>(pause->range.min).count()));
        }
    }
    void operator()(const ElectionReceived&) { message("ELECTION"); }
    void operator()(const ProbeReceived&) { message("PROBE"); }
    void operator()(const AnswerReceived&) { message("OK"); }
    void operator()(const CoordinatorReceived&) { message("COORDINATOR"); }
    void operator()(const Start&) const {}
    void operator()(const Unreachable&) const {}  // if the leader is: below
    void operator()(const TimerFired&) const {}
    void operator()(const Elect&) const {}
    void operator()(const Feign&) const {}

    void leader_failed() {
        const bool has_failed = step.before.phase == Phase::following && step.before.watch == Watch::probe &&
                                node.election().view().watch == Watch::rejoin;
        if (!has_failed) return;
        const auto* unreachable = std::get_if<Unreachable>(step.event);
        line("leader_failed")
            .pid("leader", step.before.leader)
            .text("why", unreachable != nullptr ? to_string(unreachable->why) : "silent");
    }

    // The actions.
    void operator()(const SendElection&) { line("election").number("asked", higher()); }
    void operator()(const AskHigher&) { line("asked_higher").number("asked", higher()); }
    void operator()(const Announce& announce) {
        line(announce.again ? "announced_again" : "won").number("told", node.election().members().size() - 1);
    }
    void operator()(const LeaderChanged& changed) {
        telling = lines.size();
        line("leader_changed").pid("leader", changed.leader);
    }
    void operator()(const Warn& warning) {
        line("warning").text("what", to_string(warning.what)).pid("about", warning.about);
    }
    void operator()(const StopListening&) { line("failed"); }
    void operator()(const Listen&) { line("recovered"); }
    void operator()(const Join&) const {}
    void operator()(const SendProbe&) const {}
    void operator()(const Reply&) const {}
    void operator()(const StartTimer&) const {}
    void operator()(const GiveUp&) const {}  // as `gone`
};

void LiveLog::json_step(const Node& node, const LiveStep& step) {
    JsonStep told{*this, node, step, {}};
    std::visit(told, *step.event);
    told.leader_failed();
    for (const auto& action : step.actions) std::visit(told, action);
    auto& lines = told.lines;
    if (lines.empty()) return;
    const auto unsaid = take(node, step);
    if (!unsaid) return;
    if (*unsaid > 0) lines[told.telling].number("unsaid", *unsaid);
    for (const auto& said : lines) write(said);
}

}  // namespace bully::net
