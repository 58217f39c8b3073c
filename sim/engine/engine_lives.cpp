// The life of a process: it starts, crashes, is paused and resumed, feigns a failure, gives up.
#include "sim/engine/engine.hpp"

#include <utility>

namespace bully::sim {

void Engine::start(Index index, WorldNote::Kind kind) {
    if (nodes_[index].running) {
        tell_no_effect([&] { return "start: " + state_of(index, "running"); });
        return;
    }
    metrics_.record_fault(now_);
    nodes_[index].host_up = true;
    tell_world(kind, index + 1);
    begin_life(index);
    step(index, Start{}, 0);
}

void Engine::crash(Index index, bool host_up) {
    auto& node = nodes_[index];
    node.running = false;
    node.paused = false;
    node.failed = false;
    node.host_up = host_up;
    node.next_round = node.election.last_round();
    node.armed = {};
    end_joins(index);
    refresh(node);
    metrics_.record_fault(now_);
    metrics_.update(now_, index + 1, Life::down, Phase::down, 0);
    tell_world(WorldNote::Kind::crash, index + 1);
    fingerprint_.add(static_cast<std::uint64_t>(now_.count()), index);
    // What it had accepted and never read: the kernel resets those connections.
    const auto backlog = std::exchange(node.backlog, {});
    for (const auto& item : backlog) {
        if (item.key.event_class() != EventClass::message) continue;
        const auto arrival = static_cast<Arrival>(item.key.type());
        if (arrival == Arrival::join_outcome) {
            daemon_.drop(item.key.receiver(), item.key.sender());
            continue;
        }
        if (arrival > Arrival::coordinator) continue;
        ++metrics_.measures.messages[item.key.type()].lost;
        tell_arrival(item, Fate::lost);
        if (!is_request(arrival) || !host_up) continue;
        const auto purpose = static_cast<std::uint32_t>(Purpose::refusal_delay) + item.key.type();
        const auto draw = random_.draw(purpose, item.key.sender() + 1, item.key.number(), index);
        report_unreachable(item.key.sender(), index, item.key.number(), Arrival::reset,
                           (now_ + network_.delay().sample(draw)).count());
    }
}

void Engine::pause(Index index) {
    auto& node = nodes_[index];
    node.paused = true;
    refresh(node);
    metrics_.record_fault(now_);
    tell_world(WorldNote::Kind::pause, index + 1);
    measure(index);
}

void Engine::resume(Index index) {
    auto& node = nodes_[index];
    node.paused = false;
    node.stopped_by = none;
    refresh(node);
    metrics_.record_fault(now_);
    tell_world(WorldNote::Kind::resume, index + 1);
    measure(index);
    // Row 20: all that waited is due now, and the order of events puts messages before timers.
    const auto backlog = std::exchange(node.backlog, {});
    for (const auto& item : backlog) push(now_.count(), item.key);
}

void Engine::set_failed(Index index, bool failed) {
    auto& node = nodes_[index];
    node.failed = failed;
    if (failed) node.open_since = node.election.last_round();
    if (scenario_.processes[index].feign_style == FeignStyle::close) node.listening = !failed;
    refresh(node);
    metrics_.record_fault(now_);
    tell_world(failed ? WorldNote::Kind::feign : WorldNote::Kind::recover, index + 1);
}

void Engine::give_up(Index index) {
    auto& node = nodes_[index];
    node.running = false;
    node.stopped_by = none;
    node.host_up = true;
    node.next_round = node.election.last_round();
    node.armed = {};
    end_joins(index);
    refresh(node);
    metrics_.update(now_, index + 1, Life::down, Phase::down, 0);
    tell_world(WorldNote::Kind::give_up, index + 1);
}

}  // namespace bully::sim
