#!/usr/bin/env python3
"""Checks that scenarios/scenario.schema.json and `bully_sim lint` accept the same scenario files.

Usage: check_schema.py BULLY_SIM
The schema must be valid, describe each key, and accept all scenarios/*.yaml; a table of small documents is given both
to it and to the parser, and uses each key and each word of the format at least once.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"

# What the two say of a document.
GOOD = (True, True)
BAD = (False, False)
PARSER = (True, False)  # only the parser can tell: it knows the processes, the times, the files, how a number is written


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: `on` is a word, 2024-01-01 a text. PyYAML's own is 1.1."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(?:|~|null|Null|NULL)$", ["", "~", "n", "N"]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
):
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)
# An int of YAML 1.2 is decimal whatever it begins with; PyYAML reads 010 as 8.
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))

# Each table: what an entry is put into, then (verdict, entries).
TABLES = [
    ("{}", [
        (GOOD, ["name: t\nprocesses: 1", "name: 2024\nprocesses: 60000", "name: true\nprocesses: '007'",
                "name: t\nprocesses: [{pid: [1, 1000000]}]"]),
        (BAD, ["processes: 1", "name: t", "name:\nprocesses: 1", "name: ''\nprocesses: 1", "name: [t]\nprocesses: 1",
               "name: t\nprocesses: 0", "name: t\nprocesses: 60001", "name: t\nprocesses: '60001'",
               "name: t\nprocesses: []", "name: t\nprocesses: 2.5", "name: t\nprocesses: {pid: [1, 1000000]}",
               "name: t\nprocesses:", "name: t\nprocesses: three", "- name: t", "name"]),
        (PARSER, ["name: t\nprocesses: 3.0", "name: t\nprocesses: +3"]),
    ]),
    ("name: t\nprocesses: 3\n{}\n", [
        (GOOD, ["about: why", "seed: 0", "seed: 18446744073709551615", "seed: '42'", "duration: 1h", "mode: strict",
                "mode: robust", "start: cold", "start: settled", "probe: on", "probe: off", "probe: true",
                "probe: 'false'", "network: {}", "timing: {}", "gcd: {}", "feign: {}", "faults: []", "expect: []"]),
        (BAD, ["about:", "seed: -1", "seed: x", "seed: 18446744073709551616", "duration: 30", "duration: 0s",
               "duration: 5 s", "duration: 1d", "mode: Strict", "mode: lax", "start: warm", "probe: yes", "probe: 1",
               "network:", "network: fast", "timing: 5s", "gcd: down", "faults:", "faults: {}", "expect: {at: 1s}",
               "faluts: []", "processes_: 3"]),
        (PARSER, ["seed: 1.0", "probe: True", "duration: 9000h", "duration: 99999999999999999999s"]),
    ]),
    # Times: exactly what is a whole number of nanoseconds.
    ("name: t\nprocesses: 3\nnetwork: {{delay: {}}}\n", [
        (GOOD, ["0s", "0ns", "1ns", "1.0ns", "7us", "0.001us", "0.0010us", "1.5ms", "0.000001ms", "1.000000001s", "2min",
                "0.00000000005min", "0.5h", "'5ms'", "000.5s"]),
        (BAD, ["5", "''", "ms", "-5ms", "1,5ms", ".5s", "5.s", "1.5.0s", "1.5ns", "0.0001us", "0.0000001ms",
               "0.0000000001s", "0.00000000001min", "5 ms", "5MS", "5sec", "[5ms]", "1e3ms", "+5ms", "true", ""]),
        # Distributions.
        (GOOD, ["{uniform: [1ms, 10ms]}", "{uniform: 5ms}", "{exponential: {mean: 5ms}}",
                "{exponential: {mean: 5ms, min: 1ms, max: 1s}}", "{normal: {mean: 5ms, deviation: 1ms}}",
                "{normal: {mean: 5ms, deviation: 0s, min: 1ms, max: 1s}}", "{lognormal: {median: 5ms, sigma: 0.5}}",
                "{lognormal: {median: 5ms, sigma: 1000, max: 1s}}", "{pareto: {min: 1ms, shape: 1.5}}",
                "{pareto: {min: 1ms, shape: '2', max: 1s}}", "{empirical: [1ms, 2ms, 2ms]}", "{empirical: times.txt}"]),
        (BAD, ["{}", "{uniform: [1ms, 2ms], pareto: {min: 1ms, shape: 2}}", "{triangular: [1ms, 2ms]}",
               "{uniform: [1ms]}", "{uniform: [1ms, 2ms, 3ms]}", "{uniform: {min: 1ms, max: 2ms}}",
               "{exponential: 5ms}", "{exponential: {min: 1ms}}", "{exponential: {mean: 5}}",
               "{exponential: {mean: 5ms, sigma: 1}}", "{normal: {mean: 5ms}}", "{normal: {deviation: 5ms}}",
               "{lognormal: {median: 5ms}}", "{lognormal: {median: 5ms, sigma: 0}}",
               "{lognormal: {median: 5ms, sigma: 1001}}", "{lognormal: {median: 5ms, sigma: -1}}",
               "{lognormal: {median: 5ms, sigma: 1ms}}", "{lognormal: {median: 5ms, sigma: 1, min: 1ms}}",
               "{pareto: {shape: 2}}", "{pareto: {min: 1ms}}", "{empirical: []}", "{empirical: [1]}", "{empirical: {}}",
               "{empirical: ''}"]),
        (PARSER, ["{uniform: [2ms, 1ms]}", "{empirical: missing.txt}", "{empirical: wrong.txt}",
                  "{normal: {mean: 5ms, deviation: 1ms, min: 4ms, max: 3ms}}", "{pareto: {min: 2ms, shape: 1, max: 1ms}}",
                  "{pareto: {min: 1ms, shape: 0.1234567}}"]),
    ]),
    ("name: t\nprocesses: 3\nnetwork: {{{}}}\n", [
        (GOOD, ["loss: 0%", "loss: 100%", "loss: 0.5%", "loss: 99.999999%", "loss: 100.00%", "loss: 005%",
                "duplicate: 1%", "connect_timeout: 1s", "delay: 5ms, loss: 1%, duplicate: 1%, connect_timeout: 1ms"]),
        (BAD, ["loss: 5", "loss: 101%", "loss: 100.1%", "loss: -1%", "loss: .5%", "loss: 5.%", "loss: '%'",
               "loss: 1.0000001%", "duplicate: 0.1", "connect_timeout: 0s", "connect_timeout: 0.00ms", "latency: 5ms"]),
    ]),
    ("name: t\nprocesses: 3\ngcd: {{{}}}\n", [
        (GOOD, ["delay: 1ms", "delay: {uniform: [1ms, 2ms]}", "host: down", "host: up"]),
        (BAD, ["host: off", "delay: 1", "at: 3s"]),
    ]),
    ("name: t\nprocesses: 3\ntiming: {{{}}}\n", [
        (GOOD, ["answer_timeout: 1s", "coordinator_timeout: 1s", "probe_timeout: 1s", "probe_gap: 1s",
                "probe_gap: [500ms, 3s]", "probe_gap_limit: 60s", "hold_down: 1ns", "join_retry: 1s", "refresh: 30s",
                "join_retry_limit: 1s", "join_attempts: 1", "join_attempts: '200'"]),
        (BAD, ["answer_timeout: 0s", "coordinator_timeout: 0s", "probe_timeout: 0s", "probe_gap: 0s",
               "probe_gap: [0s, 1s]", "probe_gap: [1s]", "probe_gap_limit: 0s", "hold_down: 0ms", "join_retry: 0s",
               "refresh: 0s", "join_retry_limit: 0s", "join_attempts: 0", "join_attempts: 201", "join_attempts: 1s",
               "ok_timeout: 1s"]),
        (PARSER, ["probe_gap: [3s, 1s]"]),
    ]),
    ("name: t\nprocesses: 3\nfeign: {}\n", [
        (GOOD, ["on", "off", "false", "{up: [0s, 10s], down: [1s, 4s], by: close}", "{by: ignore}", "{up: 0s}",
                "{up: 0s, down: 1s}", "{up: [0s, 1s], down: 0s}"]),
        (BAD, ["5s", "", "[1s, 2s]", "{up: 0s, down: 0s}", "{up: [0s, 0s], down: 0ms}", "{by: death}", "{for: 1s}"]),
        (PARSER, ["{up: [2s, 1s]}"]),
    ]),
    # Processes.
    ("name: t\nprocesses:\n- {{{}}}\n- {{pid: [20, 1000002], name: ben}}\n", [
        (GOOD, ["pid: [1, 1000000]", "pid: [365, 9999999]", "pid: ['12', '1234567']",
                "birthday: 1999-05-17, student_id: 1234567, on: 2024-01-01",
                "birthday: 02-29, student_id: '1234567', on: 2024-02-29", "pid: [1, 1000000], name: ada",
                "pid: [1, 1000000], name: 1.5", "pid: [1, 1000000], name: 3rd", "pid: [1, 1000000], start: never",
                "pid: [1, 1000000], start: 2s", "pid: [1, 1000000], timing: {probe_gap: 1s}",
                "pid: [1, 1000000], feign: off", "pid: [1, 1000000], feign: {down: 1s}",
                "pid: [1, 1000000], host: 10.1.2.3", "pid: [1, 1000000], host: 'pc7:65000'",
                "pid: [1, 1000000], host: '::1:5000'", "pid: [20, 1000003]"]),
        (BAD, ["", "name: ada", "pid: 12", "pid: [1]", "pid: [1, 1000000, 3]", "pid: [0, 1000000]",
               "pid: [366, 1000000]", "pid: ['366', 1000000]", "pid: [1, 999999]", "pid: [1, 10000000]",
               "pid: [1, '12345678']", "birthday: 1999-05-17, student_id: 1234567",
               "birthday: 1999-05-17, on: 2024-01-01",
               "pid: [1, 1000000], birthday: 1999-05-17, student_id: 1234567, on: 2024-01-01",
               "pid: [1, 1000000], student_id: 1234567", "pid: [1, 1000000], on: 2024-01-01",
               "birthday: 17.5.1999, student_id: 1234567, on: 2024-01-01",
               "birthday: 1999-13-01, student_id: 1234567, on: 2024-01-01",
               "birthday: 04-31, student_id: 1234567, on: 2024-01-01",
               "birthday: 04-30, student_id: 1234567, on: 01-01", "pid: [1, 1000000], name: 7",
               "pid: [1, 1000000], name: '7'", "pid: [1, 1000000], name: leader", "pid: [1, 1000000], name: gcd",
               "pid: [1, 1000000], name: ''", "pid: [1, 1000000], start: later", "pid: [1, 1000000], start: 0",
               "pid: [1, 1000000], host: ''", "pid: [1, 1000000], host: ':5000'", "pid: [1, 1000000], host: 'pc7:'",
               "pid: [1, 1000000], host: 'pc7:0'", "pid: [1, 1000000], host: 'pc7:65001'",
               "pid: [1, 1000000], host: 'pc7:http'", "pid: [1, 1000000], age: 20"]),
        (PARSER, ["pid: [1, 1000000], name: ben", "pid: [20, 1000002]", "pid: [1, 1000000], start: 31s",
                  "birthday: 2023-02-29, student_id: 1234567, on: 2024-01-01"]),
    ]),
    ("name: t\nprocesses:\n- {{pid: [20, 1000002], host: a}}\n- {{pid: [20, 1000002], host: {}}}\n", [
        (GOOD, ["b", "'a:5001'"]),
        (PARSER, ["a", "'a:5000'"]),
    ]),
    # Faults. Process 3 is called cleo.
    ("name: t\nprocesses:\n- {{pid: [10, 1000001]}}\n- {{pid: [20, 1000002]}}\n- {{pid: [30, 1000003], name: cleo}}\n"
     "faults:\n- {{{}}}\n", [
        (GOOD, ["at: 1s, crash: highest", "at: 0s, crash: 1, for: 2s", "at: 1s, crash: leader, host: up",
                "at: 1s, crash: cleo, host: down", "at: 1s, crash: '3'", "at: 30s, crash: random", "at: 1s, restart: 2",
                "at: 1s, restart: highest, address: new", "at: 1s, restart: 2, address: same", "at: 1s, pause: lowest",
                "at: 1s, pause: 1, for: 1s", "at: 1s, resume: 1", "at: 1s, feign: 1, for: 1s",
                "at: 1s, feign: leader, for: [1s, 4s]", "at: 1s, feign: 1, for: 0s", "at: 1s, elect: 1",
                "at: 1s, join: 1", "at: 1s, join: cleo", "at: 1s, partition: [[1, 2], [cleo]]",
                "at: 1s, partition: [[1]], for: 1s", "at: 1s, cut: {from: 1, to: [2, cleo]}",
                "at: 1s, cut: {between: [1, [2, 3]]}, for: 1s", "at: 1s, heal: all",
                "at: 1s, slow: {from: [1], to: 2, by: 1s}", "at: 1s, slow: {between: [1, 2], by: 1s}, for: 1s",
                "at: 1s, delay: 5ms", "at: 1s, delay: {uniform: [1ms, 2ms]}, for: 1s", "at: 1s, loss: 5%",
                "at: 1s, loss: 5%, for: 1s", "at: 1s, gcd: down", "at: 1s, gcd: down, for: 1s", "at: 1s, gcd: restart"]),
        (BAD, ["", "at: 1s", "crash: 1", "at: 1, crash: 1", "at: 1s, crash: 1, restart: 2", "at: 1s, crash: 0",
               "at: 1s, crash:", "at: 1s, crash: [1]", "at: 1s, crash: 1, for: 0s", "at: 1s, crash: 1, for: [1s, 2s]",
               "at: 1s, crash: 1, host: gone", "at: 1s, pause: 1, host: up", "at: 1s, crash: 1, address: new",
               "at: 1s, restart: 1, address: other", "at: 1s, restart: 1, for: 1s", "at: 1s, resume: 1, for: 1s",
               "at: 1s, feign: 1", "at: 1s, feign: 1, for: [1s]", "at: 1s, elect: 1, for: 1s", "at: 1s, join: highest",
               "at: 1s, join: 1, for: 1s", "at: 1s, partition: 1", "at: 1s, partition: []", "at: 1s, partition: [1, 2]",
               "at: 1s, partition: [[1, 1]]", "at: 1s, partition: [[highest]]", "at: 1s, cut: [1, 2]", "at: 1s, cut: {}",
               "at: 1s, cut: {from: 1}", "at: 1s, cut: {to: 1}", "at: 1s, cut: {between: [1]}",
               "at: 1s, cut: {between: [1, 2], from: 1}", "at: 1s, cut: {from: 1, to: 2, by: 1s}",
               "at: 1s, cut: {from: [], to: 2}", "at: 1s, cut: {between: [[], 2]}", "at: 1s, cut: {from: leader, to: 2}",
               "at: 1s, heal: 1", "at: 1s, heal: all, for: 1s", "at: 1s, slow: {from: 1, to: 2}",
               "at: 1s, slow: {between: [1, 2], by: 0s}", "at: 1s, slow: {by: 1s}", "at: 1s, delay: fast",
               "at: 1s, loss: 5", "at: 1s, gcd: up", "at: 1s, explode: 1"]),
        (PARSER, ["at: 31s, crash: 1", "at: 1s, crash: 4", "at: 1s, crash: cloe", "at: 1s, partition: [[1, 2], [2]]",
                  "at: 1s, partition: [[1, 2, 3]]", "at: 1s, cut: {from: 1, to: 1}", "at: 1s, cut: {between: [[2, 2], 2]}",
                  "at: 1s, slow: {from: 3, to: 3, by: 1s}", "at: 1s, feign: 1, for: [2s, 1s]"]),
        # Scripted messages.
        (GOOD, ["message: OK, drop: true", "message: ELECTION, from: 1, drop: on", "message: PROBE, to: cleo, delay: 1s",
                "message: COORDINATOR, from: 3, to: 1, nth: 1, duplicate: true", "message: OK, nth: 4294967295, drop: on"]),
        (BAD, ["message: OK", "message: OK, drop: true, delay: 1s", "message: JOIN, drop: true", "message: ok, drop: true",
               "message:, drop: true", "message: OK, drop: 1", "message: OK, drop: off",
               "message: OK, duplicate: false", "message: OK, delay: 0s", "message: OK, nth: 0, drop: true",
               "message: OK, nth: 4294967296, drop: true", "message: OK, from: highest, drop: true",
               "message: OK, drop: true, at: 1s", "message: OK, drop: true, crash: 1"]),
        (PARSER, ["message: OK, from: 4, drop: true", "message: OK, from: 3, to: 3, drop: true"]),
    ]),
    ("name: t\nprocesses:\n- {{pid: [10, 1000001], start: 1s}}\nfaults:\n- {{at: 2s, {}}}\n", [
        (GOOD, ["crash: 1"]),
        (PARSER, ["join: 1"]),
    ]),
    # Expectations.
    ("name: t\nprocesses: 4\nexpect:\n- {{{}}}\n", [
        (GOOD, ["at: 1s, leader: 4", "at: 30s, leader: highest", "at: 0s, leader: lowest, in: strict",
                "agreement_within: 1s", "agreement_within: 0s, after: 5s, in: robust",
                "messages: {OK: 1, ELECTION: '<= 20', PROBE: '>= 1', COORDINATOR: <3, JOIN: '> 0'}",
                "messages: {OK: '!= 5', JOIN: ==2}", "elections: 0", "elections: '>=  5'",
                "no_election: [1s, 5s]", "no_election: [30s, 30s]"]
               + ["violated: P" + str(n) for n in (*range(1, 17), 18)]
               + ["reached: late_answer_ignored", "reached: [message_lost, connection_refused]",
                  "reached: [stale_timer_ignored, lower_coordinator_rejected, misled_prober_told]",
                  "reached: [higher_member_asked, refreshed, strangers_told, stranger_followed_on]",
                  "reached: [higher_member_probed, asked_again, open_probe_voided, answer_discounted]",
                  "reached: [probe_gap_doubled, announcement_held, all_refused, coordinator_timeout]",
                  "reached: [elected_without_daemon, unknown_coordinator_followed, duplicate_identity_noticed]",
                  "reached: backlog_before_timers"]),
        (BAD, ["", "in: strict", "at: 1s", "leader: 4", "at: 1s, leader: leader", "at: 1s, leader: random",
               "at: 1s, leader: 0", "at: 1s, leader: 4, elections: 1", "at: 1s, elections: 1", "agreement_within: 1",
               "at: 1s, leader: 4, after: 1s", "agreement_within: 1s, at: 5s", "messages: 5", "messages: {ELECTIONS: 1}",
               "messages: {OK: few}", "messages: {OK: -1}", "messages: {OK: '=< 5'}", "messages: {OK: 1.5}",
               "elections: '<= 5s'", "elections: ''", "no_election: [1s]", "no_election: 3s", "messages: {}",
               "messages: {OK: '>= 0'}", "elections: '>=00'", "violated: P0", "violated: P17",
               "violated: P19", "violated: [P1]", "violated: p1", "reached: nothing", "reached: []", "reached: [[asked_again]]",
               "in: both, elections: 1", "exactly: 1"]),
        (PARSER, ["at: 31s, leader: 4", "at: 1s, leader: 5", "agreement_within: 1s, after: 31s", "no_election: [5s, 1s]",
                  "no_election: [1s, 31s]",
                  "elections: 99999999999999999999"]),
    ]),
]


def rows():
    for frame, entries in TABLES:
        for verdict, texts in entries:
            for text in texts:
                yield verdict, frame.format(text)


def keys_and_words(value):
    """All keys of the maps in a document, and all its scalars."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from keys_and_words(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys_and_words(item)
    else:
        yield value


def subschemas(schema):
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from subschemas(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from subschemas(value)


def check_descriptions(schema):
    for sub in subschemas(schema):
        if not isinstance(sub.get("properties"), dict) or "type" not in sub:
            continue  # a condition, such as `not`
        if sub.get("additionalProperties") is not False:
            yield "the schema allows any key beside " + ", ".join(sub["properties"])
        for key, value in sub["properties"].items():
            if "description" not in value:
                yield "the schema doesn't describe `" + key + "`"


def check_defaults(schema, validator):
    for sub in subschemas(schema):
        alone = validator.evolve(schema={**sub, "definitions": schema["definitions"]})
        if "default" in sub and not alone.is_valid(sub["default"]):
            yield "the schema refuses its own default " + json.dumps(sub["default"])


def check_scenarios(validator):
    files = sorted(SCENARIOS.glob("*.yaml"))
    if not files:
        yield "no scenarios in " + str(SCENARIOS)
    for file in files:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader)
        for error in validator.iter_errors(document):
            yield "{}: the schema refuses {}: {}".format(file.name, "/".join(map(str, error.absolute_path)), error.message)


def lint(program, file):
    run = subprocess.run([program, "lint", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    message = (run.stdout + run.stderr).decode("utf-8", "replace").strip()
    if run.returncode not in (0, 2):
        return None, "exit code {}: {}".format(run.returncode, message)
    return run.returncode == 0, message


def check_table(program, validator, folder):
    (folder / "times.txt").write_text("# one a line\n1ms\n2.5ms\n", encoding="utf-8")
    (folder / "wrong.txt").write_text("1ms\n2\n", encoding="utf-8")
    words = {True: "accepts", False: "refuses", None: "fails on"}
    file = folder / "scenario.yaml"
    for expected, text in rows():
        file.write_text(text, encoding="utf-8")
        by_schema = validator.is_valid(yaml.load(text, Loader))
        by_parser, message = lint(program, file)
        if (by_schema, by_parser) != expected:
            yield "the schema {} (expected: {}), the parser {} (expected: {}):\n{}\n  parser: {}".format(
                words[by_schema], words[expected[0]], words[by_parser], words[expected[1]],
                "".join("    " + line + "\n" for line in text.splitlines()).rstrip(), message)


def check_lists(program, schema, folder):
    """The words that the schema lists, and those that the program knows: properties, and kinds of faults."""
    run = subprocess.run([program, str(SCENARIOS / "two_members.yaml"), "--json"], stdout=subprocess.PIPE, timeout=60)
    known = [found["name"] for found in json.loads(run.stdout)["properties"]]
    listed = schema["definitions"]["expectation"]["properties"]["violated"]["enum"]
    if known != listed:
        yield "the schema lists the properties {}, the program {}".format(listed, known)
    file = folder / "no_kind.yaml"
    file.write_text("name: t\nprocesses: 3\nfaults: [{at: 1s}]\n", encoding="utf-8")
    known = re.search(r"expected one of (.*), or message", lint(program, file)[1]).group(1).split(", ")
    listed = [alone["required"][0] for alone in schema["definitions"]["fault"]["oneOf"]]
    if known != listed:
        yield "the schema lists the faults {}, the program {}".format(listed, known)


def check_coverage(schema):
    used = set()
    for verdict, text in rows():
        if verdict == GOOD:
            used.update(word for word in keys_and_words(yaml.load(text, Loader)))
    for sub in subschemas(schema):
        if isinstance(sub.get("properties"), dict):
            for key in sub["properties"]:
                if key not in used:
                    yield "no good document of the table uses the key `" + key + "`"
        for word in sub.get("enum", []):
            if isinstance(word, str) and word not in used | {"gcd", "true"}:
                yield "no good document of the table uses the word `" + word + "`"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    schema = json.loads((SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    wrong = [*check_descriptions(schema), *check_defaults(schema, validator), *check_scenarios(validator),
             *check_coverage(schema)]
    with tempfile.TemporaryDirectory() as folder:
        wrong += check_lists(program, schema, pathlib.Path(folder))
        wrong += check_table(program, validator, pathlib.Path(folder))
    for problem in wrong:
        print(problem)
    print("{} documents, {} problems".format(len(list(rows())), len(wrong)))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
