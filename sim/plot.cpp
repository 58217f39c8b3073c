#include "sim/plot.hpp"

#include "sim/plot_scale.hpp"
#include "sim/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace bully::sim {
namespace {

// Pixels. Widths of text are guessed, from above: fonts differ from one reader to the next.
constexpr double image_width = 800;
constexpr double plot_height = 300;
constexpr double left = 84;
constexpr double right = image_width - 32;
constexpr double text_left = 24;
constexpr double character = 6.9;  // of the legend's size
constexpr double legend_row = 22;
constexpr double key_width = 30;

std::string colour_class(const Chart& chart, std::size_t colour) {
    if (colour == plot_ink) return "ink";
    return fmt::format("{}{}", chart.ordered ? "s" : "c", colour % plot_colours);
}

// Of UTF-8: the bytes that begin a character.
std::size_t length(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

double text_width(std::string_view text) { return character * static_cast<double>(length(text)); }

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

class ChartWriter {
  public:
    ChartWriter(const Chart& chart, double top)
        : chart_(chart), place_(layout(chart, top)), x_(x_scale()), y_(y_scale()) {}

    [[nodiscard]] double bottom() const { return place_.bottom + 68; }

    void write(Svg& svg) const {
        svg.text(text_left, place_.title, "title", chart_.title);
        if (!chart_.subtitle.empty()) svg.text(text_left, place_.title + 21, "soft", chart_.subtitle);
        const bool empty = std::all_of(chart_.series.begin(), chart_.series.end(),
                                       [](const PlotSeries& series) { return series.points.empty(); });
        if (empty && !chart_.why_empty.empty()) {
            svg.text((left + right) / 2, (place_.top + place_.bottom) / 2, "label middle", chart_.why_empty);
            return;
        }
        write_legend(svg);
        write_axes(svg);
        for (const auto& band : chart_.bands) write_band(svg, band);
        for (const auto& series : chart_.series) write_series(svg, series);
    }

  private:
    struct Entry {
        double x = 0;
        double y = 0;
        const PlotBand* band = nullptr;
        const PlotSeries* series = nullptr;

        [[nodiscard]] const std::string& name() const { return band != nullptr ? band->name : series->name; }
    };
    struct Place {
        double title = 0;
        double top = 0;  // of the plot
        double bottom = 0;
        std::vector<Entry> legend;
    };

    static Place layout(const Chart& chart, double top) {
        Place place;
        place.title = top + 34;
        // Lines before bands: from the most to the least said.
        for (const auto& series : chart.series) place.legend.push_back({0, 0, nullptr, &series});
        for (const auto& band : chart.bands) place.legend.push_back({0, 0, &band, nullptr});
        auto x = text_left;
        auto y = place.title + (chart.subtitle.empty() ? 26 : 47);
        for (auto& entry : place.legend) {
            const auto wide = key_width + 8 + text_width(entry.name()) + 18;
            if (x > text_left && x + wide > image_width - text_left) {
                x = text_left;
                y += legend_row;
            }
            entry.x = x;
            entry.y = y;
            x += wide;
        }
        place.top = y + 40;
        place.bottom = place.top + plot_height;
        return place;
    }

    [[nodiscard]] PlotScale x_scale() const {
        Extent extent;
        for (const auto& band : chart_.bands) {
            for (const auto& point : band.points) extent.add(point.x, chart_.x.scale);
        }
        for (const auto& series : chart_.series) {
            for (const auto& point : series.points) extent.add(point.x, chart_.x.scale);
        }
        extent.settle();
        return {chart_.x, extent.min, extent.max, left, right, 8, true};
    }

    [[nodiscard]] PlotScale y_scale() const {
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
        return {chart_.y, extent.min, extent.max, place_.bottom, place_.top, 6, false};
    }

    void write_legend(Svg& svg) const {
        for (const auto& entry : place_.legend) {
            const auto middle = entry.y - 4.5;
            if (entry.band != nullptr) {
                svg.rectangle(
                    entry.x, middle - 6, key_width, 12,
                    "b-" + colour_class(chart_, entry.band->colour) + (entry.band->faint ? " faint" : " band"));
            } else {
                const auto colour = colour_class(chart_, entry.series->colour);
                svg.path(fmt::format("M{:.1f} {:.1f}h{:.0f}", entry.x, middle, key_width), line_class(*entry.series));
                if (entry.series->markers) {
                    svg.marker(entry.x + key_width / 2, middle, marker_of(*entry.series), "m-" + colour);
                }
            }
            svg.text(entry.x + key_width + 8, entry.y, "key", entry.name());
        }
    }

    void write_axes(Svg& svg) const {
        std::string major;
        std::string minor;
        for (const auto& tick : y_.ticks()) {
            const auto y = y_(tick.value);
            auto& grid = tick.label.empty() ? minor : major;
            grid += fmt::format("M{:.1f} {:.1f}H{:.1f}", left, y, right);
            if (!tick.label.empty()) svg.text(left - 9, y + 4, "tick end", tick.label);
        }
        if (!minor.empty()) svg.path(minor, "minor");
        if (!major.empty()) svg.path(major, "grid");
        std::string marks = fmt::format("M{:.1f} {:.1f}H{:.1f}", left, place_.bottom, right);
        // Labels that would touch the one before are left out; the last one always stays.
        double free_from = -image_width;
        const auto& ticks = x_.ticks();
        const auto room =
            chart_.x.categories.empty() ? image_width : (right - left) / static_cast<double>(ticks.size());
        const auto half_of = [&](const std::string& label) { return text_width(label) / 2 + 3; };
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            const auto x = x_(ticks[i].value);
            const auto label = shortened(ticks[i].label, room);
            marks += fmt::format("M{:.1f} {:.1f}v{}", x, place_.bottom, label.empty() ? 3 : 6);
            const auto half = half_of(label);
            if (label.empty() || x - half < free_from) continue;
            const bool last_touches = i + 1 < ticks.size() && !ticks.back().label.empty() &&
                                      x + half > x_(ticks.back().value) - half_of(ticks.back().label) &&
                                      room == image_width;
            if (last_touches) continue;
            svg.text(x, place_.bottom + 21, "tick middle", label);
            free_from = x + half;
        }
        svg.path(marks, "axis");
        svg.text((left + right) / 2, place_.bottom + 46, "label middle", chart_.x.title);
        svg.text(text_left, place_.top - 16, "label", chart_.y.title);
    }

    static std::string shortened(const std::string& label, double room) {
        const auto most = std::max<std::size_t>(static_cast<std::size_t>(room / character), 4);
        if (length(label) <= most) return label;
        auto end = most - 1;
        while (end > 0 && (static_cast<unsigned char>(label[end]) & 0xC0U) == 0x80U) --end;
        return label.substr(0, end) + "…";
    }

    [[nodiscard]] bool shows(double x, double y) const { return x_.shows(x) && y_.shows(y); }

    // Of an end of a band or an interval: what reaches 0 on a logarithmic axis reaches the axis' edge.
    [[nodiscard]] double end_at(double y) const { return y_.shows(y) ? y_(y) : place_.bottom; }

    void write_band(Svg& svg, const PlotBand& band) const {
        std::string there;
        std::vector<std::pair<double, double>> back;
        for (const auto& point : band.points) {
            if (!x_.shows(point.x)) continue;
            there += fmt::format("{}{:.1f} {:.1f}", there.empty() ? 'M' : 'L', x_(point.x), end_at(point.high));
            back.emplace_back(x_(point.x), end_at(point.low));
        }
        if (back.empty()) return;
        std::reverse(back.begin(), back.end());
        for (const auto& [x, y] : back) there += fmt::format("L{:.1f} {:.1f}", x, y);
        svg.path(there + "Z", "b-" + colour_class(chart_, band.colour) + (band.faint ? " faint" : " band"));
    }

    void write_series(Svg& svg, const PlotSeries& series) const {
        std::string line;
        std::string whiskers;
        double last_x = -image_width;
        double last_y = 0;
        for (std::size_t i = 0; i < series.points.size(); ++i) {
            const auto& point = series.points[i];
            if (!shows(point.x, point.y)) continue;
            const auto x = x_(point.x);
            const auto y = y_(point.y);
            // A step that nobody can see isn't worth its bytes.
            const bool seen = std::hypot(x - last_x, y - last_y) >= 0.5 || i + 1 == series.points.size();
            if (!seen) continue;
            if (line.empty()) {
                line += fmt::format("M{:.1f} {:.1f}", x, y);
            } else if (series.style == PlotSeries::Style::steps) {
                line += fmt::format("H{:.1f}V{:.1f}", x, y);
            } else {
                line += fmt::format("L{:.1f} {:.1f}", x, y);
            }
            last_x = x;
            last_y = y;
            if (point.interval) {
                const auto low = end_at(point.interval->first);
                const auto high = end_at(point.interval->second);
                // No stroke across an end that is further down than the axis.
                if (y_.shows(point.interval->first)) whiskers += fmt::format("M{:.1f} {:.1f}h8", x - 4, low);
                whiskers += fmt::format("M{:.1f} {:.1f}h8M{:.1f} {:.1f}V{:.1f}", x - 4, high, x, low, high);
            }
        }
        const auto colour = colour_class(chart_, series.colour);
        if (!line.empty()) svg.path(line, line_class(series));
        if (!whiskers.empty()) svg.path(whiskers, "whisker l-" + colour);
        if (!series.markers) return;
        for (const auto& point : series.points) {
            if (shows(point.x, point.y)) svg.marker(x_(point.x), y_(point.y), marker_of(series), "m-" + colour);
        }
    }

    [[nodiscard]] std::string line_class(const PlotSeries& series) const {
        return std::string(series.style == PlotSeries::Style::dashed ? "dashed" : "line") + " l-" +
               colour_class(chart_, series.colour);
    }

    static Svg::Marker marker_of(const PlotSeries& series) {
        using enum Svg::Marker;
        constexpr std::array shapes{circle, square, diamond, triangle};
        return series.colour == plot_ink ? circle : shapes[series.colour % shapes.size()];
    }

    const Chart& chart_;
    Place place_;
    PlotScale x_;
    PlotScale y_;
};

}  // namespace

std::string to_svg(const std::vector<Chart>& charts) {
    std::vector<ChartWriter> writers;
    double height = 0;
    for (const auto& chart : charts) {
        writers.emplace_back(chart, height);
        height = writers.back().bottom();
    }
    std::string titles;
    for (const auto& chart : charts) titles += (titles.empty() ? "" : "; ") + chart.title;
    Svg svg(image_width, height, titles);
    for (const auto& writer : writers) writer.write(svg);
    return std::move(svg).finish();
}

}  // namespace bully::sim
