// The codec against what CPython writes, against what an attacker may write, and against itself.
#include "net/pickle.hpp"

#include "net/pickle_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <sstream>

namespace bully::pickle {
namespace {

using namespace std::string_literals;

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

std::string shown(std::string_view bytes) {
    const auto document = decode(bytes);
    if (!document) return "error at " + std::to_string(document.error().offset) + ": " + document.error().what;
    return document->root().repr(100'000);
}

struct Vector {
    int protocol = 0;
    std::string bytes;
    std::string shown;
};

std::vector<Vector> vectors() {
    std::ifstream file(BULLY_PICKLE_VECTORS);
    std::vector<Vector> all;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        Vector vector;
        std::string hex;
        words >> vector.protocol >> hex;
        words.get();
        std::getline(words, vector.shown);
        vector.bytes = from_hex(hex);
        all.push_back(std::move(vector));
    }
    return all;
}

TEST(PickleDecoder, ReadsWhatCPythonWritesInEveryProtocol) {
    const auto all = vectors();
    ASSERT_GT(all.size(), 200U);
    for (const auto& vector : all) EXPECT_EQ(shown(vector.bytes), vector.shown) << "protocol " << vector.protocol;
}

TEST(PickleDecoder, ReadsThemByteByByteAndStopsAtStop) {
    for (const auto& vector : vectors()) {
        Decoder decoder;
        for (std::size_t i = 0; i + 1 < vector.bytes.size(); ++i) {
            ASSERT_EQ(decoder.feed(vector.bytes.substr(i, 1)), Decoder::Progress::need_more) << vector.shown;
        }
        ASSERT_EQ(decoder.feed(vector.bytes.substr(vector.bytes.size() - 1) + "trailing"), Decoder::Progress::done);
        EXPECT_EQ(decoder.consumed(), vector.bytes.size());
        EXPECT_EQ(decoder.document().root().repr(100'000), vector.shown);
        EXPECT_EQ(decoder.feed("more"), Decoder::Progress::done);
    }
}

TEST(PickleDecoder, RefusesEachPrefixAsUnfinished) {
    for (const auto& vector : vectors()) {
        const auto document = decode(vector.bytes.substr(0, vector.bytes.size() - 1));
        ASSERT_FALSE(document.has_value());
        EXPECT_EQ(document.error().what, "ends before STOP");
    }
}

TEST(PickleDecoder, AGlobalIsOpaqueAndNeverCalled) {
    EXPECT_EQ(shown("cos\nsystem\n(S'true'\ntR."), "<object <global 'os', 'system'>, ('true',)>");
    // An Enum member as a name, protocol 4.
    EXPECT_EQ(shown("\x80\x04\x8c\x03lab\x8c\x07Message\x93\x8c\x08"
                    "ELECTION\x85R."),
              "<object <global 'lab', 'Message'>, ('ELECTION',)>");
    // An OrderedDict: its items are lost, but it is no error.
    EXPECT_EQ(shown("\x80\x04\x8c\x0b"
                    "collections\x8c\x0bOrderedDict\x93)RK\x01K\x02s."),
              "<object <global 'collections', 'OrderedDict'>, ()>");
    // NEWOBJ and BUILD.
    EXPECT_EQ(shown("\x80\x02"s + "cm\nC\n)\x81}b."), "<object <global 'm', 'C'>, ()>");
}

TEST(PickleDecoder, IntsOfAnyForm) {
    EXPECT_EQ(shown("I+7\n."), "7");
    EXPECT_EQ(shown("L-5L\n."), "-5");
    EXPECT_EQ(shown("L5\n."), "5");
    EXPECT_EQ(shown("\x8a\x00."s), "0");
    EXPECT_EQ(shown("\x8a\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff."), "-1");
    EXPECT_EQ(shown("\x8b\x02\x00\x00\x00\x00\x01."s), "256");
    EXPECT_EQ(shown("\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00."s), "error at 0: no int of 64 bits");
    EXPECT_EQ(shown("L9223372036854775808L\n."), "error at 0: no int of 64 bits");
}

TEST(PickleDecoder, EscapesOfProtocolZero) {
    EXPECT_EQ(*from_raw_unicode_escape("a\\u0041\\\\u0041\\\\\\u0042\\n"), "aA\\\\u0041\\\\B\\n");
    EXPECT_FALSE(from_raw_unicode_escape("\\u12").has_value());
    EXPECT_FALSE(from_raw_unicode_escape("\\U00110000").has_value());
    EXPECT_EQ(*from_quoted(R"('a\'b\x41\101\n\q' )"), "a'bAA\n\\q");
    EXPECT_FALSE(from_quoted("'a").has_value());
    EXPECT_FALSE(from_quoted("'\\'").has_value());
    EXPECT_FALSE(from_quoted("'\\xff'").has_value());
}

struct Attack {
    std::string name;
    std::string bytes;
    std::string error;  ///< a part of it
};

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

std::vector<Attack> attacks() {
    std::vector<Attack> all;
    const auto add = [&](std::string name, std::string bytes, std::string error) {
        all.push_back({std::move(name), std::move(bytes), std::move(error)});
    };
    add("huge memo index, CVE-2018-20406", "Nr\xff\xff\xff\x7f."s, "memo entry 2147483647, expected at most 0");
    add("huge memo index as text", "Np999999999999\n.", "memo entry");
    add("memo index beyond 64 bits", "Np99999999999999999999\n.", "no memo index");
    add("negative memo index", "Np-1\n.", "no memo index");
    add("recall of nothing", "h\x05.", "no memo entry 5");
    add("claimed length of a str", "X\xff\xff\xff\xff", "a length of 4294967295");
    add("claimed length of a long str", "\x8d\xff\xff\xff\xff\xff\xff\xff\xff", "a length of 18446744073709551615");
    add("claimed length of bytes", "B\x00\x00\x00\x10"s, "a length of 268435456");
    add("claimed length of a bytearray", "\x96\x00\x00\x00\x00\x01\x00\x00\x00"s, "a length of 4294967296");
    add("claimed length of an int", "\x8b\xff\xff\xff\x7f", "a length of 2147483647");
    add("claimed length of a frame", "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff", "a frame longer than 65536");
    add(
        "memo bomb",
        "K\x01\x94"s +
            [] {
                std::string out;
                for (char i = 0; i < 40; ++i) out += "h"s + i + "h"s + i + "\x86\x94";
                return out;
            }(),
        "unfolds to more than");
    add("bomb of DUP", "N" + repeated("2\x86", 40), "unfolds to more than");
    add("a wide bomb of lists",
        "]\x94(" + repeated("N", 200) + "e0]\x94(" + repeated(std::string("h\0", 2), 200) + "e.",
        "unfolds to more than");
    add("a list in itself", std::string("]\x94h\0a.", 6), "a cycle");
    add("a dict in itself", std::string("}\x94h\0Ns.", 7), "a cycle");
    add("a dict as its own value", std::string("}\x94Nh\0s.", 7), "a cycle");
    add("a cycle through a tuple",
        std::string("]\x94h\0\x85"
                    "a.",
                    7),
        "a cycle");
    add("a list that grows after use",
        std::string("]\x94h\0\x85"
                    "0h\0Na.",
                    10),
        "a cycle, or a container that grows");
    add("a cycle by DUP", "]2a.", "a cycle");
    add("deep tuples", "N" + repeated("\x85", 60'000), "deeper than 32");
    add("deep lists", repeated("]", 60'000) + repeated("a", 5'000), "");
    add("deep MARKs", repeated("(", 30'000) + ".", "too few values");
    add("endless line", "V" + std::string(10'000, 'a'), "a line longer than 4096");
    add("endless digits", "I" + std::string(100, '1'), "a line longer than 24");
    add("endless zeros", "L" + std::string(60'000, '0'), "a line longer than 24");
    add("endless global", "c" + std::string(10'000, 'm'), "a line longer than 4096");
    add("endless pickle", repeated("N0", 20'000), "more than 32768 opcodes");
    add("endless frames", repeated("\x95\x00\x00\x00\x00\x00\x00\x00\x00"s, 10'000), "no end within 65536 bytes");
    add("too many values", repeated("N", 40'000), "more than 32768 values");
    add("too many memo entries", "N" + repeated("\x94", 20'000), "more than 16384 memo entries");
    add("STOP on nothing", ".", "too few values");
    add("STOP within a MARK", "(.", "too few values");
    add("STOP with a value too many", "NN.", "more than one value");
    add("POP of nothing", "0.", "too few values");
    add("TUPLE without MARK", "Nt.", "no MARK");
    add("TUPLE2 across a MARK", "N(N\x86.", "too few values");
    add("APPENDS on nothing", "(Ne.", "too few values");
    add("APPEND to a tuple", ")Na.", "items for what is no container");
    add("SETITEMS of three", "}(NNNu.", "a key without a value");
    add("DICT of one", "(Nd.", "a key without a value");
    add("REDUCE of an int", "K\x01)R.", "a call of what is no global");
    add("BUILD of a list", "]}b.", "BUILD of what is no object");
    add("STACK_GLOBAL of ints", "K\x01K\x01\x93.", "a global whose name is no text");
    add("persistent id", "P1\n.", "opcode 0x50");
    add("extension", "\x82\x01.", "opcode 0x82");
    add("buffer of protocol 5", "\x97.", "opcode 0x97");
    add("protocol 6", "\x80\x06.", "protocol 6, expected 0 to 5");
    add("HTTP", "GET / HTTP/1.1\r\n", "opcode 0x50");
    add("broken UTF-8", "X\x02\x00\x00\x00\xc3\x28."s, "isn't UTF-8");
    add("overlong UTF-8", "X\x02\x00\x00\x00\xc0\x80."s, "isn't UTF-8");
    add("Latin-1 of Python 2", "U\x01\xe9.", "isn't ASCII");
    add("no float", "Fone\n.", "no float");
    return all;
}

TEST(PickleDecoder, AttacksEndEarlyWithAnErrorAndWithinTheBudget) {
    for (const auto& attack : attacks()) {
        Decoder whole;
        const auto progress = whole.feed(attack.bytes);
        ASSERT_FALSE(progress.has_value()) << attack.name;
        EXPECT_NE(progress.error().what.find(attack.error), std::string::npos)
            << attack.name << ": " << progress.error().what;
        EXPECT_LT(whole.memory(), 4U << 20U) << attack.name;
        EXPECT_EQ(whole.feed("."), progress) << attack.name;

        Decoder pieces;
        auto outcome = pieces.feed({});
        for (std::size_t i = 0; i < attack.bytes.size() && outcome; ++i)
            outcome = pieces.feed(attack.bytes.substr(i, 1));
        ASSERT_FALSE(outcome.has_value()) << attack.name;
        EXPECT_EQ(outcome.error().offset, progress.error().offset) << attack.name;
    }
}

TEST(PickleDecoder, MemoryGrowsWithWhatCameNotWithWhatIsClaimed) {
    Decoder decoder;
    ASSERT_EQ(decoder.feed("X\x00\x10\x00\x00"s), Decoder::Progress::need_more);
    EXPECT_LT(decoder.memory(), 200U);
}

TEST(PickleDecoder, SharingIsNoCycle) {
    EXPECT_EQ(shown(std::string("]\x94(K\1K\2eh\0\x86.", 13)), "([1, 2], [1, 2])");
}

rc::Gen<std::string> any_text() { return rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127)); }

void encode_any(Encoder& encoder, int depth, int protocol) {
    const auto kind = *rc::gen::inRange(0, depth > 0 ? 9 : 6);
    const auto size = static_cast<std::size_t>(kind < 6 ? 0 : *rc::gen::inRange(0, 5));
    const auto children = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) encode_any(encoder, depth - 1, protocol);
    };
    switch (kind) {
        case 0: encoder.none(); break;
        case 1: encoder.boolean(*rc::gen::arbitrary<bool>()); break;
        case 2: encoder.integer(*rc::gen::arbitrary<std::int64_t>()); break;
        case 3: encoder.real(*rc::gen::arbitrary<double>()); break;
        case 4: encoder.text(*any_text()); break;
        case 5: protocol >= 3 ? encoder.bytes(*rc::gen::arbitrary<std::string>()) : encoder.integer(5); break;
        case 6:
            encoder.begin_tuple();
            children(size);
            encoder.end_tuple();
            break;
        case 7:
            encoder.begin_list();
            children(size);
            encoder.end_list();
            break;
        default:
            encoder.begin_dict();
            children(2 * size);
            encoder.end_dict();
            break;
    }
}

RC_GTEST_PROP(PickleEncoder, WhatItWritesIsReadAndWrittenAgainAlike, ()) {
    const auto protocol = *rc::gen::inRange(Encoder::least_protocol, Encoder::greatest_protocol + 1);
    Encoder first(protocol);
    encode_any(first, 4, protocol);
    const auto bytes = first.finish();
    const auto document = decode(bytes);
    RC_ASSERT(document.has_value());
    Encoder second(protocol);
    second.value(document->root());
    RC_ASSERT(second.finish() == bytes);
}

TEST(PickleEncoder, AHostIsWrittenOnce) {
    Encoder encoder(4);
    encoder.begin_dict();
    for (int i = 0; i < 60; ++i) {
        encoder.begin_tuple().integer(300).integer(9'000'000 + i).end_tuple();
        encoder.begin_tuple().text("127.0.0.1").integer(50'000 + i).end_tuple();
    }
    encoder.end_dict();
    EXPECT_LE(encoder.finish().size(), 1024U);  // one recv of the peers
}

TEST(PickleEncoder, MoreTextsThanTheShortMemoNames) {
    for (const int protocol : {2, 3, 4}) {
        Encoder encoder(protocol);
        encoder.begin_list();
        for (int round = 0; round < 2; ++round) {
            for (int i = 0; i < 300; ++i) encoder.text("t" + std::to_string(i));
        }
        encoder.end_list();
        const auto document = decode(encoder.finish());
        ASSERT_TRUE(document.has_value()) << document.error().what;
        EXPECT_EQ(document->root()[599].as_text(), "t299");
    }
}

}  // namespace
}  // namespace bully::pickle
