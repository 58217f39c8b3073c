// Groups of live nodes on loopback: each run is traced, and its trace replayed through the core.
#include "sim/replay.hpp"
#include "tests/net/live_run.hpp"

#include <csignal>
#include <spawn.h>
#include <sys/wait.h>

extern char** environ;

namespace bully::net {
namespace {

using namespace std::chrono_literals;

void expect_replays(const LiveRun& run) {
    std::istringstream trace(run.trace());
    sim::ReplayOptions options;
    options.tolerance = 5s;  // the machine may be busy: what is checked here isn't how fast it is
    if (run.size() <= 10) options.delta = 700ms;
    const auto result = sim::replay(trace, options);
    ASSERT_TRUE(result) << "line " << result.error().line << ": " << result.error().what;
    EXPECT_TRUE(result->complete);
    EXPECT_GT(result->steps, 0U);
    if (result->difference) {
        ADD_FAILURE() << "line " << result->difference->line << ": recorded " << result->difference->recorded
                      << ", replayed " << result->difference->replayed;
    }
    for (const auto& violation : result->violations) {
        ADD_FAILURE() << violation.property << " at " << violation.at << " ns: " << violation.what;
    }
}

class ColdStart : public testing::TestWithParam<std::size_t> {};

TEST_P(ColdStart, AgreesAndAgainWithoutItsLeader) {
    LiveRun run(LiveRun::of(GetParam()));
    run.play([&]() -> asio::awaitable<void> {
        run.group().start();
        co_await run.agreement("the start");
        EXPECT_EQ(run.group().live_count(), GetParam());
        run.group().highest()->crash();
        co_await run.agreement("the death of the leader");
        EXPECT_EQ(run.group().live_count(), GetParam() - 1);
    });
    expect_replays(run);
}

INSTANTIATE_TEST_SUITE_P(LiveGroup, ColdStart, testing::Values(2, 3, 5, 10, 20, 50), testing::PrintToStringParamName());

TEST(LiveGroup, LeadersDieOneAfterTheOther) {
    LiveRun run(LiveRun::of(5));
    run.play([&]() -> asio::awaitable<void> {
        run.group().start();
        co_await run.agreement("the start");
        while (run.group().live_count() > 1) {
            run.group().highest()->crash();
            co_await run.agreement("the death of a leader");
        }
        EXPECT_EQ(run.group().highest(), &run.node(0));
    });
    expect_replays(run);
}

TEST(LiveGroup, WhoCrashedComesBack) {
    LiveRun run(LiveRun::of(4));
    run.play([&]() -> asio::awaitable<void> {
        run.group().start();
        co_await run.agreement("the start");
        run.node(3).crash();
        co_await run.agreement("the death of the leader");
        run.node(3).listen();
        run.node(3).start();
        co_await run.agreement("its return");
        EXPECT_EQ(run.group().highest(), &run.node(3));
    });
    expect_replays(run);
}

TEST(LiveGroup, LateJoinersFindTheirPlace) {
    LiveRun run(LiveRun::of(5));
    run.play([&]() -> asio::awaitable<void> {
        for (const std::size_t position : {1U, 3U, 0U, 4U, 2U}) {
            run.node(position).start();
            co_await run.agreement("a late joiner");
        }
        EXPECT_EQ(run.group().highest(), &run.node(4));
        EXPECT_EQ(run.group().live_count(), 5U);
    });
    expect_replays(run);
}

TEST(LiveGroup, ElectsWithoutItsDaemon) {
    LiveRun run(LiveRun::of(4));
    run.play([&]() -> asio::awaitable<void> {
        run.group().start();
        co_await run.agreement("the start");
        run.group().own_daemon()->stop();
        run.group().highest()->crash();
        co_await run.agreement("the death of the leader, with the daemon gone");
        EXPECT_EQ(run.group().highest(), &run.node(2));
    });
    expect_replays(run);
}

// Somebody else may take the port meanwhile; who needs it takes it back when it is free.
TEST(LiveGroup, WhoFindsItsPortTakenTriesOn) {
    auto options = LiveRun::of(3);
    options.node.settings.feign = FeignPlan{{1s, 1s}, {1s, 1s}};
    LiveRun run(options);
    tcp::acceptor squatter(run.context());
    run.play([&]() -> asio::awaitable<void> {
        auto& top = run.node(2);
        const auto has_failed = [&] { return top.election().phase() == Phase::failed; };
        const auto is_back = [&] { return !has_failed(); };
        top.start();
        EXPECT_TRUE(co_await run.group().until(has_failed, patience));
        const tcp::endpoint port(asio::ip::make_address(top.endpoint().host), top.endpoint().port);
        squatter.open(port.protocol());
        squatter.bind(port);
        squatter.listen();
        EXPECT_TRUE(co_await run.group().until(is_back, patience));
        error_code ignored;
        squatter.close(ignored);
        const auto is_reached = [&] {
            Socket socket(run.context());
            error_code error;
            socket.connect(port, error);
            return !error;
        };
        EXPECT_TRUE(co_await run.group().until(is_reached, patience)) << "it doesn't listen again";
    });
    expect_replays(run);
}

class Feigning : public testing::TestWithParam<NodeOptions::FeignStyle> {};

TEST_P(Feigning, AgreesWheneverItLasts) {
    auto options = LiveRun::of(6);
    options.node.feign_style = GetParam();
    options.node.settings.feign = FeignPlan{{500ms, 4s}, {200ms, 1s}};
    LiveRun run(options);
    run.play([&]() -> asio::awaitable<void> {
        run.group().start();
        for (int agreements = 0; agreements < 5; ++agreements) {
            co_await run.agreement("feigned failures");
            const auto* const leader = run.group().highest();
            const auto changed = [&] { return run.group().highest() != leader; };
            EXPECT_TRUE(co_await run.group().until(changed, patience)) << "nobody feigns";
        }
    });
    expect_replays(run);
}

INSTANTIATE_TEST_SUITE_P(LiveGroup, Feigning,
                         testing::Values(NodeOptions::FeignStyle::close, NodeOptions::FeignStyle::ignore),
                         [](const auto& style) {
                             return style.param == NodeOptions::FeignStyle::close ? "Closing" : "Ignoring";
                         });

// A program of its own, which ends with its scope.
class ChildProcess {
  public:
    explicit ChildProcess(std::vector<std::string> words) {
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        started_ = posix_spawn(&id_, arguments.front(), nullptr, nullptr, arguments.data(), environ) == 0;
    }
    ~ChildProcess() {
        if (!started_) return;
        signal(SIGKILL);
        waitpid(id_, nullptr, 0);
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] bool has_started() const { return started_; }
    void signal(int number) const { kill(id_, number); }

  private:
    pid_t id_ = 0;
    bool started_ = false;
};

TEST(LiveGroup, AStoppedLeaderIsReplacedAndComesBack) {
    LiveRun run(LiveRun::of(4));
    const ProcessId top{300, 3'000'000};
    const auto all_follow_top = [&] {
        return std::ranges::all_of(run.group().nodes(),
                                   [&](const auto& node) { return node->election().leader() == top; });
    };
    const ChildProcess child({BULLY_LIVE, to_string(run.group().own_daemon()->endpoint()), "--pid", "300,3000000",
                              "--for", "5min", "--quiet"});
    ASSERT_TRUE(child.has_started());
    run.play([&]() -> asio::awaitable<void> {
        run.group().start();
        EXPECT_TRUE(co_await run.group().until(all_follow_top, patience)) << "the child doesn't lead";
        child.signal(SIGSTOP);  // its kernel still accepts connections
        co_await run.agreement("the leader was stopped");
        child.signal(SIGCONT);  // it finds a backlog
        EXPECT_TRUE(co_await run.group().until(all_follow_top, patience)) << "the child isn't followed again";
    });
    expect_replays(run);
}

}  // namespace
}  // namespace bully::net
