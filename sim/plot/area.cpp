#include "sim/plot/area.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bully::sim {
namespace {

struct Extent {
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();

    void add(double value, PlotAxis::Scale scale) {
        if (scale == PlotAxis::Scale::logarithmic && value <= 0) return;
        min = std::min(min, value);
        max = std::max(max, value);
    }
    void settle() {
        if (min > max) *this = {1, 2};  // nothing to show
    }
};

Svg::Marker marker_of(const PlotSeries& series) {
    using enum Svg::Marker;
    constexpr std::array shapes{circle, square, diamond, triangle};
    return series.colour == plot_ink ? circle : shapes[series.colour % shapes.size()];
}

}  // namespace

PlotArea::PlotArea(const Chart& chart, double top) : chart_(chart), top_(top), x_(x_scale()), y_(y_scale()) {
    for (const auto& series : chart.series) {
        const bool known = std::find(lanes_.begin(), lanes_.end(), series.colour) != lanes_.end();
        if (series.colour != plot_ink && !known) lanes_.push_back(series.colour);
    }
}

PlotScale PlotArea::x_scale() const {
    Extent extent;
    if (chart_.x.extent) {
        extent.add(chart_.x.extent->first, chart_.x.scale);
        extent.add(chart_.x.extent->second, chart_.x.scale);
    }
    for (const auto& band : chart_.bands) {
        for (const auto& point : band.points) extent.add(point.x, chart_.x.scale);
    }
    for (const auto& series : chart_.series) {
        for (const auto& point : series.points) extent.add(point.x, chart_.x.scale);
    }
    extent.settle();
    return {chart_.x, extent.min, extent.max, left, right, 8, true};
}

PlotScale PlotArea::y_scale() const {
    Extent extent;
    for (const auto& band : chart_.bands) {
        for (const auto& point : band.points) {
            extent.add(point.low, chart_.y.scale);
            extent.add(point.high, chart_.y.scale);
        }
    }
    for (const auto& series : chart_.series) {
        for (const auto& point : series.points) {
            extent.add(point.y, chart_.y.scale);
            if (!point.interval) continue;
            extent.add(point.interval->first, chart_.y.scale);
            extent.add(point.interval->second, chart_.y.scale);
        }
    }
    extent.settle();
    return {chart_.y, extent.min, extent.max, bottom(), top_, 6, false};
}

bool PlotArea::visible(const PlotSeries& series) const {
    return std::any_of(series.points.begin(), series.points.end(),
                       [&](const PlotPoint& point) { return shows(point); });
}

bool PlotArea::visible(const PlotBand& band) const {
    return std::any_of(band.points.begin(), band.points.end(), [&](const PlotBand::Point& point) {
        return shows(point) && end_at(point.low) - end_at(point.high) >= 1;
    });
}

// The pixel of an end of a band or an interval. On a logarithmic axis 0 is at the edge of the axis.
double PlotArea::end_at(double y) const { return y_.shows(y) ? y_(y) : bottom(); }

PlotArea::Lane PlotArea::lane(std::size_t colour) const {
    constexpr double widest = 44;
    const auto count = static_cast<double>(std::max<std::size_t>(lanes_.size(), 1));
    const auto all = categories() ? std::min(apart() * 0.8, widest * count) : widest / 2;
    const auto found = std::find(lanes_.begin(), lanes_.end(), colour);
    if (!categories() || found == lanes_.end()) return {0, all, found != lanes_.end()};
    return {(static_cast<double>(found - lanes_.begin()) - (count - 1) / 2) * all / count, all / count, true};
}

// The groups of joined points. Points of categories are single.
template <typename Point>
std::vector<std::vector<Point>> PlotArea::segments(const std::vector<Point>& points) const {
    std::vector<std::vector<Point>> all;
    bool goes_on = false;
    for (const auto& point : points) {
        if (shows(point)) {
            if (!goes_on || !point.joined || categories()) all.emplace_back();
            all.back().push_back(point);
        }
        goes_on = shows(point);
    }
    return all;
}

void PlotArea::write(Svg& svg, const PlotBand& band) const {
    if (!visible(band)) return;
    const auto place = lane(band.colour);
    std::string area;
    for (const auto& segment : segments(band.points)) {
        if (segment.size() == 1) {
            const auto& point = segment.front();
            const auto width = place.width * (place.own ? 0.5 : 0.9);
            area += fmt::format("M{:.1f} {:.1f}h{:.1f}V{:.1f}h-{:.1f}Z", x_(point.x) + place.offset - width / 2,
                                end_at(point.high), width, end_at(point.low), width);
            continue;
        }
        const auto corner = [&](char to, double x, double y) {
            area += fmt::format("{}{:.1f} {:.1f}", to, x_(x), end_at(y));
        };
        for (const auto& point : segment) corner(&point == segment.data() ? 'M' : 'L', point.x, point.high);
        std::for_each(segment.rbegin(), segment.rend(), [&](const auto& point) { corner('L', point.x, point.low); });
        area += "Z";
    }
    svg.path(area, band_class(band));
}

std::string PlotArea::joined(const std::vector<PlotPoint>& segment, PlotSeries::Style style) const {
    std::string line;
    double last_x = 0;
    double last_y = 0;
    for (const auto& point : segment) {
        const auto x = x_(point.x);
        const auto y = y_(point.y);
        // A step that is too small to be seen is left out.
        if (!line.empty() && &point != &segment.back() && std::hypot(x - last_x, y - last_y) < 0.5) continue;
        if (line.empty()) {
            line += fmt::format("M{:.1f} {:.1f}", x, y);
        } else if (style == PlotSeries::Style::steps) {
            line += fmt::format("H{:.1f}V{:.1f}", x, y);
        } else {
            line += fmt::format("L{:.1f} {:.1f}", x, y);
        }
        last_x = x;
        last_y = y;
    }
    return line;
}

std::string PlotArea::whisker(double x, double width, std::pair<double, double> interval) const {
    const auto cap = [&](double y) { return fmt::format("M{:.1f} {:.1f}h{:.3g}", x - width / 2, y, width); };
    const auto low = end_at(interval.first);
    const auto high = end_at(interval.second);
    // An end below the axis has no cross-stroke.
    const auto foot = y_.shows(interval.first) ? cap(low) : "";
    return foot + cap(high) + fmt::format("M{:.1f} {:.1f}V{:.1f}", x, low, high);
}

void PlotArea::write(Svg& svg, const PlotSeries& series) const {
    const auto place = lane(series.colour);
    const auto cap = std::min(8.0, place.width);
    const auto stroke = std::max(6.0, place.width * 0.9);
    std::string line;
    std::string strokes;
    std::string whiskers;
    for (const auto& segment : segments(series.points)) {
        if (segment.size() > 1) {
            line += joined(segment, series.style);
        } else if (!series.markers) {
            const auto x = x_(segment[0].x) + place.offset - stroke / 2;
            strokes += fmt::format("M{:.1f} {:.1f}h{:.1f}", x, y_(segment[0].y), stroke);
        }
        for (const auto& point : segment) {
            if (point.interval) whiskers += whisker(x_(point.x) + place.offset, cap, *point.interval);
        }
    }
    if (!line.empty()) svg.path(line, line_class(series));
    if (!strokes.empty()) svg.path(strokes, stroke_class(series));
    if (!whiskers.empty()) svg.path(whiskers, "whisker l-" + colour(series.colour));
    if (!series.markers) return;
    for (const auto& point : series.points) {
        if (!shows(point)) continue;
        svg.marker(x_(point.x) + place.offset, y_(point.y), marker_of(series), "m-" + colour(series.colour));
    }
}

void PlotArea::write_key(Svg& svg, double x, double middle, const PlotSeries& series) const {
    if (!series.markers || !categories()) {
        svg.path(fmt::format("M{:.1f} {:.1f}h{:.0f}", x, middle, key_width),
                 categories() ? stroke_class(series) : line_class(series));
    }
    if (series.markers) svg.marker(x + key_width / 2, middle, marker_of(series), "m-" + colour(series.colour));
}

void PlotArea::write_key(Svg& svg, double x, double middle, const PlotBand& band) const {
    svg.rectangle(x, middle - 6, key_width, 12, band_class(band));
}

std::string PlotArea::colour(std::size_t number) const {
    if (number == plot_ink) return "ink";
    return fmt::format("{}{}", chart_.ordered ? "s" : "c", number % plot_colours);
}

std::string PlotArea::line_class(const PlotSeries& series) const {
    const auto* style = series.style == PlotSeries::Style::dashed   ? "dashed"
                        : series.style == PlotSeries::Style::dotted ? "dotted"
                                                                    : "line";
    return fmt::format("{} l-{}", style, colour(series.colour));
}

// The class of a line that is too short for a pattern.
std::string PlotArea::stroke_class(const PlotSeries& series) const { return "stroke l-" + colour(series.colour); }

std::string PlotArea::band_class(const PlotBand& band) const {
    return fmt::format("b-{} {}", colour(band.colour), band.faint ? "faint" : "band");
}

}  // namespace bully::sim
