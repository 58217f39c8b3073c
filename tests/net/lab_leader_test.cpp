// COORDINATOR with a list: who has sent it, by what is known of whom. Source: protocol.md, section 4.
#include "net/lab_leader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bully::lab {
namespace {

ProcessId process(int number) { return {number, 1'000'000 + number}; }

constexpr int nobody = 0;

struct Claim {  // we are number 3
    std::string about;
    std::vector<int> listed;
    std::vector<int> silent;
    std::vector<int> refused;
    std::vector<int> alive;
    int likely;
    int doubtful = nobody;
};

std::optional<ProcessId> expected(int number) {
    return number == nobody ? std::nullopt : std::optional(process(number));
}

TEST(LabSenderOfList, IsTheGreatestThatIsNotDead) {
    const std::vector<Claim> claims{
        {"all, nothing known: the highest", {1, 2, 3, 4, 5}, {}, {}, {}, 5},
        {"all, the highest silent: the next", {1, 2, 3, 4, 5}, {5}, {}, {}, 4},
        {"all, the highest silent, the next alive", {1, 2, 3, 4, 5}, {5}, {}, {4}, 4},
        {"up to the sender", {1, 2, 3, 4}, {5}, {}, {}, 4},
        {"all higher ones silent: a lower one claims (R1)", {1, 2, 3, 4, 5}, {4, 5}, {}, {}, 2},
        {"up to us: a lower one claims (R1)", {1, 2, 3}, {}, {}, {}, 2},
        {"only lower ones: the greatest of them claims (R1)", {1, 2}, {}, {}, {}, 2},
        {"a newcomer of whom nothing is known, beside a live leader", {1, 2, 3, 4, 5}, {}, {}, {4}, 5},
        {"a newcomer above a silent one and a live one", {1, 2, 3, 4, 5, 6}, {5}, {}, {4}, 6},
        {"the newcomer alone", {5}, {}, {}, {4}, 5},
        {"silent ones below change nothing", {1, 2, 3, 4, 5}, {1, 2}, {}, {}, 5},
        {"the highest has refused: it may be back", {1, 2, 3, 4, 5}, {}, {5}, {}, 4, 5},
        {"two have refused: the greater may be back", {1, 2, 3, 4, 5}, {}, {4, 5}, {}, 2, 5},
        {"refused, then silent: only the refusing one", {1, 2, 3, 4, 5}, {5}, {4}, {}, 2, 4},
        {"one has refused below a live one: no doubt", {1, 2, 3, 4, 5}, {}, {4}, {5}, 5},
        {"only one that has refused: it has come back", {4}, {}, {4}, {}, 4},
        {"only the silent: the greatest has come back", {4, 5}, {4, 5}, {}, {}, 5},
        {"only us", {3}, {}, {}, {}, nobody},
        {"nobody", {}, {}, {}, {}, nobody},
    };
    for (const auto& claim : claims) {
        std::vector<Member> members;
        for (const int number : claim.listed) members.push_back({process(number), {"h", 1}});
        const auto sender = sender_of_list(Membership(members), process(3), [&](ProcessId asked) {
            const auto is_in = [&](const std::vector<int>& numbers) {
                return std::ranges::count(numbers, asked.days) > 0;
            };
            if (is_in(claim.silent)) return Health::silent;
            if (is_in(claim.refused)) return Health::refused;
            return is_in(claim.alive) ? Health::alive : Health::unknown;
        });
        EXPECT_EQ(sender.likely, expected(claim.likely)) << claim.about;
        EXPECT_EQ(sender.doubtful, expected(claim.doubtful)) << claim.about;
    }
}

}  // namespace
}  // namespace bully::lab
