// A sweep as charts: times and messages along its first axis, with theory beside them, and distributions.
#pragma once

#include "sim/sweep/sweep.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

enum class SweepChart : std::uint8_t { time, messages, false_elections, distribution };

/// "time", "messages", "false_elections", "distribution".
[[nodiscard]] std::string_view to_string(SweepChart chart);
/// "time,messages": any of them, in the order in which they shall be drawn. Error: one line.
[[nodiscard]] tl::expected<std::vector<SweepChart>, std::string> parse_charts(std::string_view text);

/// Why there is no chart of such a sweep, one line: each setting of the axes but the first is a line, and more than a
/// few can't be told apart.
[[nodiscard]] std::optional<std::string> plot_obstacle(const std::vector<Axis>& axes);

/// The most curves that a chart tells apart by their colours.
[[nodiscard]] std::size_t most_curves();

/// An SVG document. No `charts`: all that have something to show. Requires: no plot_obstacle, and an axis for those
/// that are drawn along one.
void write_plot(std::ostream& out, const Sweep& sweep, std::vector<SweepChart> charts);

}  // namespace bully::sim
