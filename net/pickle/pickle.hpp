// Reading and writing of Python's pickles, as far as messages need it. Nothing is ever looked up, imported or called.
//
// Source of the format: CPython's pickletools and Modules/_pickle.c, protocols 0 to 5.
#pragma once

#include "net/pickle/value.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bully::pickle {

/// Limits of a message. The greatest honest message lists all members of a group, with seven values and 15 to 60 bytes
/// each. At these limits a Decoder holds half a MiB (tests/net/peers/attacks.py, big_halves).
struct Limits {
    std::size_t bytes = 64U << 10U;    ///< Bytes of the pickle: enough for 1,000 members, in any protocol.
    std::size_t opcodes = 16U << 10U;  ///< Opcodes; a member takes about eleven.
    std::size_t values = 16U << 10U;   ///< Values of the unfolded tree, shared ones each time; long texts count more.
    std::size_t depth = 32;            ///< Nesting; messages nest five deep.
    std::size_t text = 4096;           ///< Bytes of one str or bytes; host names have at most 255.
    std::size_t memo = 8U << 10U;      ///< Entries of the memo; CPython makes three or four a member.
    std::size_t digits = 24;           ///< Characters of an index in text form, half of a float's; 64 bits take 20.
    /// Bytes of an int, 2,466 digits. gcd2.py reads no more at once, and Python 3.11 shows at most 4,300 digits.
    std::size_t integer = 1024;
};

struct DecodeError {
    std::size_t offset = 0;  ///< Offset of the wrong opcode.
    std::string what;        ///< What is wrong there, and what was expected.

    friend bool operator==(const DecodeError&, const DecodeError&) = default;
};

/// Decodes a pickle from bytes as they come, and tells when it is complete. Its work is linear in the bytes, however
/// they are cut up; its memory grows with the bytes received, never with lengths that they claim.
class Decoder {
  private:
    struct Entry {
        bool is_mark = false;
        ValueId value = 0;
    };

  public:
    explicit Decoder(const Limits& limits = {}) : limits_(limits) {}

    enum class Progress : std::uint8_t {
        need_more,
        done,  ///< `document()` is complete, `consumed()` bytes were used.
    };

    /// Takes the next bytes. After `done` or an error it ignores them, and returns the same again.
    tl::expected<Progress, DecodeError> feed(std::string_view bytes);

    /// Bytes of the pickle, STOP included. Requires: done.
    [[nodiscard]] std::size_t consumed() const { return position_; }
    /// Bytes fed so far, those after STOP in the same feed included.
    [[nodiscard]] std::size_t received() const { return buffer_.size(); }
    /// All bytes fed so far.
    [[nodiscard]] std::string_view raw() const { return buffer_; }
    [[nodiscard]] const Document& document() const { return document_; }
    /// Bytes of memory held: not above `most_memory(received())`.
    [[nodiscard]] std::size_t memory() const;
    /// The memory that an opcode of one byte may cost: the byte, a record, a place in the memo, on the stack and in a
    /// container, all twice if a buffer has just grown.
    [[nodiscard]] static constexpr std::size_t most_memory(std::size_t received) {
        constexpr std::size_t at_least = 512;
        constexpr std::size_t of_one =
            1 + Document::record_bytes + sizeof(ValueId) + sizeof(Entry) + Document::cell_bytes;
        return at_least + 2 * of_one * received;
    }

  private:
    struct Need {  // what must have come before the present opcode is tried again
        std::size_t size = 0;
        bool or_line_end = false;
    };
    struct Fault {  // at the present opcode
        std::string what;
    };

    void opcode();
    void text_opcode(unsigned char code);
    void container_opcode(unsigned char code);
    void memo_opcode(unsigned char code);
    void object_opcode(unsigned char code);
    void number_opcode(unsigned char code);

    // The argument of an opcode. Throw Need where it isn't there yet, and nothing has changed then.
    std::string_view take(std::size_t count);
    std::uint64_t little_endian(std::size_t bytes);
    std::string_view line(std::size_t limit);
    std::string_view counted(std::size_t length_bytes, std::size_t limit);

    // The stack.
    void push(ValueId value);
    ValueId pop();
    ValueId top();
    std::size_t to_mark();
    void expect_above(std::size_t count);

    // New values.
    ValueId add(Kind kind);
    void push_integer(std::int64_t number);
    void push_binary_integer(std::string_view binary);
    void push_decimal_integer(std::string_view decimal);
    void push_chars(Kind kind, std::string_view chars);
    void push_filled(Kind kind, std::size_t from);
    void adopt(ValueId parent, ValueId child);
    void adopt_from(ValueId parent, std::size_t from);
    void require_even(std::size_t from);
    static void require_hashable_items(const Document::Record& set);
    bool reduce_to_set();
    void memoize(ValueId value, std::uint64_t index);
    void recall(std::uint64_t index);

    Limits limits_;
    std::string buffer_;
    std::size_t position_ = 0;  // behind what is done
    std::size_t cursor_ = 0;    // within the present opcode
    Need need_;                 // of the opcode behind `position_`
    std::size_t opcodes_ = 0;
    std::vector<Entry> stack_;
    std::vector<std::size_t> marks_;
    std::vector<ValueId> memo_;
    Document document_;
    bool done_ = false;
    std::optional<DecodeError> error_;
};

/// Decodes a whole pickle; an unfinished one is an error. Bytes behind STOP are ignored, as Python does.
[[nodiscard]] tl::expected<Document, DecodeError> decode(std::string_view bytes, const Limits& limits = {});

/// Writes a pickle that CPython reads since 3.4. A text that comes again is written once, and recalled after that.
///
/// Calls follow the structure of the value: `begin_tuple()`, its items, `end_tuple()`; keys and values of a dict in
/// turn. Requires: exactly one value, `begin` and `end` in pairs.
class Encoder {
  public:
    static constexpr int least_protocol = 2;
    static constexpr int greatest_protocol = 4;  ///< Python 3.7 can't read 5.

    /// Requires: least_protocol <= protocol <= greatest_protocol.
    explicit Encoder(int protocol);

    Encoder& none();
    Encoder& boolean(bool value);
    Encoder& integer(std::int64_t value);
    /// An int in the form of `Value::as_big_integer()`.
    Encoder& big_integer(std::string_view binary);
    Encoder& real(double value);
    /// A str. Requires: UTF-8.
    Encoder& text(std::string_view value);
    /// Requires: protocol >= 3.
    Encoder& bytes(std::string_view value);
    Encoder& begin_tuple();
    Encoder& end_tuple();
    Encoder& begin_list();
    Encoder& end_list();
    Encoder& begin_dict();
    Encoder& end_dict();
    /// Requires: protocol >= 4, hashable items.
    Encoder& begin_set();
    Encoder& end_set();
    Encoder& begin_frozenset();
    Encoder& end_frozenset();
    /// A decoded value. Requires: least_for(value) <= protocol.
    Encoder& value(const Value& value);
    /// The least protocol that can write `value`: 3 for bytes, 4 for sets, otherwise 2. Nothing for a value with a
    /// global or an object, which no protocol writes.
    [[nodiscard]] static std::optional<int> least_for(const Value& value);

    /// Returns the pickle. The encoder can't be used after this.
    [[nodiscard]] std::string finish();

  private:
    struct Open {
        Kind kind;
        std::size_t begin;  // of the MARK
        std::size_t items = 0;
    };

    void item();
    Encoder& open(Kind kind);
    Encoder& close(Kind kind, char opcode);
    void little_endian(std::uint64_t value, std::size_t bytes);

    int protocol_;
    std::string out_;
    std::vector<Open> open_;
    std::unordered_map<std::string, std::uint32_t> memo_;
};

}  // namespace bully::pickle
