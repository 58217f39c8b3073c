#include "net/pickle/value.hpp"

#include "net/pickle/integer.hpp"
#include "net/pickle/text.hpp"

#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>

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

std::optional<std::int64_t> Value::as_integer() const {
    if (kind() != Kind::integer) return std::nullopt;
    return record().number();
}

std::optional<std::string_view> Value::as_big_integer() const {
    if (kind() != Kind::big_integer) return std::nullopt;
    return chars();
}

std::optional<bool> Value::as_boolean() const {
    if (kind() != Kind::boolean) return std::nullopt;
    return record().number() != 0;
}

std::optional<double> Value::as_real() const {
    if (kind() != Kind::real) return std::nullopt;
    return std::bit_cast<double>(record().number());
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

// As Python's repr(): the shortest digits that read back the same, with an exponent where it is below -4 or above 15.
std::string repr_of_real(double value) {
    std::array<char, 40> buffer{};
    const auto written = [&](std::chars_format format) {
        const auto [end, error] = std::to_chars(buffer.begin(), buffer.end(), value, format);
        assert(error == std::errc{});
        return std::string(buffer.data(), end);
    };
    if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    auto shown = written(std::chars_format::scientific);
    const auto exponent = std::stoi(shown.substr(shown.find('e') + 1));
    if (exponent < -4 || exponent > 15) return shown;
    shown = written(std::chars_format::fixed);
    if (shown.find('.') == std::string::npos) shown += ".0";
    return shown;
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
        case Kind::big_integer: out += decimal_of(*value.as_big_integer()); return;
        case Kind::real: out += repr_of_real(*value.as_real()); return;
        case Kind::text: out += ascii_of_text(*value.as_text()); return;
        case Kind::bytes: out += repr_of_bytes(*value.as_bytes()); return;
        case Kind::tuple: children("(", ")"); return;
        case Kind::list: children("[", "]"); return;
        case Kind::set: value.size() > 0 ? children("{", "}") : void(out += "set()"); return;
        case Kind::frozenset: value.size() > 0 ? children("frozenset({", "})") : void(out += "frozenset()"); return;
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
