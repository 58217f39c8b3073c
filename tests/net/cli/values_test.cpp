// What is typed on the command lines of bully_live and bully_gcd: values, and what is said of wrong ones.
#include "net/cli/values.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bully::net {
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

TEST(CliValues, Birthdays) {
    EXPECT_EQ(read_birthday("1958-11-27", "2026-11-26"), 1);
    EXPECT_EQ(read_birthday("2026-11-26", "2026-11-26"), 365);
    const auto error = [](std::string_view text) {
        const auto read = read_birthday(text, "2026-11-26");
        return read ? std::string() : read.error();
    };
    for (const auto* wrong : {"", "1958", "05-23", "1958-5-23", "1958/05/23", "23.05.1958", "1958-05-23 "}) {
        EXPECT_EQ(error(wrong), "`" + std::string(wrong) + "`, expected a date YYYY-MM-DD, such as 1958-05-23");
    }
    for (const auto* wrong : {"1958-13-01", "1958-00-10", "1958-04-31", "1959-02-29"}) {
        EXPECT_EQ(error(wrong),
                  "`" + std::string(wrong) + "`, expected a day that exists: the calendar has no such one");
    }
    for (const auto* wrong : {"2026-11-27", "2085-05-23"}) {
        EXPECT_EQ(error(wrong), "`" + std::string(wrong) + "`, expected a day in the past: today is 2026-11-26");
    }
}

TEST(CliValues, AddressesOfIPv6AreRefused) {
    for (const auto* wrong : {"[::1]:4000", "::1:4000", "[::1]", "::1", "localhost:1:2"}) {
        const auto read = read_address(wrong, false);
        ASSERT_FALSE(read.has_value()) << wrong;
        EXPECT_EQ(read.error(), "`" + std::string(wrong) +
                                    "`, expected HOST:PORT with a name or an IPv4 address, such as "
                                    "127.0.0.1:4000: the lab has no IPv6");
    }
}

TEST(CliValues, Addresses) {
    EXPECT_EQ(read_address("localhost:4000", false), (Endpoint{"localhost", 4000}));
    EXPECT_EQ(read_address("127.0.0.1:65535", false), (Endpoint{"127.0.0.1", 65535}));
    EXPECT_EQ(read_address("localhost:0", true), (Endpoint{"localhost", 0}));
    for (const auto* wrong : {"", "4000", ":4000", "localhost", "localhost:", "localhost:0", "localhost:-1",
                              "localhost:65536", "localhost:4000x"}) {
        const auto read = read_address(wrong, false);
        ASSERT_FALSE(read.has_value()) << wrong;
        EXPECT_EQ(read.error(), "`" + std::string(wrong) + "`, expected HOST:PORT such as localhost:4000");
    }
}

TEST(CliValues, HostsWithAPortOrNone) {
    EXPECT_EQ(read_host("192.0.2.1"), (Endpoint{"192.0.2.1", 0}));
    EXPECT_EQ(read_host("myhost:4000"), (Endpoint{"myhost", 4000}));
    for (const auto* wrong : {"", ":", "myhost:", "myhost:0", "myhost:65536", ":4000"}) {
        const auto read = read_host(wrong);
        ASSERT_FALSE(read.has_value()) << wrong;
        EXPECT_EQ(read.error(), "`" + std::string(wrong) + "`, expected HOST or HOST:PORT such as 192.0.2.1:5000");
    }
    EXPECT_NE(read_host("[::1]:4000").error().find("no IPv6"), std::string::npos);
}

TEST(CliValues, WhatIsShownOfAWrongOneIsOneShortLine) {
    const auto read = read_process_id("1\n\x1b[2J" + std::string(1000, 'x'));
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().substr(0, 14), "`1\\x0a\\x1b[2Jx");
    EXPECT_LT(read.error().size(), 200U);
}

TEST(CliValues, HostsOfThisMachine) {
    EXPECT_EQ(resolve_host("127.0.0.1"), "127.0.0.1");
    EXPECT_EQ(resolve_host("localhost"), "127.0.0.1");
    EXPECT_EQ(local_host_towards({"127.0.0.1", 4000}), "127.0.0.1");
    EXPECT_TRUE(is_address_here("127.0.0.1"));
    EXPECT_FALSE(is_address_here("192.0.2.1"));
    const auto nowhere = resolve_host("no such host");
    ASSERT_FALSE(nowhere.has_value());
    EXPECT_EQ(nowhere.error().find("`no such host`, expected a host with an IPv4 address: "), 0U);
}

}  // namespace
}  // namespace bully::net
