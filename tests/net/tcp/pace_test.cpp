// A budget that refills with time.
#include "net/tcp/pace.hpp"

#include <gtest/gtest.h>

namespace bully::net {
namespace {

using std::chrono::milliseconds;

TEST(Pace, GivesItsBurstAtOnceAndThenNoMore) {
    Pace pace(3, milliseconds(100));
    const milliseconds now(5000);
    EXPECT_TRUE(pace.take(now));
    EXPECT_TRUE(pace.take(now));
    EXPECT_TRUE(pace.take(now));
    EXPECT_FALSE(pace.take(now));
    EXPECT_FALSE(pace.take(now + milliseconds(99)));
}

TEST(Pace, RefillsOneEachInterval) {
    Pace pace(2, milliseconds(100));
    const milliseconds start(5000);
    EXPECT_TRUE(pace.take(start));
    EXPECT_TRUE(pace.take(start));
    for (int i = 1; i <= 50; ++i) {
        const auto now = start + i * milliseconds(100);
        EXPECT_FALSE(pace.take(now - milliseconds(1))) << i;
        EXPECT_TRUE(pace.take(now)) << i;
        EXPECT_FALSE(pace.take(now)) << i;
    }
}

TEST(Pace, RefillsToItsBurstAndNoFurther) {
    Pace pace(2, milliseconds(100));
    EXPECT_TRUE(pace.take(milliseconds(0)));
    EXPECT_TRUE(pace.take(milliseconds(0)));
    const std::chrono::hours later(24 * 365);
    EXPECT_TRUE(pace.take(later));
    EXPECT_TRUE(pace.take(later));
    EXPECT_FALSE(pace.take(later));
}

TEST(Pace, CountsTheIntervalFromTheFirstThatIsTaken) {
    Pace pace(1, milliseconds(100));
    EXPECT_TRUE(pace.take(milliseconds(950)));
    EXPECT_FALSE(pace.take(milliseconds(1049)));
    EXPECT_TRUE(pace.take(milliseconds(1050)));
}

TEST(Pace, KeepsTheRestOfAnInterval) {
    Pace pace(2, milliseconds(100));
    EXPECT_TRUE(pace.take(milliseconds(0)));
    EXPECT_TRUE(pace.take(milliseconds(0)));
    EXPECT_TRUE(pace.take(milliseconds(150)));  // the one of 100
    EXPECT_FALSE(pace.take(milliseconds(199)));
    EXPECT_TRUE(pace.take(milliseconds(200)));
}

TEST(Pace, SaysHowLongToWait) {
    Pace pace(1, milliseconds(100));
    EXPECT_EQ(pace.wait(milliseconds(0)), Duration::zero());
    EXPECT_TRUE(pace.take(milliseconds(10)));
    EXPECT_EQ(pace.wait(milliseconds(10)), milliseconds(100));
    EXPECT_EQ(pace.wait(milliseconds(109)), milliseconds(1));
    EXPECT_EQ(pace.wait(milliseconds(110)), Duration::zero());
    EXPECT_TRUE(pace.take(milliseconds(110)));
}

}  // namespace
}  // namespace bully::net
