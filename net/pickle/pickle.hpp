// Python's pickle, both ways, as far as messages need it. Nothing is ever looked up, imported or called.
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

/// What a message may cost. The greatest honest one lists all members of a group, seven values and 15 to 60 bytes each.
/// At these limits a Decoder holds half a MiB (tests/net/peers/attacks.py, big_halves).
struct Limits {
    std::size_t bytes = 64U << 10U;    ///< of the pickle: a list of 1,000 members, in any protocol
    std::size_t opcodes = 16U << 10U;  ///< about eleven a member
    std::size_t values = 16U << 10U;   ///< of the tree it unfolds to, shared ones as often as they are used; long texts
                                       ///< count as several
    std::size_t depth = 32;            ///< messages nest five deep
    std::size_t text = 4096;           ///< bytes of one str or bytes; host names have at most 255
    std::size_t memo = 8U << 10U;      ///< entries; CPython makes three a member, or four
    std::size_t digits = 24;           ///< characters of an index in text form, half of a float's; 64 bits have 20
    std::size_t integer = 1024;        ///< bytes of an int, 2,466 digits: gcd2.py reads no more than this at once, and
                                       ///< Python 3.11 shows none of more than 4,300 digits
};

struct DecodeError {
    std::size_t offset = 0;  ///< of the opcode that is wrong
    std::string what;        ///< what is wrong there, and what was expected

    friend bool operator==(const DecodeError&, const DecodeError&) = default;
};

/// Fed bytes as they come, says when the pickle is complete. The work is linear in the bytes, however they are cut up;
/// memory grows with what was received, never with what was claimed.
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

    /// `bytes` is what comes next. After `done` or an error further bytes are ignored, and the answer is the same.
    tl::expected<Progress, DecodeError> feed(std::string_view bytes);

    /// Bytes of the pickle, STOP included. Requires: done.
    [[nodiscard]] std::size_t consumed() const { return position_; }
    /// Bytes fed so far, those after STOP in the same feed included.
    [[nodiscard]] std::size_t received() const { return buffer_.size(); }
    /// What was fed so far.
    [[nodiscard]] std::string_view raw() const { return buffer_; }
    [[nodiscard]] const Document& document() const { return document_; }
    /// Bytes of memory held: not above `most_memory(received())`.
    [[nodiscard]] std::size_t memory() const;
    /// What an opcode of one byte may cost: the byte, a record, a place in the memo, on the stack and in a container,
    /// all twice where a buffer has just grown.
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

/// Writes a pickle that CPython has read since 3.4; tested with the one that is installed. A text that comes again is
/// written once and recalled after that.
///
/// Calls follow the shape of the value: `begin_tuple()`, its items, `end_tuple()`; keys and values of a dict in turn.
/// Requires: exactly one value, `begin` and `end` in pairs.
class Encoder {
  public:
    static constexpr int least_protocol = 2;
    static constexpr int greatest_protocol = 4;  ///< Python 3.7 can't read 5.

    /// Requires: least_protocol <= protocol <= greatest_protocol.
    explicit Encoder(int protocol);

    Encoder& none();
    Encoder& boolean(bool value);
    Encoder& integer(std::int64_t value);
    /// As `Value::as_big_integer()`.
    Encoder& big_integer(std::string_view binary);
    Encoder& real(double value);
    /// UTF-8.
    Encoder& text(std::string_view value);
    /// Requires: protocol >= 3.
    Encoder& bytes(std::string_view value);
    Encoder& begin_tuple();
    Encoder& end_tuple();
    Encoder& begin_list();
    Encoder& end_list();
    Encoder& begin_dict();
    Encoder& end_dict();
    /// Of hashable items. Requires: protocol >= 4.
    Encoder& begin_set();
    Encoder& end_set();
    Encoder& begin_frozenset();
    Encoder& end_frozenset();
    /// A value as it was decoded. Requires: least_for(value) <= protocol.
    Encoder& value(const Value& value);
    /// The least protocol in which `value` can be written: 3 with bytes in it, 4 with sets, otherwise 2. Nothing: in
    /// none, as there is a global or object in it.
    [[nodiscard]] static std::optional<int> least_for(const Value& value);

    /// The pickle. The encoder is spent after this.
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
