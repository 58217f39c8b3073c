// The area between the axes of a chart: its scales, and the marks of its series and bands.
#pragma once

#include "sim/plot/chart.hpp"
#include "sim/plot/scale.hpp"
#include "sim/plot/svg.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

class PlotArea {
  public:
    // Pixels.
    static constexpr double left = 84;
    static constexpr double right = 768;
    static constexpr double height = 300;
    static constexpr double key_width = 30;

    /// `chart` must outlive it. The legend needs the area first, to know what is visible.
    PlotArea(const Chart& chart, double top);

    [[nodiscard]] double bottom() const { return top_ + height; }
    [[nodiscard]] const PlotScale& x() const { return x_; }
    [[nodiscard]] const PlotScale& y() const { return y_; }
    /// The distance of two categories, in pixels.
    [[nodiscard]] double apart() const { return (right - left) / static_cast<double>(chart_.x.categories.size()); }

    /// Whether some mark of it can be seen.
    [[nodiscard]] bool visible(const PlotSeries& series) const;
    [[nodiscard]] bool visible(const PlotBand& band) const;

    /// Writes its key for the legend, key_width wide, around the height `middle`.
    void write_key(Svg& svg, double x, double middle, const PlotSeries& series) const;
    void write_key(Svg& svg, double x, double middle, const PlotBand& band) const;

    void write(Svg& svg, const PlotSeries& series) const;
    void write(Svg& svg, const PlotBand& band) const;

  private:
    // The lane of a colour beside the middle of a category, so that the marks of several series don't hide each other.
    struct Lane {
        double offset = 0;
        double width = 0;
        bool own = false;  // false for additions to the series, such as a theory
    };

    [[nodiscard]] bool categories() const { return !chart_.x.categories.empty(); }
    [[nodiscard]] PlotScale x_scale() const;
    [[nodiscard]] PlotScale y_scale() const;
    [[nodiscard]] Lane lane(std::size_t colour) const;
    [[nodiscard]] bool shows(const PlotPoint& point) const { return x_.shows(point.x) && y_.shows(point.y); }
    [[nodiscard]] bool shows(const PlotBand::Point& point) const { return x_.shows(point.x); }
    [[nodiscard]] double end_at(double y) const;
    template <typename Point>
    [[nodiscard]] std::vector<std::vector<Point>> segments(const std::vector<Point>& points) const;
    [[nodiscard]] std::string joined(const std::vector<PlotPoint>& segment, PlotSeries::Style style) const;
    [[nodiscard]] std::string whisker(double x, double width, std::pair<double, double> interval) const;
    [[nodiscard]] std::string colour(std::size_t number) const;
    [[nodiscard]] std::string line_class(const PlotSeries& series) const;
    [[nodiscard]] std::string stroke_class(const PlotSeries& series) const;
    [[nodiscard]] std::string band_class(const PlotBand& band) const;

    const Chart& chart_;
    double top_;
    PlotScale x_;
    PlotScale y_;
    std::vector<std::size_t> lanes_;  // the colours, from left to right
};

}  // namespace bully::sim
