// Events and actions are values: they may be kept, copied and compared, and outlive what they were made from.
#include "core/record/trace.hpp"
#include "core/transitions.hpp"
#include "tests/core/machine.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace bully::test {
namespace {

TEST(Events, own_what_they_carry) {
    std::vector<Event> kept;
    {
        const auto members = group({1, 2, 3});
        const std::string reason = "the daemon is busy, and says so at length";
        kept = {Joined{members, 1}, ElectionReceived{7, members}, JoinFailed{JoinFailed::Kind::rejected, reason, 1}};
    }
    auto machine = joining(2);
    machine.step(kept[1]);
    EXPECT_EQ(machine.members(), group({1, 2, 3}));
    EXPECT_EQ(machine.step(kept[2]), "give up");
    EXPECT_EQ(std::get<JoinFailed>(kept[2]).reason.size(), 41U);
}

TEST(Events, of_no_members_are_harmless) {
    auto machine = joining(2);
    EXPECT_EQ(machine.step(ElectionReceived{7, {}}), "OK");
    EXPECT_EQ(machine.joined(Membership{}), "leader 2");
}

TEST(Trace, whoever_gives_up_says_why) {
    auto machine = joining(2);
    const Event event = JoinFailed{JoinFailed::Kind::rejected, "bad student id", machine.join_round()};
    machine.step(event);
    std::string line;
    append_step(line, {.event = &event, .actions = machine.actions(), .after = machine.view()});
    const std::string action = R"({"type":"give_up","kind":"rejected","reason":"bad student id"})";
    EXPECT_NE(line.find("[" + action + "]"), std::string::npos) << line;
    EXPECT_EQ(to_json(machine.actions().front(), &event), action);
}

}  // namespace
}  // namespace bully::test
