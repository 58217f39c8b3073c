#include "sim/yaml_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <istream>
#include <memory>
#include <sstream>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "sim/suggestions.hpp"
#include "sim/utf8.hpp"

namespace bully::sim {
namespace {

// Thrown by the handler to leave yaml-cpp's recursion. What is wrong has been reported by then.
struct Abandoned {};

std::string shortened(std::string_view text) {
    constexpr std::size_t limit = 40;
    if (characters(text) <= limit) return std::string(text);
    return std::string(text.substr(0, bytes_of(text, limit))) + "...";
}

// Turns yaml-cpp's marks, which count bytes, into places that an editor shows.
class Places {
  public:
    explicit Places(std::string_view text) : text_(text) {
        starts_.push_back(0);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n') starts_.push_back(i + 1);
        }
    }

    [[nodiscard]] Position operator()(const YAML::Mark& mark) const {
        if (mark.is_null() || mark.line < 0 || mark.column < 0) return {};
        const auto line = std::min(static_cast<std::size_t>(mark.line), starts_.size() - 1);
        return {line + 1, characters(text_.substr(starts_[line], offset(mark) - starts_[line])) + 1};
    }
    [[nodiscard]] char at(const YAML::Mark& mark) const {
        if (mark.is_null() || mark.line < 0 || mark.column < 0) return '\0';
        const auto here = offset(mark);
        return here < text_.size() ? text_[here] : '\0';
    }

  private:
    [[nodiscard]] std::size_t offset(const YAML::Mark& mark) const {
        const auto line = std::min(static_cast<std::size_t>(mark.line), starts_.size() - 1);
        const auto end = line + 1 < starts_.size() ? starts_[line + 1] - 1 : text_.size();
        return std::min(starts_[line] + static_cast<std::size_t>(mark.column), end);
    }

    std::string_view text_;
    std::vector<std::size_t> starts_;
};

// Builds our tree from yaml-cpp's events: its own tree hides duplicate keys and follows aliases.
class Builder : public YAML::EventHandler {
  public:
    Builder(const Places& places, Problems& problems) : places_(places), problems_(problems) {}

    [[nodiscard]] std::optional<YamlNode> take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (!root_) return;
        problems_.add(places_(mark), "a second document begins", "one document in a file");
        throw Abandoned{};
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        YamlNode node;
        node.at = places_(mark);
        if (refuse_properties(mark, "?", anchor)) node.kind = YamlNode::Kind::invalid;
        attach(std::move(node), false);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        problems_.add(places_(mark), "an alias", "the value itself");
        attach({YamlNode::Kind::invalid, false, places_(mark), {}, {}, {}}, true);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode node{YamlNode::Kind::scalar, tag == "!", places_(mark), value, {}, {}};
        if (refuse_properties(mark, tag, anchor)) {
            node.kind = YamlNode::Kind::invalid;
        } else if (has_control_character(value)) {
            problems_.add(node.at, "a control character in a text", "printable characters");
            node.kind = YamlNode::Kind::invalid;
        }
        attach(std::move(node), true);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(YamlNode::Kind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(YamlNode::Kind::map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Level {
        YamlNode node;
        std::optional<YamlKey> key;    // map: read, its value not yet
        bool key_is_refused = false;   // map: its value is to be dropped
        bool refused = false;          // the node itself: an anchor, a tag
        std::unordered_map<std::string, std::size_t> lines;  // map: where each key was first
    };

    // True if the node has an anchor or a tag.
    bool refuse_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != 0) {
            problems_.add(places_(mark), "an anchor", "no anchors and no aliases");
            return true;
        }
        // A quoted text is given the tag "!" too, so the place itself tells.
        if ((tag.empty() || tag == "?" || tag == "!") && places_.at(mark) != '!') return false;
        problems_.add(places_(mark), "a tag", "no tags");
        return true;
    }

    void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (levels_.size() >= max_yaml_depth) {
            problems_.add(places_(mark), fmt::format("nested deeper than {} levels", max_yaml_depth),
                          "the form of a scenario");
            throw Abandoned{};
        }
        Level level;
        level.node.kind = kind;
        level.node.at = places_(mark);
        level.refused = refuse_properties(mark, tag, anchor);
        levels_.push_back(std::move(level));
    }

    void close() {
        auto level = std::move(levels_.back());
        levels_.pop_back();
        if (level.refused) level.node = {YamlNode::Kind::invalid, false, level.node.at, {}, {}, {}};
        attach(std::move(level.node), true);
    }

    void attach(YamlNode node, bool present) {
        if (levels_.empty()) {
            root_ = std::move(node);
            return;
        }
        auto& parent = levels_.back();
        if (parent.node.kind == YamlNode::Kind::list) {
            parent.node.items.push_back(std::move(node));
        } else if (parent.key_is_refused) {
            parent.key_is_refused = false;
        } else if (!parent.key) {
            begin_entry(parent, node);
        } else {
            // yaml-cpp's place of a missing value is that of whatever comes next.
            if (!present && node.kind == YamlNode::Kind::null) node.at = parent.key->at;
            parent.node.keys.push_back(*std::exchange(parent.key, std::nullopt));
            parent.node.items.push_back(std::move(node));
        }
    }

    void begin_entry(Level& level, YamlNode& key) {
        level.key_is_refused = true;
        if (key.kind == YamlNode::Kind::invalid) return;
        if (key.kind != YamlNode::Kind::scalar || key.text.empty()) {
            problems_.add(key.at, "a key that is " + (key.text.empty() ? describe(key) : "empty"), "a word");
            return;
        }
        const auto [first, is_new] = level.lines.emplace(key.text, key.at.line);
        if (!is_new) {
            problems_.add(key.at, fmt::format("the key `{}` for the second time", shortened(key.text)),
                          fmt::format("it once (see line {})", first->second));
            return;
        }
        level.key_is_refused = false;
        level.key = YamlKey{std::move(key.text), key.at};
    }

    const Places& places_;
    Problems& problems_;
    std::vector<Level> levels_;
    std::optional<YamlNode> root_;
};

// What yaml-cpp must not see: it would guess at encodings, or take a long time.
bool acceptable(std::string_view text, Problems& problems) {
    if (text.size() > max_yaml_bytes) {
        problems.add({}, fmt::format("a file of {} bytes", text.size()), fmt::format("at most {}", max_yaml_bytes));
        return false;
    }
    Position at;
    for (std::size_t i = 0; i < text.size();) {
        const auto length = utf8_length(text.substr(i));
        if (length == 0) {
            problems.add(at, fmt::format("the byte 0x{:02x}", static_cast<unsigned char>(text[i])), "text in UTF-8");
            return false;
        }
        const auto c = static_cast<unsigned char>(text[i]);
        if (is_control(c) && c != '\n' && c != '\t' && c != '\r') {
            problems.add(at, fmt::format("the control character 0x{:02x}", c), "text");
            return false;
        }
        ++at.column;
        if (c == '\n') at = {at.line + 1, 1};
        i += length;
    }
    return true;
}

}  // namespace

std::optional<YamlNode> read_yaml(std::string_view text, Problems& problems) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
    if (!acceptable(text, problems)) return std::nullopt;
    const Places places(text);
    Builder builder(places, problems);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Abandoned&) {
        return std::nullopt;
    } catch (const YAML::Exception& error) {
        problems.add(places(error.mark), "not YAML: " + error.msg);
        return std::nullopt;
    } catch (const std::exception& error) {
        problems.add({}, std::string("not to be read as YAML: ") + error.what());
        return std::nullopt;
    }
    auto root = builder.take();
    if (!root && problems.empty()) problems.add({}, "an empty file", "a scenario: a map");
    return root;
}

std::string to_flow(const YamlNode& node) {
    std::string text;
    switch (node.kind) {
        case YamlNode::Kind::null:
        case YamlNode::Kind::invalid: return "null";
        case YamlNode::Kind::scalar:
            if (!node.quoted) {
                // A plain text over several lines has been folded already; spaces are all that is left of them.
                return node.text;
            }
            text = "\"";
            for (const auto c : node.text) {
                if (c == '"' || c == '\\') text += '\\';
                if (c == '\n' || c == '\t') {
                    text += c == '\n' ? "\\n" : "\\t";
                } else {
                    text += c;
                }
            }
            return text + "\"";
        case YamlNode::Kind::list:
            for (const auto& item : node.items) text += (text.empty() ? "" : ", ") + to_flow(item);
            return "[" + text + "]";
        case YamlNode::Kind::map:
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                text += (text.empty() ? "" : ", ") + node.keys[i].text + ": " + to_flow(node.items[i]);
            }
            return "{" + text + "}";
    }
    return text;
}

std::string describe(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
        case YamlNode::Kind::invalid: return "nothing";
        case YamlNode::Kind::scalar: return (node.quoted ? "the text `" : "`") + shortened(node.text) + "`";
        case YamlNode::Kind::list: return "a list";
        case YamlNode::Kind::map: return "a map";
    }
    return {};
}

void report_wrong(const YamlNode& node, std::string_view noun, std::string expected, Problems& problems) {
    if (node.kind == YamlNode::Kind::invalid) return;
    problems.add(node.at, fmt::format("{} is not {}", describe(node), noun), std::move(expected));
}

std::string one_of(std::span<const std::string_view> words) {
    std::string text = words.size() > 1 ? "one of " : "";
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += fmt::format("`{}`", words[i]);
    }
    return text;
}

void report_unknown(Position at, std::string_view noun, std::string_view word,
                    std::span<const std::string_view> candidates, Problems& problems) {
    if (problems.full()) return problems.add(at, {});  // counted only
    const auto what = fmt::format("unknown {} `{}`", noun, shortened(word));
    if (const auto meant = nearest(word, candidates)) {
        problems.add(at, fmt::format("{}, did you mean `{}`?", what, *meant));
    } else {
        problems.add(at, what, one_of(candidates));
    }
}

MapReader::MapReader(const YamlNode& node, std::string_view noun, std::span<const std::string_view> allowed,
                     Problems& problems)
    : node_(node), noun_(noun), problems_(problems), is_map_(node.kind == YamlNode::Kind::map) {
    if (!is_map_) {
        report_wrong(node, noun, "a map with " + one_of(allowed), problems);
        return;
    }
    for (const auto& key : node.keys) {
        if (std::find(allowed.begin(), allowed.end(), key.text) != allowed.end()) continue;
        report_unknown(key.at, "key", key.text, allowed, problems);
    }
}

const YamlNode* MapReader::find(std::string_view key) const {
    for (std::size_t i = 0; i < node_.keys.size(); ++i) {
        if (node_.keys[i].text == key) return &node_.items[i];
    }
    return nullptr;
}

const YamlNode* MapReader::require(std::string_view key) const {
    const auto* found = find(key);
    if (found == nullptr && is_map_) problems_.add(node_.at, fmt::format("{} without `{}`", noun_, key), "it");
    return found;
}

Position MapReader::position_of(std::string_view key) const {
    for (const auto& candidate : node_.keys) {
        if (candidate.text == key) return candidate.at;
    }
    return node_.at;
}

}  // namespace bully::sim
