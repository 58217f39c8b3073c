// The charts of a sweep: they show all cells, and only measured values.
#include "sim/sweep/charts.hpp"

#include "sim/plot/text_width.hpp"
#include "tests/sim/plot/svg_parts.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

using Texts = std::vector<std::string>;

// Cells of two runs each. If `agrees` is false for a cell, its runs don't agree.
template <typename Agrees>
Sweep sweep_of(std::vector<Axis> axes, Agrees&& agrees) {
    Sweep sweep;
    sweep.scenario = "test";
    sweep.plan.axes = std::move(axes);
    sweep.plan.first_seed = 1;
    sweep.plan.seed_count = 2;
    for (std::size_t i = 0; i < *count_cells(sweep.plan.axes); ++i) {
        SweepCell cell{{}, Mode::robust, 3, tl::unexpected(std::string("none")), {}};
        for (const auto& value : cell_overrides(sweep.plan.axes, i)) cell.values.push_back(value.value);
        for (const int run : {1, 2}) {
            Measures measures;
            measures.last_fault = std::chrono::seconds(1);
            if (agrees(cell)) {
                measures.first_agreement = Agreement{std::chrono::seconds(1 + run), 1};
                measures.agreement = measures.first_agreement;
            }
            cell.statistics.add(measures, std::chrono::seconds(10));
        }
        sweep.cells.push_back(std::move(cell));
    }
    return sweep;
}

bool always(const SweepCell& /*cell*/) { return true; }

std::string drawn(const Sweep& sweep, SweepChart chart) {
    std::ostringstream out;
    write_plot(out, sweep, {chart});
    return out.str();
}

Texts distributions(const Sweep& sweep) { return texts_of(drawn(sweep, SweepChart::distribution), "key"); }

TEST(SweepPlot, distributions_are_of_several_values_of_the_first_axis) {
    const Axis processes{"processes", {"3", "4", "5", "6", "7", "8", "9"}};
    EXPECT_EQ(distributions(sweep_of({processes}, always)),
              (Texts{"processes 3", "processes 4", "processes 5", "processes 6", "processes 7", "processes 9"}));
    const auto two = sweep_of({processes, {"mode", {"strict", "robust"}}}, always);
    EXPECT_EQ(distributions(two),
              (Texts{"processes 3, mode strict", "processes 6, mode strict", "processes 9, mode strict",
                     "processes 3, mode robust", "processes 6, mode robust", "processes 9, mode robust"}));
    const auto svg = drawn(two, SweepChart::distribution);
    EXPECT_NE(svg.find("; 3 of 7 values of processes<"), std::string::npos);
    for (const auto* style : {"dotted l-c1", "dashed l-c1", "line l-c1"}) {
        EXPECT_NE(svg.find(std::string("<path class=\"") + style), std::string::npos) << style;
    }
    const auto four = sweep_of({processes, {"network.loss", {"0%", "1%", "2%", "3%"}}}, always);
    EXPECT_EQ(distributions(four).size(), 8U) << "both ends";
    EXPECT_EQ(distributions(sweep_of({}, always)), Texts{"all runs"});
}

TEST(SweepPlot, a_setting_without_agreement_is_said_to_have_none) {
    const auto sweep = sweep_of({{"processes", {"3", "4"}}, {"network.loss", {"0%", "100%"}}},
                                [](const SweepCell& cell) { return cell.values[1] == "0%"; });
    EXPECT_EQ(texts_of(drawn(sweep, SweepChart::time), "key"),
              (Texts{"loss 0%", "loss 100%: none", "loss 0%: p1 to p99"}));
    EXPECT_EQ(distributions(sweep), (Texts{"processes 3, loss 0%", "processes 4, loss 0%",
                                           "processes 3, loss 100%: none", "processes 4, loss 100%: none"}));
    const auto nowhere = sweep_of({{"processes", {"3", "4"}}}, [](const SweepCell&) { return false; });
    for (const auto chart : {SweepChart::time, SweepChart::distribution}) {
        const auto svg = drawn(nowhere, chart);
        EXPECT_EQ(texts_of(svg, "key"), Texts{});
        EXPECT_NE(svg.find("no run agreed at its end"), std::string::npos);
    }
}

TEST(SweepPlot, no_line_across_a_cell_without_agreement) {
    const auto marks = [](const Axis& axis, const std::string& missing) {
        const auto sweep = sweep_of({axis}, [&](const SweepCell& cell) { return cell.values[0] != missing; });
        return after_axes(drawn(sweep, SweepChart::time));
    };
    const auto pieces = [](const std::string& svg) { return occurrences(path_of(svg, "line l-c0"), "M"); };
    const Axis processes{"processes", {"3", "4", "5", "6", "7"}};
    EXPECT_EQ(pieces(marks(processes, "")), 1U);
    EXPECT_EQ(pieces(marks(processes, "5")), 2U);
    const auto categories = marks({"mode", {"strict", "robust"}}, "");
    EXPECT_EQ(occurrences(categories, "class=\"marker m-c0\""), 2U);
    EXPECT_EQ(pieces(categories), 0U);
}

TEST(SweepPlot, a_place_where_no_run_agreed_is_there_and_says_so) {
    const auto without = [](const std::string& missing) {
        return [missing](const SweepCell& cell) { return cell.values[0] != missing; };
    };
    for (const std::string end : {"1", "7"}) {
        const auto sweep =
            sweep_of({{"processes", {"5", "1", "6", "7"}}, {"network.loss", {"0%", "1%"}}}, without(end));
        const auto svg = drawn(sweep, SweepChart::time);
        EXPECT_EQ(texts_of(svg, "tick middle"), (Texts{"1", "5", "6", "7"})) << "without " << end;
        EXPECT_EQ(texts_of(svg, "tick"), Texts{"none agreed"});
        EXPECT_EQ(texts_of(drawn(sweep, SweepChart::messages), "tick"), Texts{}) << "all sent messages";
    }
    const auto modes = sweep_of({{"mode", {"strict", "robust"}}}, without("strict"));
    EXPECT_EQ(texts_of(drawn(modes, SweepChart::time), "tick"), Texts{"none agreed"});
    const auto one_line = sweep_of({{"processes", {"3", "4"}}, {"mode", {"strict", "robust"}}},
                                   [](const SweepCell& cell) { return cell.values[1] == "strict"; });
    EXPECT_EQ(texts_of(drawn(one_line, SweepChart::time), "tick"), Texts{}) << "some agreed at each place";
}

TEST(SweepPlot, a_long_name_of_a_scenario_stays_within_the_image) {
    auto sweep = sweep_of({{"processes", {"3", "4", "5", "6", "7", "8", "9"}}},
                          [](const SweepCell& cell) { return cell.values[0] != "3"; });
    sweep.scenario = std::string(39, 'a') + std::string(39, 'z');
    for (const auto& [chart, end] : {std::pair{SweepChart::time, "; runs that didn't agree (up to 100 %) are left out"},
                                     std::pair{SweepChart::distribution, "; 6 of 7 values of processes"}}) {
        const auto subtitle = texts_of(drawn(sweep, chart), "soft").at(0);
        EXPECT_TRUE(subtitle.starts_with("aaaaa")) << subtitle;
        EXPECT_TRUE(subtitle.ends_with(std::string("z, 2 runs each, seeds from 1") + end)) << subtitle;
        EXPECT_LE(text_width(subtitle), 800 - 2 * 24) << subtitle;
    }
}

}  // namespace
}  // namespace bully::sim
