// The parser of scenario files: all mistakes of a file in one go, each with its place and what was expected.
#include "sim/scenario/parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

std::string errors(const std::string& text) {
    const auto scenario = parse_scenario(text, "f");
    if (scenario) return "";
    std::string all;
    for (const auto& diagnostic : scenario.error()) all += to_string(diagnostic).substr(2) + "\n";
    return all;
}

struct Row {
    const char* text;
    const char* errors;
};

// Each text begins behind a line break of its own.
const std::vector<Row> bad_scenarios{
    {R"(name: t
processes: 3
faluts: []
)",
     R"(3:1: unknown key `faluts` in a scenario, expected `faults` perhaps
)"},
    {R"(name: t
processes: 3
seed: 1
seed: 2
)",
     R"(4:1: duplicate key `seed`, expected it once: line 3 has it already
)"},
    {R"(name: t
)",
     R"(1:1: `processes` is missing: a scenario needs it
)"},
    {R"(processes: 2
)",
     R"(1:1: `name` is missing: a scenario needs it
)"},
    {R"([]
)",
     R"(1:1: a scenario isn't a map, expected `{key: value, ...}`
)"},
    {R"()",
     R"(1:1: an empty file, expected a scenario
)"},
    {R"(name: t
processes: 3
duration: 5
)",
     R"(3:11: `5`, expected a time with a unit, such as 500ms, 1.5s or 2min
)"},
    {R"(name: t
proceses: 3
expect: [{at: 1s, leader: 3}]
)",
     R"(1:1: `processes` is missing: a scenario needs it
2:1: unknown key `proceses` in a scenario, expected `processes` perhaps
)"},
    {R"(name: t
processes: 0
)",
     R"(2:12: `0`, expected a number of processes from 1 to 60000
)"},
    {R"(name: t
processes: 99999
)",
     R"(2:12: `99999`, expected a number of processes from 1 to 60000
)"},
    {R"(name: t
processes:
  - {pid: [3, 4]}
  - {pid: [3]}
  - {birthday: 1970-02-30, student_id: 1000001, on: 2026-11-24}
  - {name: x}
)",
     R"(3:15: `4`, expected a student id from 1000000 to 9999999
4:11: `pid` isn't a pair, expected [days, student_id], such as [120, 1234567]
5:16: `1970-02-30`, expected a date, YYYY-MM-DD or MM-DD
6:5: `pid` is missing: a process needs it
)"},
    {R"(name: t
processes: [{pid: [1, 1], name: a}, {pid: [2, 2], name: a}]
)",
     R"(2:23: `1`, expected a student id from 1000000 to 9999999
2:47: `2`, expected a student id from 1000000 to 9999999
)"},
    {R"(name: t
processes: 3
faults:
  - {at: 3s}
  - {crash: 1}
  - {at: 3s, crash: 4}
  - {at: 3s, crash: nobody}
  - {at: 3s, crash: 1, pause: 2}
  - {at: 3s, crahs: 1}
  - {at: 3s, partition: [[1, 2], [2, 3]]}
  - {at: 3s, cut: {between: [1]}}
  - {at: 3s, crash: 1, host: sideways}
  - 5
)",
     R"(4:5: a fault has no kind, expected one of crash, restart, pause, resume, feign, elect, join, partition, cut, heal, slow, delay, loss, gcd, or message
5:5: `at` is missing: a fault needs it
6:21: no such process: `4`, expected a process from 1 to 3
7:21: no such process: `nobody`, expected a process from 1 to 3
8:5: a fault has 2 kinds (crash, pause), expected one of crash, restart, pause, resume, feign, elect, join, partition, cut, heal, slow, delay, loss, gcd, or message
9:5: a fault has no kind, expected one of crash, restart, pause, resume, feign, elect, join, partition, cut, heal, slow, delay, loss, gcd, or message
9:14: unknown key `crahs` in a fault, expected `crash` perhaps
10:34: process 2 is in two groups, expected it in one group at most
11:29: `between` isn't a pair, expected [X, Y], each a process or a list of processes
12:30: `sideways`, expected one of down, up
13:5: a fault isn't a map, expected `{key: value, ...}`
)"},
    {R"(name: t
processes: 3
expect:
  - {leader: 3}
  - {at: 3s, leader: 9}
  - {messages: {HELLO: 3}}
  - {elections: many}
  - {violated: P99}
  - {reached: nowhere}
  - {agreement_within: 1s, at: 3s}
  - {in: sometimes, at: 1s, leader: 1}
)",
     R"(4:5: `at` is missing: an expectation needs it
5:22: no such process: `9`, expected a process from 1 to 3
6:17: unknown key `HELLO` in `messages`, expected one of OK, ELECTION, PROBE, COORDINATOR, JOIN
7:17: `many`, expected a count, or a comparison such as "<= 20"
8:16: no such property: `P99`, expected P1 to P16, or P18
9:15: `nowhere`, expected one of late_answer_ignored, stale_timer_ignored, lower_coordinator_rejected, misled_prober_told, higher_member_probed, higher_member_asked, asked_again, open_probe_voided, answer_discounted, probe_gap_doubled, refreshed, strangers_told, announcement_held, all_refused, coordinator_timeout, elected_without_daemon, unknown_coordinator_followed, stranger_followed_on, duplicate_identity_noticed, backlog_before_timers, message_lost, connection_refused
10:28: `at` doesn't apply to `agreement_within`, expected it with `leader` only
11:10: `sometimes`, expected one of strict, robust
)"},
    {R"(name: t
processes: 3
network: {loss: 5, delay: {unifrom: [1ms, 2ms]}, connect_timeout: 0s}
timing: {probe_gap: [3s, 1s], join_attempts: 0}
)",
     R"(3:17: `5`, expected a percentage such as 0.5%, from 0% to 100%
3:28: unknown key `unifrom` in a delay, expected `uniform` perhaps
3:67: `0s`, expected a time above zero
4:21: a range from 3s down to 1s, expected the shorter time first
4:46: `0`, expected a number of attempts from 1 to 200
)"},
    {R"(name: t
processes: &p 3
)",
     R"(2:12: anchor `&p`, expected the value itself: aliases are not allowed
)"},
    {R"(name: t
processes: *p
)",
     R"(2:12: invalid YAML: the referenced anchor is not defined
)"},
    {R"(name: !!str t
processes: 3
)",
     R"(1:7: tag `tag:yaml.org,2002:str`, expected a plain value: tags are not allowed
)"},
    {R"(name: t
processes: 3
---
name: u
)",
     R"(4:1: a second document, expected one scenario per file
)"},
    {R"(name: "t
processes: 3
)",
     R"(1:7: a quote that isn't closed, expected a closing `"` before line 2, `processes:`
)"},
    {R"(name: t
	processes: 3
)",
     R"(2:1: invalid YAML: illegal tab when looking for indentation, expected spaces
)"},
    {R"(name: t
processes: 3
faults:
- {message: OK, drop: off}
- {message: OK, duplicate: false}
- {message: OK, from: 2, to: 2, drop: on}
- {at: 1s, cut: {from: 1, to: 1}}
- {at: 1s, slow: {between: [2, [2, 2]], by: 1s}}
- {at: 1s, partition: [[1, 3, 2]]}
)",
     R"(4:23: `drop: off` does nothing, expected `drop: on`
5:28: `duplicate: false` does nothing, expected `duplicate: on`
6:3: a scripted message from process 2 to itself, expected two different processes
7:17: a link from process 1 to itself, expected two different processes
8:18: a link from process 2 to itself, expected two different processes
9:23: `partition` has all processes in one group, expected two groups or more
)"},
    {R"(name: t
duration: 15s
processes: 3
expect:
- {no_election: [14s, 16s]}
- {no_election: [16s, 17s]}
- {no_election: 14s}
- {messages: {}}
- {messages: {OK: ">= 0"}}
- {elections: ">= 0"}
)",
     R"(5:23: 16s is after the end of the run, expected at most 15s
6:23: 17s is after the end of the run, expected at most 15s
7:17: `no_election` isn't a range of times, expected [from, to], such as [5s, 10s]
8:14: `messages` is empty, expected at least one count, such as {PROBE: "> 0"}
9:19: `>= 0` always holds, expected a count above zero, such as ">= 1"
10:15: `>= 0` always holds, expected a count above zero, such as ">= 1"
)"},
    {R"(name: t
processes:
- {pid: [1, 1000000], start: 0s}
- {pid: [2, 1000000], name: b}
- {pid: [3, 1000000], start: never}
faults:
- {at: 0s, join: 2}
- {at: 6s, join: b}
- {at: 7s, join: 1}
- {at: 8s, join: 3}
)",
     R"(8:18: process 2 joins twice, expected one `join`; `crash` and `restart` start it again
9:18: process 1 has both a `join` and a `start`, expected one of the two
10:18: process 3 has both a `join` and a `start`, expected one of the two
)"},
    {R"(name: t
duration: 20
processes: [{pid: [1, 1000000], start: 70s}]
faults: [{at: 80s, crash: 1}]
expect: [{at: 90s, leader: 1}, {no_election: [1s, 99s]}]
)",
     R"(2:11: `20`, expected a time with a unit, such as 500ms, 1.5s or 2min
)"},
    {R"(name: t
processes: 3
mode: strikt
start: warm
probe: maybe
)",
     R"(3:7: `strikt`, expected `strict` perhaps
4:8: `warm`, expected one of cold, settled
5:8: `maybe`, expected one of on, off, true, false
)"},
    {R"(name: t
processes: 3
faults:
- {message: OK}
- {message: OK, drop: on, delay: 1s}
- {message: JOIN, drop: on}
- {at: 1s, partition: [1, 2]}
- {at: 1s, partition: all}
- {at: 1s, restart: 1, for: 2s}
- {at: 1s, pause: 1, host: up}
- {at: 1s, gcd: restart, for: 1s}
- {at: 1s, cut: {between: [1, 2], from: 1}}
- {at: 1s, delay: {uniform: [1ms, 2ms], pareto: {min: 1ms, shape: 2}}}
- {at: 1s, delay: {exponential: {mean: 2ms, min: 3ms, max: 1ms}}}
- {at: 1s, delay: {normal: {mean: 2ms}}}
- {at: 1s, feign: 1}
expect:
- {at: 1s, leader: random}
- {at: 1s, leader: 1, elections: 1}
)",
     R"(4:3: a scripted message has no effect, expected exactly one of delay, drop, duplicate
5:3: a scripted message has 2 effects, expected exactly one of delay, drop, duplicate
6:13: JOIN can't be scripted, expected OK, ELECTION, PROBE or COORDINATOR; `gcd: down` makes JOINs fail
7:24: a group of `partition` isn't a list, expected a list of processes such as [1, 2]
7:27: a group of `partition` isn't a list, expected a list of processes such as [1, 2]
8:23: `partition` isn't a list of groups, expected one such as [[1, 2], [3, 4, 5]]
9:24: `for` doesn't apply to `restart`, expected no `for`: it happens at one instant
10:22: `host` doesn't apply to `pause`, expected it with `crash` only
11:31: `for` doesn't apply to `gcd: restart`, expected no `for`: the daemon is up again at once
12:17: `between` beside `from` or `to`, expected either `between`, or `from` and `to`
13:19: 2 distributions for one delay, expected exactly one
14:60: `max` is below the shortest delay, expected at least 3ms
15:28: `deviation` is missing: `normal` needs it
16:3: `for` is missing: a fault needs it
18:20: `random` doesn't say which leader, expected a process, highest or lowest
19:3: an expectation has 2 kinds (leader, elections), expected one of leader, agreement_within, messages, elections, no_election, violated, reached
)"},
    {R"(name: t
processes:
- {pid: [1, 1000000], name: highest}
- {pid: [1, 1000000]}
- {pid: [2, 1000000], student_id: 1000001}
- {pid: [3, 1000000], birthday: 1970-01-01, student_id: 1000001, on: 2026-01-01}
timing: {probe_gap: [0s, 1s]}
feign: {up: 0s, down: 0s}
network: 5
probe:
faults: none
expect: all
)",
     R"(3:29: the name `highest` means something else, expected a name other than a number, highest, lowest, leader, random or gcd
4:3: two processes have the pid (1, 1000000), expected different pids, or, to study duplicate identities, a `host` for each of the two
5:23: `student_id` beside `pid`, expected it with `birthday` only
6:3: both `pid` and `birthday`, expected one of the two
7:21: `probe_gap` begins at zero, expected a time above zero
8:8: `up` and `down` are both zero, expected a time above zero for one of them
9:10: `network` isn't a map, expected `{key: value, ...}`
10:1: `probe` has no value, expected one of on, off, true, false
11:9: `faults` isn't a list, expected `- {at: 5s, crash: highest}`, ...
12:9: `expect` isn't a list, expected `- {at: 11s, leader: 4}`, ...
)"},
    {R"(name:
processes: [{birthday:, student_id: 1000000, on: [1]}, {birthday: , student_id: 1000000, on: 2026-01-01}]
seed: ~
duration:
mode: strict
faults: [{at: 1s, crash: [1]}, {at: 1s, heal: now}]
expect: [{violated: [P1]}]
)",
     R"(1:1: `name` has no value, expected a text
2:50: a list, expected a date, YYYY-MM-DD
2:57: `birthday` has no value, expected a date, YYYY-MM-DD or MM-DD
3:1: `seed` has no value, expected a seed from 0 to 18446744073709551615
4:1: `duration` has no value, expected a time with a unit, such as 500ms, 1.5s or 2min
6:47: `now`, expected `all`
7:21: a list, expected P1 to P16, or P18
)"},
    {R"(name: t
processes:
- {pid: [1, 1000000], name: a}
- {pid: [1, 1000000], name: a, host: h:1}
- {pid: [2, 1000000], host: h:1}
)",
     R"(4:3: two processes are named `a`, expected different names
4:3: two processes have the pid (1, 1000000), expected different pids, or, to study duplicate identities, a `host` for each of the two
5:3: two processes are at h:1, expected different addresses
)"},
    {R"(name: t
processes: 3
about: [[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]
)",
     R"(3:23: values nested too deeply, expected at most 16 levels
)"},
};

TEST(ScenarioErrors, are_said_with_their_place) {
    for (const auto& row : bad_scenarios) EXPECT_EQ(errors(row.text), row.errors) << row.text;
}

TEST(ScenarioErrors, of_sizes) {
    EXPECT_NE(errors(std::string(5U << 20U, '#')).find("expected"), std::string::npos);
    EXPECT_NE(errors(std::string("name: t\0\nprocesses: 3\n", 22)), "");
}

// By escapes, which leave no such byte in the file: they would reach the terminal, or turn a text around.
TEST(ScenarioErrors, of_control_characters) {
    for (const auto& [escape, shown] : std::vector<std::pair<std::string, std::string>>{{"\\x1b", "0x1b"},
                                                                                        {"\\x7f", "0x7f"},
                                                                                        {"\\x80", "0x80"},
                                                                                        {"\\x9b", "0x9b"},
                                                                                        {"\\x9f", "0x9f"},
                                                                                        {"\\N", "0x85"},
                                                                                        {"\\u061c", "U+061C"},
                                                                                        {"\\u200e", "U+200E"},
                                                                                        {"\\u202a", "U+202A"},
                                                                                        {"\\u202e", "U+202E"},
                                                                                        {"\\u2066", "U+2066"},
                                                                                        {"\\u2069", "U+2069"},
                                                                                        {"\\n", "0x0a"}}) {
        const auto told = ": a text with a control character, " + shown + ", expected printable characters only\n";
        EXPECT_EQ(errors("name: \"a" + escape + "31m\"\nprocesses: 3\n"), "1:7" + told);
        const auto about = errors("name: t\nprocesses: 3\nabout: \"a\\n" + escape + "31m\"\n");
        EXPECT_EQ(about, shown == "0x0a" ? "" : "3:8" + told);
        const auto process = errors("name: t\nprocesses: [{pid: [1, 1000000], name: \"" + escape + "\"}]\n");
        EXPECT_EQ(process, "2:39" + told);
    }
    EXPECT_EQ(errors("name: t\nprocesses: 3\n\"\\x9b\": 1\n\"\\u202e\": 2\n").find("\xc2\x9b"), std::string::npos);
    EXPECT_EQ(errors("name: \"\\xa0\\u2027\\u2065\\u206a\\U0001f600\"\nprocesses: 3\n"), "");
}

}  // namespace
}  // namespace bully::sim
