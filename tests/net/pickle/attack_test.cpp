// The decoder against what an attacker may write: each is refused with a reason, early, alike in one piece and byte by
// byte, with memory bounded by what has come; and what is merely large takes linear time.
#include "net/pickle/pickle.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bully::pickle {
namespace {

using namespace std::string_literals;

struct Attack {
    std::string name;
    std::string bytes;
    std::string error;  ///< a part of it

    friend void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.error; }
};

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

// Each tuple holds the one before twice: 2^40 values in 240 bytes.
std::string memo_bomb() {
    auto out = "K\x01\x94"s;
    for (char i = 0; i < 40; ++i) out += "h"s + i + "h"s + i + "\x86\x94";
    return out;
}

std::string frozenset_bomb() {
    auto out = "(\x91\x94"s;
    for (char i = 0; i < 40; ++i) out += "(h"s + i + "h"s + i + "\x91\x94";
    return out;
}

class PickleAttack : public testing::TestWithParam<Attack> {};

TEST_P(PickleAttack, IsRefused) {
    const auto& [name, bytes, error] = GetParam();
    Decoder whole;
    const auto outcome = whole.feed(bytes);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_NE(outcome.error().what.find(error), std::string::npos) << outcome.error().what;
    EXPECT_LE(whole.memory(), Decoder::most_memory(bytes.size()));
    EXPECT_EQ(whole.feed("."), outcome) << "an error is final";

    Decoder pieces;
    std::size_t fed = 0;
    auto last = pieces.feed({});
    while (last && fed < bytes.size()) {
        last = pieces.feed(bytes.substr(fed++, 1));
        ASSERT_LE(pieces.memory(), Decoder::most_memory(fed));
    }
    EXPECT_EQ(last, outcome);
}

const std::vector<Attack> wrong_memo{
    {"HugeMemoIndexCve201820406", "Nr\xff\xff\xff\x7f."s, "memo entry 2147483647, expected at most 0"},
    {"HugeMemoIndexAsText", "Np999999999999\n.", "memo entry 999999999999"},
    {"MemoIndexBeyond64Bits", "Np99999999999999999999\n.", "no memo index"},
    {"NegativeMemoIndex", "Np-1\n.", "no memo index"},
    {"MemoIndexAfterNext", "Nq\x00q\x02."s, "memo entry 2, expected at most 1"},
    {"RecallOfNothing", "h\x05.", "no memo entry 5"},
    {"RecallOfNothingLong", "j\xff\xff\xff\xff.", "no memo entry 4294967295"},
    {"MemoOfNothing", "\x94.", "too few values"},
    {"MemoOfMark", "(\x94.", "too few values"},
    {"TooManyMemoEntries", "N" + repeated("\x94", 20'000), "more than 8192 memo entries"},
};

const std::vector<Attack> claims{
    {"StrOf4GiB", "X\xff\xff\xff\xff", "a length of 4294967295"},
    {"StrOf16EiB", "\x8d\xff\xff\xff\xff\xff\xff\xff\xff", "a length of 18446744073709551615"},
    {"Bytes", "B\x00\x00\x00\x10"s, "a length of 268435456"},
    {"Bytes8", "\x8e\x00\x00\x00\x00\x01\x00\x00\x00"s, "a length of 4294967296"},
    {"Bytearray", "\x96\x00\x00\x00\x00\x01\x00\x00\x00"s, "a length of 4294967296"},
    {"StrOfPython2", "T\xff\xff\xff\xff"s, "a length of 4294967295"},
    {"Int", "\x8b\xff\xff\xff\x7f", "a length of 2147483647"},
    {"IntOneByteTooLong", "\x8b\x01\x04\x00\x00"s, "a length of 1025, expected at most 1024"},
    {"Frame", "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff", "a frame longer than 65536"},
    {"OneByteTooLong", "X\x01\x10\x00\x00"s, "a length of 4097, expected at most 4096"},
};

const std::vector<Attack> bombs{
    {"MemoBomb", memo_bomb(), "unfolds to more than 16384 values"},
    {"BombOfDup", "N" + repeated("2\x86", 40), "unfolds to more than 16384 values"},
    {"BombOfLists", "]" + repeated("2\x86\x85", 40), "unfolds to more than"},
    {"WideBombOfLists", "]\x94("s + repeated("N", 200) + "e0]\x94(" + repeated("h\0"s, 200) + "e.",
     "unfolds to more than"},
    {"BombOfOneLongText", "X\x00\x10\x00\x00"s + std::string(4096, 'x') + "\x94(" + repeated("h\0"s, 200) + "t.",
     "unfolds to more than"},
    {"BombOfLongBytes", "B\x00\x10\x00\x00"s + std::string(4096, 'x') + "\x94(" + repeated("h\0"s, 200) + "t.",
     "unfolds to more than"},
    {"BombOfOneLongInt", "\x8b\x00\x04\x00\x00"s + std::string(1024, 'x') + "\x94(" + repeated("h\0"s, 600) + "t.",
     "unfolds to more than"},
    {"BombOfFrozensets", frozenset_bomb(), "unfolds to more than"},
    {"BombOfASetsItems",
     "]\x94("s + repeated("N", 200) + "e0c__builtin__\nset\n(h\0tR\x94("s + repeated("h\1"s, 200) + "t.",
     "unfolds to more than"},
    {"BombOfArguments", "cm\nC\n)R" + repeated("2\x86", 40), "unfolds to more than"},
};

const std::vector<Attack> cycles{
    {"ListInItself", "]\x94h\0a."s, "a cycle"},
    {"ListInItselfByAppends", "]\x94(h\0e."s, "a cycle"},
    {"DictAsItsOwnValue", "}\x94Nh\0s."s, "a cycle"},
    {"DictAsItsOwnKey", "}\x94h\0Ns."s, "a cycle"},
    {"DictBySetItems", "}\x94(Nh\0u."s, "a cycle"},
    {"ThroughATuple", "]\x94h\0\x85\x61."s, "a cycle"},
    {"ThroughTwoLists", "]\x94]\x94h\0ah\0h\1a."s, "a cycle"},
    {"GrowthAfterUse", "]\x94h\0\x85\x30h\0Na."s, "a cycle, or a container that grows"},
    {"ByDup", "]2a.", "a cycle"},
    {"SetInItself", "\x8f\x94(h\0\x90."s, "a cycle"},
    {"SetThroughAFrozenset", "\x8f\x94(h\0N\x91\x94\x30h\0(h\1\x90."s, "can't be hashed"},
    {"GrowthOfASetAfterUse", "\x8f\x94h\0\x85\x30h\0(N\x90."s, "a cycle, or a container that grows"},
    {"GrowthOfASetMadeOfAList", "c__builtin__\nset\n(]NatR(N\x90.", "a cycle, or a container that grows"},
    {"GrowthOfTheListOfASet",
     "]\x94Na\x30"
     "c__builtin__\nset\n(h\0tRh\0Na."s,
     "a cycle, or a container that grows"},
};

const std::vector<Attack> depths{
    {"DeepTuples", "N" + repeated("\x85", 60'000), "deeper than 32"},
    {"DeepLists", repeated("]", 6'000) + repeated("a", 6'000) + ".", "deeper than 32"},
    {"DeepDicts", repeated("}N", 6'000) + "N" + repeated("s", 6'000) + ".", "deeper than 32"},
    {"DeepFrozensets", repeated("(", 6'000) + repeated("\x91", 6'000) + ".", "deeper than 32"},
    {"DeepCalls", "cm\nC\n" + repeated(")R", 6'000) + ".", "deeper than 32"},
    {"DeepMarks", repeated("(", 10'000) + ".", "too few values"},
};

const std::vector<Attack> endless{
    {"Line", "V" + std::string(10'000, 'a'), "a line longer than 4096"},
    {"QuotedLine", "S'" + std::string(10'000, 'a'), "a line longer than 4096"},
    {"Digits", "I" + std::string(3'000, '1'), "a line longer than 2560"},
    {"Zeros", "L" + std::string(60'000, '0'), "a line longer than 2560"},
    {"DigitsOfOneByteTooMany", "L" + std::string(2'466, '9') + "L\n.", "an int of 1025 bytes, expected at most 1024"},
    {"Fraction", "F0." + std::string(60'000, '0'), "a line longer than 48"},
    {"Module", "c" + std::string(10'000, 'm'), "a line longer than 4096"},
    {"Class", "cm\n" + std::string(10'000, 'm'), "a line longer than 4096"},
    {"MemoIndex", "Np" + std::string(100, '0'), "a line longer than 24"},
    {"Opcodes", repeated("N0", 20'000), "more than 16384 opcodes"},
    {"Protocols", repeated("\x80\x04", 20'000), "more than 16384 opcodes"},
    {"Frames", repeated("\x95\x00\x00\x00\x00\x00\x00\x00\x00"s, 10'000), "no end within 65536 bytes"},
    {"Sets", repeated("\x8f\x30", 20'000), "more than 16384 opcodes"},
    {"Items", "\x8f(" + repeated("N", 20'000), "more than 16384 opcodes"},
    {"Globals", repeated("cm\nn\n0", 6'000), "more than 16384 values"},
    {"Texts", repeated("\x8c\x40" + std::string(64, 'x'), 2'000), "no end within 65536 bytes"},
};

const std::vector<Attack> misuses{
    {"StopOnNothing", ".", "too few values"},
    {"StopWithinAMark", "(.", "too few values"},
    {"StopWithAMarkLeft", "(N.", "more than one value"},
    {"StopWithAValueTooMany", "NN.", "more than one value"},
    {"PopOfNothing", "0.", "too few values"},
    {"PopOfMarkAndMore", "(00.", "too few values"},
    {"PopMarkWithoutMark", "N1.", "no MARK"},
    {"DupOfNothing", "2.", "too few values"},
    {"TupleWithoutMark", "Nt.", "no MARK"},
    {"Tuple2AcrossAMark", "N(N\x86.", "too few values"},
    {"AppendAcrossAMark", "](Na.", "too few values"},
    {"AppendsOnNothing", "(Ne.", "too few values"},
    {"AppendsToAMark", "((Ne.", "too few values"},
    {"AppendToATuple", ")Na.", "items for a value that isn't a container"},
    {"AppendToADict", "}Na.", "items for a value that isn't a container"},
    {"SetItemOfAList", "]NNs.", "items for a value that isn't a container"},
    {"AddItemsWithoutMark", "\x8fN\x90.", "no MARK"},
    {"AddItemsOfAMark", "((N\x90.", "too few values"},
    {"AddItemsToAList", "](N\x90.", "items for a value that isn't a container"},
    {"AddItemsToAFrozenset", "(\x91(N\x90.", "items for a value that isn't a container"},
    {"AppendToASet", "\x8fNa.", "items for a value that isn't a container"},
    {"FrozensetWithoutMark", "N\x91.", "no MARK"},
    {"AListInASet", "\x8f(]\x90.", "can't be hashed"},
    {"ADictInATupleInAFrozenset", "(}\x85\x91.", "can't be hashed"},
    {"ASetInASet", "\x8f(\x8f\x90.", "can't be hashed"},
    {"ABytearrayInASet", "\x8f(\x96\x00\x00\x00\x00\x00\x00\x00\x00\x90."s, "can't be hashed"},
    {"AListInASetMadeOfAList", "cbuiltins\nfrozenset\n(]]atR.", "can't be hashed"},
    {"SetItemsOfThree", "}(NNNu.", "a key without a value"},
    {"DictOfOne", "(Nd.", "a key without a value"},
    {"ReduceOfAnInt", "K\x01)R.", "a call of a value that isn't a global"},
    {"ReduceAcrossAMark", "cm\nC\n()R.", "too few values"},
    {"BuildOfAList", "]}b.", "BUILD of a value that isn't an object"},
    {"StackGlobalOfInts", "K\x01K\x01\x93.", "a global whose name isn't a text"},
};

const std::vector<Attack> strangers{
    {"PersistentId", "P1\n.", "opcode 0x50"},
    {"PersistentIdOfTheStack", "NQ.", "opcode 0x51"},
    {"Instance", "(ios\nsystem\n.", "opcode 0x69"},
    {"InstanceOfTheStack", "(cos\nsystem\no.", "opcode 0x6f"},
    {"Extension", "\x82\x01.", "opcode 0x82"},
    {"BufferOfProtocol5", "\x97.", "opcode 0x97"},
    {"Protocol6", "\x80\x06.", "protocol 6, expected 0 to 5"},
    {"Http", "GET / HTTP/1.1\r\n", "opcode 0x50"},
    {"Tls", "\x16\x03\x01\x02\x00\x01"s, "opcode 0x16"},
    {"BrokenUtf8", "X\x02\x00\x00\x00\xc3\x28."s, "isn't UTF-8"},
    {"OverlongUtf8", "X\x02\x00\x00\x00\xc0\x80."s, "isn't UTF-8"},
    {"Utf8BeyondUnicode", "X\x04\x00\x00\x00\xf4\x90\x80\x80."s, "isn't UTF-8"},
    {"CutUtf8", "X\x01\x00\x00\x00\xc3."s, "isn't UTF-8"},
    {"Latin1OfPython2", "U\x01\xe9.", "isn't ASCII"},
    {"WrongEscape", "V\\u12\n.", "a wrong escape"},
    {"NoQuotes", "Sabc\n.", "a wrong escape"},
    {"NoFloat", "Fone\n.", "no float"},
    {"NoInt", "I1_000\n.", "no int"},
    {"OctalInt", "I010\n.", "an int with a leading zero"},
    {"HexInt", "L0x10L\n.", "no int"},
    {"NoLongInt", "L99999999999999999999-9L\n.", "no int"},
};

std::string name_of(const testing::TestParamInfo<Attack>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Memo, PickleAttack, testing::ValuesIn(wrong_memo), name_of);
INSTANTIATE_TEST_SUITE_P(Claimed, PickleAttack, testing::ValuesIn(claims), name_of);
INSTANTIATE_TEST_SUITE_P(Bomb, PickleAttack, testing::ValuesIn(bombs), name_of);
INSTANTIATE_TEST_SUITE_P(Cycle, PickleAttack, testing::ValuesIn(cycles), name_of);
INSTANTIATE_TEST_SUITE_P(Depth, PickleAttack, testing::ValuesIn(depths), name_of);
INSTANTIATE_TEST_SUITE_P(Endless, PickleAttack, testing::ValuesIn(endless), name_of);
INSTANTIATE_TEST_SUITE_P(Misuse, PickleAttack, testing::ValuesIn(misuses), name_of);
INSTANTIATE_TEST_SUITE_P(Stranger, PickleAttack, testing::ValuesIn(strangers), name_of);

TEST(PickleMemory, ABombIsRefusedEarly) {
    const auto document = decode(memo_bomb());
    ASSERT_FALSE(document.has_value());
    EXPECT_LT(document.error().offset, 100U);
}

TEST(PickleMemory, GrowsWithWhatCameNotWithWhatIsClaimed) {
    Decoder decoder;
    ASSERT_EQ(decoder.feed("X\x00\x10\x00\x00"s), Decoder::Progress::need_more);
    EXPECT_LT(decoder.memory(), 200U);
}

TEST(PickleMemory, BytesBehindStopAreIgnoredAndNotKept) {
    Decoder decoder;
    ASSERT_EQ(decoder.feed("N."), Decoder::Progress::done);
    const auto before = decoder.memory();
    for (int i = 0; i < 100; ++i) ASSERT_EQ(decoder.feed(std::string(10'000, '\xff')), Decoder::Progress::done);
    EXPECT_EQ(decoder.memory(), before);
    EXPECT_EQ(decoder.consumed(), 2U);
}

// With limits of megabytes, whatever is quadratic takes longer than the test may: see its TIMEOUT.
class PickleLinear : public testing::Test {
  protected:
    static constexpr std::size_t size = 4U << 20U;

    static Limits wide() {
        Limits limits;
        limits.bytes = limits.opcodes = limits.values = limits.text = limits.memo = limits.digits = 8 * size;
        return limits;
    }

    static void expect_done(std::string_view bytes, bool byte_by_byte) {
        Decoder decoder(wide());
        auto progress = decoder.feed({});
        const auto step = byte_by_byte ? 1 : bytes.size();
        for (std::size_t at = 0; at < bytes.size() && progress; at += step)
            progress = decoder.feed(bytes.substr(at, step));
        ASSERT_TRUE(progress.has_value()) << progress.error().what;
        EXPECT_EQ(*progress, Decoder::Progress::done);
    }
};

TEST_F(PickleLinear, ALineByteByByte) { expect_done("V" + std::string(size, 'x') + "\n.", true); }

TEST_F(PickleLinear, ATextByteByByte) {
    expect_done("X\x00\x00\x40\x00"s + std::string(size, 'x') + ".", true);  // its length is `size`
}

TEST_F(PickleLinear, AGlobalByteByByte) {
    expect_done("c" + std::string(size / 2, 'm') + "\n" + std::string(size / 2, 'n') + "\n.", true);
}

TEST_F(PickleLinear, AppendsToOneList) { expect_done("]\x94" + repeated("Na", size / 16) + ".", false); }

TEST_F(PickleLinear, ListsOfTheSameList) { expect_done("]\x94\x30]" + repeated("h\0a"s, size / 16) + ".", false); }

TEST_F(PickleLinear, SetsOfTheSameList) {
    const auto list = "cbuiltins\nset\n\x94]\x94(" + repeated("N", size / 16) + "e";
    expect_done("(" + list + repeated("h\0h\1\x85R\x30"s, size / 16) + "t.", false);
}

TEST_F(PickleLinear, ManyMarks) { expect_done(repeated("(", size / 16) + repeated("1", size / 16) + "N.", false); }

}  // namespace
}  // namespace bully::pickle
