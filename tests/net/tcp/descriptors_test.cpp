// A program that runs out of descriptors goes on, and one that plans them doesn't run out.
#include "net/tcp/descriptors.hpp"

#include "net/node/group.hpp"
#include "net/tcp/turns.hpp"
#include "tests/net/node/peer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

TEST(DescriptorPlan, FitsIntoWhatIsAllowed) {
    for (const std::size_t allowed : {64U, 256U, 1024U, 4096U, 1U << 20U}) {
        for (const std::size_t members : {1U, 2U, 50U, 100U, 365U}) {
            const auto plan = plan_descriptors(allowed, members, members > 1);
            EXPECT_GE(plan.wanted, plan.least);
            if (allowed < plan.least) continue;
            const auto at_each_end = members > 1 ? 2U : 1U;
            EXPECT_LE(members + at_each_end * plan.outgoing, allowed) << members << " of " << allowed;
            EXPECT_LE(plan.outgoing + plan.incoming, allowed) << members << " of " << allowed;
            EXPECT_GE(plan.outgoing, 8U);
            EXPECT_GE(plan.incoming, 8U);
            EXPECT_LE(plan.outgoing, 2048U);
        }
    }
}

TEST(DescriptorPlan, AHundredMembersWantNoMoreThanAShellsDefault) {
    EXPECT_LT(plan_descriptors(1024, 100, true).wanted, 1024U);
    EXPECT_LT(plan_descriptors(1024, 1, false).least, 40U) << "the attacks leave that many";
    EXPECT_GT(plan_descriptors(1024, 365, true).wanted, 1024U);
}

TEST(Turns, ComeInOrderAndNeverAtOnce) {
    asio::io_context context(1);
    Turns turns(context, 2);
    std::vector<int> went;
    std::list<Turns::Turn> held;
    for (int i = 0; i < 5; ++i) {
        turns.take([&, i](Turns::Turn turn) {
            went.push_back(i);
            held.push_back(std::move(turn));
        });
    }
    EXPECT_TRUE(went.empty()) << "within the call";
    EXPECT_EQ(turns.waiting(), 3U);
    context.run();
    EXPECT_EQ(went, (std::vector<int>{0, 1}));
    held.erase(held.begin());
    context.restart();
    context.run();
    EXPECT_EQ(went, (std::vector<int>{0, 1, 2}));
    turns.close();
    held.clear();
    context.restart();
    context.run();
    EXPECT_EQ(went.size(), 3U) << "who waited is forgotten";
}

TEST(Turns, UrgentOnesComeFirst) {
    asio::io_context context(1);
    Turns turns(context, 1);
    std::vector<int> went;
    const auto take = [&](int number, Turns::Urgency urgency) {
        turns.take([&went, number](const Turns::Turn&) { went.push_back(number); }, urgency);
    };
    take(1, Turns::Urgency::normal);
    take(2, Turns::Urgency::normal);
    take(3, Turns::Urgency::urgent);
    take(4, Turns::Urgency::urgent);
    EXPECT_EQ(turns.waiting(), 3U);
    context.run();
    EXPECT_EQ(went, (std::vector<int>{1, 3, 4, 2}));
}

// All descriptors that the program may have but for `spared`, until its end.
class Shortage {
  public:
    explicit Shortage(int spared = 0) {
        getrlimit(RLIMIT_NOFILE, &before_);
        auto few = before_;
        few.rlim_cur = std::min<rlim_t>(before_.rlim_cur, 256);
        setrlimit(RLIMIT_NOFILE, &few);
        take_all();
        for (; spared > 0 && !held_.empty(); --spared) spare();
    }
    ~Shortage() {
        while (!held_.empty()) spare();
        setrlimit(RLIMIT_NOFILE, &before_);
    }
    Shortage(const Shortage&) = delete;
    Shortage& operator=(const Shortage&) = delete;

    /// Those, too, that were given back meanwhile.
    void take_all() {
        for (int copy = dup(STDIN_FILENO); copy >= 0; copy = dup(STDIN_FILENO)) held_.push_back(copy);
        EXPECT_EQ(errno, EMFILE);
    }

  private:
    void spare() {
        close(held_.back());
        held_.pop_back();
    }

    rlimit before_{};
    std::vector<int> held_;
};

class Watcher : public NodeObserver {
  public:
    void on_step(const Node&, const LiveStep& step) override {
        if (std::holds_alternative<JoinFailed>(*step.event)) ++failed_joins;
        if (std::holds_alternative<Unreachable>(*step.event)) ++failed_requests;
    }
    void on_trouble(const Node&, std::int64_t, std::string_view what) override {
        if (what.starts_with("can't accept")) ++failed_accepts;
    }

    int failed_joins = 0;
    int failed_requests = 0;
    int failed_accepts = 0;
};

class WithoutDescriptors : public testing::Test {
  protected:
    // Goes on until `holds`.
    template <typename Holds>
    void until(Holds holds) {
        const auto give_up = Clock::now() + patience;
        while (!holds() && Clock::now() < give_up) context_.run_one_for(10ms);
        EXPECT_TRUE(holds());
    }
    GroupOptions of(std::vector<ProcessId> pids) {
        GroupOptions options;
        options.pids = std::move(pids);
        options.own_daemon.emplace();
        options.node.settings.timing.join_retry = 10ms;
        options.node.settings.timing.probe_gap = {20ms, 40ms};
        return options;
    }

    asio::io_context context_{1};
    Watcher watcher_;
};

// The JOIN fails at once, in the step that asks for it.
TEST_F(WithoutDescriptors, AMemberThatCantJoinTriesAgain) {
    LiveGroup group(context_, of({{10, 1'000'010}}), {&watcher_});
    {
        const Shortage shortage;
        group.start();
        until([&] { return watcher_.failed_joins >= 2; });
    }
    until([&] { return group.agreed(); });
    group.leave();
    context_.run_for(100ms);
}

// Its PROBE can't be sent, nor the JOIN that follows, nor the ELECTION.
TEST_F(WithoutDescriptors, AFollowerThatCantProbeGoesOn) {
    LiveGroup group(context_, of(made_up_pids(3)), {&watcher_});
    group.start();
    const auto knows_all = [](const auto& node) { return node->election().members().size() == 3; };
    until([&] { return group.agreed() && std::ranges::all_of(group.nodes(), knows_all); });
    {
        Shortage shortage;
        until([&] {
            shortage.take_all();
            return watcher_.failed_joins >= 2 && watcher_.failed_requests >= 2;
        });
    }
    until([&] { return group.agreed(); });
    group.leave();
    context_.run_for(100ms);
}

TEST_F(WithoutDescriptors, AMemberAcceptsLaterAndDoesntSpin) {
    LiveGroup group(context_, of({{10, 1'000'010}}), {&watcher_});
    group.start();
    until([&] { return group.agreed(); });
    context_.run_for(100ms);
    const auto& node = *group.nodes().front();
    Socket stranger(context_);
    const auto accepted = node.counts().accepted;
    {
        const Shortage shortage(1);
        stranger.connect({asio::ip::make_address(node.endpoint().host), node.endpoint().port});
        until([&] { return watcher_.failed_accepts > 0; });
        EXPECT_LT(context_.run_for(500ms), 100U) << "handlers in half a second";
        EXPECT_EQ(node.counts().accepted, accepted);
    }
    until([&] { return node.counts().accepted > accepted; });
    group.leave();
    context_.run_for(100ms);
}

TEST_F(WithoutDescriptors, TheDaemonAcceptsLaterAndDoesntSpin) {
    int asked = 0;
    GcdServer daemon(context_, {}, [&](const GcdExchange&) { ++asked; });
    Socket stranger(context_);
    {
        const Shortage shortage(1);
        stranger.connect({asio::ip::make_address(daemon.endpoint().host), daemon.endpoint().port});
        EXPECT_LT(context_.run_for(500ms), 100U) << "handlers in half a second";
    }
    stranger.send(asio::buffer("no pickle", 9));
    until([&] { return asked > 0; });
}

}  // namespace
}  // namespace bully::net
