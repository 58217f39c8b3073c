// What the opcodes work with: the bytes that have come, the stack, the memo, and new values. The opcodes themselves
// stand in pickle_opcodes.cpp.
#include "net/pickle/pickle.hpp"
#include "net/pickle/text.hpp"

#include <algorithm>
#include <cassert>

namespace bully::pickle {
namespace {

// Bytes of text that are as good as one value more, so that sharing a long text is no way round the budget.
constexpr std::size_t text_per_value = 32;

}  // namespace

tl::expected<Decoder::Progress, DecodeError> Decoder::feed(std::string_view bytes) {
    if (error_) return tl::unexpected(*error_);
    if (done_) return Progress::done;
    const auto fresh = bytes.substr(0, limits_.bytes - buffer_.size());
    buffer_.append(fresh);
    // An opcode whose argument has come in part isn't tried again for each byte: that would be quadratic.
    const bool has_argument =
        buffer_.size() >= need_.size || (need_.or_line_end && fresh.find('\n') != std::string_view::npos);
    try {
        while (has_argument && position_ < buffer_.size()) {
            cursor_ = position_;
            if (opcodes_ == limits_.opcodes) throw Fault{"more than " + std::to_string(limits_.opcodes) + " opcodes"};
            opcode();
            position_ = cursor_;
            need_ = {};
            ++opcodes_;
            if (done_) return Progress::done;
        }
    } catch (const Need& need) {
        need_ = need;
    } catch (const Fault& fault) {
        error_ = DecodeError{position_, fault.what};
        return tl::unexpected(*error_);
    }
    if (fresh.size() == bytes.size() && buffer_.size() < limits_.bytes) return Progress::need_more;
    error_ = DecodeError{position_, "no end within " + std::to_string(limits_.bytes) + " bytes"};
    return tl::unexpected(*error_);
}

std::size_t Decoder::memory() const {
    return buffer_.capacity() + stack_.capacity() * sizeof(Entry) + marks_.capacity() * sizeof(std::size_t) +
           memo_.capacity() * sizeof(ValueId) + document_.memory();
}

std::string_view Decoder::take(std::size_t count) {
    if (buffer_.size() - cursor_ < count) throw Need{cursor_ + count};
    const auto taken = std::string_view(buffer_).substr(cursor_, count);
    cursor_ += count;
    return taken;
}

std::uint64_t Decoder::little_endian(std::size_t bytes) {
    const auto taken = take(bytes);
    std::uint64_t value = 0;
    for (std::size_t i = bytes; i-- > 0;) value = value << 8U | static_cast<unsigned char>(taken[i]);
    return value;
}

std::string_view Decoder::line(std::size_t limit) {
    const auto rest = std::string_view(buffer_).substr(cursor_);
    const auto end = rest.substr(0, limit + 1).find('\n');
    if (end == std::string_view::npos) {
        if (rest.size() > limit) throw Fault{"a line longer than " + std::to_string(limit) + " characters"};
        throw Need{cursor_ + limit + 1, true};
    }
    cursor_ += end + 1;
    return rest.substr(0, end);
}

std::string_view Decoder::counted(std::size_t length_bytes, std::size_t limit) {
    const auto length = little_endian(length_bytes);
    if (length > limit) {
        throw Fault{"a length of " + std::to_string(length) + ", expected at most " + std::to_string(limit)};
    }
    return take(static_cast<std::size_t>(length));
}

void Decoder::push(ValueId value) { stack_.push_back({false, value}); }

void Decoder::expect_above(std::size_t count) {
    const auto floor = marks_.empty() ? 0 : marks_.back() + 1;
    if (stack_.size() - floor < count) throw Fault{"too few values on the stack"};
}

ValueId Decoder::top() {
    expect_above(1);
    return stack_.back().value;
}

ValueId Decoder::pop() {
    const auto value = top();
    stack_.pop_back();
    return value;
}

std::size_t Decoder::to_mark() {
    if (marks_.empty()) throw Fault{"no MARK on the stack"};
    const auto from = marks_.back() + 1;
    marks_.pop_back();
    return from;
}

ValueId Decoder::add(Kind kind) {
    if (document_.records_.size() >= limits_.values) {
        throw Fault{"more than " + std::to_string(limits_.values) + " values"};
    }
    document_.records_.push_back({});
    document_.records_.back().kind = kind;
    return static_cast<ValueId>(document_.records_.size() - 1);
}

void Decoder::push_integer(std::int64_t number) {
    const auto value = add(Kind::integer);
    document_.records_[value].set_number(number);
    push(value);
}

void Decoder::push_chars(Kind kind, std::string_view chars) {
    if (chars.size() > limits_.text) throw Fault{"more than " + std::to_string(limits_.text) + " bytes of text"};
    if (kind == Kind::text && !is_utf8(chars)) throw Fault{"a text that isn't UTF-8"};
    const auto value = add(kind);
    auto& record = document_.records_[value];
    record.first = static_cast<std::uint32_t>(document_.text_.size());
    record.count = static_cast<std::uint32_t>(chars.size());
    record.weight += static_cast<std::uint32_t>(chars.size() / text_per_value);
    document_.text_ += chars;
    push(value);
}

void Decoder::adopt(ValueId parent_id, ValueId child_id) {
    auto& parent = document_.records_[parent_id];
    auto& child = document_.records_[child_id];
    // What others hold must not grow: their weight would be wrong, and this is how a cycle is closed.
    if (parent.shared) throw Fault{"a cycle, or a container that grows after it was used"};
    assert(parent_id != child_id);  // twice on the stack is shared
    child.shared = true;
    parent.items_hashable &= child.is_hashable();
    if (parent.kind == Kind::set || parent.kind == Kind::frozenset) require_hashable_items(parent);
    parent.weight += child.weight;
    if (parent.weight > limits_.values) {
        throw Fault{"unfolds to more than " + std::to_string(limits_.values) + " values"};
    }
    parent.depth = std::max(parent.depth, static_cast<std::uint16_t>(child.depth + 1));
    if (parent.depth > limits_.depth) throw Fault{"deeper than " + std::to_string(limits_.depth)};
    const auto cell = static_cast<std::uint32_t>(document_.cells_.size());
    document_.cells_.push_back({child_id, Document::nil});
    if (parent.count++ == 0) {
        parent.first = cell;
    } else {
        document_.cells_[parent.last].next = cell;
    }
    parent.last = cell;
}

void Decoder::adopt_from(ValueId parent, std::size_t from) {
    for (auto i = from; i < stack_.size(); ++i) adopt(parent, stack_[i].value);
}

void Decoder::push_filled(Kind kind, std::size_t from) {
    const auto value = add(kind);
    adopt_from(value, from);
    stack_.resize(from);
    push(value);
}

void Decoder::require_even(std::size_t from) {
    if ((stack_.size() - from) % 2 != 0) throw Fault{"a key without a value"};
}

void Decoder::require_hashable_items(const Document::Record& set) {
    if (!set.items_hashable) throw Fault{"an item of a set that can't be hashed"};
}

void Decoder::memoize(ValueId value, std::uint64_t index) {
    if (index > memo_.size()) {
        throw Fault{"memo entry " + std::to_string(index) + ", expected at most " + std::to_string(memo_.size())};
    }
    if (index >= limits_.memo) throw Fault{"more than " + std::to_string(limits_.memo) + " memo entries"};
    if (index == memo_.size()) {
        memo_.push_back(value);
    } else {
        memo_[static_cast<std::size_t>(index)] = value;
    }
}

void Decoder::recall(std::uint64_t index) {
    if (index >= memo_.size()) throw Fault{"no memo entry " + std::to_string(index)};
    const auto value = memo_[static_cast<std::size_t>(index)];
    document_.records_[value].shared = true;
    push(value);
}

tl::expected<Document, DecodeError> decode(std::string_view bytes, const Limits& limits) {
    Decoder decoder(limits);
    const auto progress = decoder.feed(bytes);
    if (!progress) return tl::unexpected(progress.error());
    if (*progress == Decoder::Progress::need_more) {
        return tl::unexpected(DecodeError{bytes.size(), "ends before STOP"});
    }
    return decoder.document();
}

}  // namespace bully::pickle
