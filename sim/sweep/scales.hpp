// From the values of a sweep to the numbers of a chart: units that suit them, and where the cells of an axis stand.
#pragma once

#include "sim/plot/chart.hpp"
#include "sim/sweep/axes.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bully::sim {

/// What values are divided by, and what they are called then.
struct PlotUnit {
    double divisor = 1;
    std::string name;

    /// "time to agreement (s)".
    [[nodiscard]] std::string title(const std::string& what) const;
};

/// For times of up to `greatest_ns`, in nanoseconds.
[[nodiscard]] PlotUnit unit_of_times(double greatest_ns);

/// Logarithmic where values are far apart and above zero.
[[nodiscard]] PlotAxis::Scale scale_for(const std::vector<double>& values);

/// The first axis of a sweep, from left to right: at their values if those are numbers of one kind, else side by side.
struct Abscissa {
    explicit Abscissa(const Axis& source);

    PlotAxis axis;
    std::vector<double> places;      ///< By index of the value.
    std::vector<std::size_t> order;  ///< The indexes, from left to right.

    [[nodiscard]] bool numeric() const { return axis.categories.empty(); }
};

}  // namespace bully::sim
