// read_yaml, and what it makes of yaml-cpp's events and errors.
#include "sim/scenario/strict_yaml.hpp"
#include "sim/scenario/yaml_texts.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <sstream>
#include <tuple>

namespace bully::sim {
namespace {

constexpr std::size_t max_depth = 16;  // a scenario needs 6; yaml-cpp recurses once a level
constexpr std::size_t max_nodes = 2'000'000;

struct Stop : std::exception {};

// Builds the tree from yaml-cpp's events, which show anchors and tags; its nodes don't.
class Builder : public YAML::EventHandler {
  public:
    Builder(std::string_view text, Diagnostics& diagnostics) : text_(text), diagnostics_(diagnostics) {}

    YamlNode root;
    bool failed = false;
    std::vector<LongText> texts;
    std::vector<std::size_t> opens;  // as of find_dropped, in any order

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
        auto& node = add(mark, YamlNode::Kind::null);
        const auto* key = own_key();
        if (key == nullptr) return;
        // yaml-cpp's place is that of the next token, often in another line.
        node.line = key->line;
        node.column = key->column;
        node.position = key->position;
        node.text = key->text;
    }
    void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
        fail(mark, "anchor `&" + excerpt(name) + "`", "the value itself: aliases are not allowed");
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        fail(mark, "alias", "the value itself: aliases are not allowed");
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
        check_tag(mark, tag);
        auto& node = add(mark, YamlNode::Kind::scalar);
        node.text = value;
        node.quoted = tag == "!";
        if (!node.quoted && (value == "~" || value == "null")) {
            node.kind = YamlNode::Kind::null;
            node.text = own_key() != nullptr ? own_key()->text : "";
        }
        if (node.quoted && node.position <= text_.size()) {
            texts.push_back({node.position - 1, indent(), !open_.empty() && open_.back().in_flow});
            opens.push_back(node.position - 1);
        }
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value style) override {
        open(mark, tag, YamlNode::Kind::sequence, style);
    }
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                    YAML::EmitterStyle::value style) override {
        open(mark, tag, YamlNode::Kind::map, style);
    }
    void OnMapEnd() override { open_.pop_back(); }

  private:
    static std::size_t from_one(int position) { return position < 0 ? 1 : static_cast<std::size_t>(position) + 1; }

    [[noreturn]] void stop(const YAML::Mark& mark, std::string what, std::string expected) {
        diagnostics_.add(from_one(mark.line), from_one(mark.column), std::move(what), std::move(expected));
        throw Stop{};
    }
    void fail(const YAML::Mark& mark, std::string what, std::string expected) {
        failed = true;
        diagnostics_.add(from_one(mark.line), from_one(mark.column), std::move(what), std::move(expected));
    }
    void check_tag(const YAML::Mark& mark, const std::string& tag) {
        // Quoted texts and blocks have the tag `!`, too; the text at their place tells them apart.
        const bool is_written = from_one(mark.pos) <= text_.size() && text_[from_one(mark.pos) - 1] == '!';
        if (tag.empty() || tag == "?" || (tag == "!" && !is_written)) return;
        fail(mark, "tag `" + excerpt(tag) + "`", "a plain value: tags are not allowed");
    }
    void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind, YAML::EmitterStyle::value style) {
        check_tag(mark, tag);
        if (open_.size() >= max_depth) {
            stop(mark, "values nested too deeply", "at most " + std::to_string(max_depth) + " levels");
        }
        const auto at = add(mark, kind).position - 1;
        // `[key: value]` is a map without brackets of its own.
        if (style == YAML::EmitterStyle::Flow && at < text_.size() && (text_[at] == '[' || text_[at] == '{')) {
            opens.push_back(at);
        }
        open_.push_back({last_, style == YAML::EmitterStyle::Flow});
    }
    // The indentation of the innermost map or list with one entry per line.
    [[nodiscard]] std::size_t indent() const {
        const auto block =
            std::find_if(open_.rbegin(), open_.rend(), [](const Level& level) { return !level.in_flow; });
        return block == open_.rend() ? 0 : block->node->column - 1;
    }
    YamlNode& add(const YAML::Mark& mark, YamlNode::Kind kind) {
        if (++nodes_ > max_nodes) stop(mark, "too many values", "at most " + std::to_string(max_nodes));
        YamlNode fresh;
        fresh.kind = kind;
        fresh.line = from_one(mark.line);
        fresh.column = from_one(mark.column);
        fresh.position = from_one(mark.pos);
        if (open_.empty()) {
            root = std::move(fresh);
            last_ = &root;
        } else {
            // The open nodes are the last ones of their parents, so growing a parent's list moves closed ones only.
            auto& items = open_.back().node->items;
            items.push_back(std::move(fresh));
            last_ = &items.back();
        }
        return *last_;
    }

    // The key of the value that was added last; null for an item of a list, or the whole document.
    [[nodiscard]] const YamlNode* own_key() const {
        if (open_.empty() || !open_.back().node->is_map()) return nullptr;
        const auto& items = open_.back().node->items;
        return items.size() % 2 == 0 && items[items.size() - 2].is_scalar() ? &items[items.size() - 2] : nullptr;
    }

    struct Level {
        YamlNode* node;
        bool in_flow;
    };

    std::string_view text_;
    Diagnostics& diagnostics_;
    std::vector<Level> open_;
    YamlNode* last_ = nullptr;
    std::size_t nodes_ = 0;
};

void check_keys(const YamlNode& node, Diagnostics& diagnostics) {
    if (node.is_map()) {
        std::vector<const YamlNode*> keys;
        for (std::size_t i = 0; i < node.items.size(); i += 2) {
            if (node.items[i].is_scalar()) {
                keys.push_back(&node.items[i]);
            } else {
                diagnostics.add(node.items[i], "a key that isn't a word", "`key: value`");
            }
        }
        std::sort(keys.begin(), keys.end(), [](const auto* a, const auto* b) {
            return std::tie(a->text, a->line, a->column) < std::tie(b->text, b->line, b->column);
        });
        for (std::size_t i = 1; i < keys.size(); ++i) {
            const auto& first = *keys[i - 1];
            const auto& second = *keys[i];
            if (first.text != second.text) continue;
            diagnostics.add(
                second, "duplicate key `" + excerpt(second.text) + "`",
                "it once" +
                    (first.line == second.line ? "" : ": line " + std::to_string(first.line) + " has it already"));
        }
    }
    for (const auto& item : node.items) check_keys(item, diagnostics);
}

// The text to write instead, for the errors of yaml-cpp.
std::string_view expected_instead(std::string_view reason) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> known{
        {{"end of map not found", "the next `key: value`, indented as those before"},
         {"end of sequence not found", "the next `- item`, indented as those before"},
         {"end of map flow not found", "`,` or `}`"},
         {"end of sequence flow not found", "`,` or `]`"},
         {"illegal map value", "one `key: value` a line, or `{key: value, ...}`"},
         {"illegal block entry", "`- item` on a line of its own"},
         {"illegal flow end", "a `[` or `{` before it"},
         {"illegal tab when looking for indentation", "spaces"},
         {"unknown token", "quotes around a text that begins with this character"},
         {"unknown escape character", "`\\\\` for a backslash"}}};
    const auto* const found =
        std::ranges::find_if(known, [&](const auto& row) { return reason.starts_with(row.first); });
    return found == known.end() ? std::string_view{} : found->second;
}

}  // namespace

std::optional<YamlNode> read_yaml(std::string_view text, Diagnostics& diagnostics, YamlSource source,
                                  std::span<const std::string_view> keys) {
    if (text.size() > max_yaml_bytes) {
        diagnostics.add(1, 1, "a file of " + std::to_string(text.size()) + " bytes",
                        "at most " + std::to_string(max_yaml_bytes));
        return std::nullopt;
    }
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a mark that says: UTF-8
    const auto wrong = [&](const TextMistake& mistake) {
        const auto before = text.substr(0, mistake.offset);
        const auto line = before.rfind('\n');
        diagnostics.add(static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
                        before.size() - (line == std::string_view::npos ? 0 : line + 1) + 1, mistake.what,
                        mistake.expected);
        return std::nullopt;
    };
    if (const auto mistake = find_bad_byte(text)) return wrong(*mistake);
    const bool is_file = source == YamlSource::file;
    if (!is_file) {
        if (const auto mistake = find_comment(text)) return wrong(*mistake);
    }
    Builder builder(text, diagnostics);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) {
            diagnostics.add(1, 1, is_file ? "an empty file" : "no value", is_file ? "a scenario" : "");
            return std::nullopt;
        }
        Builder second(text, diagnostics);
        if (parser.HandleNextDocument(second)) {
            if (const auto cause = find_cause(text, second.root.position - 1, keys)) return wrong(*cause);
            diagnostics.add(second.root, is_file ? "a second document" : "something after the end of the value",
                            is_file ? "one scenario per file" : "the value alone");
            return std::nullopt;
        }
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const YAML::Exception& error) {
        const auto failed = error.mark.pos < 0 ? 0 : static_cast<std::size_t>(error.mark.pos);
        if (const auto cause = find_cause(text, failed, keys)) return wrong(*cause);
        const auto known = error.mark.line >= 0;
        diagnostics.add(known ? static_cast<std::size_t>(error.mark.line) + 1 : 1,
                        known ? static_cast<std::size_t>(error.mark.column) + 1 : 1, "invalid YAML: " + error.msg,
                        std::string(expected_instead(error.msg)));
        return std::nullopt;
    } catch (const std::exception& error) {
        diagnostics.add(1, 1, std::string("invalid YAML: ") + error.what());
        return std::nullopt;
    }
    std::sort(builder.opens.begin(), builder.opens.end());
    if (const auto mistake = find_dropped(text, builder.opens)) return wrong(*mistake);
    for (const auto& found : builder.texts) {
        if (const auto mistake = find_mistake(text, found, keys)) {
            wrong(*mistake);
            builder.failed = true;
        }
    }
    check_keys(builder.root, diagnostics);
    if (builder.failed) return std::nullopt;
    return std::move(builder.root);
}

}  // namespace bully::sim
