// Charts: ticks where people would put them, and a document that any reader takes.
#include "sim/plot.hpp"

#include "sim/plot_scale.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

constexpr auto linear = PlotAxis::Scale::linear;
constexpr auto logarithmic = PlotAxis::Scale::logarithmic;

std::string labels(const PlotAxis& axis, double min, double max, bool tight = false) {
    const PlotScale scale(axis, min, max, 0, 100, 6, tight);
    std::string all;
    for (const auto& tick : scale.ticks()) {
        if (!tick.label.empty()) all += (all.empty() ? "" : " ") + tick.label;
    }
    return all;
}

TEST(Plot, ticks_at_round_values) {
    EXPECT_EQ(labels({"", linear}, 0, 1), "0.0 0.2 0.4 0.6 0.8 1.0");
    EXPECT_EQ(labels({"", linear}, 3, 97), "0 20 40 60 80 100") << "zero, where it is near";
    EXPECT_EQ(labels({"", linear}, 93, 97), "93 94 95 96 97");
    EXPECT_EQ(labels({"", linear}, 0, 2'400'000), "0 500,000 1.0M 1.5M 2.0M 2.5M");
    EXPECT_EQ(labels({"", linear, true}, 0, 1), "0% 20% 40% 60% 80% 100%");
    EXPECT_EQ(labels({"", linear}, -7, 5), "-8 -6 -4 -2 0 2 4 6");
    EXPECT_EQ(labels({"", linear}, 0.4, 3.3, true), "0.5 1.0 1.5 2.0 2.5 3.0") << "tight";
}

TEST(Plot, ticks_of_logarithmic_axes) {
    EXPECT_EQ(labels({"", logarithmic}, 3, 900'000), "10 100 1,000 10,000 100,000 1M");
    EXPECT_EQ(labels({"", logarithmic}, 3, 90), "2 5 10 20 50 100");
    EXPECT_EQ(labels({"", logarithmic}, 2, 3), "2.0 2.2 2.4 2.6 2.8 3.0") << "less than a decade";
    EXPECT_EQ(labels({"", logarithmic}, 0.002, 1), "0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5 1");
}

TEST(Plot, one_value_has_an_axis_around_it) {
    for (const auto scale : {linear, logarithmic}) {
        const PlotScale axis({"", scale}, 5, 5, 0, 100, 6, false);
        EXPECT_GT(axis(5), 0);
        EXPECT_LT(axis(5), 100);
        EXPECT_GE(axis.ticks().size(), 2U);
    }
    EXPECT_FALSE(labels({"", linear}, 0, 0).empty());
}

TEST(Plot, ticks_and_categories_that_are_asked_for) {
    PlotAxis axis{"", logarithmic};
    axis.ticks = {3, 5, 12.5, 1000, 5000};
    EXPECT_EQ(labels(axis, 3, 1000, true), "3 5 12.5 1,000") << "none beyond the ends";
    axis = {"", linear};
    axis.categories = {"one", "two"};
    EXPECT_EQ(labels(axis, 0, 1), "one two");
}

TEST(Plot, scales_are_straight_and_logarithmic) {
    const PlotScale straight({"", linear}, 0, 10, 200, 100, 5, true);
    EXPECT_DOUBLE_EQ(straight(0), 200);
    EXPECT_DOUBLE_EQ(straight(10), 100);
    EXPECT_DOUBLE_EQ(straight(2.5), 175);
    const PlotScale bent({"", logarithmic}, 1, 100, 0, 200, 5, true);
    EXPECT_DOUBLE_EQ(bent(10), 100);
    EXPECT_FALSE(bent.shows(0));
    EXPECT_TRUE(straight.shows(0));
}

Chart example() {
    Chart chart;
    chart.title = "A & B <\"quoted\">";
    chart.subtitle = "n² \x01";
    chart.x = {"x", logarithmic};
    chart.y = {"y", logarithmic};
    chart.bands = {{"band", 0, true, {{1, 1, 2}, {10, 0, 3}, {100, 2, 5}}}};
    chart.series = {{"line", PlotSeries::Style::line, 0, true, {{1, 1, {{0.5, 2}}}, {10, 0}, {100, 3}}},
                    {"theory", PlotSeries::Style::dashed, plot_ink, false, {{1, 1}, {100, 3}}},
                    {"steps", PlotSeries::Style::steps, 7, false, {{1, 1}, {100, 3}}}};
    return chart;
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

// It would look as if nothing were uncertain, or nothing known.
TEST(Plot, an_interval_down_to_zero_reaches_the_edge_of_a_logarithmic_axis) {
    Chart chart;
    chart.y.scale = logarithmic;
    chart.bands = {{"band", 0, true, {{0, 1, 2}, {1, 0, 30}}}};
    chart.series = {{"line", PlotSeries::Style::line, 0, false, {{0, 1, {{0.5, 2}}}, {1, 20, {{0, 30}}}}}};
    const auto svg = to_svg({chart});
    const auto path_of = [&](const std::string& style) {
        const auto from = svg.find("d=\"", svg.find("<path class=\"" + style)) + 3;
        return svg.substr(from, svg.find('"', from) - from);
    };
    const auto axis = path_of("axis");
    const auto bottom = axis.substr(axis.find(' ') + 1, axis.find('H') - axis.find(' ') - 1);
    const auto drawn = path_of("whisker");
    EXPECT_EQ(occurrences(drawn, "h8"), 3U) << "no stroke at the open end: " << drawn;
    EXPECT_NE(drawn.find(" " + bottom + "V"), std::string::npos) << drawn << ", the axis is at " << bottom;
    EXPECT_EQ(occurrences(svg, " " + bottom + "L") + occurrences(svg, " " + bottom + "Z"), 1U) << "the band";
}

TEST(Plot, text_is_escaped) {
    const auto svg = to_svg({example()});
    EXPECT_NE(svg.find("A &amp; B &lt;&quot;quoted&quot;&gt;</text>"), std::string::npos);
    EXPECT_NE(svg.find("n²  </text>"), std::string::npos) << "no control characters";
    EXPECT_EQ(svg.find("<script"), std::string::npos);
}

TEST(Plot, nothing_is_drawn_at_no_place) {
    Chart empty;
    empty.title = "nothing";
    empty.series = {{"no points", PlotSeries::Style::line, 0, true, {}}};
    Chart zeros;
    zeros.y.scale = logarithmic;
    zeros.series = {{"zeros", PlotSeries::Style::steps, 0, true, {{0, 0}, {1, 0}}}};
    for (const auto& svg : {to_svg({}), to_svg({empty, zeros, example()})}) {
        EXPECT_EQ(svg.find("nan"), std::string::npos);
        EXPECT_EQ(svg.find("inf"), std::string::npos);
        EXPECT_EQ(svg.rfind("</svg>\n"), svg.size() - 7);
    }
}

TEST(Plot, the_same_charts_give_the_same_bytes_in_both_schemes) {
    const auto svg = to_svg({example(), example()});
    EXPECT_EQ(svg, to_svg({example(), example()}));
    EXPECT_NE(svg.find("@media (prefers-color-scheme: dark)"), std::string::npos);
    EXPECT_NE(svg.find("class=\"background\""), std::string::npos);
}

TEST(Plot, points_too_near_to_tell_apart_are_one) {
    Chart chart;
    PlotSeries series;
    for (int i = 0; i <= 100'000; ++i) series.points.push_back({i / 100'000.0, std::sqrt(i / 100'000.0)});
    chart.series = {series};
    EXPECT_LT(to_svg({chart}).size(), 40'000U);
}

}  // namespace
}  // namespace bully::sim
