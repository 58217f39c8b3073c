#include "sim/scenario/yaml_texts.hpp"

#include "sim/util/controls.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace bully::sim {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view word_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_quote(char c) { return c == '"' || c == '\''; }
bool ends_word(std::string_view text, std::size_t at) {
    return at >= text.size() || is_blank(text[at]) || text[at] == '\n' || text[at] == '\r';
}
std::size_t end_of_line(std::string_view text, std::size_t from) {
    return std::min(text.find('\n', from), text.size());
}
std::size_t line_number(std::string_view text, std::size_t at) {
    return static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
}

struct Line {
    std::size_t begin = 0;
    std::size_t indent = 0;
    std::string_view rest;  // behind the indentation, without the end of line
};

Line line_at(std::string_view text, std::size_t begin) {
    auto rest = text.substr(begin, end_of_line(text, begin) - begin);
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    const auto indent = std::min(rest.find_first_not_of(' '), rest.size());
    return {begin, indent, rest.substr(indent)};
}

bool is_empty(const Line& line) { return line.rest.find_first_not_of(" \t") == npos; }

// The key that a line begins with: `word:`, quoted or not. Empty if it begins otherwise.
std::string_view key_of(std::string_view line) {
    const bool quoted = !line.empty() && is_quote(line.front());
    const auto word = line.substr(quoted ? 1 : 0);
    const auto length = std::min(word.find_first_not_of(word_characters), word.size());
    auto behind = word.substr(length);
    if (length == 0) return {};
    if (quoted) {
        if (!behind.starts_with(line.front())) return {};
        behind.remove_prefix(1);
    }
    behind.remove_prefix(std::min(behind.find_first_not_of(" \t"), behind.size()));
    return behind.starts_with(':') && (quoted || ends_word(behind, 1)) ? word.substr(0, length) : std::string_view{};
}

bool reads_as_entry(std::string_view line) {
    if (line.empty()) return false;
    return (line.front() == '-' && ends_word(line, 1)) || line.front() == '{' || line.front() == '[' ||
           line.starts_with("---") || line.starts_with("...") || !key_of(line).empty();
}

// One past the quote that closes the one at `open`.
std::size_t end_of_quote(std::string_view text, std::size_t open) {
    const char quote = text[open];
    for (auto i = open + 1; i < text.size(); ++i) {
        if (quote == '"' && text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            if (quote == '"' || i + 1 >= text.size() || text[i + 1] != quote) return i + 1;
            ++i;  // '' is one ' of the text
        }
    }
    return npos;
}

// One past the last line of the block whose `|` or `>` is at `open`.
std::size_t end_of_block(std::string_view text, const LongText& block) {
    auto next = end_of_line(text, block.open);
    while (next < text.size()) {
        const auto line = line_at(text, next + 1);
        if (!is_empty(line) && line.indent <= block.indent) break;
        next = end_of_line(text, next + 1);
    }
    return next;
}

std::string closing(char quote) { return std::string("a closing `") + quote + "`"; }

struct Swallowed {
    std::string line;
    bool is_key = false;
    std::size_t number = 0;
};

// The first line between `open` and `end` that wasn't meant to be text.
std::optional<Swallowed> swallowed_line(std::string_view text, const LongText& found, std::size_t end, bool is_quoted,
                                        std::span<const std::string_view> keys) {
    std::optional<std::size_t> margin;
    for (auto next = end_of_line(text, found.open); next < end && next + 1 < text.size();
         next = end_of_line(text, next + 1)) {
        const auto line = line_at(text, next + 1);
        if (is_empty(line)) continue;
        if (!margin) margin = line.indent;
        const bool is_outer = is_quoted && (found.in_flow || line.indent <= found.indent) && reads_as_entry(line.rest);
        const auto key = key_of(line.rest);
        const bool is_key = line.indent <= *margin && std::find(keys.begin(), keys.end(), key) != keys.end();
        if (is_outer || is_key) {
            return Swallowed{std::string(is_key ? key : line.rest), is_key, line_number(text, line.begin)};
        }
    }
    return std::nullopt;
}

std::string line_shown(std::string_view text, const char* behind = "") {
    constexpr std::size_t most = 40;
    std::string line(text);
    if (line.size() > most) {
        auto end = most;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;  // UTF-8
        line = line.substr(0, end) + "...";
    }
    std::replace(line.begin(), line.end(), '\t', ' ');
    return "`" + line + behind + "`";
}

std::string shown(const Swallowed& swallowed) {
    return "line " + std::to_string(swallowed.number) + ", " + line_shown(swallowed.line, swallowed.is_key ? ":" : "");
}

// Where the entries of the map or list around the line's last value begin: `- - key: "` counts its dashes.
std::size_t indent_at(std::string_view text, std::size_t open) {
    const auto before = text.rfind('\n', open);
    const auto line = line_at(text, before == npos ? 0 : before + 1);
    auto indent = line.indent;
    auto rest = line.rest;
    while (rest.size() > 1 && (rest[0] == '-' || rest[0] == '?') && is_blank(rest[1])) {
        const auto dash = std::min(rest.find_first_not_of(" \t", 1), rest.size());
        if (key_of(rest.substr(dash)).empty() && rest.substr(dash).find(": ") == npos) break;
        indent += dash;
        rest.remove_prefix(dash);
    }
    return indent;
}

// Quotes, brackets, comments and blocks, as far as `failed`: enough to say what isn't closed. `opens` as of
// find_dropped; without, it goes by what may begin a value.
class Reader {
  public:
    Reader(std::string_view text, std::span<const std::string_view> keys,
           std::optional<std::span<const std::size_t>> opens = std::nullopt)
        : text_(text), keys_(keys), opens_(opens) {}

    std::optional<TextMistake> cause(std::size_t failed) {
        while (at_ < text_.size()) {
            if (auto mistake = step(failed)) return mistake;
        }
        const auto open = std::find_if(open_.rbegin(), open_.rend(), [&](std::size_t at) { return at <= failed; });
        return open == open_.rend() ? std::nullopt : std::optional(unclosed(*open));
    }

    std::optional<TextMistake> dropped() {
        while (at_ < text_.size()) {
            if (auto mistake = step(text_.size())) return mistake;
        }
        return std::nullopt;
    }

    std::optional<std::size_t> comment() {
        while (at_ < text_.size() && !comment_) {
            if (step(0)) break;
        }
        return comment_;
    }

  private:
    // yaml-cpp takes a `#` for a comment wherever a value may begin or has ended.
    TextMistake no_comment(std::size_t at) const {
        return {at, "a `#` directly after `" + std::string(1, text_[at - 1]) + "`",
                "a space before a comment, or quotes around a text with a `#`"};
    }

    TextMistake unclosed(std::size_t open) const {
        return {open, std::string("`") + text_[open] + "` that isn't closed", closing(text_[open] == '[' ? ']' : '}')};
    }

    [[nodiscard]] bool may_open() const {
        return opens_ ? std::binary_search(opens_->begin(), opens_->end(), at_) : begins_;
    }

    std::optional<TextMistake> step(std::size_t failed) {
        const char c = text_[at_];
        const bool begins_line = at_ == 0 || text_[at_ - 1] == '\n';
        if (c == '%' && begins_line && at_ <= failed) {
            return TextMistake{at_, "a directive, " + line_shown(line_at(text_, at_).rest),
                               "no line that begins with `%`: directives are not allowed"};
        }
        if (c == '#' && at_ == end_ && at_ > 0 && at_ <= failed) return no_comment(at_);
        if (c == '#' && (begins_line || is_blank(text_[at_ - 1]))) {
            comment_ = at_;
            at_ = end_of_line(text_, at_);
        } else if (is_quote(c) && may_open()) {
            return quoted(failed);
        } else if ((c == '|' || c == '>') && open_.empty() && may_open()) {
            const auto header = line_at(text_, at_).rest;
            const auto hash = at_ + std::min(header.find('#'), header.size());
            if (hash < at_ + header.size() && !is_blank(text_[hash - 1]) && at_ <= failed) return no_comment(hash);
            at_ = end_of_block(text_, {at_, indent_at(text_, at_)});
        } else if ((c == '[' || c == '{') && (may_open() || (!opens_ && !open_.empty()))) {
            open_.push_back(at_++);
            begins_ = true;
            end_ = at_;
        } else if ((c == ']' || c == '}') && !open_.empty()) {
            const auto open = open_.back();
            if (open <= failed && (text_[open] == '[') != (c == ']')) return unclosed(open);
            open_.pop_back();
            ++at_;
            begins_ = false;
            end_ = at_;
        } else {
            const bool in_flow = !open_.empty();
            const bool after_quote = at_ > 0 && at_ == end_;
            const bool separates = (c == ',' && in_flow) || (c == ':' && in_flow && after_quote) ||
                                   ((c == ':' || (begins_ && (c == '-' || c == '?'))) && ends_word(text_, at_ + 1));
            if (!is_blank(c)) begins_ = c == '\n' || separates;
            ++at_;
            if (separates) end_ = at_;
        }
        return std::nullopt;
    }

    std::optional<TextMistake> quoted(std::size_t failed) {
        const LongText found{at_, indent_at(text_, at_), !open_.empty()};
        at_ = std::min(end_of_quote(text_, at_), text_.size());
        end_ = at_;
        begins_ = false;
        // What yaml-cpp has read is looked at one by one.
        return !opens_ && found.open <= failed ? find_mistake(text_, found, keys_) : std::nullopt;
    }

    std::string_view text_;
    std::span<const std::string_view> keys_;
    std::optional<std::span<const std::size_t>> opens_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;                 // where a quoted text, or a character that stands for itself, has ended
    std::optional<std::size_t> comment_;  // the last one
    bool begins_ = true;                  // a value may begin here
    std::vector<std::size_t> open_;       // the brackets
};

// The length of the UTF-8 sequence at the beginning of `text`; 0 if there is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    const std::size_t length = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : (first & 0xF0U) == 0xE0 ? 3 : 4;
    if (length == 1) return 1;
    if ((length == 4 && (first < 0xF0 || first > 0xF4)) || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    const bool is_overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
    const bool is_beyond = (first == 0xED && byte(1) >= 0xA0) || (first == 0xF4 && byte(1) >= 0x90);
    return is_overlong || is_beyond ? 0 : length;
}

}  // namespace

std::optional<TextMistake> find_bad_byte(std::string_view text) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        return TextMistake{0, "the file is in UTF-16", "UTF-8"};
    }
    for (std::size_t i = 0; i < text.size();) {
        const auto length = utf8_length(text.substr(i));
        const auto byte = static_cast<unsigned char>(text[i]);
        std::array<char, 8> hex{};
        if (length == 0) {
            std::snprintf(hex.data(), hex.size(), "0x%02x", byte);
            return TextMistake{i, std::string("the byte ") + hex.data() + " isn't UTF-8", "a file in UTF-8"};
        }
        const auto next = i + 1 < text.size() ? text[i + 1] : '\0';
        const auto control = find_control(text.substr(i, length));
        const bool ends_line = byte == '\n' || (byte == '\r' && next == '\n');
        if (byte == '\r' && !ends_line) {
            return TextMistake{i, "a carriage return without a line feed", "line ends as on Linux or Windows"};
        }
        if (control.found() && !ends_line && byte != '\t') {
            return TextMistake{i, "a control character, " + to_string(control), "printable characters only"};
        }
        if (text.substr(i, length) == "\xef\xbb\xbf") {
            return TextMistake{i, "a byte order mark within the file", "one only at its beginning"};
        }
        i += length;
    }
    return std::nullopt;
}

std::optional<TextMistake> find_mistake(std::string_view text, const LongText& found,
                                        std::span<const std::string_view> keys) {
    const char first = text[found.open];
    const bool is_quoted = is_quote(first);
    const auto end = is_quoted ? end_of_quote(text, found.open) : end_of_block(text, found);
    const auto swallowed = swallowed_line(text, found, std::min(end, text.size()), is_quoted, keys);
    if (is_quoted && end == npos) {
        return TextMistake{found.open, "a quote that isn't closed",
                           closing(first) + (swallowed ? " before " + shown(*swallowed) : std::string())};
    }
    if (!swallowed) return std::nullopt;
    if (!is_quoted) {
        return TextMistake{found.open, "a text that goes on over " + shown(*swallowed),
                           "`" + swallowed->line + "` indented less, or a line that begins with another word"};
    }
    return TextMistake{found.open, "a quoted text that goes on over " + shown(*swallowed),
                       closing(first) + " before it, or that line indented deeper"};
}

std::optional<TextMistake> find_dropped(std::string_view text, std::span<const std::size_t> opens) {
    return Reader(text, {}, opens).dropped();
}

std::optional<TextMistake> find_comment(std::string_view text) {
    if (text.find('\n') != npos) return std::nullopt;
    const auto comment = Reader(text, {}).comment();
    if (!comment) return std::nullopt;
    return TextMistake{*comment, "a comment, `" + std::string(text.substr(*comment, 20)) + "`",
                       "quotes around a value with a `#` after a space"};
}

std::optional<TextMistake> find_cause(std::string_view text, std::size_t failed,
                                      std::span<const std::string_view> keys) {
    return Reader(text, keys).cause(failed);
}

}  // namespace bully::sim
