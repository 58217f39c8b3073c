// The opcodes of protocols 0 to 5, as pickletools describes them; those of numbers stand in pickle_numbers.cpp.
//
// Each takes its argument first: where that isn't there yet, Need is thrown before anything has changed, and the opcode
// is tried again with the next bytes.
#include "net/pickle/integer.hpp"
#include "net/pickle/pickle.hpp"
#include "net/pickle/text.hpp"

#include <algorithm>

namespace bully::pickle {
namespace {

constexpr int greatest_protocol_read = 5;
std::string in_hex(unsigned char code) {
    constexpr auto digits = "0123456789abcdef";
    return std::string("0x") + digits[code >> 4U] + digits[code & 0xfU];
}

}  // namespace

void Decoder::opcode() {
    const auto code = static_cast<unsigned char>(take(1).front());
    switch (code) {
        case 0x80: {  // PROTO
            const auto protocol = little_endian(1);
            if (protocol > greatest_protocol_read)
                throw Fault{"protocol " + std::to_string(protocol) + ", expected 0 to 5"};
            break;
        }
        case 0x95:  // FRAME: how CPython reads ahead; the opcodes say it all
            if (little_endian(8) > limits_.bytes) throw Fault{"a frame longer than " + std::to_string(limits_.bytes)};
            break;
        case '.':  // STOP
            expect_above(1);
            if (stack_.size() != 1) throw Fault{"STOP with more than one value on the stack"};
            document_.root_ = stack_.back().value;
            done_ = true;
            break;
        case '(':  // MARK
            marks_.push_back(stack_.size());
            stack_.push_back({true, 0});
            break;
        case '0':  // POP
            if (!marks_.empty() && marks_.back() + 1 == stack_.size()) {
                stack_.resize(to_mark() - 1);
            } else {
                (void)pop();
            }
            break;
        case '1': stack_.resize(to_mark() - 1); break;  // POP_MARK
        case '2': {                                     // DUP
            const auto value = top();
            document_.records_[value].shared = true;
            push(value);
            break;
        }
        case 'N': push(add(Kind::none)); break;
        case 0x88:  // NEWTRUE
        case 0x89: {
            const auto value = add(Kind::boolean);
            document_.records_[value].set_number(code == 0x88);
            push(value);
            break;
        }
        case 'I':
        case 'J':
        case 'K':
        case 'M':
        case 'L':
        case 0x8a:
        case 0x8b:
        case 'F':
        case 'G': number_opcode(code); break;
        case 'S':
        case 'T':
        case 'U':
        case 'V':
        case 'X':
        case 0x8c:
        case 0x8d:
        case 'B':
        case 'C':
        case 0x8e:
        case 0x96: text_opcode(code); break;
        case ')':
        case 't':
        case 0x85:
        case 0x86:
        case 0x87:
        case ']':
        case 'a':
        case 'e':
        case 'l':
        case '}':
        case 'd':
        case 's':
        case 'u':
        case 0x8f:
        case 0x90:
        case 0x91: container_opcode(code); break;
        case 'g':
        case 'h':
        case 'j':
        case 'p':
        case 'q':
        case 'r':
        case 0x94: memo_opcode(code); break;
        case 'c':
        case 0x93:
        case 'R':
        case 0x81:
        case 0x92:
        case 'b': object_opcode(code); break;
        default: throw Fault{"opcode " + in_hex(code) + ", which no message needs"};
    }
}

void Decoder::text_opcode(unsigned char code) {
    const auto escaped = [&](const std::optional<std::string>& text) {
        if (!text) throw Fault{"a text with a wrong escape"};
        push_chars(Kind::text, *text);
    };
    switch (code) {
        case 'S': escaped(from_quoted(line(limits_.text))); break;
        case 'V': escaped(from_raw_unicode_escape(line(limits_.text))); break;
        case 'T':  // Python 2's str: only ASCII is the same in both
        case 'U': {
            const auto chars = counted(code == 'T' ? 4 : 1, limits_.text);
            if (std::ranges::any_of(chars, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
                throw Fault{"a str of Python 2 that isn't ASCII"};
            }
            push_chars(Kind::text, chars);
            break;
        }
        case 'X': push_chars(Kind::text, counted(4, limits_.text)); break;
        case 0x8c: push_chars(Kind::text, counted(1, limits_.text)); break;
        case 0x8d: push_chars(Kind::text, counted(8, limits_.text)); break;
        case 'B': push_chars(Kind::bytes, counted(4, limits_.text)); break;
        case 'C': push_chars(Kind::bytes, counted(1, limits_.text)); break;
        case 0x8e: push_chars(Kind::bytes, counted(8, limits_.text)); break;
        default:  // BYTEARRAY8
            push_chars(Kind::bytes, counted(8, limits_.text));
            document_.records_[top()].items_hashable = false;
    }
}

void Decoder::container_opcode(unsigned char code) {
    const auto small_tuple = [&](std::size_t size) {
        expect_above(size);
        push_filled(Kind::tuple, stack_.size() - size);
    };
    const auto fill = [&](std::size_t from, Kind kind) {
        // `from` is the first item; the container lies below it, or below the MARK.
        const auto container = stack_[from - 1].value;
        const auto is = document_.records_[container].kind;
        if (is != kind && is != Kind::object) throw Fault{"items for a value that isn't a container of this kind"};
        if (is == kind) adopt_from(container, from);  // of an object they say nothing: it is opaque
        stack_.resize(from);
    };
    switch (code) {
        case ')': push(add(Kind::tuple)); break;
        case 0x85: small_tuple(1); break;
        case 0x86: small_tuple(2); break;
        case 0x87: small_tuple(3); break;
        case ']': push(add(Kind::list)); break;
        case '}': push(add(Kind::dict)); break;
        case 0x8f: push(add(Kind::set)); break;
        case 't':
        case 'l':
        case 'd':
        case 0x91: {  // FROZENSET
            const auto from = to_mark();
            if (code == 'd') require_even(from);
            stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(from - 1));  // the MARK
            push_filled(code == 't'   ? Kind::tuple
                        : code == 'l' ? Kind::list
                        : code == 'd' ? Kind::dict
                                      : Kind::frozenset,
                        from - 1);
            break;
        }
        case 'a':
            expect_above(2);
            fill(stack_.size() - 1, Kind::list);
            break;
        case 's':
            expect_above(3);
            fill(stack_.size() - 2, Kind::dict);
            break;
        default: {  // APPENDS, SETITEMS, ADDITEMS
            const auto from = to_mark();
            if (code == 'u') require_even(from);
            stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(from - 1));
            const auto items = stack_.size() - (from - 1);
            expect_above(items + 1);
            fill(from - 1, code == 'e' ? Kind::list : code == 'u' ? Kind::dict : Kind::set);
        }
    }
}

void Decoder::memo_opcode(unsigned char code) {
    const auto decimal = [&] {
        const auto index = parse_integer(line(limits_.digits));
        if (!index || *index < 0) throw Fault{"no memo index"};
        return static_cast<std::uint64_t>(*index);
    };
    switch (code) {
        case 'g': recall(decimal()); break;
        case 'h': recall(little_endian(1)); break;
        case 'j': recall(little_endian(4)); break;
        case 'p': {
            const auto index = decimal();
            memoize(top(), index);
            break;
        }
        case 'q':
        case 'r': {
            const auto index = little_endian(code == 'q' ? 1 : 4);
            memoize(top(), index);
            break;
        }
        default: memoize(top(), memo_.size()); break;  // MEMOIZE
    }
}

// Before protocol 4 a set is written as a call: of set or frozenset, with a list.
bool Decoder::reduce_to_set() {
    const Value call(document_, stack_[stack_.size() - 2].value);
    const Value arguments(document_, stack_.back().value);
    if (call.kind() != Kind::global || arguments.kind() != Kind::tuple || arguments.size() != 1) return false;
    const auto module = call[0].as_text();
    const auto name = call[1].as_text();
    if ((module != "__builtin__" && module != "builtins") || (name != "set" && name != "frozenset")) return false;
    const auto list = (*arguments.begin()).id_;
    if (document_.records_[list].kind != Kind::list) return false;
    const auto value = add(name == "set" ? Kind::set : Kind::frozenset);
    // The items are those of the list, as copies could be many times what was received; so neither may grow any more.
    auto& record = document_.records_[value];
    const auto kind = record.kind;
    record = document_.records_[list];
    record.kind = kind;
    record.shared = true;
    require_hashable_items(record);
    stack_.resize(stack_.size() - 2);
    push(value);
    return true;
}

void Decoder::object_opcode(unsigned char code) {
    switch (code) {
        case 'c': {  // GLOBAL
            const auto module = line(limits_.text);
            const auto name = line(limits_.text);
            push_chars(Kind::text, module);
            push_chars(Kind::text, name);
            push_filled(Kind::global, stack_.size() - 2);
            break;
        }
        case 0x93:  // STACK_GLOBAL
            expect_above(2);
            for (const auto& entry : {stack_[stack_.size() - 2], stack_.back()}) {
                if (document_.records_[entry.value].kind != Kind::text) throw Fault{"a global whose name isn't a text"};
            }
            push_filled(Kind::global, stack_.size() - 2);
            break;
        case 'b':  // BUILD: the state of an object says nothing
            expect_above(2);
            (void)pop();
            if (document_.records_[top()].kind != Kind::object) throw Fault{"BUILD of a value that isn't an object"};
            break;
        default: {  // REDUCE, NEWOBJ, NEWOBJ_EX
            const std::size_t parts = code == 0x92 ? 3 : 2;
            expect_above(parts);
            const auto callable = document_.records_[stack_[stack_.size() - parts].value].kind;
            if (callable != Kind::global && callable != Kind::object)
                throw Fault{"a call of a value that isn't a global"};
            if (code == 'R' && reduce_to_set()) break;
            push_filled(Kind::object, stack_.size() - parts);
        }
    }
}

}  // namespace bully::pickle
