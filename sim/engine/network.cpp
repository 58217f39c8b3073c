#include "sim/engine/network.hpp"

#include <algorithm>
#include <map>
#include <utility>

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

// Of several changes of the delay, or of the loss, the one that began last holds; when it ends, the one before it.
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

bool Network::connects(const Blocks& blocks, Number from, Number to) {
    return std::none_of(blocks.begin(), blocks.end(), [&](const Block& block) {
        if (!block.links) return block.groups[from - 1] != block.groups[to - 1];
        return block.slower == Duration::zero() && covers(*block.links, from, to);
    });
}

// Slow links add up. A cut is a block of slowness zero, so it adds nothing here.
Duration Network::slowness(const Blocks& blocks, Number from, Number to) {
    Duration sum{};
    for (const auto& block : blocks) {
        if (block.links && covers(*block.links, from, to)) sum = std::min(sum + block.slower, longest_time);
    }
    return sum;
}

Passage Network::pass(MessageType type, Number from, Number to, std::uint32_t count, std::uint32_t draw) {
    Passage passage;
    passage.delay = delay_->sample(draw);
    // Drawn by sender, count and receiver: a fault more or less leaves the luck of all other messages as it is.
    const auto chance = [&](Purpose purpose) { return random_.draw(purpose_for(purpose, type), from, count, to); };
    bool duplicated =
        scenario_->network.duplication != 0 && chance(Purpose::message_duplication) < scenario_->network.duplication;
    passage.lost = !connects(from, to) || (loss_ != 0 && chance(Purpose::message_loss) < loss_);
    passage.delay += slowness(blocks_, from, to);
    for (std::size_t i = 0; i < scenario_->scripted.size(); ++i) {
        const auto& script = scenario_->scripted[i];
        if (!matches(script, type, from, to)) continue;
        ++script_counts_[i];  // also of a message that is lost anyway: `nth` counts what was sent
        if (script.nth && *script.nth != script_counts_[i]) continue;
        passage.lost = passage.lost || script.drop;
        passage.delay = std::min(passage.delay + script.delay, 4 * longest_time);
        duplicated = duplicated || script.duplicate;
    }
    // The copy takes a way of its own: neither slow links nor scripts delay it.
    if (duplicated && !passage.lost) passage.duplicate = delay_->sample(chance(Purpose::duplicate_delay));
    passage.disturbed =
        passage.lost || passage.delay > longest_ || (passage.duplicate && *passage.duplicate > longest_);
    return passage;
}

// Whether each message fares the same with either set of blocks. A fault that changes nothing is reported as such, and
// isn't the fault that agreement is counted from. To compare all pairs would take n² for each fault, so processes that
// no block tells apart form one kind, and one pair for each two kinds is compared.
bool Network::are_alike(const Blocks& some, const Blocks& others) const {
    std::vector<std::vector<std::uint16_t>> marks(scenario_->processes.size());
    for (const auto* blocks : {&some, &others}) {
        for (const auto& block : *blocks) {
            for (std::size_t i = 0; i < marks.size(); ++i) marks[i].push_back(block.links ? 0 : block.groups[i]);
            if (!block.links) continue;
            for (const auto number : block.links->from) marks[number - 1].back() |= 1U;
            for (const auto number : block.links->to) marks[number - 1].back() |= 2U;
        }
    }
    std::map<std::vector<std::uint16_t>, std::vector<Number>> kinds;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        auto& kind = kinds[std::move(marks[i])];
        if (kind.size() < 2) kind.push_back(static_cast<Number>(i + 1));
    }
    for (const auto& [ignored, from] : kinds) {
        for (const auto& [also_ignored, to] : kinds) {
            if (from.front() == to.back()) continue;  // the only one of its kind
            const bool connected = connects(some, from.front(), to.back());
            if (connected != connects(others, from.front(), to.back())) return false;
            const auto slower = slowness(some, from.front(), to.back());
            if (connected && slower != slowness(others, from.front(), to.back())) return false;
        }
    }
    return true;
}

Network::Effect Network::replace_blocks(Blocks blocks) {
    const auto effect = are_alike(blocks_, blocks) ? Effect::none : Effect::some;
    blocks_ = std::move(blocks);
    refresh();
    return effect;
}

// Group 0 is that of all processes that the partition doesn't name.
Network::Effect Network::begin_partition(std::size_t token, const fault::Partition& partition) {
    Block block{token, std::vector<std::uint16_t>(scenario_->processes.size(), 0), std::nullopt, {}};
    for (std::size_t i = 0; i < partition.groups.size(); ++i) {
        for (const auto number : partition.groups[i]) block.groups[number - 1] = static_cast<std::uint16_t>(i + 1);
    }
    auto blocks = blocks_;
    blocks.push_back(std::move(block));
    return replace_blocks(std::move(blocks));
}

Network::Effect Network::begin_cut(std::size_t token, const fault::Cut& cut) {
    auto blocks = blocks_;
    blocks.push_back({token, {}, cut.links, Duration::zero()});
    return replace_blocks(std::move(blocks));
}

Network::Effect Network::begin_slow(std::size_t token, const fault::Slow& slow) {
    auto blocks = blocks_;
    blocks.push_back({token, {}, slow.links, slow.by});
    return replace_blocks(std::move(blocks));
}

Network::Effect Network::begin_delay(std::size_t token, const fault::ChangeDelay& change) {
    const auto* before = delay_;
    delays_.push_back({token, &change.delay});
    refresh();
    return *delay_ == *before ? Effect::none : Effect::some;
}

Network::Effect Network::begin_loss(std::size_t token, const fault::ChangeLoss& change) {
    const auto before = loss_;
    losses_.push_back({token, change.loss});
    refresh();
    return loss_ == before ? Effect::none : Effect::some;
}

// A fault that isn't among the blocks or changes any more has been healed.
Network::Effect Network::end(std::size_t token) {
    const auto is_it = [&](const auto& entry) { return entry.token == token; };
    if (std::any_of(blocks_.begin(), blocks_.end(), is_it)) {
        auto blocks = blocks_;
        std::erase_if(blocks, is_it);
        return replace_blocks(std::move(blocks));
    }
    const auto* delay = delay_;
    const auto loss = loss_;
    if (std::erase_if(delays_, is_it) + std::erase_if(losses_, is_it) == 0) return Effect::over;
    refresh();
    return *delay_ == *delay && loss_ == loss ? Effect::none : Effect::some;
}

Network::Effect Network::heal() { return replace_blocks({}); }

std::vector<std::size_t> Network::blocks() const {
    std::vector<std::size_t> tokens;
    for (const auto& block : blocks_) tokens.push_back(block.token);
    return tokens;
}

}  // namespace bully::sim
