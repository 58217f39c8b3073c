#include "sim/scenario/strict_yaml.hpp"

#include "sim/util/controls.hpp"

#include <algorithm>
#include <tuple>

namespace bully::sim {
namespace {

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

// In double quotes, so that it is read again as what it is.
std::string quoted_flow(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string quoted = "\"";
    auto control = find_control(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"' || text[i] == '\\') quoted += '\\';
        if (control.offset == i) {
            quoted += "\\u";
            for (const auto shift : {12U, 8U, 4U, 0U}) quoted += digits[control.code >> shift & 15U];
            i += control.length - 1;
            control = find_control(text, i + 1);
        } else {
            quoted += text[i];
        }
    }
    return quoted + "\"";
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
        case YamlNode::Kind::scalar: return node.quoted ? quoted_flow(node.text) : node.text;
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
    return without_controls(text.substr(0, end)) + (end < text.size() ? "..." : "");
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
        diagnostics.add(node, what_ + " isn't a map", "`{key: value, ...}`");
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
        diagnostics_.add(node_, "`" + std::string(key) + "` is missing: " + what_ + " needs it");
    }
    return found;
}

const YamlNode& Fields::key_node(std::string_view key) const {
    const auto* value = node_.find(key);
    return value == nullptr ? node_ : *(value - 1);  // a key stands before its value
}

}  // namespace bully::sim
