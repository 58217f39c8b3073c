#include "net/node/group.hpp"

#include "net/tcp/descriptors.hpp"

#include <algorithm>
#include <cassert>

namespace bully::net {
namespace {

constexpr auto look_again = std::chrono::milliseconds(5);
constexpr std::size_t strangers_too = 64;  // connections to a member, beside those of all others in the program

bool takes_part(const std::shared_ptr<Node>& node) { return node->is_alive() && node->election().is_live(); }

// Runs what may throw because of an address, and says which.
template <typename Listen>
void listen_at(const Endpoint& address, Listen listen) {
    try {
        listen();
    } catch (const boost::system::system_error& error) {
        throw ListenError("can't listen at " + to_string(address) + ": " + error.code().message());
    }
}

}  // namespace

std::vector<ProcessId> made_up_pids(std::size_t count) {
    assert(count <= 365);
    std::vector<ProcessId> pids;
    for (std::int32_t i = 1; std::cmp_less_equal(i, count); ++i) pids.push_back({i, 1'000'000 + i});
    return pids;
}

LiveGroup::LiveGroup(asio::io_context& context, const GroupOptions& options,
                     const std::vector<NodeObserver*>& observers)
    : context_(context) {
    auto node = options.node;
    const auto members = options.pids.size();
    const auto plan = plan_descriptors(options.descriptors, members, options.own_daemon.has_value());
    if (!node.turns) node.turns = std::make_shared<Turns>(context, std::min(node.limits.opened, plan.outgoing));
    turns_ = node.turns;
    node.limits.connections = std::min(std::max(node.limits.connections, members + strangers_too), plan.incoming);
    if (options.own_daemon) {
        auto daemon = *options.own_daemon;
        daemon.max_connections = std::max(daemon.max_connections, members + strangers_too);  // all may JOIN at once
        listen_at(daemon.listen, [&] { daemon_.emplace(context, daemon); });
        node.gcd = daemon_->endpoint();
    }
    for (const auto pid : options.pids) {
        node.pid = pid;
        if (options.pids.size() > 1) node.name = std::to_string(node.number);  // as the simulator names them
        auto listening = std::make_shared<Node>(context, node, observers);
        listen_at(node.listen, [&] { listening->listen(); });
        nodes_.push_back(std::move(listening));
        ++node.number;
    }
}

// What is asynchronous ends at the next turn of the context; nothing of it calls back.
// NOLINTNEXTLINE(bugprone-exception-escape): without memory for it the program ends
LiveGroup::~LiveGroup() { leave(); }

void LiveGroup::start() {
    for (const auto& node : nodes_) node->start();
}

void LiveGroup::leave() {
    has_left_ = true;
    turns_->close();
    for (const auto& node : nodes_) node->leave();
    daemon_.reset();
}

Node* LiveGroup::highest() const {
    Node* found = nullptr;
    for (const auto& node : nodes_) {
        if (takes_part(node) && (found == nullptr || node->pid() > found->pid())) found = node.get();
    }
    return found;
}

bool LiveGroup::agreed() const {
    const auto* leader = highest();
    if (leader == nullptr || leader->election().phase() != Phase::leading) return false;
    return std::ranges::all_of(nodes_, [&](const std::shared_ptr<Node>& node) {
        const auto& election = node->election();
        return !takes_part(node) || node.get() == leader ||
               (election.phase() == Phase::following && election.leader() == leader->pid());
    });
}

std::size_t LiveGroup::live_count() const {
    return static_cast<std::size_t>(std::ranges::count_if(nodes_, takes_part));
}

asio::awaitable<bool> LiveGroup::until(std::function<bool()> holds, Duration within) const {
    asio::steady_timer timer(context_);
    const auto deadline = Clock::now() + within;
    while (!holds()) {
        if (has_left_ || Clock::now() >= deadline) co_return false;
        timer.expires_after(look_again);
        co_await timer.async_wait(as_result);
    }
    co_return true;
}

}  // namespace bully::net
