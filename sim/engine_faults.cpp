// What the scenario does to the processes and the network.
#include "sim/engine.hpp"
#include "sim/overloaded.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace bully::sim {
namespace {

std::string list(const std::vector<Number>& numbers) {
    std::string text;
    for (const auto number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
    return text;
}

std::string describe(const Links& links) {
    return list(links.from) + (links.both_ways ? " <-> " : " -> ") + list(links.to);
}

std::string describe(const fault::Partition& partition) {
    std::string text;
    for (const auto& group : partition.groups) text += (text.empty() ? "{" : " | {") + list(group) + "}";
    return text;
}

std::string percent(std::uint64_t probability) {
    // Tenths of a percent are enough to read.
    const auto tenths = (probability * 1000 + (std::uint64_t{1} << 31U)) >> 32U;
    return std::to_string(tenths / 10) + (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") + "%";
}

}  // namespace

void Engine::note_world(WorldNote::Kind kind, Number number, bool ends, std::string text) {
    metrics_.name_fault(kind, number, ends);
    if (observers_.empty()) return;
    const WorldNote note{now_, kind, number, ends, number != 0 && nodes_[number - 1].host_up, std::move(text)};
    for (auto* observer : observers_) observer->on_world(note);
}

void Engine::schedule_faults() {
    for (Index i = 0; i < nodes_.size(); ++i) {
        const auto& start_at = scenario_.processes[i].start;
        if (!start_at) {
            nodes_[i].host_up = false;
            continue;
        }
        if (scenario_.settled && *start_at == Time::zero()) {
            settle(i);
            continue;
        }
        push(start_at->count(), {EventClass::world, i, static_cast<std::uint32_t>(WorldEvent::process_starts), 0, 0});
    }
    if (!beginning_.processes.empty() && !beginning_.known) {
        beginning_.known = true;
        beginning_.metrics = metrics_;
        beginning_.fingerprint = fingerprint_;
    }
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
        const auto& fault = scenario_.faults[i];
        const auto which = static_cast<std::uint32_t>(i);
        push(fault.at.count(), {EventClass::world, 0, static_cast<std::uint32_t>(WorldEvent::fault_begins), 0, which});
        if (fault.lasts && *fault.lasts <= scenario_.duration) {
            push((fault.at + *fault.lasts).count(),
                 {EventClass::world, 0, static_cast<std::uint32_t>(WorldEvent::fault_ends), 0, which});
        }
    }
}

Engine::Index Engine::resolve(ProcessRef ref, std::size_t which, bool (*fits)(const Node&)) const {
    const auto n = static_cast<Index>(nodes_.size());
    switch (ref.kind) {
        case ProcessRef::Kind::number: return fits(nodes_[ref.number - 1]) ? ref.number - 1 : none;
        case ProcessRef::Kind::leader: {
            const auto leader = metrics_.leader();
            return leader != 0 && fits(nodes_[leader - 1]) ? leader - 1 : none;
        }
        case ProcessRef::Kind::highest:
            for (auto i = n; i > 0; --i) {
                if (fits(nodes_[i - 1])) return i - 1;
            }
            return none;
        case ProcessRef::Kind::lowest:
            for (Index i = 0; i < n; ++i) {
                if (fits(nodes_[i])) return i;
            }
            return none;
        case ProcessRef::Kind::random: break;
    }
    const auto fitting = static_cast<std::uint64_t>(std::count_if(nodes_.begin(), nodes_.end(), fits));
    const auto draw =
        random_.draw(static_cast<std::uint32_t>(Purpose::random_process), static_cast<std::uint32_t>(which), 0);
    auto left = (draw * fitting) >> 32U;
    for (Index i = 0; i < n; ++i) {
        if (fits(nodes_[i]) && left-- == 0) return i;
    }
    return none;
}

void Engine::begin_fault(std::size_t which) {
    const auto& fault = scenario_.faults[which];
    const auto runs = [](const Node& node) { return node.running; };
    const auto is_up = [](const Node& node) { return node.running && !node.paused && !node.failed; };
    const auto is_down = [](const Node& node) { return !node.running; };
    const auto is_paused = [](const Node& node) { return node.paused; };
    auto& target = fault_targets_[which];
    std::visit(Overloaded{
                   [&](const fault::Crash& f) {
                       // By number also a paused or feigning process can be killed; `highest` means a live one.
                       target = resolve(f.process, which, f.process.kind == ProcessRef::Kind::number ? +runs : +is_up);
                       if (target != none) crash(target, f.host_up);
                   },
                   [&](const fault::Restart& f) {
                       target = resolve(f.process, which, +is_down);
                       if (target == none) return;
                       auto& endpoint = nodes_[target].member.endpoint;
                       if (f.new_address) {
                           index_addresses();  // the old address must be known as this process's before it changes
                           ++endpoint.port;
                           addresses_[endpoint.host + ":" + std::to_string(endpoint.port)] =
                               static_cast<std::uint16_t>(target);
                           routes_.clear();
                           direct_ = nullptr;
                       }
                       start(target, WorldNote::Kind::restart);
                   },
                   [&](const fault::Pause& f) {
                       target =
                           resolve(f.process, which, [](const Node& node) { return node.running && !node.paused; });
                       if (target != none) pause(target);
                   },
                   [&](const fault::Resume& f) {
                       target = resolve(f.process, which, +is_paused);
                       if (target != none) resume(target);
                   },
                   [&](const fault::Feign& f) {
                       target = resolve(f.process, which, +is_up);
                       if (target != none) step(target, bully::Feign{f.down}, 0);
                   },
                   [&](const fault::Elect& f) {
                       target = resolve(f.process, which, +is_up);
                       if (target == none) return;
                       note_world(WorldNote::Kind::elect, target + 1);
                       fingerprint_.add(static_cast<std::uint64_t>(now_.count()), target);
                       step(target, bully::Elect{}, 0);
                   },
                   [&](const fault::Partition& f) {
                       network_.begin_partition(which, f);
                       metrics_.note_fault(now_);
                       note_world(WorldNote::Kind::partition, 0, false, describe(f));
                   },
                   [&](const fault::Cut& f) {
                       network_.begin_cut(which, f);
                       metrics_.note_fault(now_);
                       note_world(WorldNote::Kind::cut, 0, false, describe(f.links));
                   },
                   [&](const fault::Heal&) {
                       network_.heal();
                       metrics_.note_fault(now_);
                       note_world(WorldNote::Kind::heal, 0, false, "all links");
                   },
                   [&](const fault::Slow& f) {
                       network_.begin_slow(which, f);
                       metrics_.note_fault(now_);
                       note_world(WorldNote::Kind::slow, 0, false, describe(f.links) + " by " + bully::to_string(f.by));
                   },
                   [&](const fault::ChangeDelay& f) {
                       network_.begin_delay(which, f);
                       metrics_.note_fault(now_);
                       note_world(WorldNote::Kind::delay, 0, false, f.delay.describe());
                   },
                   [&](const fault::ChangeLoss& f) {
                       network_.begin_loss(which, f);
                       metrics_.note_fault(now_);
                       note_world(WorldNote::Kind::loss, 0, false, percent(f.loss));
                   },
                   [&](const fault::CoordinatorDaemonDown&) {
                       ++daemon_down_;
                       metrics_.note_fault(now_);
                       note_world(WorldNote::Kind::daemon_down);
                   },
               },
               fault.what);
}

void Engine::end_fault(std::size_t which) {
    const auto& fault = scenario_.faults[which];
    const auto target = fault_targets_[which];
    const auto ended = [&](WorldNote::Kind kind, std::string text) {
        network_.end(which);
        metrics_.note_fault(now_);
        note_world(kind, 0, true, std::move(text));
    };
    std::visit(
        Overloaded{
            [&](const fault::Crash&) {
                if (target != none && !nodes_[target].running) start(target, WorldNote::Kind::restart);
            },
            [&](const fault::Pause&) {
                if (target != none && nodes_[target].paused) resume(target);
            },
            [&](const fault::Partition& f) { ended(WorldNote::Kind::partition, describe(f)); },
            [&](const fault::Cut& f) { ended(WorldNote::Kind::cut, describe(f.links)); },
            [&](const fault::Slow& f) { ended(WorldNote::Kind::slow, describe(f.links)); },
            [&](const fault::ChangeDelay&) { ended(WorldNote::Kind::delay, scenario_.network.delay.describe()); },
            [&](const fault::ChangeLoss&) { ended(WorldNote::Kind::loss, percent(scenario_.network.loss)); },
            [&](const fault::CoordinatorDaemonDown&) {
                --daemon_down_;
                metrics_.note_fault(now_);
                note_world(WorldNote::Kind::daemon_up);
            },
            [](const auto&) {},
        },
        fault.what);
}

void Engine::start(Index index, WorldNote::Kind kind) {
    if (nodes_[index].running) return;
    metrics_.note_fault(now_);
    nodes_[index].host_up = true;
    note_world(kind, index + 1);
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
    refresh(node);
    metrics_.note_fault(now_);
    metrics_.update(now_, index + 1, Life::down, Phase::down, 0);
    note_world(WorldNote::Kind::crash, index + 1);
    fingerprint_.add(static_cast<std::uint64_t>(now_.count()), index);
    // What it had accepted and never read: the kernel resets those connections.
    const auto backlog = std::exchange(node.backlog, {});
    for (const auto& item : backlog) {
        if (item.key.event_class() != EventClass::message) continue;
        const auto arrival = static_cast<Arrival>(item.key.type());
        if (arrival == Arrival::join_outcome) {
            join_outcomes_.erase(static_cast<std::uint64_t>(index) << 32U | item.key.sender());
            continue;
        }
        if (arrival > Arrival::coordinator) continue;
        ++metrics_.measures.messages[item.key.type()].lost;
        note_arrival(item, Fate::lost);
        const bool request = arrival == Arrival::election || arrival == Arrival::probe;
        if (!request || !host_up) continue;
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
    metrics_.note_fault(now_);
    note_world(WorldNote::Kind::pause, index + 1);
    believe(index);
}

void Engine::resume(Index index) {
    auto& node = nodes_[index];
    node.paused = false;
    refresh(node);
    metrics_.note_fault(now_);
    note_world(WorldNote::Kind::resume, index + 1);
    believe(index);
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
    metrics_.note_fault(now_);
    note_world(failed ? WorldNote::Kind::feign : WorldNote::Kind::recover, index + 1);
}

void Engine::give_up(Index index) {
    auto& node = nodes_[index];
    node.running = false;
    node.host_up = true;
    node.next_round = node.election.last_round();
    node.armed = {};
    refresh(node);
    metrics_.update(now_, index + 1, Life::down, Phase::down, 0);
    note_world(WorldNote::Kind::give_up, index + 1);
}

}  // namespace bully::sim
