// A text that swallows the rest of a scenario file, or of an option's value, is a mistake at its beginning; a text over
// several lines isn't. Each row is one file; "silent" marks those that yaml-cpp accepts without a word.
#include "sim/scenario/overrides.hpp"
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bully::sim {
namespace {

const std::string head = "name: x\nduration: 15s\nstart: settled\nprocesses: 3\n";
const std::string tail = "faults:\n- {at: 2s, crash: highest}\nexpect:\n- {at: 14s, leader: 1}\n";

std::vector<std::string> errors_of(const std::string& text) {
    const auto scenario = parse_scenario(text, "f");
    std::vector<std::string> all;
    if (scenario) return all;
    for (const auto& diagnostic : scenario.error()) all.push_back(to_string(diagnostic).substr(2));
    return all;
}

struct SwallowingFile {
    const char* about;
    std::string text;
    std::string error;
};

const std::vector<SwallowingFile> swallowing{
    {"double quote, silent", head + "about: \"open\n" + tail,
     "5:8: a quote that isn't closed, expected a closing `\"` before line 6, `faults:`"},
    {"single quote, silent", head + "about: 'it''s open\n" + tail,
     "5:8: a quote that isn't closed, expected a closing `'` before line 6, `faults:`"},
    {"escaped quote, silent", head + "about: \"open\\\"\n" + tail,
     "5:8: a quote that isn't closed, expected a closing `\"` before line 6, `faults:`"},
    {"on a line of its own, silent", head + "about:\n  \"one\n  two\n" + tail,
     "6:3: a quote that isn't closed, expected a closing `\"` before line 8, `faults:`"},
    {"in the last line, silent", head + "about: \"open\n", "5:8: a quote that isn't closed, expected a closing `\"`"},
    {"in the first line", "name: \"x\nprocesses: 3\n" + tail,
     "1:7: a quote that isn't closed, expected a closing `\"` before line 2, `processes:`"},
    {"behind a byte order mark", "\xef\xbb\xbfname: \"x\nprocesses: 3\n",
     "1:7: a quote that isn't closed, expected a closing `\"` before line 2, `processes:`"},
    {"with line ends of Windows, silent", "name: x\r\nprocesses: 3\r\nabout: \"open\r\nseed: 3\r\n",
     "3:8: a quote that isn't closed, expected a closing `\"` before line 4, `seed:`"},
    {"in a flow map", head + "faults:\n- {at: 2s, crash: \"highest}\nexpect:\n- {at: 14s, leader: 1}\n",
     "6:19: a quote that isn't closed, expected a closing `\"` before line 7, `expect:`"},
    {"with an escape that doesn't exist behind it", head + "about: \"open\n" + tail + "# C:\\q\n",
     "5:8: a quote that isn't closed, expected a closing `\"` before line 6, `faults:`"},
    {"closed by a comment, silent", head + "about: \"open\n" + tail + "# that's it\"\n",
     "5:8: a quoted text that goes on over line 6, `faults:`, expected a closing `\"` before it, or that line indented "
     "deeper"},
    {"closed by the next quote", head + "about: \"open\n" + tail + "mode: \"robust\"\n",
     "5:8: a quoted text that goes on over line 6, `faults:`, expected a closing `\"` before it, or that line indented "
     "deeper"},
    {"closed by an apostrophe", head + "about: 'open\n" + tail + "# it's so\n",
     "5:8: a quoted text that goes on over line 6, `faults:`, expected a closing `'` before it, or that line indented "
     "deeper"},
    {"over the next item of a list, silent",
     "name: x\nprocesses:\n- {pid: [1, 1000000], name: \"a}\n- {pid: [2, 1000000], name: b\"}\n",
     "3:29: a quoted text that goes on over line 4, `- {pid: [2, 1000000], name: b\"}`, expected a closing `\"` before "
     "it, or that line indented deeper"},
    {"over the next key of an item, silent",
     "name: x\nprocesses:\n- pid: [1, 1000000]\n  name: \"a\n  start: never\"\n- pid: [2, 1000000]\n",
     "4:9: a quoted text that goes on over line 5, `start:`, expected a closing `\"` before it, or that line indented "
     "deeper"},
    {"over the next key of a flow map, silent", "{name: \"x,\nseed: 5, about: open\",\nprocesses: 3}\n",
     "1:8: a quoted text that goes on over line 2, `seed:`, expected a closing `\"` before it, or that line indented "
     "deeper"},
    {"as in JSON", "{\n\"name\":\"x,\n\"processes\":3\n}\n",
     "2:8: a quoted text that goes on over line 3, `processes:`, expected a closing `\"` before it, or that line "
     "indented deeper"},
    {"over a new document", head + "about: \"open\n---\n" + tail + "# so\"\n",
     "5:8: a quoted text that goes on over line 6, `---`, expected a closing `\"` before it, or that line indented "
     "deeper"},
    {"over keys that are indented, silent",
     head + "about: \"open\n faults:\n - {at: 2s, crash: highest}\n expect: []\"\n",
     "5:8: a quoted text that goes on over line 6, `faults:`, expected a closing `\"` before it, or that line indented "
     "deeper"},
    {"block, silent", head + "about: |\n faults:\n - {at: 2s, crash: highest}\n expect:\n - {at: 14s, leader: 1}\n",
     "5:8: a text that goes on over line 6, `faults:`, expected `faults` indented less, or a line that begins with "
     "another word"},
    {"folded block, silent", head + "about: >-\n  a text\n  mode: strict\n",
     "5:8: a text that goes on over line 7, `mode:`, expected `mode` indented less, or a line that begins with "
     "another word"},
    {"list", head + "faults: [{at: 2s, crash: highest}\nexpect:\n- {at: 14s, leader: 1}\n",
     "5:9: `[` that isn't closed, expected a closing `]`"},
    {"map", head + "faults:\n- {at: 2s, crash: highest\nexpect:\n- {at: 14s, leader: 1}\n",
     "6:3: `{` that isn't closed, expected a closing `}`"},
    {"map in the last line", head + "expect:\n- {at: 14s, leader: 1",
     "6:3: `{` that isn't closed, expected a closing `}`"},
    {"map without a comma", head + "faults: [{at: 2s crash: highest}]\n",
     "5:23: invalid YAML: end of map flow not found, expected `,` or `}`"},
    {"list without a comma", head + "faults: [{at: 2s, crash: highest} {at: 3s, crash: 1}]\n",
     "5:35: invalid YAML: end of sequence flow not found, expected `,` or `]`"},
    {"bracket too many", head + "faults: [{at: 2s, crash: highest}]]\n",
     "5:35: invalid YAML: illegal flow end, expected a `[` or `{` before it"},
    {"document", head + "---\n" + tail, "6:1: a second document, expected one scenario per file"},
    {"end of the document", head + "...\n" + tail, "6:1: a second document, expected one scenario per file"},
    {"text over lines", "name: x\n  seed: 5\nprocesses: 3\n",
     "2:7: invalid YAML: illegal map value, expected one `key: value` a line, or `{key: value, ...}`"},
    {"comment without a space", "name: x\nprocesses: 3#4\n",
     "2:12: `3#4`, expected a number of processes from 1 to 60000"},
    {"carriage return in a comment, silent", "name: x\nprocesses: 3 # three\rseed: 5\n",
     "2:21: a carriage return without a line feed, expected line ends as on Linux or Windows"},
    {"NUL in a comment, silent", head + std::string("# a\0b\n", 6) + tail,
     "5:4: a control character, 0x00, expected printable characters only"},
    {"NUL, which escapes", std::string("name: x\0", 8) + "\nprocesses: 3\n",
     "1:8: a control character, 0x00, expected printable characters only"},
    {"control character of Unicode, silent", "name: x\xc2\x9by\nprocesses: 3\n",
     "1:8: a control character, 0x9b, expected printable characters only"},
    {"character of direction, silent", "name: x\xe2\x80\xaey\nprocesses: 3\n",
     "1:8: a control character, U+202E, expected printable characters only"},
    {"character of direction in a comment, silent", "name: x # \xe2\x81\xa6\nprocesses: 3\n",
     "1:11: a control character, U+2066, expected printable characters only"},
    {"Latin-1, silent", "name: \xfc\nprocesses: 3\n", "1:7: the byte 0xfc isn't UTF-8, expected a file in UTF-8"},
    {"UTF-16, silent", std::string("\xff\xfen\0:\0", 6), "1:1: the file is in UTF-16, expected UTF-8"},
    {"tag that says nothing, silent", head + "seed: ! 5\n",
     "5:7: tag `!`, expected a plain value: tags are not allowed"},
    {"tag of a key's nothing", head + "seed: !int\n", "5:7: tag `!int`, expected a plain value: tags are not allowed"},
    {"merge key", head + "<<: {seed: 3}\n",
     "5:1: unknown key `<<` in a scenario, expected one of name, about, seed, duration, mode, start, probe, timing, "
     "network, gcd, feign, processes, faults, expect"},
    {"key twice", head + "seed: 2\nseed: 3\n", "6:1: duplicate key `seed`, expected it once: line 5 has it already"},
    {"key without a value", head + "expect:\n", "5:1: `expect` isn't a list, expected `- {at: 11s, leader: 4}`, ..."},
    {"item without a value", head + "expect:\n-\n", "7:1: an expectation isn't a map, expected `{key: value, ...}`"},
    {"directive for a key, silent", head + "%faults: [{at: 2s, crash: highest}]\n",
     "5:1: a directive, `%faults: [{at: 2s, crash: highest}]`, expected no line that begins with `%`: "
     "directives are not allowed"},
    {"directive behind the first document, silent", head + "...\n%expect: []\n",
     "6:1: a directive, `%expect: []`, expected no line that begins with `%`: directives are not allowed"},
    {"directive between two keys", "name: x\n%seed: 4\nprocesses: 3\n",
     "2:1: a directive, `%seed: 4`, expected no line that begins with `%`: directives are not allowed"},
    {"directive of YAML, silent", "%YAML 1.2\n---\n" + head,
     "1:1: a directive, `%YAML 1.2`, expected no line that begins with `%`: directives are not allowed"},
    {"directive of YAML that is wrong", "%YAML one\n---\n" + head,
     "1:1: a directive, `%YAML one`, expected no line that begins with `%`: directives are not allowed"},
    {"directive of tags, silent", "%TAG ! tag:x,2026:\n---\n" + head,
     "1:1: a directive, `%TAG ! tag:x,2026:`, expected no line that begins with `%`: directives are not allowed"},
    {"directive at the end of a block, silent", head + "about: |\n  100\n%\n",
     "7:1: a directive, `%`, expected no line that begins with `%`: directives are not allowed"},
    {"no comment behind a comma, silent", head + "faults: [{at: 5s, crash: 3,#, for: 3s\n  }]\n",
     "5:28: a `#` directly after `,`, expected a space before a comment, or quotes around a text with a `#`"},
    {"no comment behind a comma, which takes the bracket", head + "faults: [{at: 5s, crash: 3,#, for: 3s}]\n",
     "5:28: a `#` directly after `,`, expected a space before a comment, or quotes around a text with a `#`"},
    {"no comment behind a bracket, silent", head + "faults: [#{at: 1s, crash: 1},\n  {at: 5s, crash: 3}]\n",
     "5:10: a `#` directly after `[`, expected a space before a comment, or quotes around a text with a `#`"},
    {"no comment behind a brace, silent", head + "faults: [{at: 5s, crash: 3}#, {at: 1s, crash: 1}\n  ]\n",
     "5:28: a `#` directly after `}`, expected a space before a comment, or quotes around a text with a `#`"},
    {"no comment behind a list, silent", head + "faults: [{at: 5s, crash: 3}]# and\n",
     "5:29: a `#` directly after `]`, expected a space before a comment, or quotes around a text with a `#`"},
    {"no comment behind a quote, silent", head + "about: \"x\"#y\n",
     "5:11: a `#` directly after `\"`, expected a space before a comment, or quotes around a text with a `#`"},
    {"no comment behind an apostrophe, silent", head + "about: 'it''s x'#y\n",
     "5:17: a `#` directly after `'`, expected a space before a comment, or quotes around a text with a `#`"},
    {"no comment behind a quoted key, silent", "{\"name\": x, \"processes\":#4\n 3}\n",
     "1:25: a `#` directly after `:`, expected a space before a comment, or quotes around a text with a `#`"},
    {"no comment behind the head of a block, silent", head + "about: >-#y\n  x\n",
     "5:10: a `#` directly after `-`, expected a space before a comment, or quotes around a text with a `#`"},
    {"second byte order mark, silent", "\xef\xbb\xbf\xef\xbb\xbf" + head,
     "1:1: a byte order mark within the file, expected one only at its beginning"},
    {"byte order mark in a key", "name: x\n\xef\xbb\xbfprocesses: 3\n",
     "2:1: a byte order mark within the file, expected one only at its beginning"},
    {"tab", head + "\tseed: 3\n", "5:1: invalid YAML: illegal tab when looking for indentation, expected spaces"},
    {"comments alone", "# name: x\n# processes: 3\n", "1:1: an empty file, expected a scenario"},
};

TEST(YamlTexts, what_swallows_the_rest_is_told_where_it_begins) {
    for (const auto& row : swallowing) {
        const auto found = errors_of(row.text);
        EXPECT_EQ(found.empty() ? "good" : found.front(), row.error) << row.about;
    }
}

TEST(YamlTexts, over_several_lines_are_good) {
    for (const auto* about : {
             "about: \"a text\n  over two lines\"\n",
             "about: 'a text\n\n  that isn''t short'\n",
             "about: \"a text\nat the margin, without an entry\"\n",
             "about: \"\n  a text\n\"\n",
             "about: \"steps:\n  - one\n  note: two\"\n",
             "about:\n  \"a text\n  of its own\"\n",
             "about: a text\n  over two lines\n",
             "about: |\n  a text\n  - one\n  note: two\n",
             "about: >-\n  a text, then\n    faults:\n    - {at: 2s, crash: 1}\n",
             "about: |2-\n  a text # no comment\n",
             "about: \"a \\\"text\\\"\"  # it's \"quoted\"\n",
             "about: it's a \"text\"\n",
             "about: \"a text\n%50 of it\"\n",
             "about: |\n  %50 of it\n  and \"x\"#y, [#z]\n",
             "about: 50\n  % of it\n",
             "about: it's,#1 [#2] {#3}\"#4\n",
             "about: a text\n  \"in\"#1 quotes,#2\n",
             "about: \"[#1] '#2, {#3}\"\n",
             "expect: [] #1\n",
             "about: \"x\" #1 \"y\"#2 %\n#%\n",
             "about: |- # one\n  a#b\n",
             "feign: {up: 1s, #,#\n  down: 1s}\n",
             "{name: y}: 3\n",  // only to show that the table can fail
         }) {
        const bool good = !std::string_view(about).starts_with("{");
        EXPECT_EQ(errors_of("name: x\n" + std::string(about) + "processes: 3\n").empty(), good) << about;
    }
    EXPECT_TRUE(errors_of(R"({"name":"x","about":"a: [b","processes":[{"pid":[1,1000000],"name":"a"}]})").empty());
    EXPECT_TRUE(
        errors_of("\xef\xbb\xbf---\r\nname: \xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\r\nprocesses: 3\t# three\r\n...\r\n")
            .empty());
}

TEST(YamlTexts, a_hash_within_a_word_is_a_part_of_it) {
    EXPECT_EQ(errors_of("name: x\nprocesses: 3\nexpect: [{elections: it':#1, in: robust}]\n"),
              (std::vector<std::string>{"3:22: `it':#1`, expected a count, or a comparison such as \"<= 20\""}));
}

TEST(YamlTexts, what_stands_behind_a_text_keeps_its_meaning) {
    const auto scenario = parse_scenario(head + "about: \"a text\n  over two lines\"\n" + tail, "f");
    ASSERT_TRUE(scenario);
    EXPECT_EQ(scenario->about, "a text over two lines");
    EXPECT_EQ(scenario->faults.size(), 1U);
    EXPECT_EQ(scenario->expectations.size(), 1U);
}

TEST(YamlTexts, of_options_are_read_alike) {
    for (const auto& [value, error] : std::vector<std::pair<std::string, std::string>>{
             {"\"x", "a quote that isn't closed, expected a closing `\"`"},
             {"'x", "a quote that isn't closed, expected a closing `'`"},
             {"\"x\n", "a quote that isn't closed, expected a closing `\"`"},
             {"[5ms, '6ms]\n", "a quote that isn't closed, expected a closing `'`"},
             {"{uniform: [1ms, 2ms]", "`{` that isn't closed, expected a closing `}`"},
             {"[1, 2", "`[` that isn't closed, expected a closing `]`"},
             {"5ms # and\r6ms", "a carriage return without a line feed, expected line ends as on Linux or Windows"},
             {"crash #5", "a comment, `#5`, expected quotes around a value with a `#` after a space"},
             {"[5ms #,6ms]", "a comment, `#,6ms]`, expected quotes around a value with a `#` after a space"},
             {"! 5ms", "tag `!`, expected a plain value: tags are not allowed"},
             {"5ms\n---\n6ms", "something after the end of the value, expected the value alone"}}) {
        const auto read = read_value(value);
        ASSERT_FALSE(read) << value;
        EXPECT_EQ(read.error(), error) << value;
    }
    for (const auto* value : {"\"x\"", "crash#5", "\"crash #5\"", "it's #", "- 5ms # one\n- 6ms"}) {
        EXPECT_EQ(read_value(value).has_value(), std::string_view(value) != "it's #") << value;
    }
}

TEST(YamlTexts, on_one_line_are_read_again_as_they_are) {
    const auto right_to_left =
        "\x1b\xc2\x9b\xe2" + std::string("\x80\xae");  // in parts: it misleads whoever reads the source
    for (const std::string& text : {std::string("a \"b\" #c"), std::string("C:\\new"), std::string("two\nlines\t"),
                                    std::string("it's"), std::string(), std::string("\xc3\xbc: {x"), right_to_left}) {
        YamlNode node;
        node.kind = YamlNode::Kind::scalar;
        node.quoted = true;
        node.text = text;
        const auto again = read_value(to_flow(node));
        ASSERT_TRUE(again) << to_flow(node);
        EXPECT_EQ(again->text, text);
    }
}

}  // namespace
}  // namespace bully::sim
