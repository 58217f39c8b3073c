// What the daemon knows and forgets. Its answers on the wire are compared with the lab's in gcd_answers_test.py.
#include "net/gcd/registry.hpp"

#include "net/pickle/pickle.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bully {
namespace {

using std::chrono::seconds;

Member member(int days, int student, std::uint16_t port) { return {{days, 1'000'000 + student}, {"127.0.0.1", port}}; }

std::string shown(const std::string& pickled) {
    const auto document = pickle::decode(pickled);
    return document ? document->root().repr(10'000) : document.error().what;
}

TEST(GcdRegistry, AnswersInTheOrderOfJoining) {
    GcdRegistry registry;
    EXPECT_EQ(shown(registry.answer()), "{}");
    registry.join(member(9, 1, 50001), seconds(0));
    registry.join(member(3, 2, 50002), seconds(0));
    EXPECT_EQ(shown(registry.answer()), "{(9, 1000001): ('127.0.0.1', 50001), (3, 1000002): ('127.0.0.1', 50002)}");
}

TEST(GcdRegistry, AStudentHasOnePid) {
    GcdRegistry registry;
    registry.join(member(9, 1, 50001), seconds(0));
    registry.join(member(3, 2, 50002), seconds(0));
    registry.join(member(8, 1, 50003), seconds(0));
    EXPECT_EQ(shown(registry.answer()), "{(3, 1000002): ('127.0.0.1', 50002), (8, 1000001): ('127.0.0.1', 50003)}");
}

TEST(GcdRegistry, SaysWhereAPidWasBefore) {
    GcdRegistry registry;
    EXPECT_EQ(registry.join(member(9, 1, 50001), seconds(0)).before, std::nullopt);
    EXPECT_EQ(registry.join(member(9, 1, 50001), seconds(1)).before, std::nullopt);
    EXPECT_EQ(registry.join(member(9, 1, 50002), seconds(2)).before, (Endpoint{"127.0.0.1", 50001}));
    EXPECT_EQ(registry.join(member(8, 1, 50003), seconds(3)).before, std::nullopt) << "another pid of this student";
}

TEST(GcdRegistry, SaysWhoHadToGo) {
    const auto replaced = [](const Entered& entered) {
        std::string text;
        for (const auto& [why, pid] : entered.replaced)
            text += to_string(pid) + " " + std::string(to_string(why)) + "; ";
        return text;
    };
    GcdRegistry registry(seconds(10));
    EXPECT_EQ(replaced(registry.join(member(9, 1, 50001), seconds(0))), "");
    EXPECT_EQ(replaced(registry.join(member(9, 1, 50001), seconds(1))), "") << "the same again";
    EXPECT_EQ(replaced(registry.join(member(3, 2, 50002), seconds(1))), "");
    EXPECT_EQ(replaced(registry.join(member(8, 1, 50002), seconds(2))),
              "(9, 1000001) same student id; (3, 1000002) same address; ");
    EXPECT_EQ(replaced(registry.join(member(1, 4, 50004), seconds(20))), "") << "that one was forgotten";
    EXPECT_EQ(registry.size(), 1U);
}

TEST(GcdRegistry, TheOldestGoesWhenItIsFull) {
    GcdRegistry registry;
    for (int i = 1; i <= 1000; ++i) registry.join(member(9, i, static_cast<std::uint16_t>(i)), seconds(0));
    const auto entered = registry.join(member(9, 1001, 1001), seconds(0));
    ASSERT_EQ(entered.replaced.size(), 1U);
    EXPECT_EQ(entered.replaced[0].pid, (ProcessId{9, 1'000'001}));
    EXPECT_EQ(entered.replaced[0].why, Replaced::Why::full);
    EXPECT_EQ(registry.size(), 1000U);
}

TEST(GcdRegistry, AnAddressHasOnePid) {
    GcdRegistry registry;
    registry.join(member(9, 1, 50001), seconds(0));
    registry.join(member(3, 2, 50001), seconds(0));
    EXPECT_EQ(shown(registry.answer()), "{(3, 1000002): ('127.0.0.1', 50001)}");
    // The evicted student is back, with other days: gcd2.py dies of it.
    registry.join(member(8, 1, 50003), seconds(0));
    EXPECT_EQ(registry.size(), 2U);
}

TEST(GcdRegistry, ForgetsNobodyUnlessTold) {
    GcdRegistry registry;
    registry.join(member(9, 1, 50001), seconds(0));
    registry.join(member(3, 2, 50002), seconds(1'000'000'000));
    EXPECT_EQ(registry.size(), 2U);
}

TEST(GcdRegistry, ForgetsWhoHasNotJoinedAgain) {
    GcdRegistry registry(seconds(10));
    registry.join(member(1, 1, 50001), seconds(0));
    registry.join(member(2, 2, 50002), seconds(0));
    registry.join(member(1, 1, 50001), seconds(8));
    registry.join(member(3, 3, 50003), seconds(10));
    EXPECT_EQ(registry.size(), 3U);  // 10 s are not more than 10 s
    const auto entered = registry.join(member(3, 3, 50003), seconds(11));
    ASSERT_EQ(entered.forgotten.size(), 1U);
    EXPECT_EQ(entered.forgotten[0].member, member(2, 2, 50002));
    EXPECT_EQ(entered.forgotten[0].silent_for, seconds(11));
    EXPECT_EQ(shown(registry.answer()), "{(1, 1000001): ('127.0.0.1', 50001), (3, 1000003): ('127.0.0.1', 50003)}");
}

TEST(GcdRegistry, WhatIsNoPickleIsShownAsPythonDoes) {
    EXPECT_EQ(not_a_pickle("hello"), "Expected a pickled message, got b'hello'\n");
    EXPECT_EQ(not_a_pickle(""), "Expected a pickled message, got b''\n");
    EXPECT_EQ(not_a_pickle("it's"), "Expected a pickled message, got b\"it's\"\n");
    EXPECT_EQ(not_a_pickle("it's \"\\"), "Expected a pickled message, got b'it\\'s \"\\\\'\n");
    EXPECT_EQ(not_a_pickle("\r\n\t\x01\xff"), "Expected a pickled message, got b'\\r\\n\\t\\x01\\xff'\n");
    EXPECT_EQ(not_a_pickle(std::string(500, 'x')), "Expected a pickled message, got b'" + std::string(98, 'x') + "\n");
}

}  // namespace
}  // namespace bully
