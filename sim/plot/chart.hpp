// Charts as SVG: lines, bands between percentiles, cumulative distributions, on linear or logarithmic axes.
//
// One self-contained document without scripts, fonts or links: text is text, colours are those of a style sheet inside
// that follows the reader's light or dark scheme (and is light where it can't). Colours differ for the colour-blind
// too (Okabe and Ito 2008; plasma where order matters), and markers differ beside them. The same charts give the same
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

struct PlotAxis {
    enum class Scale : std::uint8_t { linear, logarithmic };

    std::string title;  ///< With the unit: "time to agreement (ms)".
    Scale scale = Scale::linear;
    bool percent = false;                      ///< Values are parts of 1, shown as percentages.
    std::vector<double> ticks = {};            ///< Where ticks go; empty: at round values.
    std::vector<std::string> categories = {};  ///< Not empty: the values are 0, 1, 2 ..., and these are their names.
    std::optional<std::pair<double, double>> extent = {};  ///< Shown at least, also where there is no point.
};

struct PlotPoint {
    double x = 0;
    double y = 0;
    std::optional<std::pair<double, double>> interval = {};  ///< Drawn as a whisker.
    bool joined = true;                                      ///< To the point before; not if there is one missing.
};

struct PlotSeries {
    enum class Style : std::uint8_t { line, dashed, dotted, steps };

    std::string name;  ///< In the legend.
    Style style = Style::line;
    std::size_t colour = 0;  ///< Below plot_colours, or plot_ink.
    bool markers = false;
    std::vector<PlotPoint> points;  ///< Ascending by x.
};

/// The area between two curves.
struct PlotBand {
    struct Point {
        double x = 0;
        double low = 0;
        double high = 0;
        bool joined = true;  ///< Likewise.
    };

    std::string name;
    std::size_t colour = 0;
    bool faint = false;
    std::vector<Point> points;  ///< Ascending by x.
};

/// Upright on the x axis: why there is no point.
struct PlotRemark {
    double x = 0;
    std::string text;
};

/// Distinct colours; others start again from the first.
inline constexpr std::size_t plot_colours = 6;
/// The colour of text: for what is no measurement, as theory.
inline constexpr std::size_t plot_ink = SIZE_MAX;

struct Chart {
    std::string title;
    std::string name;  ///< Begins the subtitle; shortened to the room that the rest of it leaves.
    std::string subtitle;
    PlotAxis x;
    PlotAxis y;
    bool ordered = false;  ///< The series are steps of one quantity: colours in an order, from dark to light.
    std::vector<PlotBand> bands;
    std::vector<PlotSeries> series;
    std::vector<PlotRemark> remarks;  ///< Ascending by x; those for which there is no room are left out.
    std::string why_empty;            ///< What stands in the place of axes where there is no point at all.
};

/// The charts, one below the other. Values must be finite; on a logarithmic axis points <= 0 are left out, and bands
/// and intervals that reach 0 go on to the axis' edge. Between categories there is nothing: no point is joined to
/// another. Where a point stands alone, a band is a bar, and a series without markers a solid stroke. A series of which
/// there is nothing to see is "NAME: none" in the legend; such a band isn't there.
[[nodiscard]] std::string to_svg(const std::vector<Chart>& charts);

}  // namespace bully::sim
