// COORDINATOR with a list: who has sent it, by what is known of whom. Source: net/README.md#what-each-side-does.
#include "net/lab/who_leads.hpp"

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
    std::vector<int> doubtful{};
    std::vector<int> replaced{};
};

std::optional<ProcessId> expected(int number) {
    return number == nobody ? std::nullopt : std::optional(process(number));
}

ListSender sender_of(const Claim& claim) {
    std::vector<Member> members;
    for (const int number : claim.listed) members.push_back({process(number), {"h", 1}});
    return sender_of_list(Membership(members), process(3), [&](const Member& asked) {
        const auto is_in = [&](const std::vector<int>& numbers) {
            return std::ranges::count(numbers, asked.pid.days) > 0;
        };
        if (is_in(claim.replaced)) return Health::replaced;
        if (is_in(claim.silent)) return Health::silent;
        if (is_in(claim.refused)) return Health::refused;
        return is_in(claim.alive) ? Health::alive : Health::unknown;
    });
}

void expect_senders(const std::vector<Claim>& claims) {
    for (const auto& claim : claims) {
        const auto sender = sender_of(claim);
        EXPECT_EQ(sender.likely, expected(claim.likely)) << claim.about;
        std::vector<ProcessId> doubtful;
        for (const int number : claim.doubtful) doubtful.push_back(process(number));
        EXPECT_EQ(sender.doubtful, doubtful) << claim.about;
    }
}

TEST(LabSenderOfList, IsTheGreatestOfWhichNothingBadIsKnown) {
    const std::vector<Claim> claims{
        {"all, nothing known: the highest", {1, 2, 3, 4, 5}, {}, {}, {}, 5},
        {"up to the sender", {1, 2, 3, 4}, {5}, {}, {}, 4},
        {"up to us: a lower one claims (R1)", {1, 2, 3}, {}, {}, {}, 2},
        {"only lower ones: the greatest of them claims (R1)", {1, 2}, {}, {}, {}, 2},
        {"a newcomer of whom nothing is known, beside a live leader", {1, 2, 3, 4, 5}, {}, {}, {4}, 5},
        {"a newcomer above a silent one and a live one", {1, 2, 3, 4, 5, 6}, {5}, {}, {4}, 6},
        {"the newcomer alone", {5}, {}, {}, {4}, 5},
        {"silent ones below change nothing", {1, 2, 3, 4, 5}, {1, 2}, {}, {}, 5},
        {"one has refused below a live one", {1, 2, 3, 4, 5}, {}, {4}, {5}, 5},
        {"only one that has refused: it has come back", {4}, {}, {4}, {}, 4},
        {"only one that was silent: it is back", {3, 4}, {4}, {}, {}, 4},
        {"only us", {3}, {}, {}, {}, nobody},
        {"nobody", {}, {}, {}, {}, nobody},
    };
    expect_senders(claims);
}

// Who was silent or has refused may be back.
TEST(LabSenderOfList, AsksThoseAboveItThatFailed) {
    const std::vector<Claim> claims{
        {"the highest silent", {1, 2, 3, 4, 5}, {5}, {}, {}, 4, {5}},
        {"the highest silent, the next alive", {1, 2, 3, 4, 5}, {5}, {}, {4}, 4, {5}},
        {"all higher ones silent: a lower one claims (R1), or one of them leads",
         {1, 2, 3, 4, 5},
         {4, 5},
         {},
         {},
         2,
         {5, 4}},
        {"the highest has refused", {1, 2, 3, 4, 5}, {}, {5}, {}, 4, {5}},
        {"two have refused: not only the greater", {1, 2, 3, 4, 5}, {}, {4, 5}, {}, 2, {5, 4}},
        {"one has refused, one was silent", {1, 2, 3, 4, 5}, {5}, {4}, {}, 2, {5, 4}},
        {"only the silent: one of them is back, if none answers the greatest", {4, 5}, {4, 5}, {}, {}, 5, {5, 4}},
        {"all have failed", {1, 3, 5}, {5}, {1}, {}, 5, {5, 1}},
    };
    expect_senders(claims);
}

// Another process is at its address: what answers there isn't it.
TEST(LabSenderOfList, IsNobodyWhoseAddressIsAnothers) {
    const std::vector<Claim> claims{
        {"the highest", {1, 2, 3, 4, 5}, {}, {}, {}, 4, {}, {5}},
        {"above one that was silent", {1, 2, 3, 4, 5}, {4}, {}, {}, 2, {4}, {5}},
        {"nobody else is listed: it must be back", {3, 5}, {}, {}, {}, 5, {}, {5}},
    };
    expect_senders(claims);
}

}  // namespace
}  // namespace bully::lab
