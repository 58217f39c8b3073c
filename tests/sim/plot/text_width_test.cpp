// Names in charts stay different, however little room there is.
#include "sim/plot/text_width.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

using Texts = std::vector<std::string>;

TEST(PlotText, breaks_at_spaces) {
    EXPECT_EQ(wrapped("one two three", 7, 3), (Texts{"one two", "three"}));
    EXPECT_EQ(wrapped("one two three", 13, 1), (Texts{"one two three"}));
    EXPECT_EQ(wrapped("ä ö ü", 3, 2), (Texts{"ä ö", "ü"})) << "characters, not bytes";
    EXPECT_EQ(wrapped("", 5, 1), Texts{""});
    EXPECT_FALSE(wrapped("one two three", 7, 1));
    EXPECT_FALSE(wrapped("one two three", 4, 3)) << "a word that is too long";
}

TEST(PlotText, the_middle_gives_way) {
    EXPECT_EQ(shortened({"abcdefghij", "short"}, 7), (Texts{"abc…hij", "short"}));
    EXPECT_EQ(shortened({"äöüäöüäöü"}, 4), Texts{"äö…ü"});
}

TEST(PlotText, what_differs_stays) {
    const auto different = [](const Texts& texts, std::size_t most) {
        const auto all = shortened(texts, most);
        for (const auto& text : all) EXPECT_LE(text.size(), most + 2) << "two bytes more of …";
        return std::set<std::string>(all.begin(), all.end()).size();
    };
    EXPECT_EQ(different({"1" + std::string(20, 'x'), "2" + std::string(20, 'x')}, 8), 2U);
    EXPECT_EQ(different({std::string(20, 'x') + "1", std::string(20, 'x') + "2"}, 8), 2U);
    EXPECT_EQ(different({"xxxxx1xxxxxxxxxxxxx", "xxxxx2xxxxxxxxxxxxx", "xxxxx3xxxxxxxxxxxxx"}, 8), 3U);
    EXPECT_EQ(different({"xxxxxxxxxx1xxxxxxxxxx", "xxxxxxxxxx2xxxxxxxxxx"}, 8), 2U) << "numbered";
    EXPECT_EQ(shortened({"xxxxxxxxxx1xxxxxxxxxx", "xxxxxxxxxx2xxxxxxxxxx"}, 8)[1].substr(0, 3), "2: ");
}

TEST(PlotText, names_of_categories_stand_side_by_side_if_they_can) {
    const CategoryLabels modes({"strict", "robust"}, 300, 150);
    EXPECT_FALSE(modes.slanted);
    EXPECT_EQ(modes.lines, (std::vector<Texts>{{"strict"}, {"robust"}}));
    EXPECT_EQ(modes.height, CategoryLabels::line_height);
    const CategoryLabels wrapped({"one", "four five six seven"}, 90, 150);
    EXPECT_EQ(wrapped.lines[1], (Texts{"four five", "six seven"}));
    EXPECT_EQ(wrapped.height, 2 * CategoryLabels::line_height) << "room for the longest";
}

TEST(PlotText, names_that_are_too_long_are_slanted) {
    Texts names;
    for (int i = 0; i < 30; ++i) names.push_back(fmt::format("{{lognormal: {{median: {}ms, sigma: 0.5}}}}", 10 + i));
    const CategoryLabels labels(names, 22.8, 95);
    EXPECT_TRUE(labels.slanted);
    std::set<std::string> all;
    for (const auto& lines : labels.lines) {
        ASSERT_EQ(lines.size(), 1U);
        all.insert(lines[0]);
        EXPECT_LT(text_width(lines[0]) / 2, 95) << "half of it to the left, at 60 degrees";
        EXPECT_GT(labels.height, text_width(lines[0]) * 0.86);
    }
    EXPECT_EQ(all.size(), names.size());
}

TEST(PlotText, names_leave_each_other_room) {
    const CategoryLabels labels(Texts(684, "name"), 1, 84.5);
    std::size_t last = 0;
    std::size_t shown = 0;
    for (std::size_t i = 0; i < labels.lines.size(); ++i) {
        if (labels.lines[i].empty()) continue;
        if (shown++ > 0) {
            EXPECT_GE(static_cast<double>(i - last) * 0.86, CategoryLabels::line_height - 1);
        }
        last = i;
    }
    EXPECT_GT(shown, 30U);
}

}  // namespace
}  // namespace bully::sim
