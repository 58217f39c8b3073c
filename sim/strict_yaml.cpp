#include "sim/strict_yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>
#include <tuple>

namespace bully::sim {
namespace {

constexpr std::size_t max_depth = 16;  // a scenario needs 6; yaml-cpp recurses once a level
constexpr std::size_t max_nodes = 2'000'000;

struct Stop : std::exception {};

// Builds the tree from yaml-cpp's events, which know of anchors and tags; its nodes have forgotten them.
class Builder : public YAML::EventHandler {
  public:
    explicit Builder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    YamlNode root;
    bool failed = false;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, YamlNode::Kind::null); }
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
        if (!node.quoted && (value == "~" || value == "null")) node.kind = YamlNode::Kind::null;
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, YamlNode::Kind::sequence);
    }
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, YamlNode::Kind::map);
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
        if (tag.empty() || tag == "?" || tag == "!") return;
        fail(mark, "tag `" + excerpt(tag) + "`", "a plain value: tags are not allowed");
    }
    void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind) {
        check_tag(mark, tag);
        if (open_.size() >= max_depth) {
            stop(mark, "nested too deeply", "at most " + std::to_string(max_depth) + " levels");
        }
        add(mark, kind);
        open_.push_back(last_);
    }
    YamlNode& add(const YAML::Mark& mark, YamlNode::Kind kind) {
        if (++nodes_ > max_nodes) stop(mark, "too many values", "a scenario of a sane size");
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
            auto& items = open_.back()->items;
            items.push_back(std::move(fresh));
            last_ = &items.back();
        }
        return *last_;
    }

    Diagnostics& diagnostics_;
    std::vector<YamlNode*> open_;
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
                diagnostics.add(node.items[i], "a key that is no word", "`key: value`");
            }
        }
        std::sort(keys.begin(), keys.end(), [](const auto* a, const auto* b) {
            return std::tie(a->text, a->line, a->column) < std::tie(b->text, b->line, b->column);
        });
        for (std::size_t i = 1; i < keys.size(); ++i) {
            const auto& first = *keys[i - 1];
            const auto& second = *keys[i];
            if (first.text != second.text) continue;
            diagnostics.add(second, "duplicate key `" + excerpt(second.text) + "`",
                            "it once" + (first.line == second.line
                                             ? ""
                                             : "; it stands in line " + std::to_string(first.line) + " already"));
        }
    }
    for (const auto& item : node.items) check_keys(item, diagnostics);
}

// The distance of optimal string alignment: swapped neighbours count once.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1] ? 1U : 0U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[a.size()][b.size()];
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
    const auto place = diagnostic.line == 0 ? "bully_sim"
                                            : diagnostic.file + ":" + std::to_string(diagnostic.line) + ":" +
                                                  std::to_string(diagnostic.column);
    auto text = place + ": " + diagnostic.what;
    if (!diagnostic.expected.empty()) text += ", expected " + diagnostic.expected;
    return text;
}

std::string to_flow(const YamlNode& node) {
    std::string text;
    switch (node.kind) {
        case YamlNode::Kind::null: return "null";
        case YamlNode::Kind::scalar: return node.quoted ? "\"" + node.text + "\"" : node.text;
        case YamlNode::Kind::sequence:
            for (const auto& item : node.items) text += (text.empty() ? "" : ", ") + to_flow(item);
            return "[" + text + "]";
        case YamlNode::Kind::map:
            for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
                text += (text.empty() ? "" : ", ") + to_flow(node.items[i]) + ": " + to_flow(node.items[i + 1]);
            }
            return "{" + text + "}";
    }
    return text;
}

std::string excerpt(std::string_view text, std::size_t most) {
    auto end = std::min(text.size(), most);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // UTF-8
    std::string shown(text.substr(0, end));
    std::replace_if(shown.begin(), shown.end(), is_control, '?');
    return shown + (end < text.size() ? "..." : "");
}

void Diagnostics::add(const YamlNode& at, std::string what, std::string expected) {
    if (!at.option.empty()) what = std::string(at.option) + ": " + what;
    add(at.line, at.column, std::move(what), std::move(expected));
}

void Diagnostics::add(std::size_t line, std::size_t column, std::string what, std::string expected) {
    all_.push_back({file_, line, column, std::move(what), std::move(expected)});
}

std::vector<Diagnostic> Diagnostics::take() {
    if (std::count_if(all_.begin(), all_.end(), [](const auto& d) { return d.line == 0; }) > 1) {
        for (auto& d : all_) {
            if (d.line == 0 && d.column > 1) d.what += " at character " + std::to_string(d.column) + " of the value";
        }
    }
    std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return std::move(all_);
}

std::optional<YamlNode> read_yaml(std::string_view text, Diagnostics& diagnostics, YamlSource source) {
    if (text.size() > max_yaml_bytes) {
        diagnostics.add(1, 1, "a file of " + std::to_string(text.size()) + " bytes",
                        "at most " + std::to_string(max_yaml_bytes));
        return std::nullopt;
    }
    const bool is_file = source == YamlSource::file;
    Builder builder(diagnostics);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) {
            diagnostics.add(1, 1, is_file ? "an empty file" : "no value", is_file ? "a scenario" : "");
            return std::nullopt;
        }
        Builder second(diagnostics);
        if (parser.HandleNextDocument(second)) {
            diagnostics.add(second.root, is_file ? "a second document" : "something after the end of the value",
                            is_file ? "one scenario a file" : "the value alone");
            return std::nullopt;
        }
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const YAML::Exception& error) {
        const auto known = error.mark.line >= 0;
        diagnostics.add(known ? static_cast<std::size_t>(error.mark.line) + 1 : 1,
                        known ? static_cast<std::size_t>(error.mark.column) + 1 : 1, "no YAML: " + error.msg);
        return std::nullopt;
    } catch (const std::exception& error) {
        diagnostics.add(1, 1, std::string("no YAML: ") + error.what());
        return std::nullopt;
    }
    check_keys(builder.root, diagnostics);
    if (builder.failed) return std::nullopt;
    return std::move(builder.root);
}

std::optional<std::string_view> nearest(std::string_view word, const std::vector<std::string_view>& known) {
    std::optional<std::string_view> best;
    std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
    if (word.size() > 64) return best;
    for (const auto candidate : known) {
        const auto d = distance(word, candidate);
        if (d < least) {
            least = d;
            best = candidate;
        }
    }
    return best;
}

Fields::Fields(const YamlNode& node, std::string_view what, std::vector<std::string_view> known,
               Diagnostics& diagnostics)
    : node_(node), what_(what), diagnostics_(diagnostics) {
    if (!node.is_map()) {
        diagnostics.add(node, what_ + " that is no map", "`{key: value, ...}`");
        return;
    }
    for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
        const auto& key = node.items[i];
        if (!key.is_scalar() || std::find(known.begin(), known.end(), key.text) != known.end()) continue;
        std::string expected;
        if (const auto meant = nearest(key.text, known)) {
            expected = "`" + std::string(*meant) + "` perhaps";
        } else {
            for (const auto word : known) expected += (expected.empty() ? "one of " : ", ") + std::string(word);
        }
        diagnostics.add(key, "unknown key `" + excerpt(key.text) + "` in " + what_, expected);
    }
}

const YamlNode* YamlNode::find(std::string_view key) const {
    if (!is_map()) return nullptr;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (items[i].is_scalar() && items[i].text == key) return &items[i + 1];
    }
    return nullptr;
}

const YamlNode* Fields::get(std::string_view key) const { return node_.find(key); }

const YamlNode* Fields::need(std::string_view key) const {
    const auto* found = get(key);
    if (found == nullptr && node_.is_map()) {
        diagnostics_.add(node_, what_ + " without `" + std::string(key) + "`", "one");
    }
    return found;
}

const YamlNode& Fields::key_node(std::string_view key) const {
    const auto* value = node_.find(key);
    return value == nullptr ? node_ : *(value - 1);  // a key stands before its value
}

}  // namespace bully::sim
