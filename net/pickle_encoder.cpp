#include "net/pickle.hpp"

#include <bit>
#include <cassert>

namespace bully::pickle {
namespace {

// Protocols 2 and 3 name a memo entry; this many fit the short form.
constexpr std::uint32_t short_memo = 256;

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
    assert(protocol_ >= 3);
    item();
    const bool is_short = value.size() <= UINT8_MAX;
    out_ += is_short ? 'C' : 'B';
    little_endian(value.size(), is_short ? 1 : 4);
    out_ += value;
    return *this;
}

void Encoder::open(Kind kind) {
    item();
    if (kind == Kind::list) out_ += ']';
    if (kind == Kind::dict) out_ += '}';
    open_.push_back({kind, out_.size()});
    out_ += '(';
}

Encoder& Encoder::begin_tuple() {
    open(Kind::tuple);
    return *this;
}

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

Encoder& Encoder::begin_list() {
    open(Kind::list);
    return *this;
}

Encoder& Encoder::end_list() {
    assert(!open_.empty() && open_.back().kind == Kind::list);
    open_.pop_back();
    out_ += 'e';
    return *this;
}

Encoder& Encoder::begin_dict() {
    open(Kind::dict);
    return *this;
}

Encoder& Encoder::end_dict() {
    assert(!open_.empty() && open_.back().kind == Kind::dict && open_.back().items % 2 == 0);
    open_.pop_back();
    out_ += 'u';
    return *this;
}

Encoder& Encoder::value(const Value& value) {
    switch (value.kind()) {
        case Kind::none: return none();
        case Kind::boolean: return boolean(*value.as_boolean());
        case Kind::integer: return integer(*value.as_integer());
        case Kind::real: return real(*value.as_real());
        case Kind::text: return text(*value.as_text());
        case Kind::bytes: return bytes(*value.as_bytes());
        case Kind::tuple:
        case Kind::list:
        case Kind::dict: break;
        case Kind::global:
        case Kind::object: assert(false && "an opaque value can't be encoded"); return none();
    }
    const auto kind = value.kind();
    open(kind);
    for (const auto child : value) this->value(child);
    return kind == Kind::tuple ? end_tuple() : kind == Kind::list ? end_list() : end_dict();
}

std::string Encoder::finish() {
    assert(open_.empty());
    out_ += '.';
    return std::move(out_);
}

}  // namespace bully::pickle
