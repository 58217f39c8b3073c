// The charts of a sweep: times and messages along its first axis, with theory, and distributions.
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

/// The name of a chart: "time", "messages", "false_elections" or "distribution".
[[nodiscard]] std::string_view to_string(SweepChart chart);
/// Reads names of charts, separated by commas; the charts are drawn in this order. Error: one line.
[[nodiscard]] tl::expected<std::vector<SweepChart>, std::string> parse_charts(std::string_view text);

/// The reason, one line, why a sweep with these axes can't be drawn: each setting of the axes other than the first is a
/// line, and at most most_curves() lines can be told apart. None if it can.
[[nodiscard]] std::optional<std::string> plot_obstacle(const std::vector<Axis>& axes);

/// The greatest number of curves in a chart, one for each colour.
[[nodiscard]] std::size_t most_curves();

/// Writes an SVG document. Empty `charts`: all charts that have something to show. Requires: no plot_obstacle, and an
/// axis for charts other than the distribution.
void write_plot(std::ostream& out, const Sweep& sweep, std::vector<SweepChart> charts);

}  // namespace bully::sim
