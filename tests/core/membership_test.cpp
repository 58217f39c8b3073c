#include "core/membership.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace bully {
namespace {

Member member(int number, std::uint16_t port = 0) {
    return {{number, 1'000'000 + number}, {"10.0.0.1", port != 0 ? port : static_cast<std::uint16_t>(number)}};
}

Membership group(std::initializer_list<Member> members) { return Membership(std::vector<Member>(members)); }

std::vector<Member> entries(const Membership& membership) {
    return {membership.members().begin(), membership.members().end()};
}

TEST(Membership, is_sorted_and_keeps_the_last_of_equals) {
    const auto some = group({member(3), member(1, 7), member(2), member(1, 8)});
    EXPECT_EQ(entries(some), (std::vector{member(1, 8), member(2), member(3)}));
}

TEST(Membership, sorts_by_days_then_by_student_id) {
    const Member early{{5, 2'000'000}, {}};
    const Member late{{6, 1'000'000}, {}};
    const Member same_day{{5, 2'000'001}, {}};
    EXPECT_EQ(entries(group({late, same_day, early})), (std::vector{early, same_day, late}));
}

TEST(Membership, finds_positions) {
    const auto some = group({member(10), member(20), member(30)});
    EXPECT_EQ(some.find({20, 1'000'020}), 1U);
    EXPECT_FALSE(some.find({20, 1'000'021}).has_value());
    EXPECT_FALSE(some.contains({40, 1'000'040}));
    EXPECT_FALSE(Membership{}.contains({10, 1'000'010}));
}

TEST(Membership, a_peers_list_adds_and_never_overwrites) {
    const auto mine = group({member(1), member(2, 7), member(4)});
    const auto merged = mine.with_unknown_of(group({member(2, 8), member(3), member(4)}));
    EXPECT_EQ(entries(merged), (std::vector{member(1), member(2, 7), member(3), member(4)}));
}

TEST(Membership, the_daemons_list_overwrites_all_but_the_own_entry) {
    const auto mine = group({member(1), member(2, 7), member(4, 7)});
    const auto merged = mine.updated_from(group({member(2, 8), member(3), member(4, 8)}), member(2).pid);
    EXPECT_EQ(entries(merged), (std::vector{member(1), member(2, 7), member(3), member(4, 8)}));
}

TEST(Membership, merging_what_is_known_shares_the_snapshot) {
    const auto large = group({member(1), member(2), member(3)});
    const auto small = group({member(1), member(3)});
    EXPECT_TRUE(large.with_unknown_of(small).same_snapshot(large));
    EXPECT_TRUE(small.with_unknown_of(large).same_snapshot(large));
    EXPECT_TRUE(Membership{}.with_unknown_of(large).same_snapshot(large));
    EXPECT_TRUE(large.with_unknown_of(Membership{}).same_snapshot(large));
    EXPECT_FALSE(group({member(1, 9)}).with_unknown_of(large).same_snapshot(large)) << "it knows another address";
}

TEST(Membership, contradicts_a_list_with_another_address_of_a_third) {
    const auto mine = group({member(1), member(2), member(3)});
    const auto own = member(1).pid;
    EXPECT_FALSE(mine.contradicts(group({member(2), member(4)}), own));
    EXPECT_FALSE(mine.contradicts(group({member(1, 9), member(2)}), own)) << "one's own is never in doubt";
    EXPECT_TRUE(mine.contradicts(group({member(3, 9)}), own));
}

// All pairs of small memberships: the union, whichever way it is made.
TEST(Membership, merges_any_two) {
    for (unsigned a = 0; a < 32; ++a) {
        for (unsigned b = 0; b < 32; ++b) {
            const auto pick = [](unsigned bits) {
                std::vector<Member> members;
                for (int i = 0; i < 5; ++i) {
                    if ((bits >> static_cast<unsigned>(i) & 1U) != 0) members.push_back(member(i + 1));
                }
                return Membership(std::move(members));
            };
            EXPECT_EQ(entries(pick(a).with_unknown_of(pick(b))), entries(pick(a | b))) << a << ", " << b;
        }
    }
}

}  // namespace
}  // namespace bully
