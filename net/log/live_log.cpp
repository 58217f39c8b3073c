#include "net/log/live_log.hpp"

#include "core/names.hpp"
#include "core/transitions.hpp"
#include "net/lab/message.hpp"
#include "net/log/json_line.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <vector>

namespace bully::net {
namespace {

// What others send can be the cause of trouble, so its lines are few a second.
constexpr int troubles_at_once = 20;
constexpr auto trouble_interval = std::chrono::milliseconds(500);
constexpr std::size_t max_trouble = 300;
// Twice what an election in a group of fifty brings to one node.
constexpr int messages_at_once = 100;
constexpr auto message_interval = std::chrono::milliseconds(100);
constexpr int activities_at_once = 50;
constexpr auto activity_interval = std::chrono::milliseconds(200);
// More than a group has that feigns failures, even one with many members.
constexpr int changes_at_once = 20;
constexpr auto change_interval = std::chrono::seconds(1);

std::string leader_text(const Node& node) {
    if (!node.is_alive()) return "gone";
    const auto& election = node.election();
    const auto leader = election.leader();
    if (!leader) return "no leader";
    if (*leader == election.self() && election.phase() == Phase::leading) return "it leads";
    if (election.phase() == Phase::failed) return "feigns";
    const bool stale = election.is_electing() || election.phase() == Phase::joining;  // row 21
    return (stale ? "stale " : "") + to_string(*leader);
}

bool is_message(const Event& event) {
    switch (kind_of(event)) {
        case EventKind::election:
        case EventKind::probe:
        case EventKind::answer:
        case EventKind::coordinator: return true;
        case EventKind::start:
        case EventKind::joined:
        case EventKind::join_failed:
        case EventKind::unreachable:
        case EventKind::answer_timeout:
        case EventKind::coordinator_timeout:
        case EventKind::probe_gap_over:
        case EventKind::probe_timeout:
        case EventKind::join_retry_due:
        case EventKind::hold_down_over:
        case EventKind::refresh_due:
        case EventKind::feign_due:
        case EventKind::elect:
        case EventKind::feign: return false;
    }
    return false;
}

// Only time, or the process itself, brings these about.
bool is_always_shown(std::span<const Action> actions) {
    return find_action<StopListening>(actions) != nullptr || find_action<Listen>(actions) != nullptr ||
           find_action<GiveUp>(actions) != nullptr;
}

std::string_view why_gone(Gone why) {
    switch (why) {
        case Gone::crashed: return "crashed";
        case Gone::left: return "left";
        case Gone::gave_up: return "given up";
    }
    return "";
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

// The everyday talk of a settled group.
bool LiveLog::is_chatter(const LiveStep& step, const Node& node) {
    switch (kind_of(*step.event)) {
        case EventKind::probe: return step.actions.size() <= 1;
        case EventKind::answer: return step.before.watch == Watch::probe && node.election().phase() != Phase::leading;
        case EventKind::unreachable:  // R3: a higher member that is dead
        case EventKind::probe_timeout: return step.before.phase == Phase::leading;
        case EventKind::probe_gap_over:
        case EventKind::hold_down_over: return true;
        case EventKind::start:
        case EventKind::joined:
        case EventKind::join_failed:
        case EventKind::election:
        case EventKind::coordinator:
        case EventKind::answer_timeout:
        case EventKind::coordinator_timeout:
        case EventKind::join_retry_due:
        case EventKind::refresh_due:
        case EventKind::feign_due:
        case EventKind::elect:
        case EventKind::feign: return false;
    }
    return false;
}

LiveLog::Said::Said(asio::io_context& context)
    : messages(messages_at_once, message_interval),
      activities(activities_at_once, activity_interval),
      changes(changes_at_once, change_interval),
      turn(context) {}

LiveLog::LiveLog(asio::io_context& context, std::ostream& out, LogStyle style)
    : context_(context), out_(out), style_(style), trouble_(troubles_at_once, trouble_interval) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    unix_epoch_ns_ = std::chrono::duration_cast<Duration>(now).count();
}

std::string LiveLog::time_text(std::int64_t at_ns) const {
    const auto tenths_of_ms = at_ns / 100'000;
    return fmt::format("{:>5}.{:04}s", tenths_of_ms / 10'000, tenths_of_ms % 10'000);
}

void LiveLog::text_line(const Node& node, std::int64_t at_ns, Prominence prominence, std::string_view what) {
    std::string line = time_text(at_ns) + "  ";
    if (style_.many) line += fmt::format("{:<15}  ", to_string(node.pid()));
    line += fmt::format("{:<22}  ", "[" + leader_text(node) + "]");
    if (style_.colour && prominence == Prominence::headline) line += "\x1b[1m";
    if (style_.colour && prominence == Prominence::detail) line += "\x1b[2m";
    line += what;
    if (style_.colour && prominence != Prominence::normal) line += "\x1b[0m";
    out_ << line << std::endl;
}

void LiveLog::remark(std::int64_t at_ns, std::string_view what) {
    if (!style_.json) out_ << time_text(at_ns) << "  " << what << std::endl;
}

void LiveLog::on_life(const Node& node, std::int64_t at_ns, Round) {
    said_of(node).failed_joins = 0;
    const auto address = to_string(node.endpoint());
    if (style_.json) {
        write(object(node, at_ns, "listening").text("address", address));
    } else if (!style_.quiet) {
        const auto& at = node.listens_at();
        const auto told = at == node.endpoint() ? std::string() : ", and tells others " + address;
        text_line(node, at_ns, Prominence::normal, to_string(node.pid()) + " listens at " + to_string(at) + told);
    }
}

void LiveLog::on_step(const Node& node, const LiveStep& step) {
    if (is_failed_try(step)) ++said_of(node).failed_joins;
    if (style_.json) {
        json_step(node, step);
    } else {
        text_step(node, step);
    }
}

bool LiveLog::is_failed_try(const LiveStep& step) {
    const auto* failure = std::get_if<JoinFailed>(step.event);
    return failure != nullptr && failure->kind == JoinFailed::Kind::unreachable &&
           step.before.phase == Phase::joining && !step.actions.empty();  // none: of an earlier round
}

void LiveLog::text_step(const Node& node, const LiveStep& step) {
    const NarratedStep told{step.event, step.from.empty() ? "?" : step.from, step.actions, step.before,
                            &node.election()};
    const auto narration = narrate(told, [](ProcessId pid) { return to_string(pid); });
    const bool is_failure = find_action<StopListening>(step.actions) != nullptr;
    if (style_.quiet && narration.prominence != Prominence::headline && !is_failure &&
        find_action<LeaderChanged>(step.actions) == nullptr) {
        return;
    }
    if (!style_.verbose && narration.prominence == Prominence::detail && is_chatter(step, node)) return;
    const auto unsaid = take(node, step);
    if (!unsaid) return;
    auto text = narration.text;
    if (is_failed_try(step)) {
        const auto tries = said_of(node).failed_joins;
        if (const auto* pause = find_action<StartTimer>(step.actions)) {
            text += fmt::format("; try {} of {}, the next in {:g} s", tries,
                                node.options().settings.timing.join_attempts, seconds(pause->range.min));
        } else {
            text += fmt::format(" after {} {}", tries, tries == 1 ? "try" : "tries");
        }
    }
    if (*unsaid > 0) text += fmt::format(" ({} more lines like this were not shown)", *unsaid);
    text_line(node, step.at_ns, narration.prominence, text);
}

std::optional<std::uint64_t> LiveLog::take(const Node& node, const LiveStep& step) {
    auto& said = said_of(node);
    const Duration now{step.at_ns};
    const bool always = is_always_shown(step.actions);
    if (const auto* change = find_action<LeaderChanged>(step.actions)) {
        if (always) return said.changes.take_unsaid();
        const auto unsaid = said.changes.take(now);
        if (!unsaid) {
            said.leader = change->leader;
            if (said.changes.unsaid() == 1) {
                said.since_ns = step.at_ns;
                await_turn(node, step.at_ns);
            }
        }
        return unsaid;
    }
    if (always) return 0;
    return (is_message(*step.event) ? said.messages : said.activities).take(now);
}

// The latest change is shown in its turn, if none after it is shown before.
void LiveLog::await_turn(const Node& node, std::int64_t at_ns) {
    auto& said = said_of(node);
    said.turn.expires_after(said.changes.wait(Duration{at_ns}));
    said.turn.async_wait([this, node_left = node.weak_from_this()](error_code cancelled) {
        const auto left = node_left.lock();
        if (cancelled || !left) return;
        const Duration now = Clock::now() - left->options().epoch;
        auto& changes = said_of(*left).changes;
        if (changes.unsaid() == 0) return;
        if (changes.wait(now) > Duration::zero()) return await_turn(*left, now.count());
        sum_up(*left, now.count(), *changes.take(now));
    });
}

void LiveLog::sum_up(const Node& node, std::int64_t at_ns, std::uint64_t changes) {
    const auto& said = said_of(node);
    if (style_.json) {
        auto line = object(node, at_ns, "leader_changed");
        line.pid("leader", said.leader);
        if (changes > 1) line.number("unsaid", changes - 1);
        return write(line);
    }
    const auto now = !said.leader                 ? "has no leader"
                     : *said.leader == node.pid() ? "leads"
                                                  : "follows " + to_string(*said.leader);
    const auto time = seconds(Duration(at_ns - said.since_ns));
    text_line(node, at_ns, Prominence::normal,
              changes > 1 ? fmt::format("... {} changes of the leader in {:.1f} s; {}", changes, time, now) : now);
}

void LiveLog::on_gone(const Node& node, std::int64_t at_ns, Gone why) {
    auto& said = said_of(node);
    said.turn.cancel();
    if (const auto changes = said.changes.take_unsaid(); changes > 0) sum_up(node, at_ns, changes);
    if (style_.json) {
        write(object(node, at_ns, "gone").text("why", why_gone(why)));
    } else if (why != Gone::left) {
        text_line(node, at_ns, Prominence::headline, to_string(node.pid()) + " has " + std::string(why_gone(why)));
    }
}

void LiveLog::on_reminded(const Node& node, std::int64_t at_ns, std::size_t peers) {
    if (style_.json) {
        write(object(node, at_ns, "reminded").number("told", peers));
    } else if (!style_.quiet) {
        text_line(node, at_ns, Prominence::detail,
                  fmt::format("leads; COORDINATOR once more to {} {}", peers, peers == 1 ? "other" : "others"));
    }
}

void LiveLog::on_trouble(const Node& node, std::int64_t at_ns, std::string_view what) {
    const auto unsaid = trouble_.take(Duration{at_ns});
    if (!unsaid) return;
    auto text = lab::printable(what, max_trouble);
    if (*unsaid > 0) text += fmt::format(" ({} more like this were not shown)", *unsaid);
    if (style_.json) {
        write(object(node, at_ns, "trouble").text("what", text));
    } else {
        text_line(node, at_ns, Prominence::normal, "! " + text);
    }
}

void LiveLog::on_end(const Node& node, std::int64_t at_ns) {
    const auto& counts = node.counts();
    if (style_.json) {
        write(object(node, at_ns, "ended")
                  .number("connections", counts.connections)
                  .number("accepted", counts.accepted)
                  .number("bytes_sent", counts.bytes_sent)
                  .number("bytes_received", counts.bytes_received)
                  .number("evicted", counts.evicted)
                  .number("garbage", counts.garbage));
    } else if (!style_.quiet) {
        text_line(node, at_ns, Prominence::detail,
                  fmt::format("leaves; connections: {} made, {} accepted; bytes: {} sent, {} received",
                              counts.connections, counts.accepted, counts.bytes_sent, counts.bytes_received));
    }
}

}  // namespace bully::net
