// What the user of a live node sees of a flood: a part, and the truth at its end.
#include "net/log/live_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace bully::net {
namespace {

constexpr ProcessId self{10, 1'000'010};
constexpr int changes = 1000;
constexpr std::size_t most_at_once = 30;

ProcessId claimant(int number) { return {300, 3'000'000 + number}; }

class LiveLogTest : public testing::Test {
  public:
    explicit LiveLogTest() {
        NodeOptions options;
        options.pid = self;
        node_ = std::make_shared<Node>(context_, options, std::vector<NodeObserver*>{});
    }

  protected:
    [[nodiscard]] LiveLog log(bool json) { return {context_, out_, {.json = json}}; }
    [[nodiscard]] std::int64_t now_ns() const { return Duration(Clock::now() - node_->options().epoch).count(); }

    void claim(LiveLog& log, int number, std::int64_t at_ns) const {
        const Event event = CoordinatorReceived{claimant(number)};
        const std::vector<Action> actions{LeaderChanged{claimant(number)}};
        log.on_step(*node_, {at_ns, &event, "127.0.0.1:4000", actions, node_->election().view()});
    }
    void flood(LiveLog& log) const {
        for (int number = 1; number <= changes; ++number) claim(log, number, now_ns());
    }
    std::vector<std::string> lines() {
        std::vector<std::string> lines;
        std::istringstream text(std::exchange(out_, std::ostringstream{}).str());
        for (std::string line; std::getline(text, line);) lines.push_back(line);
        return lines;
    }
    static bool has(const std::string& line, const std::string& text) { return line.find(text) != std::string::npos; }
    static std::string leader_of(int number) {
        return R"("leader":[300,)" + std::to_string(claimant(number).student_id) + "]";
    }

    asio::io_context context_;
    std::ostringstream out_;
    std::shared_ptr<Node> node_;
};

TEST_F(LiveLogTest, ShowsAFloodOfLeadersInPartAndTheLastOneInTheEnd) {
    auto log = this->log(true);
    flood(log);
    auto shown = lines();
    const auto at_once =
        std::count_if(shown.begin(), shown.end(), [](const auto& l) { return has(l, "leader_changed"); });
    EXPECT_GT(at_once, 0);
    EXPECT_LE(shown.size(), 2 * most_at_once);
    EXPECT_FALSE(has(shown.back(), leader_of(changes)));
    context_.run();  // until nothing waits for its turn
    shown = lines();
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_TRUE(has(shown[0], "leader_changed") && has(shown[0], leader_of(changes))) << shown[0];
    EXPECT_TRUE(has(shown[0], "\"unsaid\":" + std::to_string(changes - at_once - 1))) << shown[0];
}

TEST_F(LiveLogTest, SumsUpAFloodInWords) {
    auto log = this->log(false);
    flood(log);
    const auto left_out = static_cast<std::size_t>(changes) - lines().size();
    context_.run();
    const auto shown = lines();
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_TRUE(has(shown[0], "... " + std::to_string(left_out) + " changes of the leader in ")) << shown[0];
    EXPECT_TRUE(has(shown[0], "; follows " + to_string(claimant(changes)))) << shown[0];
}

TEST_F(LiveLogTest, TellsTheLastLeaderBeforeTheNodeIsGone) {
    auto log = this->log(true);
    flood(log);
    static_cast<void>(lines());
    log.on_gone(*node_, now_ns(), Gone::left);
    EXPECT_TRUE(context_.poll() <= 1 && context_.stopped()) << "something waits for its turn still";
    const auto shown = lines();
    ASSERT_EQ(shown.size(), 2U);
    EXPECT_TRUE(has(shown[0], leader_of(changes))) << shown[0];
    EXPECT_TRUE(has(shown[1], "gone")) << shown[1];
}

TEST_F(LiveLogTest, AChangeThatIsShownTellsOfThoseThatWereNot) {
    auto log = this->log(true);
    flood(log);
    static_cast<void>(lines());
    claim(log, 7, now_ns() + Duration(std::chrono::seconds(2)).count());
    const auto shown = lines();
    ASSERT_FALSE(shown.empty());
    EXPECT_TRUE(has(shown.back(), leader_of(7)) && has(shown.back(), "unsaid")) << shown.back();
    context_.run();
    EXPECT_TRUE(lines().empty()) << "what was left out has been told twice";
}

TEST_F(LiveLogTest, ShowsChangesAsTheyComeOtherwise) {
    auto log = this->log(true);
    constexpr std::int64_t step_ns = 1'500'000'000;
    for (int number = 1; number <= 100; ++number) {
        claim(log, number, number * step_ns);
        EXPECT_TRUE(has(lines().back(), leader_of(number)));
    }
    EXPECT_EQ(context_.run(), 0U);
}

}  // namespace
}  // namespace bully::net
