// The codec against what CPython writes, and against itself. What an attacker may write: pickle_attack_test.cpp.
#include "net/pickle/pickle.hpp"

#include "net/pickle/text.hpp"

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
    // An Enum member as Python 3.11 writes it: getattr(Message, 'OK').
    EXPECT_EQ(shown("\x80\x04\x8c\x08"
                    "builtins\x8c\x07getattr\x93\x8c\x03lab\x8c\x07Message\x93\x8c\x02OK\x86R."),
              "<object <global 'builtins', 'getattr'>, (<global 'lab', 'Message'>, 'OK')>");
    // NEWOBJ_EX.
    EXPECT_EQ(shown("\x80\x04"
                    "cm\nC\n)}\x92."),
              "<object <global 'm', 'C'>, (), {}>");
    // NEWOBJ and BUILD.
    EXPECT_EQ(shown("\x80\x02"s + "cm\nC\n)\x81}b."), "<object <global 'm', 'C'>, ()>");
}

TEST(PickleDecoder, IntsOfAnyForm) {
    EXPECT_EQ(shown("I+7\n."), "7");
    EXPECT_EQ(shown("L-5L\n."), "-5");
    EXPECT_EQ(shown("L5\n."), "5");
    EXPECT_EQ(shown("I+-5\n."), "error at 0: no int");
    EXPECT_EQ(shown("I\n."), "error at 0: no int");
    EXPECT_EQ(shown("J\xff\xff\xff\x80."), "-2130706433");
    EXPECT_EQ(shown("\x8a\x00."s), "0");
    EXPECT_EQ(shown("\x8a\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff."), "-1");
    EXPECT_EQ(shown("\x8b\x02\x00\x00\x00\x00\x01."s), "256");
    EXPECT_EQ(shown("\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00."s), "9223372036854775808");
    EXPECT_EQ(shown("L9223372036854775808L\n."), "9223372036854775808");
    EXPECT_EQ(shown("I-9223372036854775809\n."), "-9223372036854775809");
    EXPECT_EQ(shown("L" + std::string(2'466, '1') + "L\n."), std::string(2'466, '1'));
    EXPECT_EQ(shown("\x8b\x00\x04\x00\x00"s + std::string(1024, '\xff') + "."), "-1");
}

TEST(PickleDecoder, AnIntIsKeptWithinSixtyFourBitsWhereItFits) {
    const auto of = [](const std::string& bytes) { return *decode(bytes); };
    EXPECT_EQ(of("L-9223372036854775808\n.").root().as_integer(), INT64_MIN);
    EXPECT_FALSE(of("L-9223372036854775808\n.").root().as_big_integer().has_value());
    EXPECT_EQ(of("\x8a\x0c\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x00\x00\x00."s).root().as_integer(), INT64_MAX);
    const auto beyond = of("L18446744073709551615L\n.");
    EXPECT_FALSE(beyond.root().as_integer().has_value());
    EXPECT_EQ(beyond.root().as_big_integer(), "\xff\xff\xff\xff\xff\xff\xff\xff\x00"s);
}

TEST(PickleDecoder, SetsAreThoseOfAnyProtocol) {
    EXPECT_EQ(shown("\x8f."), "set()");
    EXPECT_EQ(shown("\x8f(K\x01\x90(K\x02NK\x01\x90."), "{1, 2, None, 1}");
    EXPECT_EQ(shown("((K\x01\x91\x91."), "frozenset({frozenset({1})})");
    EXPECT_EQ(shown("c__builtin__\nset\n((lp0\nI1\naI2\natR."), "{1, 2}");
    EXPECT_EQ(shown("cbuiltins\nfrozenset\n]\x85R."), "frozenset()");
    // What isn't called as CPython calls it stays opaque.
    EXPECT_EQ(shown("cbuiltins\nset\n)R."), "<object <global 'builtins', 'set'>, ()>");
    EXPECT_EQ(shown("cbuiltins\nset\n(I1\ntR."), "<object <global 'builtins', 'set'>, (1,)>");
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

TEST(PickleDecoder, ABytearrayOfProtocolFiveIsBytes) {
    EXPECT_EQ(shown("\x80\x05\x96\x02\x00\x00\x00\x00\x00\x00\x00OK\x94."s), "b'OK'");
}

TEST(PickleDecoder, EndsWithinTheLimitToTheByte) {
    Limits limits;
    limits.bytes = 10;
    EXPECT_TRUE(decode("\x8c\x07seven..."s.substr(0, 10), limits).has_value());
    EXPECT_EQ(decode("\x8c\x08"
                     "eight...."s,
                     limits)
                  .error()
                  .what,
              "no end within 10 bytes");
    EXPECT_TRUE(decode("N." + std::string(100, 'x'), limits).has_value());
}

TEST(PickleDecoder, SharingIsNoCycle) { EXPECT_EQ(shown("]\x94(K\1K\2eh\0\x86."s), "([1, 2], [1, 2])"); }

rc::Gen<std::string> any_text() { return rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127)); }

void encode_any(Encoder& encoder, int depth, int protocol) {
    const auto kind = *rc::gen::inRange(0, depth > 0 ? 11 : 7);
    const auto size = static_cast<std::size_t>(kind < 7 ? 0 : *rc::gen::inRange(0, 5));
    const auto scalars = [&] {
        for (std::size_t i = 0; i < size; ++i) encode_any(encoder, 0, protocol);
    };
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
        case 6: encoder.big_integer(*rc::gen::container<std::string>(8, rc::gen::arbitrary<char>()) + "\x01"); break;
        case 7:
            encoder.begin_tuple();
            children(size);
            encoder.end_tuple();
            break;
        case 8:
            encoder.begin_list();
            children(size);
            encoder.end_list();
            break;
        case 9:
            if (protocol < 4) return encode_any(encoder, 0, protocol);
            if (size % 2 == 0) {
                encoder.begin_set();
                scalars();
                encoder.end_set();
            } else {
                encoder.begin_frozenset();
                scalars();
                encoder.end_frozenset();
            }
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

TEST(PickleEncoder, SaysWhichProtocolAValueNeeds) {
    const auto least = [](const std::string& bytes) { return Encoder::least_for(decode(bytes)->root()); };
    EXPECT_EQ(least("(NL99999999999999999999L\nt."), 2);
    EXPECT_EQ(least("(NC\x01xt."), 3);
    EXPECT_EQ(least("(NC\x01x(\x91t."), 4);
    EXPECT_EQ(least("\x8f(C\x01x\x90."), 4);
    EXPECT_EQ(least("(\x8f"
                    "cm\nC\nt."),
              std::nullopt);
    EXPECT_EQ(least("cm\nC\n)R."), std::nullopt);
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
