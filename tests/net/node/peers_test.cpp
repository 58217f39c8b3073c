// What a live node knows of others, without sockets or clocks.
#include "net/node/peers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bully::net {
namespace {

using namespace std::chrono_literals;
using lab::Dialect;
using lab::Health;
using lab::MessageKind;

constexpr ProcessId own{10, 1'000'010};
constexpr ProcessId fifty{50, 5'000'000};
constexpr ProcessId seventy{70, 7'000'000};
constexpr ProcessId ninety{90, 9'000'000};

lab::Message message_of(MessageKind kind, std::string word, std::string layout) {
    lab::Message message;
    message.kind = kind;
    message.form = {std::move(word), std::move(layout)};
    return message;
}

Membership group() { return Membership({{own, {"h", 1}}, {fifty, {"h", 2}}, {seventy, {"h", 3}}, {ninety, {"h", 4}}}); }

std::vector<ProcessId> pids_of(const std::vector<Member>& members) {
    std::vector<ProcessId> pids;
    pids.reserve(members.size());
    for (const auto& member : members) pids.push_back(member.pid);
    return pids;
}

class PeersTest : public testing::Test {
  protected:
    void ask(ProcessId peer, Round round, std::size_t connections = 1) {
        peers_.ask({peer, round}, MessageKind::election, connections);
    }
    // An OK on a connection of its own, that names nobody.
    [[nodiscard]] std::optional<Asking> whose(std::initializer_list<Round> rounds) const {
        return peers_.who_may_have_answered(std::nullopt, rounds);
    }
    void answers_apart(ProcessId peer) {
        peers_.learn(peer, message_of(MessageKind::election, "ELECTION", "(wPM)"), Dialect::begin);
        ASSERT_EQ(peers_.shape(peer, Dialect::join).reply, lab::Shape::Reply::new_connection);
    }
    // Whom a leader tells again, at this time.
    [[nodiscard]] std::vector<ProcessId> told_again(Telling why, Duration now) {
        auto told = pids_of(peers_.tell(group(), own, why, now));
        for (const auto pid : told) peers_.note_told(pid, now);
        return told;
    }

    Peers peers_{{.victories = 2, .interval = 2s, .known = 4}};
};

TEST_F(PeersTest, HealthIsThatOfTheLatestRequest) {
    EXPECT_EQ(peers_.health(fifty), Health::unknown);
    peers_.note_health(fifty, Health::silent, 10s);
    EXPECT_TRUE(peers_.is_silent_since(fifty, 10s));
    EXPECT_FALSE(peers_.is_silent_since(fifty, 11s)) << "it may be back";
    peers_.forget_refusal(fifty);
    EXPECT_EQ(peers_.health(fifty), Health::silent);
    peers_.note_health(fifty, Health::refused, 12s);
    EXPECT_FALSE(peers_.is_silent_since(fifty, 10s));
    peers_.forget_refusal(fifty);
    EXPECT_EQ(peers_.health(fifty), Health::unknown);
}

TEST_F(PeersTest, APeerIsWrittenToAsItWritesAndOthersAsTheirGroupDoes) {
    EXPECT_EQ(peers_.shape(fifty, Dialect::howdy), lab::shape_of(Dialect::howdy));
    peers_.learn(fifty, message_of(MessageKind::coordinator, "VICTORY", "(wP)"), Dialect::join);
    EXPECT_EQ(peers_.shape(fifty, Dialect::join).form(MessageKind::coordinator).word, "VICTORY");
    EXPECT_EQ(peers_.shape(seventy, Dialect::join), lab::shape_of(Dialect::join));
    EXPECT_EQ(peers_.shape(std::nullopt, Dialect::begin), lab::shape_of(Dialect::begin));
    peers_.forget_habits(fifty);
    EXPECT_EQ(peers_.shape(fifty, Dialect::join), lab::shape_of(Dialect::join));
}

// Pids are free to invent; those of members aren't.
TEST_F(PeersTest, StrangersAreForgottenOnceManyAreKnown) {
    const Membership members({{own, {"h", 1}}, {fifty, {"h", 2}}});
    const auto silent = [&](std::int32_t days) { peers_.note_health({days, 1}, Health::silent, 1s); };
    peers_.note_health(fifty, Health::alive, 1s);
    for (std::int32_t days = 1; days < 3; ++days) silent(days);
    peers_.forget_strangers(members);
    EXPECT_EQ(peers_.size(), 3U) << "few";
    silent(3);
    peers_.forget_strangers(members);
    EXPECT_EQ(peers_.size(), 1U);
    EXPECT_EQ(peers_.health(fifty), Health::alive);
}

TEST_F(PeersTest, AClosedProbeIsASignOfLifeOfOneThatNeverAnswersThem) {
    EXPECT_FALSE(peers_.note_probe_closed(fifty));
    peers_.note_probe_answered(fifty);
    EXPECT_TRUE(peers_.note_probe_closed(fifty)) << "on its way out";
    peers_.note_election_answered(fifty);
    EXPECT_FALSE(peers_.note_probe_closed(fifty)) << "another program by now";
    peers_.note_probe_answered(seventy);
    peers_.note_election_answered(seventy);
    EXPECT_TRUE(peers_.answers_probes(seventy)) << "it has closed none";
}

TEST_F(PeersTest, WhoDoesntAnswerInTimeIsSilent) {
    ask(fifty, 1);
    ask(seventy, 1, 2);
    ask(ninety, 2);
    EXPECT_TRUE(peers_.note_answer({seventy, 1}, 1s));
    peers_.note_silence(1, Timer::coordinator, 2s);
    EXPECT_EQ(peers_.health(fifty), Health::unknown) << "nobody was to answer by then";
    peers_.note_silence(1, Timer::answer, 2s);
    EXPECT_EQ(peers_.health(fifty), Health::silent);
    EXPECT_EQ(peers_.health(seventy), Health::alive) << "in one of two forms";
    EXPECT_EQ(peers_.health(ninety), Health::unknown) << "of another round";
    EXPECT_FALSE(peers_.ignores_probes(fifty));
    peers_.ask({ninety, 3}, MessageKind::probe, 1);
    peers_.note_silence(3, Timer::probe_timeout, 3s);
    EXPECT_TRUE(peers_.ignores_probes(ninety));
    peers_.note_probe_answered(ninety);
    EXPECT_FALSE(peers_.ignores_probes(ninety));
}

TEST_F(PeersTest, ARequestInTwoFormsIsAnsweredOnceAndFailsWithBoth) {
    ask(fifty, 1, 2);
    EXPECT_FALSE(peers_.note_failure({fifty, 1})) << "the other form may be answered";
    EXPECT_TRUE(peers_.note_failure({fifty, 1}));
    EXPECT_FALSE(peers_.is_out({fifty, 1}));
    EXPECT_FALSE(peers_.note_failure({fifty, 1})) << "it has failed already";

    ask(fifty, 2, 2);
    EXPECT_TRUE(peers_.note_answer({fifty, 2}, 1s));
    EXPECT_TRUE(peers_.is_out({fifty, 2}));
    EXPECT_FALSE(peers_.note_failure({fifty, 2})) << "it was answered";
    EXPECT_FALSE(peers_.is_out({fifty, 2}));

    ask(fifty, 3, 2);
    EXPECT_TRUE(peers_.note_answer({fifty, 3}, 1s));
    EXPECT_FALSE(peers_.note_answer({fifty, 3}, 1s)) << "the second answer";
    EXPECT_FALSE(peers_.note_answer({fifty, 9}, 1s)) << "nothing was asked";
}

TEST_F(PeersTest, RequestsOfOtherRoundsAreVoid) {
    ask(fifty, 1);
    ask(fifty, 2);
    ask(seventy, 3);
    peers_.keep_requests({2, 4});
    EXPECT_FALSE(peers_.is_out({fifty, 1}));
    EXPECT_TRUE(peers_.is_out({fifty, 2}));
    EXPECT_FALSE(peers_.is_out({seventy, 3}));
    peers_.forget_requests();
    EXPECT_FALSE(peers_.is_out({fifty, 2}));
}

TEST_F(PeersTest, AnUnnamedOkIsTheGreatestsThatHasntAnsweredAnElection) {
    EXPECT_EQ(whose({1}), std::nullopt);
    ask(fifty, 1);
    ask(seventy, 1);
    peers_.ask({ninety, 1}, MessageKind::probe, 1);
    EXPECT_EQ(whose({1}), (Asking{seventy, 1}));
    EXPECT_EQ(whose({2}), std::nullopt) << "of a round that is over";
    EXPECT_EQ(peers_.who_may_have_answered(fifty, {1}), (Asking{fifty, 1}));
    EXPECT_EQ(peers_.who_may_have_answered(ninety, {1}), std::nullopt) << "a PROBE is answered on its connection";
    peers_.note_health(seventy, Health::refused, 1s);
    EXPECT_EQ(whose({1}), (Asking{fifty, 1}));
    EXPECT_EQ(peers_.who_may_have_answered(seventy, {1}), (Asking{seventy, 1})) << "it says so itself";
}

TEST_F(PeersTest, AnUnnamedOkIsRatherOfOneThatAnswersSo) {
    ask(fifty, 1, 2);
    ask(seventy, 1, 2);
    ask(ninety, 1, 2);
    EXPECT_TRUE(peers_.note_answer({seventy, 1}, 1s));
    EXPECT_EQ(whose({1}), (Asking{seventy, 1})) << "it answers its second form";
    answers_apart(fifty);
    EXPECT_EQ(whose({1}), (Asking{fifty, 1}));
    EXPECT_TRUE(peers_.note_answer({fifty, 1}, 1s));
    EXPECT_EQ(whose({1}), (Asking{seventy, 1}));
}

TEST_F(PeersTest, AVictoryIsToldToAllUntilThereAreTooMany) {
    const std::vector<ProcessId> all{fifty, seventy, ninety};
    for (int victory = 0; victory < 2; ++victory) EXPECT_EQ(told_again(Telling::victory, 10s), all);
    EXPECT_EQ(told_again(Telling::victory, 10s), std::vector<ProcessId>());
    EXPECT_EQ(peers_.take_due(10s).due, all) << "as a repetition, for which there is time";
    EXPECT_EQ(told_again(Telling::victory, 12s), all);
}

TEST_F(PeersTest, OnlyWhoAsksIsToldUnlessOthersMayDoubt) {
    peers_.note_asker(seventy);
    EXPECT_EQ(told_again(Telling::asked, 10s), std::vector<ProcessId>{seventy});
    EXPECT_EQ(told_again(Telling::asked, 20s), (std::vector<ProcessId>{fifty, seventy, ninety})) << "who, isn't known";
    peers_.note_asker(seventy);
    peers_.note_doubt();
    EXPECT_TRUE(peers_.many_doubt());
    EXPECT_EQ(told_again(Telling::asked, 30s), (std::vector<ProcessId>{fifty, seventy, ninety}));
    EXPECT_FALSE(peers_.many_doubt());
}

TEST_F(PeersTest, UnaskedNobodyIsToldTwiceInAnInterval) {
    peers_.note_asker(seventy);
    EXPECT_EQ(told_again(Telling::asked, 10s), std::vector<ProcessId>{seventy});
    EXPECT_EQ(told_again(Telling::unasked, 11s), (std::vector<ProcessId>{fifty, ninety}));
    EXPECT_EQ(peers_.take_due(11s).next, std::nullopt);
    peers_.note_asker(seventy);
    EXPECT_EQ(told_again(Telling::unasked, 11s), std::vector<ProcessId>()) << "it asks, and has to wait";
    EXPECT_EQ(peers_.take_due(11s).next, 1s);
    EXPECT_EQ(peers_.take_due(12s).due, std::vector<ProcessId>{seventy});
    EXPECT_EQ(peers_.take_due(14s).due, std::vector<ProcessId>()) << "once";
}

TEST_F(PeersTest, RemindsWhoWasToldButForThoseThatRefuse) {
    peers_.remind(fifty);
    EXPECT_EQ(peers_.take_due(9s).due, std::vector<ProcessId>()) << "it was never told";
    EXPECT_EQ(told_again(Telling::victory, 10s), (std::vector<ProcessId>{fifty, seventy, ninety}));
    peers_.note_health(seventy, Health::refused, 10s);
    peers_.remind_all();
    EXPECT_EQ(peers_.take_due(10s).due, (std::vector<ProcessId>{fifty, ninety}));
    peers_.remind(fifty);
    peers_.remind(seventy);
    const auto reminders = peers_.take_due(11s);
    EXPECT_EQ(reminders.due, std::vector<ProcessId>{seventy});
    EXPECT_EQ(reminders.next, 1s);
    peers_.remind_nobody();
    EXPECT_EQ(peers_.take_due(20s).due, std::vector<ProcessId>());
}

TEST_F(PeersTest, ANewLifeKnowsNobody) {
    ask(fifty, 1);
    peers_.note_probe_answered(fifty);
    peers_.note_doubt();
    peers_.clear();
    EXPECT_EQ(peers_.size(), 0U);
    EXPECT_FALSE(peers_.is_out({fifty, 1}));
    EXPECT_FALSE(peers_.many_doubt());
}

}  // namespace
}  // namespace bully::net
