// Strict YAML: the part of it that a configuration file needs, each node with its place in the file.
//
// Refused, with the place: aliases, anchors, tags, several documents, duplicate keys, keys that aren't words, control
// characters, text that isn't UTF-8, and whatever is too large or too deep. Any bytes may be given: the worst that
// happens is a Diagnostic.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/diagnostic.hpp"

namespace bully::sim {

inline constexpr std::size_t max_yaml_bytes = std::size_t{1} << 20U;
/// A scenario needs 6 levels.
inline constexpr std::size_t max_yaml_depth = 16;

struct YamlKey {
    std::string text;
    Position at;
};

struct YamlNode {
    enum class Kind : unsigned char {
        null,
        scalar,
        list,
        map,
        invalid,  ///< Refused and reported already: say no more about it.
    };
    Kind kind = Kind::null;
    bool quoted = false;  ///< A scalar in quotes, or a block of text: a text, whatever it looks like.
    Position at;          ///< Of a null that is the value of a key: the key's.
    std::string text;     ///< Of a scalar.
    std::vector<YamlKey> keys;    ///< Of a map, in the order of the file.
    std::vector<YamlNode> items;  ///< Of a list; of a map, the values of `keys`.
};

/// Nothing if the text is no YAML, or has no content. What is wrong is added to `problems`; where a part was refused,
/// a node of kind `invalid` stands in its place, so that the rest can be checked too.
[[nodiscard]] std::optional<YamlNode> read_yaml(std::string_view text, Problems& problems);

/// As one line of flow YAML.
[[nodiscard]] std::string to_flow(const YamlNode& node);

/// "`5`", "a list", "nothing": for messages.
[[nodiscard]] std::string describe(const YamlNode& node);

/// Adds "... is not <noun>, expected <expected>", unless the node has been reported already.
void report_wrong(const YamlNode& node, std::string_view noun, std::string expected, Problems& problems);

/// A map with a fixed set of keys.
class MapReader {
  public:
    /// Reports a node that isn't a map, and each key that isn't one of `allowed`. `node`, `allowed` and `problems`
    /// must outlive this; `noun` says what the map is: "a delay".
    MapReader(const YamlNode& node, std::string_view noun, std::span<const std::string_view> allowed,
              Problems& problems);

    [[nodiscard]] bool is_map() const { return is_map_; }
    [[nodiscard]] const YamlNode* find(std::string_view key) const;
    /// Reports a missing one.
    [[nodiscard]] const YamlNode* require(std::string_view key) const;
    /// Of a key that is there.
    [[nodiscard]] Position position_of(std::string_view key) const;
    [[nodiscard]] Position at() const { return node_.at; }
    [[nodiscard]] Problems& problems() const { return problems_; }

  private:
    const YamlNode& node_;
    std::string_view noun_;
    Problems& problems_;
    bool is_map_;
};

/// "one of `a`, `b` or `c`"
[[nodiscard]] std::string one_of(std::span<const std::string_view> words);

/// "unknown key `x`, did you mean `y`?", or, where nothing is near, with all that there is as what was expected.
void report_unknown(Position at, std::string_view noun, std::string_view word,
                    std::span<const std::string_view> candidates, Problems& problems);

}  // namespace bully::sim
