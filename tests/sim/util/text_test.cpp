// Text for people: lines, columns and colours.
#include "sim/util/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bully::sim {
namespace {

using Texts = std::vector<std::string>;

TEST(Text, is_as_long_as_its_characters) { EXPECT_EQ(shown_length("ä…x"), 3U); }

TEST(Text, is_wrapped_between_words) {
    EXPECT_EQ(wrapped("one two\n three", 7), (Texts{"one two", "three"}));
    EXPECT_EQ(wrapped("one two three", 13), (Texts{"one two three"}));
    EXPECT_EQ(wrapped("a longer b", 3), (Texts{"a", "longer", "b"})) << "a word that is too long stands alone";
    EXPECT_EQ(wrapped("ä ö ü", 3), (Texts{"ä ö", "ü"})) << "characters, not bytes";
    EXPECT_EQ(wrapped("", 5), Texts{""});
}

TEST(Text, is_aligned_by_its_characters) {
    EXPECT_EQ(left_aligned("ä", 3), "ä  ");
    EXPECT_EQ(right_aligned("ä", 3), "  ä");
    EXPECT_EQ(left_aligned("long", 3), "long");
    EXPECT_EQ(right_aligned("long", 3), "long");
    const std::vector<Texts> rows{{"a", "bb"}, {"ccc", "ä"}, {"d"}};
    EXPECT_EQ(column_widths(rows), (std::vector<std::size_t>{3, 2}));
}

TEST(Text, is_painted_only_in_colour) {
    EXPECT_EQ(painted("x", look::good, false), "x");
    EXPECT_EQ(painted("x", look::good, true), "\x1b[32mx\x1b[0m");
    EXPECT_EQ(painted("x", look::bad, true), "\x1b[1m\x1b[31mx\x1b[0m");
    EXPECT_EQ(painted("x", {}, true), "x");
}

}  // namespace
}  // namespace bully::sim
