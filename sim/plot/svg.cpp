#include "sim/plot/svg.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>

namespace bully::sim {
namespace {

// The document paints its own background, so that it can be read on any page even where the media query is ignored.
constexpr std::string_view common_style = R"(
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif;font-size:12px}
.title{font-size:17px;font-weight:600}
.soft,.key,.label{font-size:12.5px}
.tick{font-variant-numeric:tabular-nums}
.end{text-anchor:end}
.middle{text-anchor:middle}
path{fill:none}
.grid,.minor,.axis{stroke-width:1}
.line,.dashed,.dotted{stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
.dashed{stroke-width:1.8;stroke-dasharray:6 5;stroke-linecap:butt}
.dotted{stroke-dasharray:.1 4.5}
.stroke{stroke-width:1.8}
.whisker{stroke-width:1.4}
.marker{stroke-width:1.2}
.band{fill-opacity:.34}
.faint{fill-opacity:.16}
)";

// Six distinct colours (Okabe and Ito, changed towards a contrast of 3:1), and six in an order (plasma).
struct Scheme {
    std::string_view background, ink, soft, grid, minor;
    std::array<std::string_view, 6> distinct;
    std::array<std::string_view, 6> ordered;
};
constexpr Scheme light{"#ffffff",
                       "#1f2328",
                       "#59636e",
                       "#d9dee3",
                       "#eef1f4",
                       {"#0072b2", "#d55e00", "#00875f", "#b4569a", "#a87800", "#2a90c8"},
                       {"#0d0887", "#5601a4", "#900da4", "#bf3984", "#e16462", "#ef7e45"}};
constexpr Scheme dark{"#0d1117",
                      "#e6edf3",
                      "#9aa4af",
                      "#2b323b",
                      "#1b2128",
                      {"#4aa8e8", "#ff8a3d", "#2fbf8f", "#e08fc4", "#e0b030", "#8fd0f5"},
                      {"#b05cd6", "#d0559f", "#e66c5c", "#f58c46", "#fdb42f", "#f4ee5a"}};

std::string style(const Scheme& scheme) {
    std::string css = fmt::format(
        ".background{{fill:{}}}\n.title,.key,.label{{fill:{}}}\n.soft,.tick{{fill:{}}}\n.grid{{stroke:{}}}\n"
        ".minor{{stroke:{}}}\n.axis{{stroke:{}}}\n.marker{{stroke:{}}}\n",
        scheme.background, scheme.ink, scheme.soft, scheme.grid, scheme.minor, scheme.soft, scheme.background);
    const auto colour = [&](const std::string& name, std::string_view value) {
        css += fmt::format(".l-{0}{{stroke:{1}}}.m-{0},.b-{0}{{fill:{1}}}\n", name, value);
    };
    colour("ink", scheme.ink);
    for (std::size_t i = 0; i < scheme.distinct.size(); ++i) colour(fmt::format("c{}", i), scheme.distinct[i]);
    for (std::size_t i = 0; i < scheme.ordered.size(); ++i) colour(fmt::format("s{}", i), scheme.ordered[i]);
    return css;
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            // Control characters aren't allowed in XML, not even escaped.
            default: safe += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return safe;
}

}  // namespace

Svg::Svg(double width, double height, std::string_view description) {
    document_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" role=\"img\">\n<title>{2}</title>\n<style>{3}{4}"
        "@media (prefers-color-scheme: dark) {{\n{5}}}\n</style>\n",
        width, height, escaped(description), common_style, style(light), style(dark));
    rectangle(0, 0, width, height, "background");
}

void Svg::path(std::string_view data, std::string_view classes) {
    fmt::format_to(std::back_inserter(document_), "<path class=\"{}\" d=\"{}\"/>\n", classes, data);
}

void Svg::rectangle(double x, double y, double width, double height, std::string_view classes) {
    fmt::format_to(std::back_inserter(document_),
                   "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", classes, x, y,
                   width, height);
}

void Svg::marker(double x, double y, Marker marker, std::string_view classes) {
    // All markers have about the same area.
    const auto outline = [&] {
        switch (marker) {
            case Marker::circle: return fmt::format("M{:.1f} {:.1f}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z", x - 4, y);
            case Marker::square: return fmt::format("M{:.1f} {:.1f}h7v7h-7Z", x - 3.5, y - 3.5);
            case Marker::diamond: return fmt::format("M{:.1f} {:.1f}l5 5l-5 5l-5 -5Z", x, y - 5);
            case Marker::triangle: return fmt::format("M{:.1f} {:.1f}l5 9h-10Z", x, y - 5.5);
        }
        return std::string();
    };
    path(outline(), fmt::format("marker {}", classes));
}

void Svg::text(double x, double y, std::string_view classes, std::string_view text) {
    fmt::format_to(std::back_inserter(document_), "<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", classes,
                   x, y, escaped(text));
}

void Svg::slanted_text(double x, double y, double degrees, std::string_view classes, std::string_view text) {
    fmt::format_to(
        std::back_inserter(document_),
        "<text class=\"{0}\" x=\"{1:.1f}\" y=\"{2:.1f}\" transform=\"rotate({3:.0f} {1:.1f} {2:.1f})\">{4}</text>\n",
        classes, x, y, -degrees, escaped(text));
}

std::string Svg::finish() && {
    document_ += "</svg>\n";
    return std::move(document_);
}

}  // namespace bully::sim
