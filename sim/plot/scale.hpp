// From values to pixels: the scale of one axis of a chart, and its ticks.
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

    /// Values of [min, max] go to pixels [from, to]. A quantity's axis is widened to round values and, where that costs
    /// less than half of it, to zero; `tight` leaves the ends as they are. About `wanted` ticks.
    PlotScale(const PlotAxis& axis, double min, double max, double from, double to, int wanted, bool tight);

    [[nodiscard]] double operator()(double value) const;
    /// False only for what a logarithmic axis can't show.
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

/// "1", "0.05", "12,000", "25M", or "40%": with as many decimals as multiples of `step` need.
[[nodiscard]] std::string tick_label(double value, double step, bool percent);

}  // namespace bully::sim
