// The axes of a sweep, as given by --over: a key of the scenario and its values.
//
//   processes=3..1000:log               3, 5, 10, 20, 50, ... 1000: steps of 1, 2 and 5, and both ends
//   timing.answer_timeout=200ms..3s:8   8 values, evenly spaced
//   processes=3..9                      each whole number
//   network.loss=0%,0.1%,1%             a list
//   network.delay=5ms,{uniform: [1ms, 10ms]},x2    x2: the file's own delay, with all its times doubled
#pragma once

#include "sim/scenario/overrides.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

inline constexpr std::size_t max_axis_values = 1'000;
inline constexpr std::size_t max_cells = 10'000;

struct Axis {
    std::string path;                 ///< As in Override.
    std::vector<std::string> values;  ///< As in Override. Not empty, all distinct.
    std::string option = {};          ///< As in Override.

    friend bool operator==(const Axis& a, const Axis& b) { return a.path == b.path && a.values == b.values; }
};

/// A numeric value: a whole number, a time in nanoseconds, or a percentage in millionths of a percent.
struct Quantity {
    enum class Unit : std::uint8_t { none, time, percent };
    Unit unit = Unit::none;
    std::int64_t value = 0;

    friend bool operator==(const Quantity&, const Quantity&) = default;
};
/// The value as a number; none if it is a word, a list or a factor such as "x2".
[[nodiscard]] std::optional<Quantity> parse_quantity(std::string_view text);

/// Reads the argument of --over, "path=values". Error: one line that begins with the option.
[[nodiscard]] tl::expected<Axis, std::string> parse_axis(std::string_view text);

/// The name of an axis in a heading or a legend: the last key of its path, or the whole path if another axis ends with
/// the same key.
[[nodiscard]] std::string axis_label(const std::vector<Axis>& axes, std::size_t axis);

/// The number of cells. Errors, one line: an axis is given twice, or there are more than max_cells cells.
[[nodiscard]] tl::expected<std::size_t, std::string> count_cells(const std::vector<Axis>& axes);

/// The overrides of a cell: one value of each axis. The last axis changes fastest.
/// Requires: cell < count_cells(axes).
[[nodiscard]] std::vector<Override> cell_overrides(const std::vector<Axis>& axes, std::size_t cell);

}  // namespace bully::sim
