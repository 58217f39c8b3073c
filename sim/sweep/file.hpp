// The JSON file of a sweep: figures for other programs, and the exact state from which shards are merged.
#pragma once

#include "sim/sweep/sweep.hpp"

#include <tl/expected.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace bully::sim {

/// Writes one object, with a line per cell. Keys are stable; times are in nanoseconds. The same sweep gives the same
/// bytes.
void write_sweep(std::ostream& out, const Sweep& sweep);

/// Reads the output of write_sweep: the exact state, not the figures. Error: one line.
[[nodiscard]] tl::expected<Sweep, std::string> parse_sweep(std::string_view text);

/// Reads a file of write_sweep. Error: one line that begins with the path, also if the file can't be read.
[[nodiscard]] tl::expected<Sweep, std::string> load_sweep(const std::string& path);

}  // namespace bully::sim
