// The scales of a chart: suitable units, and the positions of the values of an axis.
#pragma once

#include "sim/plot/chart.hpp"
#include "sim/sweep/axes.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bully::sim {

/// A unit: the divisor of the values, and its name.
struct PlotUnit {
    double divisor = 1;
    std::string name;

    /// A title with the unit: "time to agreement (s)".
    [[nodiscard]] std::string title(const std::string& what) const;
};

/// A unit for times of up to `greatest_ns` nanoseconds.
[[nodiscard]] PlotUnit unit_of_times(double greatest_ns);

/// Logarithmic if all values are above zero and far apart, otherwise linear.
[[nodiscard]] PlotAxis::Scale scale_for(const std::vector<double>& values);

/// The x axis: the values of the first axis of a sweep. Numbers of one kind stand at their values, other values side by
/// side.
struct Abscissa {
    explicit Abscissa(const Axis& source);

    PlotAxis axis;
    std::vector<double> places;      ///< The positions, by index of the value.
    std::vector<std::size_t> order;  ///< The indexes of the values, from left to right.

    [[nodiscard]] bool numeric() const { return axis.categories.empty(); }
};

}  // namespace bully::sim
