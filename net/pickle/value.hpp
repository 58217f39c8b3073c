// The value that a pickle stands for: None, bool, int, float, str, bytes, tuple, list, set, frozenset, dict. Everything
// else that it may hold is an opaque object, which is never looked up, imported or called.
//
// All values of one pickle live in one Document, as records in a few flat buffers, and refer to each other by number.
// So a document of any depth is destroyed without recursion, and a value that is used twice is stored once. There are
// no cycles: the decoder refuses them. A Value is a light handle; it must not outlive its Document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully::pickle {

enum class Kind : std::uint8_t {
    none,
    boolean,
    integer,      ///< Within 64 bits, signed.
    big_integer,  ///< Beyond 64 bits.
    real,
    text,   ///< UTF-8; a lone surrogate is encoded like any other code point, as in Python's "surrogatepass".
    bytes,  ///< Bytes, or a bytearray.
    tuple,
    list,
    set,        ///< Items in the order of the pickle, which needn't be Python's; an item may come twice.
    frozenset,  ///< Like a set.
    dict,       ///< Keys and values in turn, in the order of the pickle; of two equal keys the last counts.
    global,     ///< The name of a class or function: module and name, as two texts.
    object,     ///< The result of calling a global: the global, then the arguments.
};

/// The number of a value within its document.
using ValueId = std::uint32_t;

class Value;

class Document {
  public:
    /// The value that the pickle stands for. Requires: the document is complete.
    [[nodiscard]] Value root() const;
    /// Bytes of memory held, for budgets.
    [[nodiscard]] std::size_t memory() const;

  private:
    friend class Value;
    friend class Decoder;

    static constexpr std::uint32_t nil = UINT32_MAX;

    struct Record {
        Kind kind = Kind::none;
        bool shared : 1 = false;         // used more than once, or held by another: may not grow any more
        bool items_hashable : 1 = true;  // are all items? A bytearray, which is bytes here, isn't either
        std::uint16_t depth = 1;         // 1 + that of the deepest child
        std::uint32_t weight = 1;        // values in the tree that this one unfolds to, and more for long texts
        std::uint32_t count = 0;         // children; text, bytes, big int: the length
        std::uint32_t first = nil;       // cell of the first child; else the offset in `text_`
        std::uint32_t last = nil;        // cell of the last child

        // Whether Python can hash it, so that it can be an item of a set.
        [[nodiscard]] bool is_hashable() const {
            return items_hashable && kind != Kind::list && kind != Kind::set && kind != Kind::dict;
        }

        // An int, a bool, or the bits of a float, which have no children: in the place of those, as a record is most of
        // what a value costs.
        [[nodiscard]] std::int64_t number() const {
            return static_cast<std::int64_t>(std::uint64_t{last} << 32U | first);
        }
        void set_number(std::int64_t number) {
            first = static_cast<std::uint32_t>(number);
            last = static_cast<std::uint32_t>(static_cast<std::uint64_t>(number) >> 32U);
        }
    };
    struct Cell {
        ValueId value = 0;
        std::uint32_t next = nil;
    };

    static constexpr std::size_t record_bytes = sizeof(Record);
    static constexpr std::size_t cell_bytes = sizeof(Cell);

    std::vector<Record> records_;
    std::vector<Cell> cells_;
    std::string text_;
    ValueId root_ = nil;
};

class Value {
  public:
    class Iterator {
      public:
        Value operator*() const;
        Iterator& operator++();
        friend bool operator==(const Iterator&, const Iterator&) = default;

      private:
        friend class Value;
        Iterator(const Document* document, std::uint32_t cell) : document_(document), cell_(cell) {}
        const Document* document_;
        std::uint32_t cell_;
    };

    Value(const Document& document, ValueId id) : document_(&document), id_(id) {}

    [[nodiscard]] Kind kind() const { return record().kind; }
    [[nodiscard]] bool is_none() const { return kind() == Kind::none; }
    /// An int within 64 bits. A bool isn't one here, though it is in Python.
    [[nodiscard]] std::optional<std::int64_t> as_integer() const;
    /// An int beyond 64 bits, in two's complement, the least byte first, without needless bytes of sign.
    [[nodiscard]] std::optional<std::string_view> as_big_integer() const;
    [[nodiscard]] std::optional<bool> as_boolean() const;
    [[nodiscard]] std::optional<double> as_real() const;
    [[nodiscard]] std::optional<std::string_view> as_text() const;
    [[nodiscard]] std::optional<std::string_view> as_bytes() const;

    /// Number of children of a tuple, list, set, dict (keys and values in turn), global or object; 0 for other values.
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] Iterator begin() const;
    [[nodiscard]] Iterator end() const { return {document_, Document::nil}; }
    /// Linear in `index`. Requires: index < size().
    [[nodiscard]] Value operator[](std::size_t index) const;

    /// The value as Python's ascii() shows it, cut after `limit` characters with a "...".
    [[nodiscard]] std::string repr(std::size_t limit = 200) const;

  private:
    friend class Decoder;

    [[nodiscard]] const Document::Record& record() const { return document_->records_[id_]; }
    [[nodiscard]] std::string_view chars() const;
    [[nodiscard]] bool has_children() const;

    const Document* document_;
    ValueId id_;
};

}  // namespace bully::pickle
