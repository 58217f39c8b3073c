// Groups of live nodes on loopback: each run is traced, and its trace replayed through the core.
#include "core/election.hpp"
#include "sim/trace/replay.hpp"
#include "tests/net/node/live_run.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bully::net {
namespace {

using namespace std::chrono_literals;

// Twenty times what a run takes on an idle machine: what is checked here isn't how fast it is. Twice δ must be shorter
// than T_ok, or nothing can be demanded of the group.
constexpr auto tolerance = 1s;
constexpr auto delta = 700ms;

// What the checks had to judge.
struct Seen : sim::Observer {
    int steps = 0;
    int replies = 0;
    int elections = 0;
    int announcements = 0;
    int deaths = 0;  // of a leader, as its followers see them
    void on_step(const sim::StepNote& note) override {
        ++steps;
        for (const auto& action : note.actions) {
            replies += static_cast<int>(std::holds_alternative<Reply>(action));
            elections += static_cast<int>(std::holds_alternative<SendElection>(action));
            announcements += static_cast<int>(std::holds_alternative<Announce>(action));
        }
        const auto after = note.process->view();
        deaths += static_cast<int>(note.before.watch == Watch::probe && after.watch == Watch::rejoin);
    }
};

enum class Judged : std::uint8_t {
    each_process,   // P1 to P11: members are missing in the trace
    group,          // P12, P13 and P18, too
    long_agreement  // and P14 to P16: the run goes on for long enough after the last fault
};

bool is_judged(const std::string& property, Judged what) {
    const auto number = std::stoi(property.substr(1));
    if (number < 12) return true;
    const bool late = number == 14 || number == 15 || number == 16;
    return late ? what == Judged::long_agreement : what != Judged::each_process;
}

// The core does the same again, and the properties have been judged and held.
void expect_replays(const LiveRun& run, Judged what = Judged::group, Seen* seen = nullptr) {
    std::istringstream trace(run.trace());
    sim::ReplayOptions options;
    options.tolerance = tolerance;
    options.delta = delta;
    if (seen != nullptr) options.observers = {seen};
    const auto result = sim::replay(trace, options);
    ASSERT_TRUE(result) << "line " << result.error().line << ": " << result.error().what;
    EXPECT_TRUE(result->complete);
    if (result->difference) {
        ADD_FAILURE() << "line " << result->difference->line << ": recorded " << result->difference->recorded
                      << ", replayed " << result->difference->replayed;
    }
    EXPECT_EQ(result->properties.size(), 17U);
    for (const auto& property : result->properties) {
        if (!is_judged(property.name, what)) continue;
        // Partly: a daemon that is away to the end leaves no calm in which P12, P13 and P18 would be demanded.
        EXPECT_TRUE(property.status == sim::PropertyResult::Status::held ||
                    property.status == sim::PropertyResult::Status::partly)
            << property.name << ": " << property.bound << "; " << property.detail;
    }
    for (const auto& violation : result->violations) {
        ADD_FAILURE() << violation.property << " at " << violation.at << " ns: " << violation.what;
    }
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
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
    Seen seen;
    expect_replays(run, Judged::group, &seen);
    const auto others = static_cast<int>(GetParam()) - 1;
    EXPECT_GT(seen.steps, 4 * others);                  // it joins, elects, follows, and follows another
    EXPECT_GE(seen.elections, 1);                       // after the death
    EXPECT_GE(seen.announcements, others > 1 ? 2 : 1);  // who is left alone has nobody to tell
    EXPECT_GE(seen.deaths, 1);
}

INSTANTIATE_TEST_SUITE_P(LiveGroup, ColdStart, testing::Values(2, 3, 5, 10, 20, 50), testing::PrintToStringParamName());

// Each has 299 others to write to, and the program a tenth of the descriptors for that. Not traced: their elections are
// those of fifty.
TEST(LiveGroup, ThreeHundredAgreeWithAShellsDescriptors) {
    asio::io_context context(1);
    auto options = LiveRun::of(300);
    options.own_daemon.emplace();
    options.descriptors = 1024;
    options.node.coordinator = lab::Shape::Coordinator::pid;
    // They share one core, and their answers take what all of them need for it.
    options.node.settings.timing.answer_timeout = options.node.settings.timing.probe_timeout = 10s;
    options.node.settings.timing.coordinator_timeout = 25s;
    options.node.settings.timing.probe_gap = {1s, 5s};
    LiveGroup group(context, options, {});
    std::size_t most_open = 0;
    co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            const auto agreed = [&] {
                most_open = std::max(most_open, open_descriptors());
                return group.agreed();
            };
            group.start();
            EXPECT_TRUE(co_await group.until(agreed, 3 * patience)) << "no agreement after the start";
            EXPECT_EQ(group.live_count(), 300U);
            group.leave();
            context.stop();
        },
        rethrow);
    context.run();
    run_down(context);
    EXPECT_GT(most_open, 300U);
    EXPECT_LE(most_open, options.descriptors);
}

// Quiet isn't waited for, but that it lasts.
TEST(LiveGroup, StaysAgreed) {
    // S + (n - 2)δ, with waits longer by the tolerance, and J = 3 s.
    constexpr auto longest_settling = 17'300ms;
    LiveRun run(LiveRun::of(5));
    run.play([&]() -> asio::awaitable<void> {
        run.group().start();
        co_await run.agreement("the start");
        run.group().highest()->crash();
        co_await run.agreement("the death of the leader");
        EXPECT_FALSE(co_await run.group().until([] { return false; }, longest_settling + 500ms));
    });
    Seen seen;
    expect_replays(run, Judged::long_agreement, &seen);
    EXPECT_GE(seen.replies, 3 * 5);  // of three followers in 17 s to each PROBE
}

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
        arguments.reserve(words.size() + 1);
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
    expect_replays(run, Judged::each_process);  // the child isn't in the trace
}

}  // namespace
}  // namespace bully::net
