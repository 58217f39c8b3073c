#include "net/pickle/pickle.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace bully::pickle {
namespace {

// Protocols 2 and 3 name a memo entry; this many fit the short form.
constexpr std::uint32_t short_memo = 256;

// The first that have opcodes for them.
constexpr int bytes_protocol = 3;
constexpr int set_protocol = 4;

}  // namespace

Encoder::Encoder(int protocol) : protocol_(protocol) {
    assert(protocol >= least_protocol && protocol <= greatest_protocol);
    out_ += '\x80';
    out_ += static_cast<char>(protocol);
}

void Encoder::little_endian(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out_ += static_cast<char>(value >> (8 * i) & 0xffU);
}

void Encoder::item() {
    if (!open_.empty()) ++open_.back().items;
}

Encoder& Encoder::none() {
    item();
    out_ += 'N';
    return *this;
}

Encoder& Encoder::boolean(bool value) {
    item();
    out_ += value ? '\x88' : '\x89';
    return *this;
}

Encoder& Encoder::integer(std::int64_t value) {
    item();
    const auto bits = static_cast<std::uint64_t>(value);
    if (value >= 0 && value <= UINT8_MAX) {
        out_ += 'K';
        little_endian(bits, 1);
    } else if (value >= 0 && value <= UINT16_MAX) {
        out_ += 'M';
        little_endian(bits, 2);
    } else if (value >= INT32_MIN && value <= INT32_MAX) {
        out_ += 'J';
        little_endian(bits, 4);
    } else {
        out_ += "\x8a\x08";
        little_endian(bits, 8);
    }
    return *this;
}

Encoder& Encoder::big_integer(std::string_view binary) {
    item();
    const bool is_short = binary.size() <= UINT8_MAX;
    out_ += is_short ? '\x8a' : '\x8b';
    little_endian(binary.size(), is_short ? 1 : 4);
    out_ += binary;
    return *this;
}

Encoder& Encoder::real(double value) {
    item();
    out_ += 'G';
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int shift = 56; shift >= 0; shift -= 8)
        out_ += static_cast<char>(bits >> static_cast<unsigned>(shift) & 0xffU);
    return *this;
}

Encoder& Encoder::text(std::string_view value) {
    item();
    const auto [found, fresh] = memo_.try_emplace(std::string(value), static_cast<std::uint32_t>(memo_.size()));
    const auto index = found->second;
    if (!fresh) {
        out_ += index < short_memo ? 'h' : 'j';
        little_endian(index, index < short_memo ? 1 : 4);
        return *this;
    }
    const bool is_short = protocol_ >= 4 && value.size() <= UINT8_MAX;
    out_ += is_short ? '\x8c' : 'X';
    little_endian(value.size(), is_short ? 1 : 4);
    out_ += value;
    if (protocol_ >= 4) {
        out_ += '\x94';
    } else {
        out_ += index < short_memo ? 'q' : 'r';
        little_endian(index, index < short_memo ? 1 : 4);
    }
    return *this;
}

Encoder& Encoder::bytes(std::string_view value) {
    assert(protocol_ >= bytes_protocol);
    item();
    const bool is_short = value.size() <= UINT8_MAX;
    out_ += is_short ? 'C' : 'B';
    little_endian(value.size(), is_short ? 1 : 4);
    out_ += value;
    return *this;
}

Encoder& Encoder::open(Kind kind) {
    item();
    if (kind == Kind::list) out_ += ']';
    if (kind == Kind::dict) out_ += '}';
    if (kind == Kind::set) out_ += '\x8f';
    open_.push_back({kind, out_.size()});
    out_ += '(';
    return *this;
}

Encoder& Encoder::close(Kind kind, char opcode) {
    assert(!open_.empty() && open_.back().kind == kind);
    (void)kind;
    open_.pop_back();
    out_ += opcode;
    return *this;
}

Encoder& Encoder::begin_tuple() { return open(Kind::tuple); }

Encoder& Encoder::end_tuple() {
    assert(!open_.empty() && open_.back().kind == Kind::tuple);
    const auto [kind, begin, items] = open_.back();
    open_.pop_back();
    if (items > 3) {
        out_ += 't';
        return *this;
    }
    constexpr char by_size[] = {')', '\x85', '\x86', '\x87'};
    out_.erase(begin, 1);  // small ones need no MARK
    out_ += by_size[items];
    return *this;
}

Encoder& Encoder::begin_list() { return open(Kind::list); }
Encoder& Encoder::end_list() { return close(Kind::list, 'e'); }

Encoder& Encoder::begin_dict() { return open(Kind::dict); }
Encoder& Encoder::end_dict() {
    assert(!open_.empty() && open_.back().items % 2 == 0);
    return close(Kind::dict, 'u');
}

Encoder& Encoder::begin_set() {
    assert(protocol_ >= set_protocol);
    return open(Kind::set);
}
Encoder& Encoder::end_set() { return close(Kind::set, '\x90'); }

Encoder& Encoder::begin_frozenset() {
    assert(protocol_ >= set_protocol);
    return open(Kind::frozenset);
}
Encoder& Encoder::end_frozenset() { return close(Kind::frozenset, '\x91'); }

Encoder& Encoder::value(const Value& value) {
    const auto children = [&]() -> Encoder& {
        for (const auto child : value) this->value(child);
        return *this;
    };
    switch (value.kind()) {
        case Kind::none: return none();
        case Kind::boolean: return boolean(*value.as_boolean());
        case Kind::integer: return integer(*value.as_integer());
        case Kind::big_integer: return big_integer(*value.as_big_integer());
        case Kind::real: return real(*value.as_real());
        case Kind::text: return text(*value.as_text());
        case Kind::bytes: return bytes(*value.as_bytes());
        case Kind::tuple: begin_tuple(); return children().end_tuple();
        case Kind::list: begin_list(); return children().end_list();
        case Kind::set: begin_set(); return children().end_set();
        case Kind::frozenset: begin_frozenset(); return children().end_frozenset();
        case Kind::dict: begin_dict(); return children().end_dict();
        case Kind::global:
        case Kind::object: break;
    }
    assert(false && "an opaque value can't be encoded");
    return none();
}

std::optional<int> Encoder::least_for(const Value& value) {  // recursion is bounded by Limits::depth
    int least = least_protocol;
    switch (value.kind()) {
        case Kind::global:
        case Kind::object: return std::nullopt;
        case Kind::bytes: return bytes_protocol;
        case Kind::set:
        case Kind::frozenset: least = set_protocol; break;
        case Kind::none:
        case Kind::boolean:
        case Kind::integer:
        case Kind::big_integer:
        case Kind::real:
        case Kind::text:
        case Kind::tuple:
        case Kind::list:
        case Kind::dict: break;
    }
    for (const auto child : value) {
        const auto of_child = least_for(child);
        if (!of_child) return std::nullopt;
        least = std::max(least, *of_child);
    }
    return least;
}

std::string Encoder::finish() {
    assert(open_.empty());
    out_ += '.';
    return std::move(out_);
}

}  // namespace bully::pickle
