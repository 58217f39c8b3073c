#include "sim/overrides.hpp"

#include "core/quantities.hpp"
#include "sim/delay.hpp"

#include <algorithm>
#include <set>

namespace bully::sim {
namespace {

constexpr std::int64_t millionths = 1'000'000;

void put_at(YamlNode& node, std::size_t line, std::size_t column) {
    node.line = line;
    node.column = column;
    for (auto& item : node.items) put_at(item, line, column);
}

// The value of this key of a map, made if need be.
YamlNode& entry(YamlNode& map, const std::string& key) {
    for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
        if (map.items[i].text == key) return map.items[i + 1];
    }
    YamlNode word;
    word.kind = YamlNode::Kind::scalar;
    word.text = key;
    word.line = map.line;
    word.column = map.column;
    YamlNode value;
    value.line = map.line;
    value.column = map.column;
    map.items.push_back(std::move(word));
    map.items.push_back(std::move(value));
    return map.items.back();
}

// "x0.5" as millionths; nothing if it is no factor.
std::optional<std::int64_t> factor(std::string_view text) {
    if (!text.starts_with('x')) return std::nullopt;
    const auto value = scaled_decimal(text.substr(1), millionths);
    constexpr std::int64_t greatest = 1000 * millionths;
    return value && *value > 0 && *value <= greatest ? value : std::nullopt;
}

// Multiplies each time in the node; gives how many there were.
std::size_t scale(YamlNode& node, std::int64_t by) {
    std::size_t scaled = 0;
    for (auto& item : node.items) scaled += scale(item, by);
    const auto time = node.is_scalar() ? parse_duration(node.text) : std::nullopt;
    if (!time || *time > longest_time) return scaled;
    // A year times a thousand doesn't fit into 64 bits of millionths.
    __extension__ using Wide = __int128;
    const auto ns = (static_cast<Wide>(time->count()) * by + millionths / 2) / millionths;
    node.text = bully::to_string(Duration{static_cast<std::int64_t>(std::min<Wide>(ns, INT64_MAX / 4))});
    return scaled + 1;
}

tl::expected<void, std::string> apply(YamlNode& root, const Override& override) {
    const auto wrong = [&](std::string what) { return tl::unexpected(to_string(override) + ": " + std::move(what)); };
    auto* node = &root;
    std::string_view rest = override.path;
    std::string walked;
    while (!rest.empty()) {
        const auto dot = std::min(rest.find('.'), rest.size());
        if (node->kind == YamlNode::Kind::null) node->kind = YamlNode::Kind::map;
        if (!node->is_map()) return wrong("`" + walked + "` is " + to_flow(*node) + " here, expected a map");
        const std::string key(rest.substr(0, dot));
        walked += (walked.empty() ? "" : ".") + key;
        node = &entry(*node, key);
        rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    if (const auto by = factor(override.value)) {
        if (scale(*node, *by) == 0) {
            return wrong("a factor, but the scenario gives no times there, expected `" + override.path +
                         "` in the file, with its times");
        }
        return {};
    }
    Diagnostics diagnostics("");
    auto value = read_yaml(override.value, diagnostics);
    if (!value || !diagnostics.empty()) {
        const auto all = diagnostics.take();
        return wrong(all.empty() ? "no value" : all.front().what);
    }
    if (override.path == "processes" && node->is_sequence() && !value->is_sequence()) {
        return wrong("the scenario lists its processes, expected `processes: N` in the file");
    }
    put_at(*value, node->line, node->column);
    *node = std::move(*value);
    return {};
}

}  // namespace

std::string to_string(const Override& override) { return override.path + "=" + override.value; }

tl::expected<Override, std::string> parse_override(std::string_view text) {
    const auto equals = text.find('=');
    const auto path = text.substr(0, std::min(equals, text.size()));
    const bool good_path = !path.empty() && path.front() != '.' && path.back() != '.' &&
                           path.find("..") == std::string_view::npos &&
                           path.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string_view::npos;
    if (equals == std::string_view::npos || !good_path || equals + 1 == text.size()) {
        return tl::unexpected("`" + std::string(text.substr(0, 80)) +
                              "`, expected KEY=VALUE as in a scenario file, such as timing.answer_timeout=200ms");
    }
    return Override{std::string(path), std::string(text.substr(equals + 1))};
}

tl::expected<void, std::string> apply_overrides(YamlNode& root, const std::vector<Override>& overrides) {
    std::set<std::string_view> seen;
    for (const auto& override : overrides) {
        if (!seen.insert(override.path).second) {
            return tl::unexpected(to_string(override) + ": `" + override.path + "` is set twice, expected once");
        }
        if (auto applied = apply(root, override); !applied) return applied;
    }
    return {};
}

}  // namespace bully::sim
