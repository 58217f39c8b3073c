// What is wrong with a file, for the person who wrote it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

struct Position {
    std::size_t line = 1;    ///< From 1.
    std::size_t column = 1;  ///< From 1, in characters.

    friend auto operator<=>(const Position&, const Position&) = default;
};

struct Diagnostic {
    std::string file;
    std::size_t line = 1;
    std::size_t column = 1;
    std::string what;
    std::string expected;  ///< May be empty, where `what` says it all.

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// "file:line:col: what, expected ..."
[[nodiscard]] std::string to_string(const Diagnostic& diagnostic);

/// Collects all that is wrong with a file, so that it can be told in one go.
class Problems {
  public:
    /// The rest is counted, not kept: nobody reads more.
    static constexpr std::size_t most_kept = 500;

    explicit Problems(std::string file) : file_(std::move(file)) {}

    void add(Position at, std::string what, std::string expected = {});
    /// About another file, one that this one names.
    void add_in(const std::string& file, Position at, std::string what, std::string expected = {});

    [[nodiscard]] bool empty() const { return kept_.empty(); }
    [[nodiscard]] bool full() const { return kept_.size() >= most_kept; }
    [[nodiscard]] const std::string& file() const { return file_; }

    /// Those of the file itself first, each file's by position.
    [[nodiscard]] std::vector<Diagnostic> sorted() const;

  private:
    std::string file_;
    std::vector<Diagnostic> kept_;
    std::size_t dropped_ = 0;
};

}  // namespace bully::sim
