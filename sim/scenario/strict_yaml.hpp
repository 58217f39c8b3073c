// A strict layer over yaml-cpp, which accepts duplicate keys, counts lines from 0, and has terse error messages. All
// readers report into one list, so that all errors of a file are shown in one go.
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

/// The longest scenario file, in bytes. A list of 60,000 processes is about 3 MiB.
inline constexpr std::size_t max_yaml_bytes = 4U << 20U;

/// A mistake in a file or an option. Lines and columns count from 1.
struct Diagnostic {
    std::string file;
    std::size_t line = 1;    ///< 0: the mistake is in an option, or is the file as a whole.
    std::size_t column = 1;  ///< With an option: the position in its value.
    std::string what;
    std::string expected;  ///< Empty if `what` says it all.

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// The diagnostic as one line: "file:line:col: what, expected ...", or "bully_sim: what, expected ..." without a line.
[[nodiscard]] std::string to_string(const Diagnostic& diagnostic);

struct YamlNode {
    enum class Kind : std::uint8_t { null, scalar, sequence, map };
    Kind kind = Kind::null;
    bool quoted = false;
    std::size_t line = 1;  ///< 0: the node comes from `option`, not from the file.
    std::size_t column = 1;
    std::size_t position = 1;     ///< In the whole text, from 1.
    std::string_view option;      ///< "--set processes=7". Must outlive the node.
    std::string text;             ///< The text of a scalar. Of a null value in a map: its key.
    std::vector<YamlNode> items;  ///< The items of a sequence; for a map: key, value, key, value, ...

    [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
    [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
    [[nodiscard]] bool is_map() const { return kind == Kind::map; }
    /// The value of this key of a map, or null.
    [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

/// The node as one line of flow YAML, for summaries.
[[nodiscard]] std::string to_flow(const YamlNode& node);

/// The beginning of a text, for a message: at most `most` bytes, without control characters, with "..." if it goes on.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t most = 40);

class Diagnostics {
  public:
    explicit Diagnostics(std::string file) : file_(std::move(file)) {}

    /// Adds a mistake at a node. A node from an option is reported by the option instead of a place in the file; if
    /// there are several mistakes, also by the position in the value.
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
/// Parses `text`, which must be one document. Returns none, and reports why, if the text has an alias, an anchor, a
/// tag, a second document, a duplicate key or a key that isn't a plain word, if it is too big or too deep for a
/// scenario, or if a quoted or block text swallows the lines after it: an unclosed quote, or a line that begins with
/// one of `keys`.
[[nodiscard]] std::optional<YamlNode> read_yaml(std::string_view text, Diagnostics& diagnostics,
                                                YamlSource source = YamlSource::file,
                                                std::span<const std::string_view> keys = {});

/// The word of `known` that is nearest to `word`; none if all are too different to be a typing error.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      const std::vector<std::string_view>& known);

/// The entries of a map. The constructor reports a node that isn't a map, and each key that isn't in `known`.
class Fields {
  public:
    Fields(const YamlNode& node, std::string_view what, std::vector<std::string_view> known, Diagnostics& diagnostics);

    /// The value of a key, or null.
    [[nodiscard]] const YamlNode* get(std::string_view key) const;
    /// The value of a key. Reports a missing key, and returns null.
    [[nodiscard]] const YamlNode* need(std::string_view key) const;
    [[nodiscard]] bool has(std::string_view key) const { return get(key) != nullptr; }
    [[nodiscard]] const YamlNode& node() const { return node_; }
    /// The node of the key itself, for messages about the key.
    [[nodiscard]] const YamlNode& key_node(std::string_view key) const;

  private:
    const YamlNode& node_;
    std::string what_;
    Diagnostics& diagnostics_;
};

}  // namespace bully::sim
