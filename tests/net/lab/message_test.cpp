// What is read from the messages of the lab, in all their variations. Source: net/README.md#kinds-of-nodes.
#include "net/lab/message.hpp"

#include "tests/net/lab/lab_vectors.hpp"

#include <algorithm>
#include <ostream>

namespace bully::lab {
namespace {

std::string in_test_name(std::string name) {
    std::ranges::replace(name, '-', '_');
    return name;
}

struct Reading {
    std::string name;
    MessageKind kind;
    std::string word;
    std::string layout;

    friend void PrintTo(const Reading& reading, std::ostream* out) { *out << reading.name; }
};

std::string name_of(const testing::TestParamInfo<Reading>& info) { return in_test_name(info.param.name); }

class LabReading : public testing::TestWithParam<Reading> {};

TEST_P(LabReading, IsTheSameInEachProtocol) {
    const auto& [name, kind, word, layout] = GetParam();
    for (int protocol = 0; protocol < pickle_protocols; ++protocol) {
        const auto message = lab_message(name, protocol);
        ASSERT_TRUE(message.has_value()) << message.error();
        EXPECT_EQ(message->kind, kind);
        EXPECT_EQ(message->form.word, word);
        // Before protocol 3 bytes are an opaque object: read as a name all the same, but of another letter.
        if (name != "ok-bytes" || protocol >= 3) {
            EXPECT_EQ(message->form.layout, layout);
        }
        const auto has = [&](std::string_view letters) {
            return message->form.layout.find_first_of(letters) != std::string::npos;
        };
        EXPECT_EQ(message->pid, has("P") ? std::optional(peer.pid) : std::nullopt);
        EXPECT_EQ(message->address, has("A") ? std::optional(peer.endpoint) : std::nullopt);
        if (has("MRL") && name != "coordinator-member" && name != "coordinator-up-to-itself") {
            EXPECT_EQ(message->members, everybody);
        }
        if (!has("MRL")) {
            EXPECT_TRUE(message->members.empty());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, LabReading,
                         testing::ValuesIn(std::vector<Reading>{
                             {"election-members", MessageKind::election, "ELECTION", "(wM)"},
                             {"ok-members", MessageKind::ok, "OK", "(wM)"},
                             {"ok-none", MessageKind::ok, "OK", "(wN)"},
                             {"okay-none", MessageKind::ok, "OKAY", "(wN)"},
                             {"ok-str", MessageKind::ok, "OK", "w"},
                             {"coordinator-members", MessageKind::coordinator, "COORDINATOR", "(wM)"},
                             {"coordinator-up-to-itself", MessageKind::coordinator, "COORDINATOR", "(wM)"},
                             {"coordinator-pid", MessageKind::coordinator, "COORDINATOR", "(wP)"},
                             {"coordinator-triple", MessageKind::coordinator, "COORDINATOR", "(wPA)"},
                             {"election-triple", MessageKind::election, "ELECTION", "(wPM)"},
                             {"probe-none", MessageKind::probe, "PROBE", "(wN)"},
                             {"probe-empty", MessageKind::probe, "PROBE", "(wE)"},
                             {"elect-members", MessageKind::election, "ELECT", "(wM)"},
                             {"got-it-str", MessageKind::ok, "GOT_IT", "w"},
                             {"i-am-leader-pid", MessageKind::coordinator, "I_AM_LEADER", "(wP)"},
                         }),
                         name_of);

INSTANTIATE_TEST_SUITE_P(Variations, LabReading,
                         testing::ValuesIn(std::vector<Reading>{
                             {"election-lower-case", MessageKind::election, "election", "(wM)"},
                             {"got-it-spaced", MessageKind::ok, "Got it", "(wN)"},
                             {"leader-dashed", MessageKind::coordinator, "I-am-Leader", "(wP)"},
                             {"victory", MessageKind::coordinator, "VICTORY", "(wP)"},
                             {"election-str", MessageKind::election, "ELECTION", "w"},
                             {"ok-alone", MessageKind::ok, "OK", "(w)"},
                             {"ok-list", MessageKind::ok, "OK", "[wN]"},
                             {"ok-pid", MessageKind::ok, "OK", "(wP)"},
                             {"ok-bytes", MessageKind::ok, "OK", "(bN)"},
                             {"election-list", MessageKind::election, "ELECTION", "[wM]"},
                             {"election-nested-members", MessageKind::election, "ELECTION", "(w(PM))"},
                             {"election-nested-address", MessageKind::election, "ELECTION", "(w(PA))"},
                             {"election-nested-all", MessageKind::election, "ELECTION", "(w(PAM))"},
                             {"election-nested-deeper", MessageKind::election, "ELECTION", "(w((PA)M))"},
                             {"election-triple-other-order", MessageKind::election, "ELECTION", "(wMP)"},
                             {"election-flat-all", MessageKind::election, "ELECTION", "(wPAM)"},
                             {"election-list-of-pairs", MessageKind::election, "ELECTION", "(wL)"},
                             {"election-keyed-by-address", MessageKind::election, "ELECTION", "(wR)"},
                             {"election-pid", MessageKind::election, "ELECTION", "(wP)"},
                             {"election-none", MessageKind::election, "ELECTION", "(wN)"},
                             {"election-enum", MessageKind::election, "ELECTION", "(wM)"},
                             {"election-enum-by-name", MessageKind::election, "ELECTION", "(wM)"},
                             {"ok-enum", MessageKind::ok, "OK", "w"},
                             {"leader-str-enum", MessageKind::coordinator, "I_AM_LEADER", "(wP)"},
                             {"election-strange", MessageKind::election, "ELECTION", "(w?)"},
                             {"coordinator-nested-address", MessageKind::coordinator, "COORDINATOR", "(w(PA))"},
                             {"coordinator-member", MessageKind::coordinator, "COORDINATOR", "(wM)"},
                             {"coordinator-pid-list", MessageKind::coordinator, "COORDINATOR", "(wP)"},
                             {"coordinator-two-pids", MessageKind::coordinator, "COORDINATOR", "(wP?)"},
                             {"probe-str", MessageKind::probe, "PROBE", "w"},
                             {"probe-pid", MessageKind::probe, "PROBE", "(wP)"},
                             {"join", MessageKind::join, "JOIN", "(w(PA))"},
                         }),
                         name_of);

struct Junk {
    std::string name;
    std::string error;

    friend void PrintTo(const Junk& junk, std::ostream* out) { *out << junk.name; }
};

std::string junk_name_of(const testing::TestParamInfo<Junk>& info) { return in_test_name(info.param.name); }

class LabJunk : public testing::TestWithParam<Junk> {};

TEST_P(LabJunk, IsRefusedWithAReasonThatShowsIt) {
    const auto message = lab_message(GetParam().name);
    ASSERT_FALSE(message.has_value());
    EXPECT_EQ(message.error(), GetParam().error);
}

const std::string no_name = ", expected (name, data) with a name of the lab";

INSTANTIATE_TEST_SUITE_P(
    All, LabJunk,
    testing::ValuesIn(std::vector<Junk>{
        {"junk-none", "None" + no_name},
        {"junk-int", "5" + no_name},
        {"junk-members",
         "{(200, 2000000): ('127.0.0.1', 50200), (300, 3000000): ('127.0.0.1', 50300), (10..." + no_name},
        {"junk-empty", "an empty (), expected (name, data)"},
        {"junk-word", "('HELLO', {(200, 2000000): ('127.0.0.1', 50200), (300, 3000000): ('127.0.0.1', 5..." + no_name},
        {"junk-long-word", "('OK________________________________________', None)" + no_name},
        {"junk-digits", "('OK2', None)" + no_name},
        {"junk-swapped",
         "({(200, 2000000): ('127.0.0.1', 50200), (300, 3000000): ('127.0.0.1', 50300), (1..." + no_name},
        {"junk-coordinator-none", "COORDINATOR without a leader: ('COORDINATOR', None)"},
        {"junk-coordinator-str", "COORDINATOR without a leader: 'COORDINATOR'"},
        {"junk-coordinator-empty", "COORDINATOR without a leader: ('COORDINATOR', {})"},
        {"junk-coordinator-floats", "COORDINATOR without a leader: ('COORDINATOR', (200.0, 2000000.0))"},
        {"junk-coordinator-bools", "COORDINATOR without a leader: ('COORDINATOR', (True, False))"},
        {"junk-join", "JOIN without a pid and an address: ('JOIN', (200, 2000000))"},
    }),
    junk_name_of);

TEST(LabMessage, EntriesOfAListThatAreNoneAreLeftOut) {
    pickle::Encoder encoder(4);
    encoder.begin_tuple().text("ELECTION").begin_dict();
    encoder.begin_tuple().integer(1).integer(1'000'001).end_tuple().begin_tuple().text("a b").integer(5).end_tuple();
    encoder.begin_tuple().integer(2).integer(1'000'002).end_tuple().begin_tuple().text("host").integer(0).end_tuple();
    encoder.begin_tuple().integer(3).integer(1'000'003).end_tuple().begin_tuple().text("host").integer(7).end_tuple();
    encoder.text("self").integer(4);
    const auto document = pickle::decode(encoder.end_dict().end_tuple().finish());
    const auto message = read_message(document->root());
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->members, Membership({{{3, 1'000'003}, {"host", 7}}}));
    EXPECT_EQ(message->form.layout, "(wM)");
}

TEST(LabMessage, ALayoutIsBounded) {
    pickle::Encoder encoder(4);
    encoder.begin_tuple().text("OK");
    for (int i = 0; i < 100; ++i) encoder.none();
    const auto document = pickle::decode(encoder.end_tuple().finish());
    const auto message = read_message(document->root());
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->form.layout, "(w" + std::string(29, 'N') + "?");
}

TEST(LabJoinAnswer, Forms) {
    const auto answer = [](pickle::Encoder& encoder) {
        const auto document = pickle::decode(encoder.finish());
        const auto members = read_join_answer(document->root());
        return members ? std::to_string(members->size()) + " members" : members.error();
    };
    const auto begin = [](pickle::Encoder& encoder) -> pickle::Encoder& {
        encoder.begin_dict();
        encoder.begin_tuple().integer(1).integer(1'000'001).end_tuple();
        encoder.begin_tuple().text("127.0.0.1").integer(5).end_tuple();
        return encoder.end_dict();
    };
    pickle::Encoder plain(4);
    EXPECT_EQ(answer(begin(plain)), "1 members");
    pickle::Encoder wrapped(4);
    begin(wrapped.begin_tuple().text("OK")).end_tuple();
    EXPECT_EQ(answer(wrapped), "1 members");
    pickle::Encoder text(4);
    EXPECT_EQ(answer(text.text("Malformed\nmessage")), "Malformed\\x0amessage");
    pickle::Encoder empty_text(4);
    EXPECT_EQ(answer(empty_text.text("")), "an answer that lists no members: ''");
    pickle::Encoder nothing(4);
    EXPECT_EQ(answer(nothing.begin_dict().end_dict()), "an answer that lists no members: {}");
    pickle::Encoder none(4);
    EXPECT_EQ(answer(none.none()), "an answer that lists no members: None");
}

}  // namespace
}  // namespace bully::lab
