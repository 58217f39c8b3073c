// Small things that all texts for people need: widths, wrapping, lists, durations.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/process_id.hpp"
#include "core/timing.hpp"

namespace bully::sim {

/// Columns that `text` takes on a terminal: one per UTF-8 character.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` with spaces added up to `width` columns.
[[nodiscard]] std::string padded_right(std::string text, std::size_t width);
[[nodiscard]] std::string padded_left(const std::string& text, std::size_t width);

/// Words of `text` on lines of at most `width` columns; a longer word has a line of its own. Never empty.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// "3.182s", "4.215ms", "15us": to at most three decimals, rounded down. For the exact form see core/timing.hpp.
[[nodiscard]] std::string rounded(Duration duration);

/// "12.345": seconds with this many decimals, at most 9, rounded down.
[[nodiscard]] std::string seconds(Duration duration, int decimals);

/// "1, 2 and 3".
[[nodiscard]] std::string enumerated(std::span<const std::string> items);

/// "(12, 1234567)"
[[nodiscard]] std::string to_string(ProcessId pid);

/// "1 election", "3 elections"; "12,345 steps".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);
[[nodiscard]] std::string grouped(std::uint64_t number);

/// The argument as a POSIX shell would read it back.
[[nodiscard]] std::string shell_quoted(std::string_view argument);

/// The one of `candidates` that is likely meant by a misspelt `word`; empty if none is near.
[[nodiscard]] std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

/// The characters that our texts use beyond ASCII, replaced.
[[nodiscard]] std::string to_ascii(std::string_view text);

/// Control characters, an escape sequence's for instance, replaced by '?': for text that came from a file.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace bully::sim
