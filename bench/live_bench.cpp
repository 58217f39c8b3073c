// The cost of an election on real TCP: groups on loopback, in this process, with the lab's timing. The leader is
// killed; the time runs from the kill until all others agree on the next leader.
//
//   live/refused/n   its sockets are closed: connections to it are refused at once
//   live/silent/n    it is stopped: its kernel accepts connections, and nothing is answered
//
// One repetition is one election, from the kill to agreement. The time is mostly the wait for the next PROBE, and for
// live/silent also T_p and T_ok; the cost is in the counters.
#include "net/node/group.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <numeric>
#include <random>

namespace {

using namespace bully;
using namespace bully::net;

constexpr auto patience = std::chrono::seconds(60);

struct Messages {
    std::uint64_t elections = 0;
    std::uint64_t answers = 0;
    std::uint64_t announcements = 0;
    std::uint64_t probes = 0;
};

struct MessageCounter : NodeObserver {
    Messages sent;

    void on_step(const Node& node, const LiveStep& step) override {
        const auto& election = node.election();
        for (const auto& action : step.actions) {
            if (std::holds_alternative<SendElection>(action)) {
                sent.elections += election.members().size() - election.own_position() - 1;
            } else if (std::holds_alternative<Announce>(action)) {
                sent.announcements += election.members().size() - 1;
            }
            sent.answers += std::holds_alternative<Reply>(action) ? 1U : 0U;
            sent.probes += std::holds_alternative<SendProbe>(action) ? 1U : 0U;
        }
    }
};

WireCounts sum_of(const LiveGroup& group) {
    WireCounts sum;
    for (const auto& node : group.nodes()) {
        sum.connections += node->counts().connections;
        sum.bytes_sent += node->counts().bytes_sent;
    }
    return sum;
}

void live_election(benchmark::State& state, bool silent) {
    static std::uint64_t seed = 0;
    const auto members = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        asio::io_context context(1);
        MessageCounter counter;
        GroupOptions options;
        options.pids = made_up_pids(members);
        options.own_daemon = GcdOptions{};
        options.own_daemon->max_connections = 2 * members;
        options.node.seed = ++seed;
        LiveGroup group(context, options, {&counter});
        tcp::acceptor stopped(context);
        const auto course = [&]() -> asio::awaitable<bool> {
            const auto agreed = [&] { return group.agreed(); };
            group.start();
            if (!co_await group.until(agreed, patience)) co_return false;
            // After a while, like a real failure: by then the PROBEs aren't synchronous any more.
            const auto moment = std::chrono::milliseconds(1000 + std::mt19937_64(seed)() % 2000);
            co_await group.until([] { return false; }, moment);
            auto* const leader = group.highest();
            counter.sent = Messages();
            const auto before = sum_of(group);
            leader->crash();
            if (silent) {
                const tcp::endpoint there(asio::ip::make_address(leader->endpoint().host), leader->endpoint().port);
                stopped.open(tcp::v4());
                stopped.set_option(tcp::acceptor::reuse_address(true));
                stopped.bind(there);
                stopped.listen();
            }
            const auto killed = Clock::now();
            if (!co_await group.until(agreed, patience)) co_return false;
            state.SetIterationTime(std::chrono::duration<double>(Clock::now() - killed).count());
            const auto after = sum_of(group);
            state.counters["connections"] = static_cast<double>(after.connections - before.connections);
            state.counters["bytes"] = static_cast<double>(after.bytes_sent - before.bytes_sent);
            co_return true;
        };
        bool held = false;
        co_spawn(context, course, [&](const std::exception_ptr& error, bool agreed) {
            held = !error && agreed;
            context.stop();
        });
        context.run();
        if (!held) return state.SkipWithError("no agreement");
        state.counters["ELECTION"] = static_cast<double>(counter.sent.elections);
        state.counters["OK"] = static_cast<double>(counter.sent.answers);
        state.counters["COORDINATOR"] = static_cast<double>(counter.sent.announcements);
        state.counters["PROBE"] = static_cast<double>(counter.sent.probes);
    }
}

void groups(benchmark::internal::Benchmark* bench) {
    bench->Arg(3)->Arg(10)->Arg(30)->Arg(50)->Arg(100)->Iterations(1)->Repetitions(5)->UseManualTime();
    bench->Unit(benchmark::kMillisecond)->ReportAggregatesOnly();
}

BENCHMARK_CAPTURE(live_election, refused, false)->Name("live/refused")->Apply(groups);
BENCHMARK_CAPTURE(live_election, silent, true)->Name("live/silent")->Apply(groups);

}  // namespace
