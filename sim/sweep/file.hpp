// A sweep as a JSON file: figures for programs, and beside them the exact state that shards are merged from.
#pragma once

#include "sim/sweep/sweep.hpp"

#include <tl/expected.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace bully::sim {

/// One object, a line per cell. Keys are stable; times are in nanoseconds. The same sweep gives the same bytes.
void write_sweep(std::ostream& out, const Sweep& sweep);

/// What write_sweep wrote: the exact state is read, the figures aren't. Error, one line: what is wrong with it.
[[nodiscard]] tl::expected<Sweep, std::string> parse_sweep(std::string_view text);

/// Likewise; one that can't be read is an error too. Errors begin with the path.
[[nodiscard]] tl::expected<Sweep, std::string> load_sweep(const std::string& path);

}  // namespace bully::sim
