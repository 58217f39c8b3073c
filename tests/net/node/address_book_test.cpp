// Members at whose address another process is by now.
#include "net/node/address_book.hpp"

#include <gtest/gtest.h>

namespace bully::net {
namespace {

constexpr ProcessId dead_one{90, 9'000'000};
constexpr ProcessId live_one{50, 5'000'000};
constexpr ProcessId this_one{10, 1'000'010};
const Endpoint shared_address{"127.0.0.1", 5000};
const Endpoint next_address{"127.0.0.1", 5001};
const Endpoint own_address{"127.0.0.1", 4999};

Membership members(std::vector<Member> all) {
    all.push_back({this_one, own_address});
    return Membership(std::move(all));
}

TEST(AddressBook, SpellsAnAddressInOneWay) {
    EXPECT_EQ(spelled_alike({"localhost", 5000}), spelled_alike(shared_address));
    EXPECT_EQ(spelled_alike({"LocalHost.", 5000}), spelled_alike(shared_address));
    EXPECT_EQ(spelled_alike({"Host.Example", 1}), spelled_alike({"host.example", 1}));
    EXPECT_NE(spelled_alike(next_address), spelled_alike(shared_address));
    EXPECT_NE(spelled_alike({"127.0.0.2", 5000}), spelled_alike(shared_address));
}

TEST(AddressBook, TheOneThatTheDaemonListedLastIsThere) {
    AddressBook book;
    EXPECT_TRUE(book.note_daemon(members({{dead_one, shared_address}}), members({})).empty());
    EXPECT_FALSE(book.instead_of({dead_one, shared_address}));

    const auto known = members({{dead_one, shared_address}, {live_one, shared_address}});
    const auto news = book.note_daemon(members({{live_one, shared_address}}), known);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news.front().member.pid, dead_one);
    EXPECT_EQ(news.front().by, live_one);
    EXPECT_EQ(book.instead_of({dead_one, shared_address}), live_one);
    EXPECT_FALSE(book.instead_of({live_one, shared_address}));
    EXPECT_FALSE(book.instead_of({dead_one, next_address})) << "it has moved";
    EXPECT_TRUE(book.note_daemon(members({{live_one, shared_address}}), known).empty()) << "that is no news";
    EXPECT_TRUE(book.note_daemon(members({}), known).empty());
    EXPECT_TRUE(book.is_replaced(dead_one)) << "a daemon that forgets says nothing of who is where";

    const auto back = book.note_daemon(members({{dead_one, shared_address}}), known);
    ASSERT_EQ(back.size(), 1U);
    EXPECT_FALSE(book.is_replaced(dead_one));
    EXPECT_EQ(book.instead_of({live_one, shared_address}), dead_one);
}

TEST(AddressBook, SeesTheSameAddressInAnotherSpelling) {
    AddressBook book;
    const Endpoint spelled{"localhost", 5000};
    EXPECT_EQ(book.note_daemon(members({{live_one, shared_address}}), members({{dead_one, spelled}})).size(), 1U);
    EXPECT_EQ(book.instead_of({dead_one, spelled}), live_one);
    EXPECT_EQ(book.instead_of({dead_one, shared_address}), live_one);
}

TEST(AddressBook, OfTwoThatTheDaemonListsAtOneAddressNoneIsGone) {
    AddressBook book;
    const auto both = members({{dead_one, shared_address}, {live_one, {"localhost", 5000}}});
    EXPECT_TRUE(book.note_daemon(both, both).empty());
    EXPECT_FALSE(book.is_replaced(dead_one));
    EXPECT_FALSE(book.is_replaced(live_one));
}

TEST(AddressBook, AListContestsAnAddressByAStrangerThere) {
    const auto known = members({{dead_one, shared_address}});
    EXPECT_FALSE(contests_address(known, known, this_one));
    EXPECT_FALSE(contests_address(members({{live_one, next_address}}), known, this_one));
    EXPECT_TRUE(contests_address(members({{live_one, shared_address}}), known, this_one));
    EXPECT_TRUE(contests_address(members({{live_one, {"localhost", 5000}}}), known, this_one));
    EXPECT_TRUE(contests_address(members({{live_one, next_address}, {{60, 6'000'000}, next_address}}), known, this_one))
        << "two strangers";
    EXPECT_FALSE(contests_address(members({{live_one, own_address}}), known, this_one))
        << "who is there needs no asking";
}

}  // namespace
}  // namespace bully::net
