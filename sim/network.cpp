#include "sim/network.hpp"

#include <algorithm>

namespace bully::sim {
namespace {

bool contains(const std::vector<Number>& numbers, Number number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

std::uint32_t purpose_for(Purpose purpose, MessageType type) {
    return static_cast<std::uint32_t>(purpose) + static_cast<std::uint32_t>(type);
}

}  // namespace

void Network::reset(const Scenario& scenario, Random random) {
    scenario_ = &scenario;
    random_ = random;
    longest_ = scenario.network.delay.longest();
    blocks_.clear();
    delays_.clear();
    losses_.clear();
    script_counts_.assign(scenario.scripted.size(), 0);
    refresh();
}

void Network::refresh() {
    delay_ = delays_.empty() ? &scenario_->network.delay : delays_.back().value;
    loss_ = losses_.empty() ? scenario_->network.loss : losses_.back().value;
    plain_ = loss_ == 0 && scenario_->network.duplication == 0 && blocks_.empty() && delays_.empty() &&
             scenario_->scripted.empty();
}

bool Network::covers(const Links& links, Number from, Number to) {
    if (contains(links.from, from) && contains(links.to, to)) return true;
    return links.both_ways && contains(links.from, to) && contains(links.to, from);
}

bool Network::connects(Number from, Number to) const {
    return std::none_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
        if (!block.links) return block.groups[from - 1] != block.groups[to - 1];
        return block.slower == Duration::zero() && covers(*block.links, from, to);
    });
}

Duration Network::slowness(Number from, Number to) const {
    Duration sum{};
    for (const auto& block : blocks_) {
        if (block.links && covers(*block.links, from, to)) sum = std::min(sum + block.slower, longest_time);
    }
    return sum;
}

Passage Network::pass(MessageType type, Number from, Number to, std::uint32_t count, std::uint32_t draw) {
    Passage passage;
    passage.delay = delay_->sample(draw);
    const auto chance = [&](Purpose purpose) { return random_.draw(purpose_for(purpose, type), from, count, to); };
    bool duplicated =
        scenario_->network.duplication != 0 && chance(Purpose::message_duplication) < scenario_->network.duplication;
    passage.lost = !connects(from, to) || (loss_ != 0 && chance(Purpose::message_loss) < loss_);
    passage.delay += slowness(from, to);
    for (std::size_t i = 0; i < scenario_->scripted.size(); ++i) {
        const auto& script = scenario_->scripted[i];
        if (script.type != type || (script.from && *script.from != from) || (script.to && *script.to != to)) {
            continue;
        }
        ++script_counts_[i];
        if (script.nth && *script.nth != script_counts_[i]) continue;
        passage.lost = passage.lost || script.drop;
        passage.delay = std::min(passage.delay + script.delay, 4 * longest_time);
        duplicated = duplicated || script.duplicate;
    }
    if (duplicated && !passage.lost) passage.duplicate = delay_->sample(chance(Purpose::duplicate_delay));
    passage.disturbed =
        passage.lost || passage.delay > longest_ || (passage.duplicate && *passage.duplicate > longest_);
    return passage;
}

void Network::begin_partition(std::size_t token, const fault::Partition& partition) {
    Block block{token, std::vector<std::uint16_t>(scenario_->processes.size(), 0), std::nullopt, {}};
    for (std::size_t i = 0; i < partition.groups.size(); ++i) {
        for (const auto number : partition.groups[i]) block.groups[number - 1] = static_cast<std::uint16_t>(i + 1);
    }
    blocks_.push_back(std::move(block));
    refresh();
}

void Network::begin_cut(std::size_t token, const fault::Cut& cut) {
    blocks_.push_back({token, {}, cut.links, Duration::zero()});
    refresh();
}

void Network::begin_slow(std::size_t token, const fault::Slow& slow) {
    blocks_.push_back({token, {}, slow.links, slow.by});
    refresh();
}

void Network::begin_delay(std::size_t token, const fault::ChangeDelay& change) {
    delays_.push_back({token, &change.delay});
    refresh();
}

void Network::begin_loss(std::size_t token, const fault::ChangeLoss& change) {
    losses_.push_back({token, change.loss});
    refresh();
}

void Network::end(std::size_t token) {
    std::erase_if(blocks_, [&](const auto& block) { return block.token == token; });
    std::erase_if(delays_, [&](const auto& change) { return change.token == token; });
    std::erase_if(losses_, [&](const auto& change) { return change.token == token; });
    refresh();
}

void Network::heal() {
    blocks_.clear();
    refresh();
}

}  // namespace bully::sim
