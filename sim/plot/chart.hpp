// Charts as SVG: lines, bands between percentiles, cumulative distributions, on linear or logarithmic axes.
//
// The document is self-contained, without scripts, fonts or links. Its text is text. Its style sheet follows the
// reader's light or dark scheme, and is light where that isn't supported. The colours can be told apart by the
// colour-blind (Okabe and Ito 2008; plasma if order matters), and the markers differ, too. The same charts give the
// same bytes.
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
    bool percent = false;                                  ///< The values are parts of 1, shown as percentages.
    std::vector<double> ticks = {};                        ///< The positions of the ticks; empty: round values.
    std::vector<std::string> categories = {};              ///< The names of the values 0, 1, 2 ...; empty: numbers.
    std::optional<std::pair<double, double>> extent = {};  ///< The least extent, even without points.
};

struct PlotPoint {
    double x = 0;
    double y = 0;
    std::optional<std::pair<double, double>> interval = {};  ///< Drawn as a whisker.
    bool joined = true;                                      ///< Joined to the point before it.
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
        bool joined = true;  ///< Joined to the point before it.
    };

    std::string name;
    std::size_t colour = 0;
    bool faint = false;
    std::vector<Point> points;  ///< Ascending by x.
};

/// A vertical text on the x axis, which explains a missing point.
struct PlotRemark {
    double x = 0;
    std::string text;
};

/// The number of distinct colours. Greater numbers start again from the first.
inline constexpr std::size_t plot_colours = 6;
/// The colour of text, for curves that aren't measured, such as theory.
inline constexpr std::size_t plot_ink = SIZE_MAX;

struct Chart {
    std::string title;
    std::string name;  ///< The beginning of the subtitle, shortened to the room that is left.
    std::string subtitle;
    PlotAxis x;
    PlotAxis y;
    bool ordered = false;  ///< The series are ascending values of one quantity: colours go from dark to light.
    std::vector<PlotBand> bands;
    std::vector<PlotSeries> series;
    std::vector<PlotRemark> remarks;  ///< Ascending by x. A remark without room is left out.
    std::string why_empty;            ///< The text in place of the axes if there is no point at all.
};

/// The SVG document with all charts, one below the other. Requires: all values are finite. On a logarithmic axis points
/// <= 0 are left out, and bands and intervals that reach 0 end at the edge of the axis. Points of categories aren't
/// joined. At a single point, a band is a bar, and a series without markers a solid stroke. The legend shows a series
/// without visible points as "NAME: none", and leaves out such a band.
[[nodiscard]] std::string to_svg(const std::vector<Chart>& charts);

}  // namespace bully::sim
