#include "net/pickle_value.hpp"

#include <bit>
#include <cassert>

namespace bully::pickle {

Value Document::root() const {
    assert(root_ != nil);
    return {*this, root_};
}

std::size_t Document::memory() const {
    return records_.capacity() * sizeof(Record) + cells_.capacity() * sizeof(Cell) + text_.capacity();
}

Value Value::Iterator::operator*() const { return {*document_, document_->cells_[cell_].value}; }

Value::Iterator& Value::Iterator::operator++() {
    cell_ = document_->cells_[cell_].next;
    return *this;
}

Value::Iterator Value::Iterator::operator++(int) {
    auto before = *this;
    ++*this;
    return before;
}

std::optional<std::int64_t> Value::as_integer() const {
    if (kind() != Kind::integer) return std::nullopt;
    return record().number;
}

std::optional<bool> Value::as_boolean() const {
    if (kind() != Kind::boolean) return std::nullopt;
    return record().number != 0;
}

std::optional<double> Value::as_real() const {
    if (kind() != Kind::real) return std::nullopt;
    return std::bit_cast<double>(record().number);
}

std::string_view Value::chars() const {
    return std::string_view(document_->text_).substr(record().first, record().count);
}

std::optional<std::string_view> Value::as_text() const {
    if (kind() != Kind::text) return std::nullopt;
    return chars();
}

std::optional<std::string_view> Value::as_bytes() const {
    if (kind() != Kind::bytes) return std::nullopt;
    return chars();
}

bool Value::has_children() const { return kind() >= Kind::tuple; }

std::size_t Value::size() const { return has_children() ? record().count : 0; }

Value::Iterator Value::begin() const { return {document_, has_children() ? record().first : Document::nil}; }

Value Value::operator[](std::size_t index) const {
    assert(index < size());
    auto at = begin();
    for (; index > 0; --index) ++at;
    return *at;
}

namespace {

void append_quoted(std::string& out, std::string_view text) {
    constexpr auto digits = "0123456789abcdef";
    out += '\'';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\'' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte >= 0x7f) {
            out += "\\x";
            out += digits[byte >> 4U];
            out += digits[byte & 0xfU];
        } else {
            out += c;
        }
    }
    out += '\'';
}

// Depth is limited by the decoder, so recursion is too.
void append_repr(std::string& out, Value value, std::size_t limit) {
    if (out.size() > limit) return;
    const auto children = [&](std::string_view open, std::string_view close) {
        out += open;
        std::size_t i = 0;
        for (const auto child : value) {
            if (i > 0) out += value.kind() == Kind::dict && i % 2 == 1 ? ": " : ", ";
            append_repr(out, child, limit);
            ++i;
            if (out.size() > limit) return;
        }
        if (value.kind() == Kind::tuple && i == 1) out += ',';
        out += close;
    };
    switch (value.kind()) {
        case Kind::none: out += "None"; return;
        case Kind::boolean: out += *value.as_boolean() ? "True" : "False"; return;
        case Kind::integer: out += std::to_string(*value.as_integer()); return;
        case Kind::real: out += std::to_string(*value.as_real()); return;
        case Kind::text: append_quoted(out, value.as_text()->substr(0, limit)); return;
        case Kind::bytes:
            out += 'b';
            append_quoted(out, value.as_bytes()->substr(0, limit));
            return;
        case Kind::tuple: children("(", ")"); return;
        case Kind::list: children("[", "]"); return;
        case Kind::dict: children("{", "}"); return;
        case Kind::global: children("<global ", ">"); return;
        case Kind::object: children("<object ", ">"); return;
    }
}

}  // namespace

std::string Value::repr(std::size_t limit) const {
    std::string out;
    append_repr(out, *this, limit);
    if (out.size() > limit) {
        out.resize(limit);
        out += "...";
    }
    return out;
}

}  // namespace bully::pickle
