// What a member tells others, given what its user says and how it reaches the daemon.
#include "net/tcp/addresses.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bully::net {
namespace {

const WayToDaemon here{"127.0.0.1", "127.0.0.1"};
const WayToDaemon elsewhere{"192.0.2.5", "192.0.2.9"};
const WayToDaemon here_by_its_name{"192.0.2.5", "192.0.2.5"};

// "listens at, tells", or what is wrong.
std::string chosen(const AddressWish& wish, const WayToDaemon& way) {
    const auto choice = choose_addresses(wish, way);
    if (!choice) return choice.error();
    const auto text = [](const Endpoint& e) { return e.host + ":" + std::to_string(e.port); };
    return text(choice->listen) + (choice->advertise ? ", tells " + text(*choice->advertise) : "");
}

AddressWish listen(const char* host, std::uint16_t port = 0) { return {Endpoint{host, port}, {}}; }
AddressWish advertise(const char* host, bool is_here, std::uint16_t port = 0) {
    return {{}, Endpoint{host, port}, is_here};
}

TEST(Addresses, WithoutAWishItIsThatFromWhichTheDaemonIsReached) {
    EXPECT_EQ(chosen({}, here), "127.0.0.1:0");
    EXPECT_EQ(chosen({}, elsewhere), "192.0.2.5:0");
    EXPECT_EQ(chosen({}, here_by_its_name), "192.0.2.5:0");
}

TEST(Addresses, WhereToListenIsToldAsWell) {
    EXPECT_EQ(chosen(listen("127.0.0.2", 5000), here), "127.0.0.2:5000");
    EXPECT_EQ(chosen(listen("192.0.2.6"), elsewhere), "192.0.2.6:0");
    EXPECT_EQ(chosen(listen("192.0.2.6"), here), "192.0.2.6:0");
    EXPECT_EQ(chosen(listen("127.0.0.1"), here_by_its_name), "127.0.0.1:0");
}

TEST(Addresses, OfAllAddressesTheOneTowardsTheDaemonIsTold) {
    EXPECT_EQ(chosen(listen("0.0.0.0", 5000), elsewhere), "0.0.0.0:5000, tells 192.0.2.5:0");
    EXPECT_EQ(chosen(listen("0.0.0.0"), here), "0.0.0.0:0, tells 127.0.0.1:0");
}

TEST(Addresses, LoopbackIsntForADaemonElsewhere) {
    EXPECT_EQ(chosen(listen("127.0.0.1", 5000), elsewhere),
              "--listen: 127.0.0.1 can't be reached from the daemon's host, 192.0.2.9: expected an address such as "
              "192.0.2.5:5000, or --advertise HOST");
}

TEST(Addresses, WhatIsAdvertisedIsTheUsersAffair) {
    EXPECT_EQ(chosen(advertise("198.51.100.1", false, 7000), elsewhere), "192.0.2.5:0, tells 198.51.100.1:7000");
    EXPECT_EQ(chosen(advertise("192.0.2.6", true), here), "192.0.2.6:0, tells 192.0.2.6:0");
    EXPECT_EQ(chosen(advertise("127.0.0.1", true), elsewhere), "127.0.0.1:0, tells 127.0.0.1:0");
    AddressWish both{Endpoint{"127.0.0.1", 5000}, Endpoint{"198.51.100.1", 7000}};
    EXPECT_EQ(chosen(both, elsewhere), "127.0.0.1:5000, tells 198.51.100.1:7000");
    both.listen->host = "0.0.0.0";
    EXPECT_EQ(chosen(both, elsewhere), "0.0.0.0:5000, tells 198.51.100.1:7000");
    EXPECT_EQ(chosen(advertise("0.0.0.0", true), here),
              "--advertise: nobody can connect to 0.0.0.0, expected an address that others reach");
}

}  // namespace
}  // namespace bully::net
