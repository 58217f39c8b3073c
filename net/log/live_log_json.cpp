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

void LiveLog::json_step(const Node& node, const LiveStep& step) {
    const auto& election = node.election();
    std::vector<JsonLine> lines;
    std::size_t telling = 0;  // which line says how many were left out
    const auto line = [&](std::string_view event) -> JsonLine& {
        return lines.emplace_back(object(node, step.at_ns, event));
    };
    const auto message = [&](std::string_view name) {
        if (style_.verbose || !is_chatter(step, node)) line("message").text("message", name).text("from", step.from);
    };
    if (std::holds_alternative<Joined>(*step.event)) {
        line("joined").number("members", std::get<Joined>(*step.event).members->size());
    } else if (const auto* failure = std::get_if<JoinFailed>(step.event)) {
        auto& failed = line("join_failed").text("reason", failure->reason != nullptr ? *failure->reason : "");
        if (is_failed_try(step)) {
            failed.number("try", static_cast<std::uint64_t>(said_of(node).failed_joins))
                .number("of", static_cast<std::uint64_t>(node.options().settings.timing.join_attempts));
        }
        if (const auto* pause = find_action<StartTimer>(step.actions); pause != nullptr && is_failed_try(step)) {
            failed.raw("next", fmt::format("{}", std::chrono::duration<double>(pause->range.min).count()));
        }
    } else if (std::holds_alternative<ElectionReceived>(*step.event)) {
        message("ELECTION");
    } else if (std::holds_alternative<ProbeReceived>(*step.event)) {
        message("PROBE");
    } else if (std::holds_alternative<AnswerReceived>(*step.event)) {
        message("OK");
    } else if (std::holds_alternative<CoordinatorReceived>(*step.event)) {
        message("COORDINATOR");
    }
    const bool leader_failed = step.before.phase == Phase::following && step.before.watch == Watch::probe &&
                               election.view().watch == Watch::rejoin;
    if (leader_failed) {
        const auto* unreachable = std::get_if<Unreachable>(step.event);
        line("leader_failed")
            .pid("leader", step.before.leader)
            .text("why", unreachable != nullptr ? to_string(unreachable->why) : "silent");
    }
    for (const auto& action : step.actions) {
        if (std::holds_alternative<SendElection>(action)) {
            line("election").number("asked", election.members().size() - election.own_position() - 1);
        } else if (std::holds_alternative<AskHigher>(action)) {
            line("asked_higher").number("asked", election.members().size() - election.own_position() - 1);
        } else if (const auto* announce = std::get_if<Announce>(&action)) {
            line(announce->again ? "announced_again" : "won").number("told", election.members().size() - 1);
        } else if (const auto* changed = std::get_if<LeaderChanged>(&action)) {
            telling = lines.size();
            line("leader_changed").pid("leader", changed->leader);
        } else if (const auto* warning = std::get_if<Warn>(&action)) {
            line("warning").text("what", to_string(warning->what)).pid("about", warning->about);
        } else if (std::holds_alternative<StopListening>(action)) {
            line("failed");
        } else if (std::holds_alternative<Listen>(action)) {
            line("recovered");
        }
    }
    if (lines.empty()) return;
    const auto unsaid = take(node, step);
    if (!unsaid) return;
    if (*unsaid > 0) lines[telling].number("unsaid", *unsaid);
    for (const auto& said : lines) write(said);
}

}  // namespace bully::net
