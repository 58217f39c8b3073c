// What the scenario does to the processes and the network.
#include "sim/engine/engine.hpp"
#include "sim/scenario/fault_span.hpp"
#include "sim/scenario/fault_text.hpp"
#include "sim/util/overloaded.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace bully::sim {

void Engine::tell_world(WorldNote::Kind kind, Number number, bool ends, std::string text) {
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
    if (!settled_start_.processes.empty() && !settled_start_.known) {
        settled_start_.known = true;
        settled_start_.metrics = metrics_;
        settled_start_.fingerprint = fingerprint_;
    }
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
        const auto& fault = scenario_.faults[i];
        const auto which = static_cast<std::uint32_t>(i);
        push(fault.at.count(), {EventClass::world, 0, static_cast<std::uint32_t>(WorldEvent::fault_begins), 0, which});
        if (fault.lasts && *fault.lasts <= scenario_.duration) {
            push(own_end(fault).count(),
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

// The process that a fault means. Tells of it if that isn't as it has to be, or if none is.
Engine::Index Engine::target_of(ProcessRef ref, std::size_t which, std::string_view what, Condition condition) {
    const auto target = resolve(ref, which, condition.fits);
    if (target != none) return target;
    tell_no_effect([&] {
        const auto text = std::string(what) + ": ";
        if (ref.kind == ProcessRef::Kind::number) return text + state_of(ref.number - 1, condition.already);
        if (ref.kind != ProcessRef::Kind::leader)
            return text + "no process is " + std::string(condition.is) + "; nothing happens";
        const auto leader = metrics_.leader();
        return text +
               (leader == 0 ? "no live process leads; nothing happens" : state_of(leader - 1, condition.already));
    });
    return none;
}

// Why a fault does nothing to this process. `already`: what the fault would have made of it.
std::string Engine::state_of(Index index, std::string_view already) const {
    const auto& node = nodes_[index];
    const auto state = [&]() -> std::string {
        if (!node.running) return node.has_lived ? "is down" : "isn't running yet";
        if (node.paused) return "is paused";
        if (already == "running") return "is running";
        if (node.failed) return "is feigning a failure";
        if (node.election.phase() == Phase::joining) return "is joining";
        return node.election.is_electing() ? "is electing" : "is running";
    }();
    const bool is_so = state == "is " + std::string(already);
    return scenario_.processes[index].name + " " + state + (is_so ? " already" : "") + "; nothing happens";
}

void Engine::begin_fault(std::size_t which) {
    const auto& fault = scenario_.faults[which];
    using Kind = ProcessRef::Kind;
    const auto is_up = [](const Node& node) { return node.running && !node.paused && !node.failed; };
    const auto runs = [](const Node& node) { return node.running; };
    auto& target = fault_targets_[which];
    const auto stop = [&](auto act) {
        if (target == none) return;
        act();
        nodes_[target].stopped_by = static_cast<std::uint32_t>(which);
    };
    std::visit(Overloaded{
                   [&](const fault::Crash& f) {
                       // By number also a paused or feigning process can be killed; `highest` means a live one.
                       target = target_of(f.process, which, "crash",
                                          {f.process.kind == Kind::number ? +runs : +is_up, "up", "down"});
                       stop([&] { crash(target, f.host_up); });
                   },
                   [&](const fault::Restart& f) {
                       target = target_of(f.process, which, "restart",
                                          {[](const Node& node) { return !node.running; }, "down", "running"});
                       if (target == none) return;
                       if (f.new_address) move(target);
                       start(target, WorldNote::Kind::restart);
                   },
                   [&](const fault::Pause& f) {
                       target = target_of(
                           f.process, which, "pause",
                           {[](const Node& node) { return node.running && !node.paused; }, "running", "paused"});
                       stop([&] { pause(target); });
                   },
                   [&](const fault::Resume& f) {
                       target = target_of(f.process, which, "resume",
                                          {[](const Node& node) { return node.paused; }, "paused", "running"});
                       if (target != none) resume(target);
                   },
                   [&](const fault::Feign& f) {
                       target = target_of(f.process, which, "feign", {+is_up, "up", "feigning a failure"});
                       if (target == none) return;
                       if (nodes_[target].election.phase() == Phase::joining) {
                           tell_no_effect([&] { return "feign: " + state_of(target, {}); });
                       } else {
                           step(target, bully::Feign{f.down}, 0);
                       }
                   },
                   [&](const fault::Elect& f) {
                       target = target_of(f.process, which, "elect", {+is_up, "up", "electing"});
                       if (target == none) return;
                       if (!is_idle(nodes_[target].election.phase())) {
                           tell_no_effect([&] { return "elect: " + state_of(target, "electing"); });
                           return;
                       }
                       tell_world(WorldNote::Kind::elect, target + 1);
                       fingerprint_.add(static_cast<std::uint64_t>(now_.count()), target);
                       step(target, bully::Elect{}, 0);
                   },
                   [&](const fault::Partition& f) {
                       begin_block(network_.begin_partition(which, f), WorldNote::Kind::partition, which, describe(f));
                   },
                   [&](const fault::Cut& f) {
                       begin_block(network_.begin_cut(which, f), WorldNote::Kind::cut, which, describe(f.links));
                   },
                   [&](const fault::Slow& f) {
                       const auto effect = network_.begin_slow(which, f);
                       const auto others = slow_beside(which);
                       begin_block(effect, WorldNote::Kind::slow, which,
                                   describe(f) + (others.empty() ? "" : ", on top of " + others));
                   },
                   [&](const fault::Heal&) {
                       change_network(network_.heal(), WorldNote::Kind::heal, false, "all links",
                                      "heal: no link is cut or slow; nothing happens");
                   },
                   [&](const fault::ChangeDelay& f) {
                       const auto text = f.delay.describe();
                       change_network(network_.begin_delay(which, f), WorldNote::Kind::delay, false, text,
                                      "delay: it is " + text + " already; nothing changes");
                   },
                   [&](const fault::ChangeLoss& f) {
                       const auto text = percent(f.loss);
                       change_network(network_.begin_loss(which, f), WorldNote::Kind::loss, false, text,
                                      "loss: it is " + text + " already; nothing changes");
                   },
                   [&](const fault::CoordinatorDaemonDown&) {
                       change_network(daemon_.begin_outage() ? Network::Effect::some : Network::Effect::none,
                                      WorldNote::Kind::daemon_down, false, {},
                                      "gcd: the coordinator daemon is down already; nothing happens");
                   },
                   [&](const fault::CoordinatorDaemonRestart&) {
                       const bool is_down = daemon_.is_down();
                       const bool forgets = !is_down && daemon_.forget();
                       change_network(forgets ? Network::Effect::some : Network::Effect::none,
                                      WorldNote::Kind::daemon_restart, false, {},
                                      is_down ? "gcd: the coordinator daemon is down; nothing restarts"
                                              : "gcd: the coordinator daemon knows nobody; nothing changes");
                   },
               },
               fault.what);
}

// What a later fault has overtaken doesn't end any more: the process has been restarted, the link healed, and what is
// down, paused or cut now is so for another reason.
void Engine::end_fault(std::size_t which) {
    const auto& fault = scenario_.faults[which];
    const auto target = fault_targets_[which];
    const bool is_stopped = target != none && nodes_[target].stopped_by == which;
    using Kind = WorldNote::Kind;
    std::visit(Overloaded{
                   [&](const fault::Crash&) {
                       if (is_stopped && !nodes_[target].running) start(target, Kind::restart);
                   },
                   [&](const fault::Pause&) {
                       if (is_stopped && nodes_[target].paused) resume(target);
                   },
                   [&](const fault::Partition& f) { end_block(Kind::partition, which, describe(f)); },
                   [&](const fault::Cut& f) { end_block(Kind::cut, which, describe(f.links)); },
                   [&](const fault::Slow& f) { end_block(Kind::slow, which, describe(f.links)); },
                   [&](const fault::ChangeDelay&) {
                       const auto effect = network_.end(which);
                       const auto text = network_.delay().describe();
                       change_network(effect, Kind::delay, true, text, "delay: a change ends; it stays " + text);
                   },
                   [&](const fault::ChangeLoss&) {
                       const auto effect = network_.end(which);
                       const auto text = percent(network_.loss());
                       change_network(effect, Kind::loss, true, text, "loss: a change ends; it stays " + text);
                   },
                   [&](const fault::CoordinatorDaemonDown&) {
                       if (!daemon_.end_outage()) {
                           tell_world(Kind::no_effect, 0, true,
                                      "gcd: a failure ends; by another the coordinator daemon stays down");
                       } else {
                           metrics_.record_fault(now_);
                           tell_world(Kind::daemon_up);
                       }
                   },
                   // These have no end.
                   [](const AnyOf<fault::Restart, fault::Resume, fault::Feign, fault::Elect, fault::Heal,
                                  fault::CoordinatorDaemonRestart> auto&) {},
               },
               fault.what);
}

// A change that concerns all processes, or the links between them. Without an effect it is no fault.
void Engine::change_network(Network::Effect effect, WorldNote::Kind kind, bool ends, std::string text,
                            std::string without_effect) {
    if (effect == Network::Effect::some) {
        metrics_.record_fault(now_);
        tell_world(kind, 0, ends, std::move(text));
    } else if (effect == Network::Effect::none) {
        tell_world(WorldNote::Kind::no_effect, 0, ends, std::move(without_effect));
    }
}

void Engine::begin_block(Network::Effect effect, WorldNote::Kind kind, std::size_t which, std::string text) {
    change_network(effect, kind, false, std::move(text),
                   describe_block(scenario_.faults[which].what) + ": no link changes by it; nothing happens");
}

// Says what holds then, where that isn't what everybody would take for granted.
void Engine::end_block(WorldNote::Kind kind, std::size_t which, const std::string& text) {
    const auto effect = network_.end(which);
    if (observers_.empty() || effect == Network::Effect::over) {
        change_network(effect, kind, true, {}, {});
        return;
    }
    std::string left;
    for (const auto token : network_.blocks()) {
        left += (left.empty() ? "; still there: " : ", ") + describe_block(scenario_.faults[token].what);
    }
    const auto slow = slow_beside(which);
    if (effect == Network::Effect::some && !slow.empty()) {
        change_network(effect, kind, false, slow, {});
        return;
    }
    change_network(effect, kind, true, text + left,
                   describe_block(scenario_.faults[which].what) + " ends, and no link changes by it" + left);
}

// What else slows links that this one slows; empty if nothing does, or if this is another fault.
std::string Engine::slow_beside(std::size_t which) const {
    const auto* slow = std::get_if<fault::Slow>(&scenario_.faults[which].what);
    std::string text;
    if (slow == nullptr || observers_.empty()) return text;
    for (const auto token : network_.blocks()) {
        const auto* other = std::get_if<fault::Slow>(&scenario_.faults[token].what);
        if (token == which || other == nullptr || !overlap(slow->links, other->links)) continue;
        text += (text.empty() ? "" : ", ") + describe(*other);
    }
    return text;
}

}  // namespace bully::sim
