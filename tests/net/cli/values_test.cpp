// What is typed on the command lines of bully_live and bully_gcd alone: dates and addresses.
#include "net/cli/values.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace bully::net {
namespace {

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
