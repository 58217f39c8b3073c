// The scale of one axis of a chart, from values to pixels, and its ticks.
#pragma once

#include "sim/plot/chart.hpp"

#include <string>
#include <vector>

namespace bully::sim {

class PlotScale {
  public:
    struct Tick {
        double value = 0;
        std::string label;  ///< Empty: a line only.
    };

    /// Maps the values [min, max] to the pixels [from, to], with about `wanted` ticks. The axis is widened to round
    /// values, and to zero if that takes less than half of it; `tight` keeps the ends.
    PlotScale(const PlotAxis& axis, double min, double max, double from, double to, int wanted, bool tight);

    /// The pixel of a value.
    [[nodiscard]] double operator()(double value) const;
    /// Whether the axis can show a value: a logarithmic axis shows only values above zero.
    [[nodiscard]] bool shows(double value) const { return !logarithmic_ || value > 0; }
    [[nodiscard]] const std::vector<Tick>& ticks() const { return ticks_; }

  private:
    void linear_ticks(const PlotAxis& axis, int wanted, bool tight);
    void logarithmic_ticks(const PlotAxis& axis, int wanted, bool tight);
    void add(double value, std::string label);

    bool logarithmic_;
    double min_;
    double max_;
    double from_;
    double to_;
    std::vector<Tick> ticks_;
};

/// The label of a tick: "1", "0.05", "12,000", "25M" or "40%", with as many decimals as multiples of `step` need.
[[nodiscard]] std::string tick_label(double value, double step, bool percent);

}  // namespace bully::sim
