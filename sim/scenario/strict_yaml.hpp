// A strict layer over yaml-cpp, which accepts duplicate keys, counts lines from 0, and says little about what was
// meant. Everything here reports into one list, so that a file's errors are shown in one go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bully::sim {

/// A list of 60,000 processes is about 3 MiB.
inline constexpr std::size_t max_yaml_bytes = 4U << 20U;

/// Something wrong in a file. Lines and columns count from 1.
struct Diagnostic {
    std::string file;
    std::size_t line = 1;    ///< 0: it is about no place in it, but the file itself, or an option.
    std::size_t column = 1;  ///< Of an option: the character in its value.
    std::string what;
    std::string expected;  ///< Empty where `what` says it all.

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// "file:line:col: what, expected ..."; without a line "bully_sim: what, expected ...".
[[nodiscard]] std::string to_string(const Diagnostic& diagnostic);

struct YamlNode {
    enum class Kind : std::uint8_t { null, scalar, sequence, map };
    Kind kind = Kind::null;
    bool quoted = false;
    std::size_t line = 1;  ///< 0: it isn't from the file, but from the option.
    std::size_t column = 1;
    std::size_t position = 1;     ///< In all of the text.
    std::string_view option;      ///< "--set processes=7"; outlives the node.
    std::string text;             ///< Of a scalar.
    std::vector<YamlNode> items;  ///< Of a sequence; of a map: key, value, key, value, ...

    [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
    [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
    [[nodiscard]] bool is_map() const { return kind == Kind::map; }
    /// The value of this key of a map, or null.
    [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

/// The node as one line of flow YAML, for summaries.
[[nodiscard]] std::string to_flow(const YamlNode& node);

/// A text for a message: without control characters, of `most` bytes at most, and "..." where it goes on.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t most = 40);

class Diagnostics {
  public:
    explicit Diagnostics(std::string file) : file_(std::move(file)) {}

    /// Of what comes from an option, the option is named instead of a place in the file; and its place in the value
    /// where there is more to tell.
    void add(const YamlNode& at, std::string what, std::string expected = {});
    void add(std::size_t line, std::size_t column, std::string what, std::string expected = {});
    [[nodiscard]] bool empty() const { return all_.empty(); }
    /// Sorted by position.
    [[nodiscard]] std::vector<Diagnostic> take();

  private:
    std::string file_;
    std::vector<Diagnostic> all_;
};

enum class YamlSource : std::uint8_t { file, value };
/// The only document of `text`, or nothing, with the reason reported. Refuses aliases, anchors, tags, further
/// documents, duplicate keys, keys that aren't plain words, what is too big or too deep to be a scenario, and texts
/// that swallow what follows them: quotes that don't close, and those with a line that begins with one of `keys`.
[[nodiscard]] std::optional<YamlNode> read_yaml(std::string_view text, Diagnostics& diagnostics,
                                                YamlSource source = YamlSource::file,
                                                std::span<const std::string_view> keys = {});

/// `known` that `word` was probably meant to be, or nothing.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      const std::vector<std::string_view>& known);

/// The entries of a map. Reports at once what isn't a map, and each key that isn't among `known`.
class Fields {
  public:
    Fields(const YamlNode& node, std::string_view what, std::vector<std::string_view> known, Diagnostics& diagnostics);

    [[nodiscard]] const YamlNode* get(std::string_view key) const;
    /// Like get; reports a missing one.
    [[nodiscard]] const YamlNode* need(std::string_view key) const;
    [[nodiscard]] bool has(std::string_view key) const { return get(key) != nullptr; }
    [[nodiscard]] const YamlNode& node() const { return node_; }
    /// The node of the key itself, for messages about it.
    [[nodiscard]] const YamlNode& key_node(std::string_view key) const;

  private:
    const YamlNode& node_;
    std::string what_;
    Diagnostics& diagnostics_;
};

}  // namespace bully::sim
