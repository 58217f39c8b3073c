#include "sim/scenario/overrides.hpp"

#include "core/record/quantities.hpp"
#include "sim/scenario/delay.hpp"

#include <algorithm>
#include <optional>

namespace bully::sim {
namespace {

constexpr std::int64_t millionths = 1'000'000;
constexpr std::int64_t greatest_factor = 1000 * millionths;

// The override as its user gave it.
std::string name(const Override& override) { return override.option.empty() ? to_string(override) : override.option; }

void comes_from(YamlNode& node, std::string_view option) {
    node.line = 0;
    node.column = node.position;
    node.option = option;
    for (auto& item : node.items) comes_from(item, option);
}

// The value of this key of a map. A missing key is added.
YamlNode& entry(YamlNode& map, const std::string& key, std::string_view option) {
    for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
        if (map.items[i].text == key) return map.items[i + 1];
    }
    YamlNode word;
    word.kind = YamlNode::Kind::scalar;
    word.text = key;
    YamlNode value;
    comes_from(word, option);
    comes_from(value, option);
    map.items.push_back(std::move(word));
    map.items.push_back(std::move(value));
    return map.items.back();
}

bool is_factor(std::string_view text) { return text.size() > 1 && text[0] == 'x' && text[1] >= '0' && text[1] <= '9'; }

// Multiplies each time in the node; returns the number of times.
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
    const auto wrong = [&](const std::string& what) { return tl::unexpected(name(override) + ": " + what); };
    auto* node = &root;
    std::string_view rest = override.path;
    std::string walked;
    while (!rest.empty()) {
        const auto dot = std::min(rest.find('.'), rest.size());
        if (node->kind == YamlNode::Kind::null) node->kind = YamlNode::Kind::map;
        if (!node->is_map())
            return wrong("`" + walked + "` is " + excerpt(to_flow(*node)) + " in the scenario, expected a map");
        const std::string key(rest.substr(0, dot));
        walked += (walked.empty() ? "" : ".") + key;
        node = &entry(*node, key, override.option);
        rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    if (is_factor(override.value)) {
        const auto by = scaled_decimal(override.value.substr(1), millionths);
        if (!by || *by == 0 || *by > greatest_factor) {
            return wrong("`" + excerpt(override.value) +
                         "`, expected a factor from x0.000001 to x1000, with at most 6 decimals");
        }
        if (scale(*node, *by) == 0) {
            return wrong("`" + excerpt(override.value) + "` has no times to scale, expected `" + override.path +
                         "` in the file, with its times");
        }
        return {};
    }
    auto value = read_value(override.value);
    if (!value) return wrong(value.error());
    if (override.path == "processes" && node->is_sequence() && !value->is_sequence()) {
        return wrong(
            "a number of processes, but the scenario lists them, expected a list, or `processes: N` in the file");
    }
    comes_from(*value, override.option);
    *node = std::move(*value);
    return {};
}

bool is_within(std::string_view path, std::string_view outer) {
    return path.size() > outer.size() && path.starts_with(outer) && path[outer.size()] == '.';
}

// The conflict of two options that set the same value, so that one of them would be lost; none if they set different
// ones.
std::optional<std::string> overlap(const Override& earlier, const Override& later) {
    const auto path = "`" + later.path + "`";
    if (earlier.path == later.path) return path + " is set twice, expected once";
    const auto too = "`" + earlier.path + "`, which " + name(earlier) + " sets too, expected one of the two";
    if (is_within(later.path, earlier.path)) return path + " is in " + too;
    if (is_within(earlier.path, later.path)) return path + " contains " + too;
    return std::nullopt;
}

}  // namespace

std::string to_string(const Override& override) { return override.path + "=" + override.value; }

tl::expected<Override, std::string> parse_override(std::string_view text, const std::string& option,
                                                   std::string_view expected) {
    constexpr std::size_t shown = 80;  // also the longest path, which messages name whole
    const auto equals = text.find('=');
    const auto path = text.substr(0, std::min(equals, text.size()));
    const bool good_path = !path.empty() && path.size() <= shown && path.front() != '.' && path.back() != '.' &&
                           path.find("..") == std::string_view::npos &&
                           path.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string_view::npos;
    if (equals == std::string_view::npos || !good_path || equals + 1 == text.size()) {
        return tl::unexpected(option + " `" + excerpt(text, shown) + "`, expected " + std::string(expected));
    }
    return Override{std::string(path), std::string(text.substr(equals + 1)), option + " " + excerpt(text, shown)};
}

std::string given(const std::vector<Override>& overrides) {
    std::string text;
    for (const auto& override : overrides) {
        if (override.option.empty()) continue;
        text += (text.empty() ? " (with " : ", ") + override.option;
        if (override.option.starts_with("--over ")) text += " at " + excerpt(override.value);
    }
    return text.empty() ? text : text + ")";
}

tl::expected<YamlNode, std::string> read_value(std::string_view text) {
    Diagnostics diagnostics("");
    auto value = read_yaml(text, diagnostics, YamlSource::value);
    if (value && diagnostics.empty()) return std::move(*value);
    const auto first = diagnostics.take().front();
    return tl::unexpected(first.what + ", expected " +
                          (first.expected.empty() ? "a value as in a scenario file" : first.expected));
}

tl::expected<void, std::string> apply_overrides(YamlNode& root, const std::vector<Override>& overrides) {
    for (auto override = overrides.begin(); override != overrides.end(); ++override) {
        for (auto earlier = overrides.begin(); earlier != override; ++earlier) {
            if (const auto both = overlap(*earlier, *override)) return tl::unexpected(name(*override) + ": " + *both);
        }
        if (auto applied = apply(root, *override); !applied) return applied;
    }
    return {};
}

}  // namespace bully::sim
