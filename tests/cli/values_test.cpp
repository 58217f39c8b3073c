// What is typed on the command lines of all programs: values, and what is said of wrong ones.
#include "core/cli/values.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace bully::cli {
namespace {

using std::chrono::milliseconds;

TEST(CliValues, Durations) {
    EXPECT_EQ(read_duration("1500ms"), milliseconds(1500));
    EXPECT_EQ(read_duration("4s"), milliseconds(4000));
    for (const auto* wrong : {"", "-1s", "5", "s", "1 year"}) {
        const auto read = read_duration(wrong);
        ASSERT_FALSE(read.has_value()) << wrong;
        EXPECT_EQ(read.error(), "`" + std::string(wrong) + "`, expected a time with a unit, such as 1500ms or 4s");
    }
    EXPECT_EQ(read_duration("0s").error(), "`0s`, expected a time greater than 0, such as 1500ms or 4s");
    EXPECT_EQ(read_duration("0s", Duration::zero()), Duration::zero());
    EXPECT_EQ(read_duration("59s", std::chrono::minutes(1)).error(), "`59s`, expected a time of at least 60s");
    EXPECT_EQ(read_duration("8760h"), std::chrono::hours(8760));
    EXPECT_EQ(read_duration("8761h").error(), "`8761h`, expected a year at most, which is 8760h");
}

TEST(CliValues, RangesOfDurations) {
    const auto range = read_duration_range("500ms,3s");
    ASSERT_TRUE(range.has_value());
    EXPECT_EQ(range->min, milliseconds(500));
    EXPECT_EQ(range->max, milliseconds(3000));
    const auto one = read_duration_range("2s");
    ASSERT_TRUE(one.has_value());
    EXPECT_EQ(one->min, milliseconds(2000));
    EXPECT_EQ(one->max, milliseconds(2000));
    const auto at_once = read_duration_range("0s,10s");
    ASSERT_TRUE(at_once.has_value());
    EXPECT_EQ(at_once->min, milliseconds(0));
    for (const auto* wrong : {"", ",", "1s,", ",1s", "0s,0s", "0s", "-1s,1s", "1s,2s,3s", "1s,8761h"}) {
        const auto read = read_duration_range(wrong);
        ASSERT_FALSE(read.has_value()) << wrong;
        EXPECT_EQ(read.error(),
                  "`" + std::string(wrong) +
                      "`, expected a range MIN,MAX of times, MAX greater than 0 and a year at most, such as 500ms,3s");
    }
    EXPECT_EQ(read_duration_range("3s,1s").error(),
              "`3s,1s`, expected a range MIN,MAX, such as 500ms,3s: MIN is greater than MAX");
}

TEST(CliValues, WholeNumbers) {
    EXPECT_EQ(read_whole_number<std::uint64_t>("18446744073709551615", 0, UINT64_MAX), UINT64_MAX);
    EXPECT_EQ(read_whole_number("-3", -5, 5), -3);
    for (const auto* wrong : {"", "-1", "+1", " 1", "1.0", "1e3", "0x1", "18446744073709551616"}) {
        const auto read = read_whole_number<std::uint64_t>(wrong, 0, UINT64_MAX);
        ASSERT_FALSE(read.has_value()) << wrong;
        EXPECT_EQ(read.error(), "`" + std::string(wrong) + "`, expected a whole number below 2^64");
    }
    EXPECT_EQ(read_whole_number<std::uint64_t>("0", 1, UINT64_MAX).error(),
              "`0`, expected a whole number from 1, below 2^64");
    for (const auto* wrong : {"1", "8", "99999999999999999999"}) {
        const auto read = read_whole_number(wrong, 2, 7);
        ASSERT_FALSE(read.has_value()) << wrong;
        EXPECT_EQ(read.error(), "`" + std::string(wrong) + "`, expected a whole number from 2 to 7");
    }
}

TEST(CliValues, ProcessIds) {
    EXPECT_EQ(read_process_id("12,1234567"), (ProcessId{12, 1234567}));
    EXPECT_EQ(read_process_id("1,1000000"), (ProcessId{1, 1000000}));
    EXPECT_EQ(read_process_id("365,9999999"), (ProcessId{365, 9999999}));
    for (const auto* wrong : {"", "12", "12,", ",1234567", "0,1234567", "366,1234567", "12,999999", "12,10000000",
                              "12, 1234567", "12,1234567,1", "12.0,1234567", "99999999999,1234567"}) {
        const auto read = read_process_id(wrong);
        ASSERT_FALSE(read.has_value()) << wrong;
        EXPECT_EQ(read.error(), "`" + std::string(wrong) +
                                    "`, expected DAYS,ID with days 1..365 and a student id of 7 digits, such as "
                                    "12,1234567");
    }
}

TEST(CliValues, WhatIsShownOfAWrongOneIsOneShortLine) {
    const auto read = read_process_id("1\n\x1b[2J" + std::string(1000, 'x'));
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().substr(0, 14), "`1\\x0a\\x1b[2Jx");
    EXPECT_LT(read.error().size(), 200U);
}

}  // namespace
}  // namespace bully::cli
